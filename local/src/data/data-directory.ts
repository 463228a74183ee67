import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { boundLogs } from './bounded-logs.ts';
import { isRunning } from './running.ts';

/** Where one stack keeps what outlives it, and its logs. One stack at a time. */
export interface DataDirectory {
  demoFile: string;
  firestoreFile: string;
  simulatorFile: string;
  vaultFile: string;
  signInKeysFile: string;
  oauthKeysFile: string;
  /** Data of Firebase's emulators, in their export format. */
  emulatorsDirectory: string;
  /** Settings of the Firebase CLI, kept apart from those of the person who runs it. */
  cliConfigDirectory: string;
  logFile(name: string): string;
  logsDirectory: string;
  /** Lets another stack use it. */
  release(): Promise<void>;
}

/**
 * Prepares the directory, readable by its owner only.
 *
 * @param options.fresh whether to throw away what a stack has left there.
 * @throws Error when another stack is using it, or when nothing can be written there.
 */
export async function openDataDirectory(
  directory: string,
  options: { fresh: boolean },
): Promise<DataDirectory> {
  const root = resolve(directory);
  const lockFile = join(root, 'stack.pid');
  await assertUnused(root, lockFile);
  const logsDirectory = join(root, 'logs');
  try {
    if (options.fresh) await throwAway(root);
    await mkdir(root, { recursive: true, mode: 0o700 });
    await mkdir(logsDirectory, { recursive: true });
    await writeFile(lockFile, String(process.pid));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`Nothing can be written in ${root} (${code}). Choose another place with --data.`, {
      cause,
    });
  }
  const endBounding = boundLogs(logsDirectory);
  return {
    demoFile: join(root, 'demo.json'),
    firestoreFile: join(root, 'firestore.json'),
    simulatorFile: join(root, 'simulator.json'),
    vaultFile: join(root, 'vault-keys'),
    signInKeysFile: join(root, 'sign-in-keys'),
    oauthKeysFile: join(root, 'oauth-keys.json'),
    emulatorsDirectory: join(root, 'emulators'),
    cliConfigDirectory: join(root, 'cli'),
    logFile: (name) => join(logsDirectory, `${name}.log`),
    logsDirectory,
    release: () => {
      endBounding();
      return rm(lockFile, { force: true });
    },
  };
}

/** Of these every stack leaves one, if it left any data. */
const DATA = ['demo.json', 'firestore.json', 'vault-keys'];
const OTHERS = ['simulator.json', 'sign-in-keys', 'oauth-keys.json', 'emulators', 'cli', 'logs', 'stack.pid'];

/** Journals and unfinished files have the name of theirs and more behind it. What is nobody's of these stays: `--data ~`. */
async function throwAway(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  if (!names.some((name) => DATA.includes(name))) return;
  const left = names.filter((name) => [...DATA, ...OTHERS].some((one) => `${name}.`.startsWith(`${one}.`)));
  await Promise.all(left.map((name) => rm(join(root, name), { recursive: true, force: true })));
}

async function assertUnused(root: string, lockFile: string): Promise<void> {
  const pid = Number(await readFile(lockFile, 'utf8').catch(() => ''));
  if (pid > 0 && isRunning(pid)) {
    throw new Error(
      `Another stack (process ${pid}) keeps its data in ${root}. End it first, or choose another place with --data.`,
    );
  }
}
