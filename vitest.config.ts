import { totalmem } from 'node:os';
import { defineConfig } from 'vitest/config';
import { OrderOfFiles } from './e2e/runner/order-of-files.ts';
import { SecondTries } from './e2e/runner/second-tries.ts';
import { collectLessOften, KEEP_COMPILED, leaveOutTraces, shareCompiled } from './local/src/config.ts';

shareCompiled();
collectLessOften();
leaveOutTraces();

/**
 * More than a small machine has cores, since many tests mostly wait; as many as its memory holds. Those of `e2e` have a
 * stack and a browser each.
 */
const WORKER_BYTES = 1.5 * 2 ** 30;
const WORKERS = Math.max(2, Math.min(8, Math.floor(totalmem() / WORKER_BYTES)));

/** How many concurrent tests of a file run at once: they wait for the service to give up, for half a minute some of them. */
const CONCURRENT = 10;

/** A test that hangs is ended; one on a busy machine is not. */
const PATIENCE_MS = 180_000;
const POLL_MS = 60_000;

const INTEGRATION = '**/*.integration.test.ts';

const patient = {
  maxConcurrency: CONCURRENT,
  testTimeout: PATIENCE_MS,
  hookTimeout: PATIENCE_MS,
  /**
   * A test that failed runs once more, and is reported with it: a busy machine may have been too slow for what it waited
   * for. Examples of properties are the same again; the order scripts, which look for what happens seldom, have one try.
   */
  retry: 1,
  expect: { poll: { timeout: POLL_MS } },
  execArgv: [`--import=${KEEP_COMPILED}`],
};

/** Their files share the modules of a process: loading these takes longer than most tests. */
const sharing = {
  isolate: false,
  setupFiles: ['e2e/properties/config.ts', 'functions/src/testing/setup.ts'],
};

export default defineConfig({
  test: {
    // What is agreed to is written with -u alone: a missing snapshot is a failure.
    update: 'none',
    // What the code under test logs is shown of tests that failed.
    silent: 'passed-only',
    reporters: ['default', new SecondTries()],
    sequence: { sequencer: OrderOfFiles },
    maxWorkers: WORKERS,
    // Node.js runs the sources as they are: vite would make others of them. Without a loader there is no `vi.mock`.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    projects: [
      {
        test: {
          ...patient,
          ...sharing,
          name: 'unit',
          include: ['{functions,simulator,local}/src/**/*.test.ts', 'web/tests/**/*.test.ts'],
          exclude: [INTEGRATION],
        },
      },
      {
        test: {
          ...patient,
          ...sharing,
          name: 'integration',
          include: [INTEGRATION],
          exclude: ['**/node_modules/**'],
        },
      },
      {
        test: {
          ...patient,
          name: 'orders',
          include: ['e2e/orders/**/*.test.ts'],
          globalSetup: 'e2e/orders/global-setup.ts',
          testTimeout: 600_000,
          retry: 0,
        },
      },
      {
        test: {
          ...patient,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ['**/node_modules/**', INTEGRATION, 'e2e/orders/**', 'e2e/emulators/**'],
          globalSetup: 'e2e/global-setup.ts',
          hookTimeout: 2 * PATIENCE_MS,
          isolate: false,
        },
      },
      {
        test: {
          ...patient,
          name: 'emulators',
          include: ['e2e/emulators/*.test.ts'],
          globalSetup: 'e2e/global-setup.ts',
          hookTimeout: 2 * PATIENCE_MS,
          isolate: false,
        },
      },
    ],
  },
});
