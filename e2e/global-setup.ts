/**
 * Starts the whole stack once for all end-to-end tests, on free ports and with data of its own, and looks at the end
 * whether any secret that passed through the tests stands in its database.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Demo } from '../local/src/demo-file.ts';
import { type Stack, startStack } from '../local/src/stack.ts';
import { searchForSecrets } from './seen-secrets.ts';

declare module 'vitest' {
  interface ProvidedContext {
    demo: Demo;
    /** Where `seen-secrets.ts` notes what it saw. */
    seenSecrets: string;
  }
}

/** What the schedule does is not waited for longer than that. */
const SCHEDULE_MS = 10_000;

let directory: string;
let seenSecrets: string;
let stack: Stack;

export async function setup(project: TestProject): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'ibkr-gateway-e2e-'));
  seenSecrets = join(directory, 'seen-secrets');
  stack = await startStack({
    port: 0,
    simulatorPort: 0,
    dataDir: join(directory, 'data'),
    scheduleMs: SCHEDULE_MS,
  });
  await writeFile(seenSecrets, `${stack.demo.apiKey}\n`);
  project.provide('demo', stack.demo);
  project.provide('seenSecrets', seenSecrets);
}

export async function teardown(): Promise<void> {
  try {
    await searchForSecrets(seenSecrets, stack.demo.firestoreEmulator);
  } finally {
    await stack.stop();
    await rm(directory, { recursive: true });
  }
}
