import { LRUCache } from 'lru-cache';
import { type IbkrRequest, type IbkrResponse, nameOf } from '../wire/request.ts';

const MOST_ANSWERS = 500;
/** What one connection may have kept, in bytes: what answers as it is told to must not cost more. */
const MOST_BYTES = 8 * 1_048_576;
/** What all connections of this process may have kept together, in bytes. */
const MOST_BYTES_OF_ALL = 48 * 1_048_576;

/** What was read, and when IBKR was asked for it (ms since 1970). */
export interface Dated<T> {
  answer: T;
  at: number;
  /** What it was read from: the same one where an answer is shown once more. */
  response: IbkrResponse;
}

/** An answer of IBKR's, and when it was asked for at the earliest (ms since 1970). */
export interface DatedAnswer {
  response: IbkrResponse;
  at: number;
}

/** Those that have something. */
const caches = new Set<AnswerCache>();

/** IBKR's answers that may serve later reads of one connection. */
export class AnswerCache {
  readonly #answers = new LRUCache<string, DatedAnswer>({
    max: MOST_ANSWERS,
    maxSize: MOST_BYTES,
    // At worst, two bytes for each character.
    sizeCalculation: ({ response: { body } }, name) => 2 * (body.length + name.length),
  });

  #isClosed = false;

  /** Keeps an answer, unless it is too long. Where all have too much, whoever has most loses the oldest. */
  keep(request: IbkrRequest, answer: DatedAnswer, forMs: number): void {
    if (this.#isClosed) return;
    this.#answers.set(nameOf(request), answer, { ttl: forMs });
    caches.add(this);
    while (bytesOfAll() > MOST_BYTES_OF_ALL) heaviest().#drop();
  }

  /** The answer that was kept for this read, while it may serve, if it was asked for then or later. */
  kept(request: IbkrRequest, since: number): DatedAnswer | undefined {
    const kept = this.#answers.get(nameOf(request));
    return kept !== undefined && kept.at >= since ? kept : undefined;
  }

  get bytes(): number {
    return this.#answers.calculatedSize;
  }

  /** Forgets all, and what is still to come. */
  close(): void {
    this.#isClosed = true;
    this.#answers.clear();
    caches.delete(this);
  }

  #drop(): void {
    this.#answers.pop();
    if (this.#answers.size === 0) caches.delete(this);
  }
}

function bytesOfAll(): number {
  return [...caches].reduce((sum, { bytes }) => sum + bytes, 0);
}

function heaviest(): AnswerCache {
  return [...caches].reduce((most, cache) => (cache.bytes > most.bytes ? cache : most));
}
