/**
 * IBKR's first answer of a session to lists of orders, executions and positions and to P&L is empty whatever there is;
 * the second one is believed.
 */
import type { IbkrResponse } from '../wire/request.ts';
import type { Dated } from './answer-cache.ts';

/** What this process has read in a session, by name. */
export class WarmReads {
  #epoch = 0;
  readonly #names = new Set<string>();
  /** Second answers. When IBKR was asked does not tell them from others: the next one may be of the same millisecond. */
  #seconds = new WeakSet<IbkrResponse>();

  note(name: string, epoch: number): void {
    if (epoch !== this.#epoch) {
      this.#names.clear();
      this.#seconds = new WeakSet();
    }
    this.#epoch = epoch;
    this.#names.add(name);
  }

  noteSecond(response: IbkrResponse): void {
    this.#seconds.add(response);
  }

  has(name: string, epoch: number): boolean {
    return epoch === this.#epoch && this.#names.has(name);
  }

  isSecond(response: IbkrResponse): boolean {
    return this.#seconds.has(response);
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
  if (isFilled(first.answer) || warmReads.isSecond(first.response)) return first;
  const isKnown = trustsEmpty && (await client.isWarm(wasRead && client.sessionEpoch === sessionEpoch));
  // Another answer than the first, though that may have taken less than a millisecond.
  if (isKnown) return first;
  const second = await read(first.at + 1);
  warmReads.noteSecond(second.response);
  return second;
}
