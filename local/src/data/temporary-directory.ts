import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from './running.ts';

const OURS = /^ibkr-gateway-(\d+)-\w{6}$/;

/** A folder for as long as this process runs. Those of processes that were killed before they could remove theirs go. */
export async function makeTemporaryDirectory(): Promise<string> {
  const parent = tmpdir();
  for (const name of await readdir(parent)) {
    const pid = Number(OURS.exec(name)?.[1] ?? process.pid);
    // What is someone else's stays.
    if (!isRunning(pid)) await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  }
  return mkdtemp(join(parent, `ibkr-gateway-${process.pid}-`));
}
