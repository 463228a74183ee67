/** Runs before every file of unit tests. */
import { cleanUpAfterFile } from './after-file.ts';

cleanUpAfterFile();
