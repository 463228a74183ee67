/**
 * A Firestore in memory on clocks of its own: what is asked takes as long as Firestore does on the clock of whoever asks,
 * and is counted as Firestore bills it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { FirestoreMock } from '@firebase-bridge/firestore-admin';
import type { Firestore } from 'firebase-admin/firestore';

/** Of one request, within a region. */
const READ_TAKES_MS = 60;
const WRITES_TAKE_MS = 150;

/** Milliseconds since 1970, of one thing that goes on beside others. */
export interface Clock {
  now: number;
}

const clocks = new AsyncLocalStorage<Clock>();

/** Does something by a clock, and so does all that it calls. */
export function by<Result>(clock: Clock, act: () => Promise<Result>): Promise<Result> {
  return clocks.run(clock, act);
}

/** What goes on by the clock of who calls. @throws {Error} outside of `by`. */
export function takes(clock: Clock, ms: number): () => void {
  const until = clock.now + ms;
  return () => {
    clock.now = Math.max(clock.now, until);
  };
}

export class VirtualFirestore {
  readonly db: Firestore;
  reads = 0;
  writes = 0;

  constructor() {
    this.db = new FirestoreMock().createDatabase('demo-bench').firestore() as unknown as Firestore;
    this.#countRequests();
  }

  /** All that the client asks goes by these two. */
  #countRequests(): void {
    const client = this.db as unknown as {
      request(method: string, request: { writes?: unknown[] }, ...rest: unknown[]): Promise<unknown>;
      requestStream(
        method: string,
        bidirectional: boolean,
        request: unknown,
        ...rest: unknown[]
      ): Promise<NodeJS.ReadableStream>;
    };
    const request = client.request.bind(client);
    client.request = async (method, asked, ...rest) => {
      const pass = this.#begin(asked.writes === undefined ? READ_TAKES_MS : WRITES_TAKE_MS);
      this.writes += asked.writes?.length ?? 0;
      const answer = await request(method, asked, ...rest);
      pass();
      return answer;
    };
    const requestStream = client.requestStream.bind(client);
    client.requestStream = async (method, ...asked) => {
      const pass = this.#begin(READ_TAKES_MS);
      const stream = await requestStream(method, ...asked);
      stream.on('data', (answer: { document?: unknown; found?: unknown; missing?: unknown }) => {
        if (answer.document != null || answer.found != null || answer.missing != null) this.reads += 1;
      });
      stream.on('end', pass);
      return stream;
    };
  }

  #begin(ms: number): () => void {
    const clock = clocks.getStore();
    return clock === undefined ? () => {} : takes(clock, ms);
  }
}
