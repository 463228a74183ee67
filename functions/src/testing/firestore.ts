/** Test support: a database of its own for the tests of a file. */
import { randomUUID } from 'node:crypto';
import { initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { afterEach, beforeAll, expect, vi } from 'vitest';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import { type WeakStorage, weakStorage } from '../../../local/src/firestore/weak-storage.ts';
import { closeAfterFile } from './after-file.ts';
import { TESTED_FIRESTORE } from './config.ts';

/**
 * Runs one Firestore server for the tests of a file. Call it at the top of the file.
 * @throws {Error} in a unit test: those start nothing.
 * @param use Told of the database before the first test, and where it listens, as `host:port`.
 * @param start Starts it, where a test stands between.
 */
export function useFirestore(
  use: (db: Firestore, host: string) => void,
  start: () => Promise<{ port: number; stop(): Promise<unknown> }> = startDatabase,
): void {
  const { testPath } = expect.getState();
  if (testPath?.endsWith('.integration.test.ts') === false) {
    throw new Error('A test with a database of its own is named *.integration.test.ts.');
  }
  beforeAll(async () => {
    const server = await start();
    // Or Google's library looks for a metadata server first.
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
    const host = `127.0.0.1:${server.port}`;
    vi.stubEnv('FIRESTORE_EMULATOR_HOST', host);
    const projectId = TESTED_FIRESTORE === undefined ? 'demo-test' : `demo-${randomUUID().slice(0, 8)}`;
    const db = getFirestore(initializeApp({ projectId }, randomUUID()));
    closeAfterFile(async () => {
      letGoOn(db);
      await db.terminate();
      await server.stop();
    });
    use(db, host);
  });
}

/** Ours, or the one that runs already, where each file has a project of its own. */
async function startDatabase(): Promise<{ port: number; stop(): Promise<unknown> }> {
  if (TESTED_FIRESTORE === undefined) return startFirestoreServer({ port: 0 });
  const { port } = new URL(`http://${TESTED_FIRESTORE}`);
  return { port: Number(port), stop: async () => {} };
}

/**
 * The same on a server that answers as a test decides, and as usual again after it.
 * @returns what decides.
 */
export function useWeakFirestore(use: (db: Firestore) => void): WeakStorage {
  const storage = weakStorage();
  useFirestore(use, () => startFirestoreServer({ port: 0, interceptors: [storage.interceptor] }));
  afterEach(() => storage.recover());
  return storage;
}

/**
 * Work that nobody waited for any longer may go on after its test, and asks a client that is terminated. Google's library
 * then leaves a promise of its own rejected, besides the one that it gave to who asked: vitest ends with it.
 */
function letGoOn(db: Firestore): void {
  const { _clientPool: pool } = db as unknown as {
    _clientPool: { run(...given: unknown[]): Promise<unknown> };
  };
  const run = pool.run.bind(pool);
  pool.run = (...given) => {
    const done = run(...given);
    done.catch(() => {});
    return done;
  };
}
