/** Bundles what the instances run, once for all files: each of them is started many times. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundle } from '../../local/src/bundle/bundle.ts';
import { PROGRAM } from './floor/instances.ts';

declare module 'vitest' {
  interface ProvidedContext {
    instanceProgram: string;
  }
}

let directory: string | undefined;

export async function setup(project: TestProject): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'ibkr-gateway-instances-'));
  await bundle(PROGRAM, directory);
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  project.provide('instanceProgram', join(directory, 'index.js'));
}

export async function teardown(): Promise<void> {
  if (directory !== undefined) await rm(directory, { recursive: true });
}
