import { copyFile, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const LOOKS_EVERY_MS = 10_000;
const MOST_BYTES = 20 * 1024 * 1024;
const BEFORE = '.before';

/** Keeps the logs of a stack, which may run for weeks, from filling the disk. @returns what ends it. */
export function boundLogs(directory: string): () => void {
  const timer = setInterval(() => void cutLogs(directory, MOST_BYTES), LOOKS_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Puts what is in a log that has become too long aside, in place of what was put aside before. Whoever writes it goes on:
 * all open their logs for appending, the Firebase CLI's `firebase-debug.log` included.
 */
export async function cutLogs(directory: string, mostBytes: number): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const log = join(directory, name);
    if (!name.endsWith('.log')) continue;
    try {
      if ((await stat(log)).size <= mostBytes) continue;
      await copyFile(log, log + BEFORE);
      await truncate(log);
    } catch {
      // It is gone, or the disk is full: the next look comes soon.
    }
  }
}
