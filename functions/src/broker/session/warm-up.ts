/**
 * IBKR's first answer of a session to lists of orders, executions and positions and to P&L is empty whatever there is;
 * the second one is believed.
 */
import type { Dated } from './answer-cache.ts';

/** Sessions end and begin anew unseen, but not within so short a time. */
const WARM_FOR_MS = 60_000;

/** What IBKR has answered this process a moment ago, so that an empty answer is none of a session that just began. */
export class WarmReads {
  readonly #answered = new Map<string, { epoch: number; at: number }>();

  note(name: string, epoch: number): void {
    const now = Date.now();
    for (const [other, { at }] of this.#answered) if (now - at >= WARM_FOR_MS) this.#answered.delete(other);
    this.#answered.set(name, { epoch, at: now });
  }

  isWarm(name: string, epoch: number): boolean {
    const answered = this.#answered.get(name);
    return answered?.epoch === epoch && Date.now() - answered.at < WARM_FOR_MS;
  }
}

/** What is used of the client of a call. */
interface Reader {
  readonly sessionEpoch: number;
  readonly warmReads: WarmReads;
  isWarmedUp(): Promise<boolean>;
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
  const wasWarm = warmReads.isWarm(name, sessionEpoch);
  const first = await read(since);
  if (first.at >= begunAt) warmReads.note(name, client.sessionEpoch);
  if (isFilled(first.answer)) return first;
  const isKnown =
    trustsEmpty && ((wasWarm && client.sessionEpoch === sessionEpoch) || (await client.isWarmedUp()));
  // Another answer than the first, though that may have taken less than a millisecond.
  return isKnown ? first : read(first.at + 1);
}
