/** IBKR's request limits, and the queue that keeps this process within them. */

import { setTimeout as delay } from 'node:timers/promises';
import { rateLimited } from '../wire/ibkr-error.ts';
import type { IbkrRequest } from '../wire/request.ts';
import type { SessionStore } from './session-store.ts';

type SharedTurns = Pick<SessionStore, 'changeTurn'>;

/** At most `calls` in any `perMs`, over all paths that match. */
export interface Limit {
  path: RegExp;
  calls: number;
  perMs: number;
  /**
   * The name under which all instances that serve a connection take these turns together, for calls of which each may
   * be one too many. A path has one such limit at most.
   */
  sharedAs?: string;
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
  { path: /^\/iserver\/account\/orders$/, calls: 1, perMs: 5 * SECOND, sharedAs: 'orders' },
  { path: /^\/iserver\/account\/trades$/, calls: 1, perMs: 5 * SECOND, sharedAs: 'trades' },
  { path: /^\/iserver\/account\/pnl\/partitioned$/, calls: 1, perMs: 5 * SECOND, sharedAs: 'pnl' },
  { path: /^\/portfolio\/accounts$/, calls: 1, perMs: 5 * SECOND, sharedAs: 'portfolioAccounts' },
  { path: /^\/portfolio\/subaccounts$/, calls: 1, perMs: 5 * SECOND, sharedAs: 'portfolioSubaccounts' },
  { path: /^\/iserver\/scanner\/params$/, calls: 1, perMs: 15 * MINUTE, sharedAs: 'scannerParams' },
  { path: /^\/iserver\/scanner\/run$/, calls: 1, perMs: SECOND },
  { path: /^\/pa\/performance$/, calls: 1, perMs: 15 * MINUTE, sharedAs: 'performance' },
  { path: /^\/pa\/allperiods$/, calls: 1, perMs: 15 * MINUTE, sharedAs: 'allPeriods' },
  { path: /^\/pa\/transactions$/, calls: 1, perMs: 15 * MINUTE, sharedAs: 'transactions' },
  { path: /^\/tickle$/, calls: 1, perMs: SECOND },
  { path: /^\/sso\/validate$/, calls: 1, perMs: MINUTE, sharedAs: 'ssoValidate' },
];

/**
 * How long nothing is sent after a 429 at first: it may have been one call too many and no lock. IBKR blocks those for
 * good who go on calling in a lock, so that a 429 to what is sent then is believed to be one.
 */
export const FIRST_PAUSE_MS = MINUTE;

/** Requests that leave evenly arrive unevenly: windows are kept this much longer than IBKR's. */
const MARGIN = 1.1;
/** How much later than it left a request may arrive: the first one over a new TLS connection does. */
const LATENESS_MS = 250;

/** How much of what windows are longer than IBKR's may be lost between taking a turn that is shared and using it. */
const HOLDS_FOR = 2 / 3;

/** Nobody waits longer than this for a turn; an option chain of 20 strikes makes 45 calls, which take 7 s. */
const MAX_WAIT_MS = 8 * SECOND;

/**
 * One connection's turns in this process: whoever comes first chooses first, and nobody waits for a turn that another
 * one has reserved for later.
 */
export class Pacer {
  readonly #limits: readonly Limit[];
  readonly #shared: SharedTurns | undefined;
  /** Per limit: when requests went or will go out, in order of time. */
  readonly #starts = new Map<Limit, number[]>();

  /** @param shared Where the turns are kept that several instances take together; without it this one is alone. */
  constructor(limits: readonly Limit[] = IBKR_LIMITS, shared?: SharedTurns) {
    this.#limits = limits;
    this.#shared = shared;
  }

  /** Resolves when the request may go out; throws as `reserve` does. */
  async turn(request: IbkrRequest, maxWaitMs = MAX_WAIT_MS): Promise<void> {
    const now = Date.now();
    const latest = now + Math.min(maxWaitMs, MAX_WAIT_MS);
    const limit = this.#limitsOf(request).find(({ sharedAs }) => sharedAs !== undefined);
    const start =
      this.#shared === undefined || limit?.sharedAs === undefined
        ? now + this.reserve(request, now, maxWaitMs)
        : await this.#sharedTurn(request, limit, limit.sharedAs, this.#shared, latest);
    const wait = start - Date.now();
    if (wait > 0) await delay(wait);
  }

