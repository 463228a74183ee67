/**
 * IBKR's request limits, per session. Going over one is answered 429, and then everything of that session is for
 * the length of the penalty.
 */

interface Limit {
  /** Paths that differ in what it captures have the limit each for itself. */
  readonly path: RegExp;
  readonly requests: number;
  readonly perMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Documented limits by path, besides the global one; all that match count. */
const LIMITS: readonly Limit[] = [
  { path: /^\/iserver\/marketdata\/snapshot$/, requests: 10, perMs: SECOND },
  { path: /^\/iserver\/marketdata\/history$/, requests: 10, perMs: SECOND },
  { path: /^\/iserver\/marketdata\/history$/, requests: 50, perMs: MINUTE },
  { path: /^\/iserver\/account\/orders$/, requests: 1, perMs: 5 * SECOND },
  { path: /^\/iserver\/account\/trades$/, requests: 1, perMs: 5 * SECOND },
  { path: /^\/iserver\/account\/pnl\/partitioned$/, requests: 1, perMs: 5 * SECOND },
  { path: /^\/portfolio\/accounts$/, requests: 1, perMs: 5 * SECOND },
  { path: /^\/portfolio\/subaccounts$/, requests: 1, perMs: 5 * SECOND },
  { path: /^\/iserver\/scanner\/params$/, requests: 1, perMs: 15 * MINUTE },
  { path: /^\/iserver\/scanner\/run$/, requests: 1, perMs: SECOND },
  { path: /^(\/pa\/[^/]+)$/, requests: 1, perMs: 15 * MINUTE },
  { path: /^(\/fyi\/[^/]+)(\/)?/, requests: 1, perMs: SECOND },
  { path: /^\/tickle$/, requests: 1, perMs: SECOND },
  { path: /^\/sso\/validate$/, requests: 1, perMs: MINUTE },
];

/** Requests of one login per second: through a gateway, and at api.ibkr.com (also for a sandbox). */
const GATEWAY_REQUESTS = 10;
const API_REQUESTS = 50;

/** What one session has used. */
class Allowance {
  #penalty = { from: 0, until: 0 };
  /** Times of the latest requests by limit; a limit of n remembers n. */
  readonly #recent = new Map<string, number[]>();

  /** A clock that was set back ends the penalty too. */
  isPenalized(now: number): boolean {
    return this.#penalty.from <= now && now < this.#penalty.until;
  }

  penalize(now: number, penaltyMs: number): void {
    this.#penalty = { from: now, until: now + penaltyMs };
  }

  /** Whether the limit lets a request through now; if so it is counted. */
  take(key: string, requests: number, perMs: number, now: number): boolean {
    const times = (this.#recent.get(key) ?? []).filter((time) => time > now - perMs && time <= now);
    this.#recent.set(key, times);
    if (times.length >= requests) return false;
    times.push(now);
    return true;
  }
}

/** Takes one request from every limit of the path. */
function takeOf(allowance: Allowance, path: string, now: number): boolean {
  return LIMITS.every(({ path: pattern, requests, perMs }) => {
    const found = pattern.exec(path);
    if (!found) return true;
    const key = `${found.slice(1).join('') || pattern.source} ${perMs}`;
    return allowance.take(key, requests, perMs, now);
  });
}

export class Pacing {
  readonly #penaltyMs: number;
  readonly #allowances = new Map<string, Allowance>();

  constructor(penaltyMs: number) {
    this.#penaltyMs = penaltyMs;
  }

  forget(sessionKey: string): void {
    this.#allowances.delete(sessionKey);
  }

  /**
   * Whether the request may pass.
   * @param now The simulator's time, so that a moved clock frees what waits.
   */
  allows(sessionKey: string, path: string, now: number): boolean {
    let allowance = this.#allowances.get(sessionKey);
    if (!allowance) {
      allowance = new Allowance();
      this.#allowances.set(sessionKey, allowance);
    }
    if (allowance.isPenalized(now)) return false;
    const global = sessionKey === 'root' ? GATEWAY_REQUESTS : API_REQUESTS;
    const isWithin = allowance.take('', global, SECOND, now) && takeOf(allowance, path, now);
    if (!isWithin) allowance.penalize(now, this.#penaltyMs);
    return isWithin;
  }

  reset(): void {
    this.#allowances.clear();
  }
}
