/** IBKR's request limits, and the queue that keeps this process within them. */

import { setTimeout as delay } from 'node:timers/promises';
import { rateLimited } from '../wire/ibkr-error.ts';
import { type IbkrRequest, nameOf } from '../wire/request.ts';
import type { SessionStore, SharedRead, SharedTurns } from './session-store.ts';

type TurnStore = Pick<SessionStore, 'changeTurns'>;

/** Where others may have the answer of a read of which IBKR takes few, and what its own answer is to others. */
export interface Sharing {
  /** Whether what another instance reads, or has read, will do in place of a turn. */
  serves(read: SharedRead): boolean;
  /** What the others are told of the read when it takes its turn; null: nothing. */
  announce(turn: number): SharedRead | null;
}

/** How a request got to go: it is its turn, or `joined` is another instance's read that will do. */
export interface Turn {
  /** When it is, or was (ms since 1970). */
  at: number;
  joined: SharedRead | null;
  /** What the others were told. */
  announced: SharedRead | null;
}

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

/** A list of orders or executions, or P&L, serves so long who only shows it: IBKR takes no request for another before. */
export const LIST_SERVES_MS = 6 * SECOND;

/** Per limit: when requests went or will go out (ms since 1970), in order of time. */
export type TakenTurns = Map<Limit, number[]>;

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
 * Nor longer than this for one that all instances take together: it may be the third at the list of orders, after one
 * that was just taken and one of a look-up, which asks otherwise and so cannot share it. That is 11.5 s away.
 */
const MAX_SHARED_WAIT_MS = 12 * SECOND;

/**
 * One connection's turns in this process: whoever comes first chooses first, and nobody waits for a turn that another
 * one has reserved for later.
 */
export class Pacer {
  readonly #limits: readonly Limit[];
  readonly #shared: TurnStore | undefined;
  readonly #taken: TakenTurns;

  /**
   * @param shared Where the turns are kept that several instances take together; without it this one is alone.
   * @param taken By whoever had the connection before, in this process.
   */
  constructor(
    limits: readonly Limit[] = IBKR_LIMITS,
    shared?: TurnStore,
    taken: TakenTurns = new Map<Limit, number[]>(),
  ) {
    this.#limits = limits;
    this.#shared = shared;
    this.#taken = taken;
  }

  /**
   * Resolves when the request may go out, or as soon as another instance's read is found to do; throws as `reserve`
   * does.
   */
  async turn(request: IbkrRequest, maxWaitMs = MAX_SHARED_WAIT_MS, sharing?: Sharing): Promise<Turn> {
    const now = Date.now();
    const latest = now + Math.min(maxWaitMs, MAX_SHARED_WAIT_MS);
    const limit = this.#limitsOf(request).find(({ sharedAs }) => sharedAs !== undefined);
    const turn =
      this.#shared === undefined || limit?.sharedAs === undefined
        ? { at: now + this.reserve(request, now, maxWaitMs), joined: null, announced: null }
        : await this.#sharedTurn(request, limit, limit.sharedAs, this.#shared, latest, sharing);
    // A shared turn has come by then.
    const wait = turn.at - Date.now();
    if (turn.joined === null && wait > 0) await delay(wait);
    return turn;
  }

  /** Whether all instances take the turns of the request together. */
  isShared({ path }: Pick<IbkrRequest, 'path'>): boolean {
    return (
      this.#shared !== undefined && this.#limitsOf({ path }).some(({ sharedAs }) => sharedAs !== undefined)
    );
  }

  /**
   * Takes the next free turn of this process and answers how long from `now` it is away, in ms.
   * @throws {BrokerError} `rate_limited` if that is too far; no turn is taken then.
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
    const trial = new Pacer(limits, undefined, new Map(this.#taken));
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
    shared: TurnStore,
    latest: number,
    sharing: Sharing | undefined,
  ): Promise<Turn> {
    const limits = this.#limitsOf(request);
    const others = limits.filter((each) => each !== limit);
    const window = windowOf(limit);
    let askedAt = Date.now();
    let from = this.#next(others, askedAt);
    let lost = Number.NaN;
    let headroom = 0;
    for (;;) {
      const turn = await takeTurn(
        shared,
        name,
        request,
        ({ last, reads }) => {
          const at = last === lost ? from : Math.max(from, last + window);
          // What this one announced for the turn it lost is nobody else's.
          const known = reads.some(({ turn }) => turn === lost)
            ? reads.filter(({ turn }) => turn !== lost)
            : reads;
          const joined = known.find((read) => sharing?.serves(read)) ?? null;
          return { at, joined, announced: sharing?.announce(at) ?? null, known };
        },
        latest,
      );
      const { at, joined, announced } = turn;
      const now = Date.now();
      if (joined !== null) return { at: joined.turn, joined, announced: null };
      if (at > latest) throw rateLimited(at - now);
      const start = this.#next(others, Math.max(at, now));
      const holds = (window - limit.perMs) * HOLDS_FOR;
      if (start - at <= holds) {
        this.#forget(now);
        this.#take(limits, start);
        if (start > now) await delay(start - now);
        if (Date.now() - at <= holds) return { at: start, joined, announced };
      }
      // To ask took too long, or to wake up. If nobody has come since, the turn is moved to when another answer will be
      // there, though it takes twice as long: a process that is ever busier would lose one turn after the other.
      lost = at;
      const woken = Date.now();
      headroom = 2 * Math.max(headroom, now - askedAt);
      from = this.#next(others, woken + headroom);
      askedAt = woken;
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
    const starts = this.#taken.get(limit) ?? [];
    const ends = starts.map((start) => start + windowOf(limit)).filter((end) => end > from);
    return [from, ...ends].find((start) => isWithin(limit, sortTimes([...starts, start]))) ?? from;
  }

  #take(limits: readonly Limit[], start: number): void {
    for (const limit of limits) {
      this.#taken.set(limit, sortTimes([...(this.#taken.get(limit) ?? []), start]));
    }
  }

  /** Requests that do not count any more. */
  #forget(now: number): void {
    for (const [limit, starts] of this.#taken) {
      this.#taken.set(
        limit,
        starts.filter((start) => start + windowOf(limit) > now),
      );
    }
  }
}

interface Choice extends Turn {
  /** What others have told of the same request. */
  known: readonly SharedRead[];
}

/** @returns what was chosen; a turn is not taken if it is after `latest` or another's read is joined. */
async function takeTurn(
  shared: TurnStore,
  name: string,
  request: IbkrRequest,
  choose: (known: SharedTurns) => Choice,
  latest: number,
): Promise<Choice> {
  let choice: Choice | undefined;
  await shared.changeTurns(name, nameOf(request), (turns) => {
    choice = choose(turns);
    const { at, joined, announced, known } = choice;
    if (joined === null && at <= latest) {
      return { last: at, reads: announced === null ? known : [...known, announced] };
    }
    return known.length < turns.reads.length ? { last: turns.last, reads: known } : null;
  });
  if (choice === undefined) throw new Error('The turns of a limit were not asked for.');
  return choice;
}

/** How long a request counts, in ms. */
function windowOf({ perMs }: Limit): number {
  return Math.round(perMs * MARGIN + LATENESS_MS);
}

function isWithin(limit: Limit, starts: readonly number[]): boolean {
  return starts.every((start, index) => {
    const oneTooMany = starts[index + limit.calls];
    return oneTooMany === undefined || oneTooMany - start >= windowOf(limit);
  });
}

function sortTimes(times: readonly number[]): number[] {
  return times.toSorted((a, b) => a - b);
}
