/** The stack that the tests of this worker have to themselves: several files run at once, each against another one. */
import { inject } from 'vitest';
import type { Demo } from '../local/src/data/demo-file.ts';
import { workerNumber } from './config.ts';
import { startedAt } from './started-stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stackPlaces: string[];
  }
}

const places = inject('stackPlaces');
const stack = await startedAt(places[(workerNumber() - 1) % places.length] ?? '');

/** Where the stack is found, and its demo user's connection. */
export const demo = (): Demo => stack.demo;

/** The file where `seen-secrets.ts` notes what it saw. */
export const seenSecrets = (): string => stack.seenSecrets;

/** What its database is sealed with, for instances of a test's own that work on it. */
export const vaultKeys = (): string => stack.vaultKeys;
