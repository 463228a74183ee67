/** How often one caller may call. Each instance counts for itself, so it bounds a loop gone wild, not a bill. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export class CallRate {
  readonly #limiter: RateLimiterMemory;

  constructor(callsPerMinute: number) {
    this.#limiter = new RateLimiterMemory({ points: callsPerMinute, duration: 60 });
  }

  /**
   * Counts calls of one caller.
   * @returns null when it may go on, else in how many seconds the next may come.
   */
  async count(caller: string, calls = 1): Promise<number | null> {
    try {
      await this.#limiter.consume(caller, Math.max(1, calls));
      return null;
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    }
  }
}
