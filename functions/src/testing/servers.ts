/** Test support: what orders are tested against. */
import type { Firestore } from 'firebase-admin/firestore';
import { useFirestore } from './firestore.ts';
import { useSimulator } from './sandbox.ts';

/** Which ones, tests say, since `functions` depends on no other workspace. */
export interface Servers {
  database: Parameters<typeof useFirestore>[0];
  simulator: Parameters<typeof useSimulator>[0];
}

/** Runs one simulator and one database for the tests of a file; `use` is told of the database. */
export function useServers({ database, simulator }: Servers, use: (db: Firestore) => void): void {
  useSimulator(simulator);
  useFirestore(database, use);
}
