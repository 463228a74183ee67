import { Server, ServerCredentials, type ServerInterceptor } from '@grpc/grpc-js';
import { type Database, Databases } from './database.ts';
import { firestoreService } from './protos.ts';
import { firestoreImplementation } from './service.ts';
import { Snapshot } from './snapshot.ts';

/** How often is looked whether to save. What was committed since the last time is in the journal. */
const SAVE_INTERVAL_MS = 5_000;

/** Firestore's own limit for one request. */
const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;

export interface FirestoreServerOptions {
  /** 0 takes a free one. */
  port: number;
  /** Where the data is kept. Without it the data lives as long as the server. */
  file?: string;
  /** Told when the data can no longer be saved. The server goes on and keeps trying. */
  onSaveError?: (error: unknown) => void;
  /** What stands between clients and the server, which tests let fail. */
  interceptors?: ServerInterceptor[];
}

export interface FirestoreServer {
  port: number;
  /** Cuts all connections, saves and ends. */
  stop(): Promise<void>;
}

/**
 * A Firestore on this machine: in memory, reached over gRPC by any Admin SDK that finds its address in
 * `FIRESTORE_EMULATOR_HOST`, on loopback only.
 *
 * @throws SnapshotError when the file is damaged; Error when the port is taken.
 */
export async function startFirestoreServer(options: FirestoreServerOptions): Promise<FirestoreServer> {
  const databases = new Databases();
  const snapshot = options.file === undefined ? undefined : new Snapshot(options.file, databases);
  await snapshot?.load();

  const { interceptors = [] } = options;
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES, interceptors });
  const onCommitted = (database: Database, names: readonly string[]) => snapshot?.note(database, names);
  server.addService(firestoreService, firestoreImplementation(databases, onCommitted));
  const port = await bind(server, options.port);
  const timer = setInterval(saver(snapshot, options.onSaveError), SAVE_INTERVAL_MS);

  return {
    port,
    async stop() {
      clearInterval(timer);
      server.forceShutdown();
      await snapshot?.save();
      snapshot?.close();
    },
  };
}

/** Saves at each call if it is due, and reports the first of a row of failures. */
function saver(snapshot: Snapshot | undefined, report: FirestoreServerOptions['onSaveError']): () => void {
  let failing = false;
  return async () => {
    try {
      if (snapshot?.isDue) await snapshot.save();
      failing = false;
    } catch (error) {
      if (!failing) report?.(error);
      failing = true;
    }
  };
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
}
