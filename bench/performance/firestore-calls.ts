/** What is asked of a Firestore server, counted as Firestore bills it. */
import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';

export interface FirestoreCall {
  rpc: string;
  /** Documents read: each that was asked for, there or not; of a query at least one. */
  reads: number;
  writes: number;
  /** Documents read by their paths, and written ones with a `+` before. */
  documents: string[];
}

/** The parts of requests and answers that say what they cost. */
interface Message {
  documents?: string[];
  writes?: { update?: { name: string } | null; delete?: string }[];
  structuredQuery?: { from?: { collectionId: string }[] };
  document?: { name: string } | null;
}

/** Notes the calls that pass, in the order in which they come. */
export function firestoreCalls(): { calls: FirestoreCall[]; interceptor: ServerInterceptor } {
  const calls: FirestoreCall[] = [];
  const interceptor: ServerInterceptor = (method, call) => {
    const rpc = method.path.split('/').at(-1) ?? '';
    const seen: FirestoreCall = { rpc, reads: 0, writes: 0, documents: [] };
    const isQuery = rpc === 'RunQuery' || rpc === 'RunAggregationQuery';
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMessage: (message: Message, pass) => {
            calls.push(seen);
            seen.reads = isQuery ? 1 : (message.documents ?? []).length;
            seen.writes = (message.writes ?? []).length;
            const written = (message.writes ?? []).map((write) => write.update?.name ?? write.delete ?? '');
            const queried = (message.structuredQuery?.from ?? []).map(
              ({ collectionId }) => `${collectionId}?`,
            );
            const names = [...(message.documents ?? []), ...queried, ...written.map((name) => `+${name}`)];
            seen.documents = names.map((name) => name.replace(/projects.*\/documents\//, ''));
            pass(message);
          },
        }),
      sendMessage: (message: Message, next) => {
        if (isQuery && message.document)
          seen.documents.push(message.document.name.replace(/.*\/documents\//, ''));
        next(message);
      },
      sendStatus: (status, next) => {
        if (isQuery) seen.reads = Math.max(1, seen.documents.length - 1);
        next(status);
      },
    });
  };
  return { calls, interceptor };
}
