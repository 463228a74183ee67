import { LRUCache } from 'lru-cache';
import { perDatabase } from '../store/database/per-database.ts';

/** Whoever looks more often is told what is known. */
const EVERY_MS = 4_000;
/** Where IBKR did not answer, it is left in peace for as long as the schedule leaves it. */
const AFTER_FAILURE_MS = 60_000;
const MOST_KEPT = 10_000;

/** What this process looked at just now at IBKR because somebody waits for it to change. */
class Looks {
  readonly #kept = new LRUCache<string, true>({ max: MOST_KEPT, ttl: EVERY_MS });

  /** Whether it is time to look at something; then nobody else does for a while. */
  begin(id: string): boolean {
    if (this.#kept.has(id)) return false;
    this.#kept.set(id, true);
    return true;
  }

  failed(id: string): void {
    this.#kept.set(id, true, { ttl: AFTER_FAILURE_MS });
  }
}

/** Those at the order of connections, and those at prices that are watched, each by its id. */
export const looksOf = perDatabase(() => new Looks());
