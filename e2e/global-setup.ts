/**
 * Starts a whole stack for each worker of the end-to-end tests, on free ports and with data of its own. At the end it
 * looks whether any secret that passed through the tests stands in its database, and whether IBKR would have locked
 * anybody out, and tells what went over IBKR's limits. Those of the project `emulators` run in Firebase's, the others in
 * one process each.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleFunctions } from '../local/src/bundle/functions-bundle.ts';
import { readKeyRing } from '../local/src/data/secret-keys.ts';
import { freePorts } from '../local/src/ports.ts';
import { type Stack, type StackOptions, startStack } from '../local/src/stack.ts';
import { buildWebWhenStale } from '../local/src/web-build.ts';
import { regionInDaytime } from '../simulator/src/market/region.ts';
import { unpackBrowser } from './browser.ts';
import { assertNobodyLockedOut } from './lockouts.ts';
import { tellRefusals } from './request-limits.ts';
import { searchForSecrets } from './seen-secrets.ts';
import { tellStarted } from './started-stack.ts';

/** What the schedule does is not waited for longer than that. */
const SCHEDULE_MS = 10_000;

interface Running {
  stack: Stack;
  seenSecrets: string;
}

/**
 * Does not wait for the stacks: other tests run while they start, and `own-stack.ts` waits for its own. What it knows is
 * not the module's, which two projects share.
 * @returns what ends the stacks.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'ibkr-gateway-e2e-'));
  const functions = join(directory, 'functions');
  const inEmulators = project.name === 'emulators';
  // What they share is made before any of them looks for it. Firebase's emulators run the sources.
  await Promise.all([
    buildWebWhenStale(join(import.meta.dirname, '../web')),
    unpackBrowser(),
    ...(inEmulators ? [] : [bundleFunctions(functions)]),
  ]);
  const files = project.vitest.state.getPaths().length;
  const count = inEmulators ? 1 : Math.min(project.vitest.config.maxWorkers, files);
  const places = Array.from({ length: count }, (_, index) => join(directory, `stack-${index + 1}`));
  await Promise.all(places.map((place) => mkdir(place)));
  const running: Running[] = [];
  const from = inEmulators ? { firebaseEmulators: true } : { functions: join(functions, 'index.js') };
  const starting = startAll(places, from, running);
  project.provide('stackPlaces', places);
  return async () => {
    await starting;
    const ended = await Promise.allSettled(running.map(end));
    await rm(directory, { recursive: true });
    throwFirst(ended);
  };
}

/** Their users are kept in one place: what starts slowest and is least busy. */
async function startAll(
  places: string[],
  from: Pick<StackOptions, 'firebaseEmulators' | 'functions'>,
  running: Running[],
): Promise<void> {
  const ports = await freePorts(places.length);
  const [first, ...others] = places.map((place, index) => ({ place, port: ports[index] ?? 0 }));
  if (first === undefined) return;
  const sharedWith = others.map(({ port }) => `http://localhost:${port}`);
  const authEmulator = await start(first, { ...from, users: { sharedWith } }, running);
  await Promise.all(
    others.map((one) =>
      start(one, { ...from, ...(authEmulator !== null && { users: { authEmulator } }) }, running),
    ),
  );
}

/**
 * Tells at the place how it went.
 * @returns Where its users are kept; null if it did not start.
 */
async function start(
  { place, port }: { place: string; port: number },
  options: Pick<StackOptions, 'firebaseEmulators' | 'functions' | 'users'>,
  running: Running[],
): Promise<string | null> {
  const dataDir = join(place, 'data');
  try {
    const stack = await startStack({
      port,
      simulatorPort: 0,
      dataDir,
      ...options,
      region: regionInDaytime(Date.now()),
      scheduleMs: SCHEDULE_MS,
    });
    // All its tests will fail, and none of them knows why.
    stack.failed.catch((error: Error) => console.error(error.message));
    const seenSecrets = join(place, 'seen-secrets');
    running.push({ stack, seenSecrets });
    const { apiKey, managed } = stack.demo;
    await writeFile(seenSecrets, `${[apiKey, managed.password, managed.totpSecret].join('\n')}\n`);
    const vaultKeys = await readKeyRing(join(dataDir, 'vault-keys'));
    await tellStarted(place, { demo: stack.demo, seenSecrets, vaultKeys });
    return stack.demo.authEmulator;
  } catch (error) {
    await tellStarted(place, { failure: String(error) });
    return null;
  }
}

async function end({ stack, seenSecrets }: Running): Promise<void> {
  try {
    const { firestoreEmulator: firestore, simulator } = stack.demo;
    await searchForSecrets(seenSecrets, {
      firestore,
      simulator,
      logs: join(dirname(seenSecrets), 'data/logs'),
    });
    await tellRefusals(stack.demo.simulator);
    await assertNobodyLockedOut(stack.demo.simulator);
  } finally {
    await stack.stop();
  }
}

/** Once all have come to an end, so that nothing goes on behind the failure of one. */
function throwFirst(outcomes: PromiseSettledResult<void>[]): void {
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
