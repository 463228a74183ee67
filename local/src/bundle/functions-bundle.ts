/** What is deployed: the functions in one folder that needs nothing but the server they run in. */
import { execFile } from 'node:child_process';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundle } from './bundle.ts';
import { functionsLock } from './functions-lock.ts';
import { thirdPartyNotices } from './notices.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
const FUNCTIONS = join(REPOSITORY, 'functions');
/** Google's build would else install its newest one. */
const SERVER = '@google-cloud/functions-framework';
const COMPILE = 'compile.js';

/** Bundles the functions into a folder, which is emptied before: what is in it runs, but has no lock file. */
export async function bundleFunctions(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  const files = await bundle(join(import.meta.dirname, 'entry.ts'), directory);
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  await write('package.json', `${JSON.stringify(await deployedManifest(), null, 2)}\n`);
  await copyFile(join(import.meta.dirname, COMPILE), join(directory, COMPILE));
  await write('THIRD-PARTY-NOTICES.txt', await thirdPartyNotices(REPOSITORY, files));
}

/**
 * What Google's build does with the folder once packages are installed: functions start faster after it.
 * @throws {Error} with what Node.js says of a part that cannot be loaded.
 */
export async function compileFunctions(directory: string): Promise<void> {
  // Nothing of this environment: it may have Node.js keep what it compiles elsewhere.
  await promisify(execFile)(process.execPath, [join(directory, COMPILE)], { env: {} });
}

/** Makes the folder that is deployed. */
export async function writeDeployment(directory: string): Promise<void> {
  const [lock] = await Promise.all([deployedManifest().then(functionsLock), bundleFunctions(directory)]);
  await writeFile(join(directory, 'package-lock.json'), lock);
}

/** The `package.json` that is deployed. */
export async function deployedManifest() {
  const { name, version, type, engines, devDependencies } = JSON.parse(
    await readFile(join(FUNCTIONS, 'package.json'), 'utf8'),
  );
  const dependencies = { [SERVER]: devDependencies[SERVER] };
  // Functions start without it as well.
  const scripts = { 'gcp-build': `node ${COMPILE} || true` };
  return { name, version, private: true, type, main: 'index.js', engines, scripts, dependencies };
}
