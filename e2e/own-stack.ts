/** The stack that the tests of this worker have to themselves: several files run at once, each against another one. */
import { inject } from 'vitest';
import type { Demo } from '../local/src/data/demo-file.ts';
import { workerNumber } from './config.ts';

export interface OwnStack {
  demo: Demo;
  /** The file where `seen-secrets.ts` notes what it saw. */
  seenSecrets: string;
  /** What its database is sealed with. */
  vaultKeys: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    stacks: OwnStack[];
  }
}

function ownStack(): OwnStack {
  const stack = inject('stacks')[workerNumber() - 1];
  if (stack === undefined) throw new Error('More workers are running than stacks.');
  return stack;
}

/** Where the stack is found, and its demo user's connection. */
export const demo = (): Demo => ownStack().demo;

/** The file where `seen-secrets.ts` notes what it saw. */
export const seenSecrets = (): string => ownStack().seenSecrets;

/** What its database is sealed with, for instances of a test's own that work on it. */
export const vaultKeys = (): string => ownStack().vaultKeys;
