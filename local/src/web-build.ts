import { execFile } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from './config.ts';

/** Made by the build, or not read by it. */
const NOT_SOURCES = new Set(['dist', 'node_modules', 'tests']);

/** Builds the web pages into `dist` unless they are there and newer than everything they are made from. */
export async function buildWebWhenStale(webDirectory: string): Promise<void> {
  const built = join(webDirectory, 'dist');
  await mkdir(built, { recursive: true });
  const builtAt = await modifiedAt(join(built, 'index.html')).catch(() => 0);
  const sourcesAt = Math.max(
    await newest(webDirectory),
    await modifiedAt(join(webDirectory, '../package-lock.json')),
  );
  if (builtAt > sourcesAt) return;
  const vitePackage = createRequire(join(webDirectory, 'package.json')).resolve('vite/package.json');
  const vite = join(dirname(vitePackage), 'bin/vite.js');
  try {
    await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'error'], {
      cwd: webDirectory,
      env: childEnvironment(),
    });
  } catch (error) {
    throw new Error(`The web pages could not be built:\n${(error as { stderr: string }).stderr}`);
  }
}

/** When the youngest file in or below the directory was changed, in milliseconds. */
async function newest(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true });
  const times = entries
    .filter((entry) => !NOT_SOURCES.has(entry.name))
    .map((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? newest(path) : modifiedAt(path);
    });
  return Math.max(0, ...(await Promise.all(times)));
}

async function modifiedAt(file: string): Promise<number> {
  return (await stat(file)).mtimeMs;
}
