/**
 * IBKR's first answer of a session to lists of orders, executions and positions and to P&L is empty whatever there is;
 * the second one is believed.
 */
import type { Dated } from './answer-cache.ts';

/** What this process has read in a session, by name. */
export class WarmReads {
  #epoch = 0;
  /** When IBKR was asked for the latest second answer (ms since 1970); 0: there was none. */
  readonly #seconds = new Map<string, number>();

  note(name: string, epoch: number): void {
    if (epoch !== this.#epoch) this.#seconds.clear();
    this.#epoch = epoch;
    if (!this.#seconds.has(name)) this.#seconds.set(name, 0);
  }

  noteSecond(name: string, at: number): void {
    this.#seconds.set(name, at);
  }

  has(name: string, epoch: number): boolean {
    return epoch === this.#epoch && this.#seconds.has(name);
  }

  isSecond(name: string, at: number): boolean {
    return this.#seconds.get(name) === at;
  }
}

/** What is used of the client of a call. */
interface Reader {
  readonly sessionEpoch: number;
  readonly warmReads: WarmReads;
  isWarm(wasRead: boolean): Promise<boolean>;
}

export interface WarmOptions {
  /** Of the same name are the reads that IBKR warms up for each other. */
  name: string;
  /** As of `ReadOptions`, of the first read. */
  since?: number | undefined;
  /** Whether an empty answer is believed that is not the first one of its session. Not where orders turn on it. */
  trustsEmpty?: boolean;
}

/**
 * Reads twice if need be. IBKR's limits keep the two some seconds apart (`IBKR_LIMITS`).
 * @param isFilled Whether an answer stands as it is.
 */
export async function readWarm<T>(
  client: Reader,
  read: (since: number | undefined) => Promise<Dated<T>>,
  isFilled: (answer: T) => boolean,
  { name, since, trustsEmpty = false }: WarmOptions,
): Promise<Dated<T>> {
  const begunAt = Date.now();
  const { warmReads, sessionEpoch } = client;
  const wasRead = warmReads.has(name, sessionEpoch);
  const first = await read(since);
  if (first.at >= begunAt) warmReads.note(name, client.sessionEpoch);
  // What is served once more was looked at twice already.
  if (isFilled(first.answer) || warmReads.isSecond(name, first.at)) return first;
  const isKnown = trustsEmpty && (await client.isWarm(wasRead && client.sessionEpoch === sessionEpoch));
  // Another answer than the first, though that may have taken less than a millisecond.
  if (isKnown) return first;
  const second = await read(first.at + 1);
  warmReads.noteSecond(name, second.at);
  return second;
}
