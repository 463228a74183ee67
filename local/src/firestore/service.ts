import type { Readable } from 'node:stream';
import {
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerWritableStream,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Database, Databases } from './database.ts';
import { StatusError, toStatus } from './status.ts';
import type {
  Addressed,
  BeginTransactionRequest,
  CommitRequest,
  ListDocumentsRequest,
  ReadRequest,
  RollbackRequest,
  TransactionResponse,
  Value,
} from './wire-types.ts';

/**
 * The RPCs of `google.firestore.v1.Firestore` that the Admin SDK uses, forwarded to the in-memory
 * client of the database each request names. RPCs it does not use answer `UNIMPLEMENTED`.
 *
 * @param onCommitted Told which documents a commit changed, by their names, before it is answered.
 */
export function firestoreImplementation(
  databases: Databases,
  onCommitted: (database: Database, names: readonly string[]) => void,
): UntypedServiceImplementation {
  const open = (request: Addressed): Promise<Database> =>
    databases.open(request.database ?? request.parent ?? '');

  const unary =
    <Request extends Addressed, Response>(
      answer: (database: Database, request: Request) => Promise<Response>,
    ): handleUnaryCall<Request, Response> =>
    async (call, callback) => {
      try {
        callback(null, await answer(await open(call.request), call.request));
      } catch (error) {
        callback(toStatus(error));
      }
    };

  const read =
    (rpc: 'batchGetDocuments' | 'runQuery' | 'runAggregationQuery') =>
    async (call: ServerWritableStream<Addressed & ReadRequest, TransactionResponse>) => {
      try {
        const database = await open(call.request);
        await answerRead(database, call, (request) => database.client[rpc](request));
      } catch (error) {
        call.emit('error', toStatus(error));
      }
    };

  return {
    batchGetDocuments: read('batchGetDocuments'),
    runQuery: read('runQuery'),
    runAggregationQuery: read('runAggregationQuery'),
    listen: (call: ServerDuplexStream<Addressed, object>) => listen(open, call),

    beginTransaction: unary(async (database, request: BeginTransactionRequest) => {
      if (request.options?.readOnly) return (await database.client.beginTransaction(request))[0];
      const leave = await database.transactions.enter();
      const [response] = await database.client.beginTransaction({ options: { readWrite: {} } });
      database.transactions.begin(response.transaction, leave);
      return response;
    }),

    commit: unary(async (database, request: CommitRequest) => {
      try {
        assertExactIntegers(request);
        databases.clock.tick();
        const [response] = await database.client.commit(request);
        onCommitted(database, namesIn(request));
        return response;
      } finally {
        if (request.transaction) database.transactions.end(request.transaction);
      }
    }),

    batchWrite: unary(async (database, request: CommitRequest) => {
      assertExactIntegers(request);
      databases.clock.tick();
      const [response] = await database.client.batchWrite(request);
      onCommitted(database, namesIn(request));
      return response;
    }),

    rollback: unary(async (database, request: RollbackRequest) => {
      if (request.transaction) database.transactions.end(request.transaction);
      return (await database.client.rollback(request))[0];
    }),

    listCollectionIds: unary(async (database, request: Addressed) => {
      const [collectionIds] = await database.client.listCollectionIds(request);
      return { collectionIds: collectionIds.sort() };
    }),

    // The Admin SDK always asks for names only; the in-memory client knows no masks and no order.
    listDocuments: unary(async (database, { mask: _, ...request }: ListDocumentsRequest) => {
      const [documents] = await database.client.listDocuments(request);
      return { documents: documents.sort((a, b) => (a.name < b.name ? -1 : 1)) };
    }),
  };
}

/** The documents that a request writes. */
function namesIn({ writes = [] }: CommitRequest): string[] {
  return writes.flatMap((write) => write.update?.name ?? write.delete ?? write.transform?.document ?? []);
}

/** Streams the answer to a read; a read that begins a read-write transaction waits for its turn first. */
async function answerRead(
  database: Database,
  call: ServerWritableStream<ReadRequest, TransactionResponse>,
  start: (request: ReadRequest) => Readable,
): Promise<void> {
  const begins = call.request.newTransaction?.readWrite !== undefined;
  // A retry names the attempt before it, which may not be rolled back yet; its turn is enough.
  const request = begins ? { ...call.request, newTransaction: { readWrite: {} } } : call.request;
  let leave = begins ? await database.transactions.enter() : undefined;
  if (call.cancelled) return leave?.();
  const answer = start(request);
  answer.on('data', (response: TransactionResponse) => {
    if (leave && response.transaction) {
      database.transactions.begin(response.transaction, leave);
      leave = undefined;
    }
    call.write(response);
  });
  answer.on('end', () => call.end());
  answer.on('error', (error) => call.emit('error', toStatus(error)));
  answer.on('close', () => leave?.());
  call.on('cancelled', () => answer.destroy());
}

/** Joins a client's stream to the database its first message names. */
function listen(
  open: (request: Addressed) => Promise<Database>,
  call: ServerDuplexStream<Addressed, object>,
): void {
  call.once('data', async (first: Addressed) => {
    call.pause();
    try {
      const { client } = await open(first);
      const changes = client.listen();
      changes.on('data', (change: object) => call.write(change));
      changes.on('end', () => call.end());
      changes.on('error', (error) => call.emit('error', toStatus(error)));
      call.on('data', (request: Addressed) => changes.write(request));
      call.on('end', () => changes.end());
      call.on('cancelled', () => changes.destroy());
      changes.write(first);
      call.resume();
    } catch (error) {
      call.emit('error', toStatus(error));
    }
  });
}

/**
 * The in-memory database holds integers as JavaScript numbers.
 *
 * @throws StatusError `INVALID_ARGUMENT` for one that would be rounded.
 */
function assertExactIntegers({ writes = [] }: CommitRequest): void {
  const assertExact = (value: Value): void => {
    if (value.integerValue !== undefined && !Number.isSafeInteger(Number(value.integerValue))) {
      throw new StatusError(
        status.INVALID_ARGUMENT,
        `The local Firestore cannot store the integer ${value.integerValue} exactly. Store it as a string.`,
      );
    }
    value.arrayValue?.values?.forEach(assertExact);
    Object.values(value.mapValue?.fields ?? {}).forEach(assertExact);
  };
  for (const write of writes) Object.values(write.update?.fields ?? {}).forEach(assertExact);
}
