/**
 * How much anyone may ask of one instance in a minute. Counted in memory: what all may ask together is that times the
 * `maxInstances` of the function in `index.ts`, 4,800 registrations and 6,000 requests for consent a minute with the
 * numbers below; each of those is one small record that expires by itself. Hosts in the cloud share addresses, and
 * some register for every connection, so one address may do a good half of it all.
 */
import * as logger from 'firebase-functions/logger';
import { errors } from 'oidc-provider';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const PER_MINUTE = {
  registrations: { instance: 480, address: 260 },
  authorizations: { instance: 600, address: 320 },
  consents: { instance: 600, address: 320 },
  /** Refused requests for tokens; those that succeed are not counted. */
  tokenFailures: { instance: 600, address: 120 },
  /** Fetches of clients' metadata documents from their own servers. */
  documents: { instance: 60, address: 60 },
};
export type Limited = keyof typeof PER_MINUTE;

const INSTANCE = 'instance';

/** Too much at once. Not 401 or 403: hosts would throw tokens away on those. */
export class TooManyRequests extends errors.OIDCProviderError {
  override readonly error_description = 'Too many requests. Try again in a minute.';

  constructor() {
    super(429, 'too_many_requests');
  }
}

export class RateLimits {
  readonly #limiters = new Map<string, RateLimiterMemory>();

  /**
   * Counts one request.
   * @param address Of the caller, where it is known.
   * @throws {TooManyRequests}
   */
  async take(what: Limited, address?: string): Promise<void> {
    try {
      if (address !== undefined) await this.#limiter(what, 'address').consume(address);
      await this.#limiter(what, INSTANCE).consume(INSTANCE);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      if (error.isFirstInDuration || error.consumedPoints % 100 === 1)
        logger.warn(`Too many ${what}`, { address });
      throw new TooManyRequests();
    }
  }

  /** @throws {TooManyRequests} when there were already too many; counts nothing. */
  async check(what: Limited, address: string): Promise<void> {
    const taken = await this.#limiter(what, 'address').get(address);
    if (taken !== null && taken.remainingPoints <= 0) throw new TooManyRequests();
  }

  #limiter(what: Limited, scope: 'instance' | 'address'): RateLimiterMemory {
    const name = `${what} ${scope}`;
    const known = this.#limiters.get(name);
    if (known !== undefined) return known;
    const limiter = new RateLimiterMemory({ points: PER_MINUTE[what][scope], duration: 60, keyPrefix: name });
    this.#limiters.set(name, limiter);
    return limiter;
  }
}
