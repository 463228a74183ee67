/**
 * The functions and Hosting in one process: `node main.ts --port 0 --platform-port 0`. It takes the place of
 * the emulators for functions, Hosting and tasks, which start a process for each call that is under way and load the
 * code in each. Functions find in their environment what the emulators would give them; see `host.ts`.
 *
 * Prints `host ready: HOST:PORT`.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readFirebaseJson } from '../emulators.ts';
import { hostFunctions } from './hosted-functions.ts';
import { startHosting } from './hosting.ts';
import { createPlatform } from './platform.ts';

const HOST = '127.0.0.1';
const REPOSITORY = join(import.meta.dirname, '../../..');

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'platform-port': { type: 'string', default: '0' },
    'auth-emulator': { type: 'string', default: '' },
    functions: { type: 'string', default: join(REPOSITORY, 'functions/src/index.ts') },
  },
});

const functions = await hostFunctions(values.functions);
const { hosting: config } = await readFirebaseJson(REPOSITORY, values['auth-emulator']);
const hosting = startHosting({
  config,
  repository: REPOSITORY,
  functions,
  port: Number(values.port),
  hostname: HOST,
});
const platform = createPlatform(functions).listen(Number(values['platform-port']), HOST);
await Promise.all([hosting, once(platform, 'listening')]);
console.log(`host ready: ${HOST}:${values.port}`);
