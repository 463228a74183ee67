/** Bounds how much is written down of what somebody can repeat without end. Each instance counts for itself. */
import { LRUCache } from 'lru-cache';

const MOST_KNOWN = 5_000;

interface Counted {
  since: number;
  recorded: number;
  unrecorded: number;
}

export class RecordRate {
  readonly #most: number;
  readonly #everyMs: number;
  readonly #lately = new LRUCache<string, Counted>({ max: MOST_KNOWN });

  /** So many records of one source are written in so many milliseconds. */
  constructor(most: number, everyMs: number) {
    this.#most = most;
    this.#everyMs = everyMs;
  }

  /**
   * Counts one more of a source.
   * @returns null: it is not to be recorded; else how many were not that came before it, for its record to say.
   */
  count(source: string): number | null {
    const now = Date.now();
    const before = this.#lately.get(source);
    if (before === undefined || now - before.since >= this.#everyMs) {
      this.#lately.set(source, { since: now, recorded: 1, unrecorded: 0 });
      return before?.unrecorded ?? 0;
    }
    if (before.recorded >= this.#most) {
      before.unrecorded += 1;
      return null;
    }
    before.recorded += 1;
    return 0;
  }
}
