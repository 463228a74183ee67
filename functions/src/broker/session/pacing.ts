/** IBKR's request limits, and the queue that keeps this process within them. */

import { setTimeout as delay } from 'node:timers/promises';
import type { IbkrRequest } from '../transport/transport.ts';
import { rateLimited } from '../wire/ibkr-error.ts';

/** At most `calls` in any `perMs`, over all paths that match. */
export interface Limit {
  path: RegExp;
  calls: number;
  perMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * From IBKR's "Pacing Limitations" page (Web API v1.0 documentation) unless a line says otherwise. Over the limit
 * IBKR answers 429 and locks the caller's IP address out for `PENALTY_MS`, so it is better to wait here.
 */
export const IBKR_LIMITS: readonly Limit[] = [
  // IBKR allows 10. Its gateway program makes calls of its own, and the user's other programs may, too.
  { path: /^\//, calls: 8, perMs: SECOND },
  // Older pages: 5 at a time. Newer: 10 a second and 50 a minute.
  { path: /^\/iserver\/marketdata\/history$/, calls: 5, perMs: SECOND },
  { path: /^\/iserver\/marketdata\/history$/, calls: 50, perMs: MINUTE },
  { path: /^\/iserver\/account\/orders$/, calls: 1, perMs: 5 * SECOND },
  { path: /^\/iserver\/account\/trades$/, calls: 1, perMs: 5 * SECOND },
  { path: /^\/iserver\/account\/pnl\/partitioned$/, calls: 1, perMs: 5 * SECOND },
  { path: /^\/portfolio\/accounts$/, calls: 1, perMs: 5 * SECOND },
  { path: /^\/portfolio\/subaccounts$/, calls: 1, perMs: 5 * SECOND },
  { path: /^\/iserver\/scanner\/params$/, calls: 1, perMs: 15 * MINUTE },
  { path: /^\/iserver\/scanner\/run$/, calls: 1, perMs: SECOND },
  { path: /^\/pa\/performance$/, calls: 1, perMs: 15 * MINUTE },
  { path: /^\/pa\/allperiods$/, calls: 1, perMs: 15 * MINUTE },
  { path: /^\/pa\/transactions$/, calls: 1, perMs: 15 * MINUTE },
  { path: /^\/tickle$/, calls: 1, perMs: SECOND },
  { path: /^\/sso\/validate$/, calls: 1, perMs: MINUTE },
];

/** How long IBKR locks an IP address out after a 429 (its pages say 10, an older one 15 minutes). */
export const PENALTY_MS = 10 * MINUTE;

/**
 * How long nothing is sent after a 429 at first: it may have been one call too many and no lock. IBKR blocks those for
 * good who go on calling in a lock, so that a 429 to what is sent then is believed to be one.
 */
export const FIRST_PAUSE_MS = MINUTE;

/** Requests that leave evenly arrive unevenly: windows are kept this much longer than IBKR's. */
const MARGIN = 1.1;
/** How much later than it left a request may arrive: the first one over a new TLS connection does. */
const LATENESS_MS = 250;

/** Nobody waits longer than this for a turn; an option chain of 20 strikes makes 45 calls, which take 7 s. */
const MAX_WAIT_MS = 8 * SECOND;

/** One connection's turns, first come first served. */
export class Pacer {
  readonly #limits: readonly Limit[];
  /** Per limit: when its last `calls` requests went or will go out, oldest first. */
  readonly #starts = new Map<Limit, number[]>();

  constructor(limits: readonly Limit[] = IBKR_LIMITS) {
    this.#limits = limits;
  }

  /** Resolves when the request may go out; throws as `reserve` does. */
  async turn(request: IbkrRequest, maxWaitMs = MAX_WAIT_MS): Promise<void> {
    const wait = this.reserve(request, Date.now(), maxWaitMs);
    if (wait > 0) await delay(wait);
  }

  /**
   * Takes the next free turn and answers how long from `now` it is away, in ms.
   * @throws {GatewayError} `ibkr_rate_limited` if that is too far; no turn is taken then.
   */
  reserve({ path }: IbkrRequest, now: number, maxWaitMs = MAX_WAIT_MS): number {
    const limits = this.#limits.filter((limit) => limit.path.test(path));
    const start = Math.max(now, ...limits.map((limit) => this.#earliest(limit)));
    const wait = start - now;
    if (wait > Math.min(maxWaitMs, MAX_WAIT_MS)) throw rateLimited(wait);
    for (const limit of limits) this.#take(limit, start);
    return wait;
  }

  /** How long from `at` until so many turns in a row will have come, in ms. None is taken. */
  waitFor({ path }: Pick<IbkrRequest, 'path'>, at: number, turns: number): number {
    const trial = new Pacer(this.#limits.filter((limit) => limit.path.test(path)));
    for (const [limit, starts] of this.#starts) trial.#starts.set(limit, starts);
    let start = at;
    for (let turn = 0; turn < turns; turn++) {
      start = Math.max(start, ...trial.#limits.map((limit) => trial.#earliest(limit)));
      for (const limit of trial.#limits) trial.#take(limit, start);
    }
    return start - at;
  }

  #take(limit: Limit, start: number): void {
    const starts = this.#starts.get(limit) ?? [];
    this.#starts.set(limit, [...starts, start].slice(-limit.calls));
  }

  #earliest(limit: Limit): number {
    const starts = this.#starts.get(limit) ?? [];
    const [oldest] = starts;
    return oldest === undefined || starts.length < limit.calls
      ? 0
      : oldest + limit.perMs * MARGIN + LATENESS_MS;
  }
}
