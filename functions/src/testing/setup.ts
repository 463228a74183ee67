/** Runs before every file of unit and integration tests. */
import { cleanUpAfterFile } from './after-file.ts';

cleanUpAfterFile();