  /**
   * Takes the next free turn of this process and answers how long from `now` it is away, in ms.
   * @throws {GatewayError} `ibkr_rate_limited` if that is too far; no turn is taken then.
   */
  reserve(request: IbkrRequest, now: number, maxWaitMs = MAX_WAIT_MS): number {
    const limits = this.#limitsOf(request);
    const wait = this.#next(limits, now) - now;
    if (wait > Math.min(maxWaitMs, MAX_WAIT_MS)) throw rateLimited(wait);
    this.#forget(now);
    this.#take(limits, now + wait);
    return wait;
  }

  /**
   * How long from `at` until so many turns in a row will have come, in ms, as far as this process knows. None is
   * taken.
   */
  waitFor(request: Pick<IbkrRequest, 'path'>, at: number, turns: number): number {
    const limits = this.#limitsOf(request);
    const trial = new Pacer(limits);
    for (const [limit, starts] of this.#starts) trial.#starts.set(limit, starts);
    let start = at;
    for (let turn = 0; turn < turns; turn++) {
      start = trial.#next(limits, start);
      trial.#take(limits, start);
    }
    return start - at;
  }

  /** Takes a turn that all instances share and, with it, this one's at the other limits of the request. */
  async #sharedTurn(
    request: IbkrRequest,
    limit: Limit,
    name: string,
    shared: SharedTurns,
    latest: number,
  ): Promise<number> {
    const limits = this.#limitsOf(request);
    const others = limits.filter((each) => each !== limit);
    const window = windowOf(limit);
    let askedAt = Date.now();
    let from = this.#next(others, askedAt);
    let lost = Number.NaN;
    for (;;) {
      const turn = await takeTurn(
        shared,
        name,
        (last) => (last === lost ? from : Math.max(from, last + window)),
        latest,
      );
      const now = Date.now();
      if (turn > latest) throw rateLimited(turn - now);
      const start = this.#next(others, Math.max(turn, now));
      if (start - turn <= (window - limit.perMs) * HOLDS_FOR) {
        this.#forget(now);
        this.#take(limits, start);
        return start;
      }
      // To ask took too long. If nobody has come since, the turn is moved to when another such answer will be there.
      lost = turn;
      from = this.#next(others, now + (now - askedAt));
      askedAt = now;
    }
  }

  #limitsOf({ path }: Pick<IbkrRequest, 'path'>): Limit[] {
    return this.#limits.filter((limit) => limit.path.test(path));
  }

  /** The first moment from then on that is free under all these limits. */
  #next(limits: readonly Limit[], from: number): number {
    const start = Math.max(from, ...limits.map((limit) => this.#nextOf(limit, from)));
    return start === from ? start : this.#next(limits, start);
  }

  #nextOf(limit: Limit, from: number): number {
    const starts = this.#starts.get(limit) ?? [];
    const ends = starts.map((start) => start + windowOf(limit)).filter((end) => end > from);
    return [from, ...ends].find((start) => isWithin(limit, inOrder([...starts, start]))) ?? from;
  }

  #take(limits: readonly Limit[], start: number): void {
    for (const limit of limits) {
      this.#starts.set(limit, inOrder([...(this.#starts.get(limit) ?? []), start]));
    }
  }

  /** Requests that do not count any more. */
  #forget(now: number): void {
    for (const [limit, starts] of this.#starts) {
      this.#starts.set(
        limit,
        starts.filter((start) => start + windowOf(limit) > now),
      );
    }
  }
}

/** @returns when the turn is; it is not taken if that is after `latest`. */
async function takeTurn(
  shared: SharedTurns,
  name: string,
  next: (last: number) => number,
  latest: number,
): Promise<number> {
  let turn = 0;
  await shared.changeTurn(name, (last) => {
    turn = next(last);
    return turn > latest ? null : turn;
  });
  return turn;
}

/** How long a request counts, in ms. */
function windowOf({ perMs }: Limit): number {
  return perMs * MARGIN + LATENESS_MS;
}

function isWithin(limit: Limit, starts: readonly number[]): boolean {
  return starts.every((start, index) => {
    const oneTooMany = starts[index + limit.calls];
    return oneTooMany === undefined || oneTooMany - start >= windowOf(limit);
  });
}

function inOrder(times: readonly number[]): number[] {
  return times.toSorted((a, b) => a - b);
}
