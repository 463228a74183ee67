/** Starts the whole stack once for all end-to-end tests, on free ports and with data of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Demo } from '../local/src/demo-file.ts';
import { type Stack, startStack } from '../local/src/stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    demo: Demo;
  }
}

let dataDir: string;
let stack: Stack;

export async function setup(project: TestProject): Promise<void> {
  dataDir = await mkdtemp(join(tmpdir(), 'ibkr-gateway-e2e-'));
  stack = await startStack({ port: 0, simulatorPort: 0, dataDir });
  project.provide('demo', stack.demo);
}

export async function teardown(): Promise<void> {
  await stack.stop();
  await rm(dataDir, { recursive: true });
}
