/** Test support: what happens to calls of a Firestore server on their way there and back. */
import { setTimeout as delay } from 'node:timers/promises';
import { Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';

/** What becomes of one call. */
export type Fate =
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
  /** Decides from now on; called with the name of each call, such as `Commit`. */
  decide: (rpc: string) => Fate;
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
      const fate = weak.decide(method.path.split('/').at(-1) ?? '');
      return new ServerInterceptingCall(call, {
        start: async (next) => {
          if (fate === 'silent' || fate === 'refused') {
            call.start(NOBODY);
            if (fate === 'silent') unheard.push(call);
            else call.sendStatus(UNAVAILABLE);
            return;
          }
          if (typeof fate === 'object') await delay(fate.lateBy);
          next();
        },
        sendMessage: (message, next) => next(withReadTime(message, weak.clockAheadMs)),
        sendStatus: (ended, next) => next(fate === 'lost' ? UNAVAILABLE : ended),
      });
    },
  };
  return weak;
}

function withReadTime(message: unknown, aheadMs: number): unknown {
  const { readTime } = message as { readTime?: { seconds: string | number } | null };
  if (aheadMs === 0 || readTime == null) return message;
  const seconds = Number(readTime.seconds) + aheadMs / 1_000;
  return { ...(message as object), readTime: { ...readTime, seconds } };
}

const NOBODY = {
  onReceiveMetadata() {},
  onReceiveMessage() {},
  onReceiveHalfClose() {},
  onCancel() {},
};

const UNAVAILABLE = {
  code: status.UNAVAILABLE,
  details: 'No connection established',
  metadata: new Metadata(),
};
