import { defineConfig } from 'vitest/config';
import { OrderOfFiles } from './e2e/order-of-files.ts';

/** Tests mostly wait, so that a small machine runs more of them at once than it has cores. */
const UNIT_WORKERS = 8;
/** Those of `e2e` have a whole stack each. */
const STACK_WORKERS = 5;

/**
 * A test that failed runs once more, and is reported with it: a busy machine may have been too slow for what it waited
 * for. Examples of properties are the same again; the order scripts, which look for what happens seldom, have one try.
 */
const RETRY = 1;
/** A test that hangs is ended; one on a busy machine is not. */
const PATIENCE_MS = 180_000;
const POLL_MS = 60_000;

/** One group after the other: what starts stacks and browsers is too much beside the unit tests. */
export default defineConfig({
  test: {
    // What is agreed to is written with -u alone: a missing snapshot is a failure.
    update: 'none',
    sequence: { sequencer: OrderOfFiles },
    projects: [
      {
        test: {
          name: 'unit',
          isolate: false,
          setupFiles: ['e2e/properties/config.ts', 'functions/src/testing/setup.ts'],
          include: ['{functions,simulator,local}/src/**/*.test.ts', 'web/tests/**/*.test.ts'],
          maxWorkers: UNIT_WORKERS,
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          retry: RETRY,
          expect: { poll: { timeout: POLL_MS } },
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'orders',
          include: ['e2e/orders/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: PATIENCE_MS,
          expect: { poll: { timeout: POLL_MS } },
          maxWorkers: STACK_WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'e2e/orders/**', 'e2e/emulators/**'],
          globalSetup: 'e2e/global-setup.ts',
          testTimeout: PATIENCE_MS,
          hookTimeout: 2 * PATIENCE_MS,
          retry: RETRY,
          expect: { poll: { timeout: POLL_MS } },
          maxWorkers: STACK_WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'emulators',
          include: ['e2e/emulators/*.test.ts'],
          globalSetup: 'e2e/global-setup.ts',
          testTimeout: PATIENCE_MS,
          hookTimeout: 2 * PATIENCE_MS,
          retry: RETRY,
          expect: { poll: { timeout: POLL_MS } },
          maxWorkers: STACK_WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
