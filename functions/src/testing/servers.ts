/** Test support: what orders are tested against. */
import { useFirestore } from './firestore.ts';
import { type SimulatorSettings, useSimulator } from './sandbox.ts';

/** What is not as it is for most tests. */
export interface ServerSettings {
  simulator?: SimulatorSettings;
  /** Starts the database. */
  database?: Parameters<typeof useFirestore>[1];
}

/** Runs one simulator and one database for the tests of a file; `use` is told of the database. */
export function useServers(
  use: Parameters<typeof useFirestore>[0],
  { simulator, database }: ServerSettings = {},
): void {
  useSimulator(simulator);
  useFirestore(use, database);
}
