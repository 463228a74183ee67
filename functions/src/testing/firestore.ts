/** Test support: a database of its own for the tests of a file. */
import { randomUUID } from 'node:crypto';
import { initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { beforeAll, vi } from 'vitest';
import { closeAfterFile } from './after-file.ts';

/**
 * Runs one Firestore server for the tests of a file. Call it at the top of the file.
 * @param start Starts it; which one, tests say, since `functions` depends on no other workspace.
 * @param use Told of the database before the first test.
 */
export function useFirestore(
  start: () => Promise<{ port: number; stop(): Promise<unknown> }>,
  use: (db: Firestore) => void,
): void {
  beforeAll(async () => {
    const server = await start();
    // Or Google's library looks for a metadata server first.
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
    vi.stubEnv('FIRESTORE_EMULATOR_HOST', `127.0.0.1:${server.port}`);
    const db = getFirestore(initializeApp({ projectId: 'demo-test' }, randomUUID()));
    closeAfterFile(async () => {
      await db.terminate();
      await server.stop();
    });
    use(db);
  });
}
