/** What is uploaded, as Google's build installs and checks it. */
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How much is uploaded. Called before it is installed. */
export async function uploadOf(directory: string): Promise<{ files: number; bytes: number }> {
  const names = await readdir(directory);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
  return { files: names.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** @throws {Error} with what npm says, where the lock file does not fit or a package is not to be had. */
export async function install(directory: string): Promise<void> {
  const args = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', args, { cwd: directory });
}

/**
 * What Google's buildpack for Node.js does before it makes an image (`cmd/nodejs/functions_framework/lib/lib.go`).
 * @throws {Error} with what Node.js says of the file.
 */
export async function checkAsBuilt(directory: string): Promise<void> {
  const { main } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  await promisify(execFile)(process.execPath, ['--check', join(directory, main)]);
}
