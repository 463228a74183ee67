/** Test support: what happens to calls of a Firestore server on their way there and back. */
import { setTimeout as delay } from 'node:timers/promises';
import { Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';

/** What becomes of one call. */
export type Delivery =
  | 'answered'
  /** It is done, and its answer does not arrive. */
  | 'lost'
  /** It does not arrive. */
  | 'refused'
  /** It arrives nowhere, and nobody says so. */
  | 'silent'
  /** It arrives so much later, in ms. */
  | { lateBy: number };

export interface WeakStorage {
  /** By how much storage's clock seems to be ahead of what it is, in ms. */
  clockAheadMs: number;
  interceptor: ServerInterceptor;
  /**
   * Decides from now on.
   * @param rpc The name of a call, such as `Commit`.
   * @param written The documents that it writes, each by the path below the database's root.
   */
  decide: (rpc: string, written: readonly string[]) => Delivery;
  /** Answers everything again. */
  recover(): void;
  /** Ends what was asked in silence, which goes on waiting otherwise. */
  hangUp(): void;
}

/** A way to a Firestore server on which everything is answered until somebody decides otherwise. */
export function weakStorage(): WeakStorage {
  const unheard: { sendStatus(ended: typeof UNAVAILABLE): void }[] = [];
  const weak: WeakStorage = {
    clockAheadMs: 0,
    decide: () => 'answered',
    recover: () => {
      weak.decide = () => 'answered';
    },
    hangUp: () => {
      for (const call of unheard.splice(0)) call.sendStatus(UNAVAILABLE);
    },
    interceptor: (method, call) => {
      const rpc = method.path.split('/').at(-1) ?? '';
      let delivery: Delivery | undefined;
      let arrived = Promise.resolve();
      return new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMessage: (message, pass) => {
              delivery ??= weak.decide(rpc, documentsIn(message));
              if (delivery === 'silent') unheard.push(call);
              else if (delivery === 'refused') call.sendStatus(UNAVAILABLE);
              else {
                if (typeof delivery === 'object') arrived = delay(delivery.lateBy);
                arrived = arrived.then(() => pass(message));
              }
            },
            onReceiveHalfClose: (pass) => {
              if (delivery !== 'silent' && delivery !== 'refused') arrived.then(pass);
            },
          }),
        sendMessage: (message, next) => next(withReadTime(message, weak.clockAheadMs)),
        sendStatus: (ended, next) => next(delivery === 'lost' ? UNAVAILABLE : ended),
      });
    },
  };
  return weak;
}

function documentsIn(message: unknown): string[] {
  const { writes } = message as { writes?: { update?: { name: string } | null; delete?: string }[] };
  const names = (writes ?? []).map((write) => write.update?.name ?? write.delete ?? '');
  return names.map((name) => name.split('/documents/')[1] ?? '');
}

function withReadTime(message: unknown, aheadMs: number): unknown {
  const { readTime } = message as { readTime?: { seconds: string | number } | null };
  if (aheadMs === 0 || readTime == null) return message;
  const seconds = Number(readTime.seconds) + aheadMs / 1_000;
  return { ...(message as object), readTime: { ...readTime, seconds } };
}

const UNAVAILABLE = {
  code: status.UNAVAILABLE,
  details: 'No connection established',
  metadata: new Metadata(),
};
