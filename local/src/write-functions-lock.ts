/** Before a deployment: puts the functions' lock beside their `package.json`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FUNCTIONS, functionsLock } from './functions-lock.ts';

await writeFile(join(FUNCTIONS, 'package-lock.json'), await functionsLock());
