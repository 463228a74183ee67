import type { Duplex, Readable } from 'node:stream';
import { type FirestoreController, FirestoreMock, type MetaDocument } from '@firebase-bridge/firestore-admin';
import { status } from '@grpc/grpc-js';
import { CommitClock } from './commit-clock.ts';
import { StatusError } from './status.ts';
import { TransactionQueue } from './transaction-queue.ts';
import type {
  BeginTransactionRequest,
  CommitRequest,
  Document,
  ListDocumentsRequest,
  RollbackRequest,
  TransactionResponse,
} from './wire-types.ts';

type Unary<Request, Response> = (request: Request) => Promise<[Response, ...unknown[]]>;

/** The client the Admin SDK would use to reach Google, replaced by the bridge with one that works in memory. */
interface GapicClient {
  beginTransaction: Unary<BeginTransactionRequest, Required<TransactionResponse>>;
  commit: Unary<CommitRequest, object>;
  batchWrite: Unary<CommitRequest, object>;
  rollback: Unary<RollbackRequest, object>;
  listDocuments: Unary<ListDocumentsRequest, Document[]>;
  listCollectionIds: Unary<object, string[]>;
  batchGetDocuments(request: object): Readable;
  runQuery(request: object): Readable;
  runAggregationQuery(request: object): Readable;
  partitionQueryStream(request: object): Readable;
  listen(): Duplex;
  context: { serializeDoc(document: MetaDocument): Document };
}

/** One database in memory, and what its writers must share. */
export interface Database {
  /** `projects/{project}/databases/{database}` */
  name: string;
  /** Grows with every commit. */
  version(): number;
  documents(): MetaDocument[];
  /** @param path Relative to the database. */
  document(path: string): MetaDocument;
  client: GapicClient;
  transactions: TransactionQueue;
}

const DATABASE_NAME = /^projects\/([^/]+)\/databases\/([^/]+)/;

/** All databases of this server. A database exists as soon as a request names it. */
export class Databases {
  readonly clock = new CommitClock();
  readonly #mock = new FirestoreMock();
  readonly #databases = new Map<string, Promise<Database>>();

  constructor() {
    this.#mock.systemTime.custom(() => this.clock.now());
  }

  /**
   * The database a resource name lies in.
   *
   * @param resource `projects/{project}/databases/{database}`, with or without a path behind it.
   * @throws StatusError `INVALID_ARGUMENT` when the name has no such prefix.
   */
  open(resource: string): Promise<Database> {
    const [name, projectId, databaseId] = DATABASE_NAME.exec(resource) ?? [];
    if (name === undefined || projectId === undefined || databaseId === undefined) {
      throw new StatusError(
        status.INVALID_ARGUMENT,
        `"${resource}" does not begin with projects/{project}/databases/{database}.`,
      );
    }
    const opened = this.#databases.get(name) ?? this.#create(name, projectId, databaseId);
    this.#databases.set(name, opened);
    return opened;
  }

  /** Every database named so far. */
  all(): Promise<Database[]> {
    return Promise.all(this.#databases.values());
  }

  async #create(name: string, projectId: string, databaseId: string): Promise<Database> {
    const controller = this.#mock.createDatabase(projectId, databaseId);
    return {
      name,
      version: () => controller.version(),
      documents: () => Object.values(controller.database.toMetaMap()),
      document: (path) => controller.database.getDocument(path),
      client: await gapicClient(controller),
      transactions: new TransactionQueue(),
    };
  }
}

/** The Admin SDK keeps its clients in a private pool, which is where the bridge puts its own. */
async function gapicClient(controller: FirestoreController): Promise<GapicClient> {
  const { _clientPool: pool } = controller.firestore() as unknown as {
    _clientPool: {
      run<T>(tag: string, requiresGrpc: boolean, use: (client: T) => Promise<T>): Promise<T>;
    };
  };
  return pool.run<GapicClient>('local-server', true, async (client) => client);
}
