/** Runs before every file of unit and integration tests. */
import './logged.ts';
import { beforeEach } from 'vitest';
import { cleanUpAfterFile } from './after-file.ts';
import { forgetLogged } from './logged.ts';

cleanUpAfterFile();
beforeEach(forgetLogged);
