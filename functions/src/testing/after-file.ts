/** Test support: what a test file leaves behind is put away before the next one of the same process. */
import { deleteApp, getApps } from 'firebase-admin/app';
import { afterAll, vi } from 'vitest';

const closings: (() => Promise<unknown>)[] = [];

/** Calls `close` after the last test of the file that is running. */
export function closeAfterFile(close: () => Promise<unknown>): void {
  closings.push(close);
}

/** Is called for every file: test files of one process share their modules. */
export function cleanUpAfterFile(): void {
  afterAll(async () => {
    vi.useRealTimers();
    for (const close of closings.splice(0).reverse()) await close();
    await Promise.all(getApps().map(deleteApp));
    vi.unstubAllEnvs();
  });
}
