/** How often one key or app may call. Each instance counts for itself, so it bounds a loop gone wild, not a bill. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config.ts';
import { refusal } from './request-checks.ts';

export class CallRate {
  readonly #limiter: RateLimiterMemory;

  constructor(callsPerMinute: number) {
    this.#limiter = new RateLimiterMemory({ points: callsPerMinute, duration: 60 });
  }

  /**
   * Counts a call of one credential.
   * @returns null when it may go on, else in how many seconds the next may come.
   */
  async count(credentialId: string): Promise<number | null> {
    try {
      await this.#limiter.consume(credentialId);
      return null;
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    }
  }
}

let callRate: CallRate | undefined;

/** Counts a call; answers 429 when its credential has made too many. */
export async function checkCallRate(
  { callsPerMinute }: Config,
  credentialId: string,
): Promise<Response | null> {
  callRate ??= new CallRate(callsPerMinute);
  const wait = await callRate.count(credentialId);
  if (wait === null) return null;
  const message = `Too many calls with this credential. Go on in ${wait} s.`;
  return refusal(429, message, { 'Retry-After': String(wait) });
}
