/** How the tests learn of the stacks that `global-setup.ts` starts in another process: by a file at the place of each. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Demo } from '../local/src/data/demo-file.ts';

export interface OwnStack {
  demo: Demo;
  /** The file where `seen-secrets.ts` notes what it saw. */
  seenSecrets: string;
  /** What its database is sealed with. */
  vaultKeys: string;
}

const LOOKS_EVERY_MS = 100;

const fileAt = (place: string) => join(place, 'started.json');

/** Tells that a stack has started, or why it has not. */
export async function tellStarted(place: string, outcome: OwnStack | { failure: string }): Promise<void> {
  await writeFile(`${fileAt(place)}.new`, JSON.stringify(outcome));
  await rename(`${fileAt(place)}.new`, fileAt(place));
}

/** @throws {Error} when the stack did not start. */
export async function startedAt(place: string): Promise<OwnStack> {
  for (;;) {
    const text = await readFile(fileAt(place), 'utf8').catch(() => null);
    if (text !== null) {
      const outcome: OwnStack | { failure: string } = JSON.parse(text);
      if ('failure' in outcome) throw new Error(`The stack did not start: ${outcome.failure}`);
      return outcome;
    }
    await sleep(LOOKS_EVERY_MS);
  }
}
