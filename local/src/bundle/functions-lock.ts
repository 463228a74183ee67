/** The lock file that the functions are deployed with. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../../..');

/** What a lock says of a package, by where it is installed. */
export type Packages = Record<string, { version?: string; link?: boolean }>;

/**
 * The part of the repository's lock that a deployment needs, as a `package-lock.json` of its own: without one it would
 * install other versions than were tested.
 *
 * @param manifest The `package.json` that is deployed.
 */
export async function functionsLock(manifest: { name: string; version: string }): Promise<string> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const packages: Packages = lock.packages;
  const of = (folder: string) =>
    Object.entries(packages)
      .filter(([path, { link }]) => path.startsWith(`${folder}node_modules/`) && link !== true)
      .map(([path, entry]) => [path.slice(folder.length), entry] as const);
  const { name, version } = manifest;
  // What the functions have for themselves stands in for what the workspaces share.
  const all = Object.fromEntries([['', manifest], ...of(''), ...of('functions/')]);
  const directory = await mkdtemp(join(tmpdir(), 'functions-lock-'));
  try {
    await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
    await writeFile(
      join(directory, 'package-lock.json'),
      JSON.stringify({ ...lock, name, version, packages: all }),
    );
    // npm keeps what the deployment needs and leaves the rest out.
    const prune = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'];
    await promisify(execFile)('npm', prune, { cwd: directory });
    return await readFile(join(directory, 'package-lock.json'), 'utf8');
  } finally {
    await rm(directory, { recursive: true });
  }
}
