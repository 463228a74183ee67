/** Runs before every file of unit and integration tests. */
import './logged.ts';
import { beforeEach } from 'vitest';
import { cleanUpAfterFile } from './after-file.ts';
import { forgetLogged } from './logged.ts';

// Sources run as they are: looking for source maps makes every stack trace dearer, of which Google's libraries take many.
process.setSourceMapsEnabled(false);

cleanUpAfterFile();
beforeEach(forgetLogged);
