/**
 * How much anyone may ask of one instance. Counted in memory: what all may ask together is that times the
 * `maxInstances` of the function in `index.ts`, 4,800 registrations and 6,000 requests for consent a minute with the
 * numbers below; each of those is one small record that expires by itself. Hosts in the cloud share addresses, and
 * some register for every connection, so one address may do a good half of it all; and an eighth of that, whom it says
 * to forward for: all that come through a proxy that is not known share its address.
 */

import { errors } from 'oidc-provider';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import * as logger from '../../http/logging/logger.ts';
import { ipRange } from '../../network/ip-ranges.ts';

const MINUTE = 60;
const DAY = 86_400;
/** Of what stands where an address should. */
const MOST_CHARACTERS = 64;
const NO_BOUND = Number.MAX_SAFE_INTEGER;

/** How often in so many seconds: one caller, and all together. */
const LIMITS = {
  registrations: { caller: 260, all: 480, seconds: MINUTE },
  /** By one address: many of them would take up what all instances together may register in a day. */
  registrationsToday: { caller: 500, all: NO_BOUND, seconds: DAY },
  authorizations: { caller: 320, all: 600, seconds: MINUTE },
  /** Looked at and answered by one person. */
  consents: { caller: 480, all: 600, seconds: MINUTE },
  /** Refused requests for tokens by one client at one address. */
  tokenFailures: { caller: 120, all: NO_BOUND, seconds: MINUTE },
  /** Those of all clients at one address, which may be one that everybody shares. */
  tokenFloods: { caller: 3_000, all: NO_BOUND, seconds: MINUTE },
  /** For one grant, each with a day's access token to keep: hosts need a few at a time, and seldom. */
  refreshes: { caller: 30, all: NO_BOUND, seconds: MINUTE },
  /** Fetches of clients' metadata documents from their own servers. */
  documents: { caller: 30, all: 60, seconds: MINUTE },
};
export type Limited = keyof typeof LIMITS;

/** Too much at once. Not 401 or 403: hosts would throw tokens away on those. */
export class TooManyRequests extends errors.OIDCProviderError {
  override readonly error_description: string;
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(429, 'too_many_requests');
    this.retryAfterSeconds = retryAfterSeconds;
    this.error_description = `Too many requests. Try again in ${retryAfterSeconds} s.`;
  }
}

export class RateLimits {
  readonly #limiters = new Map<string, RateLimiterMemory>();

  /**
   * Counts one request.
   * @param caller An address or whatever else tells callers apart; undefined where that is not known.
   * @param options.part Of a caller's requests, those that are counted apart.
   * @param options.forwardsFor Whom the caller says to forward for. Refused alone, it takes nothing from the caller's others.
   * @throws {TooManyRequests}
   */
  async take(
    what: Limited,
    caller?: string,
    { part = '', forwardsFor }: { part?: string | undefined; forwardsFor?: string | undefined } = {},
  ): Promise<void> {
    try {
      if (caller !== undefined && forwardsFor !== undefined) {
        await this.#limiter(what, 'forwarded').consume(bucket(caller, addressBucket(forwardsFor)));
      }
      if (caller !== undefined) await this.#limiter(what, 'caller').consume(bucket(caller, part));
      await this.#limiter(what, 'all').consume('all');
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      if (refused.consumedPoints % 100 === 1) logger.log('rate_limited', { what, caller });
      throw tooMany(refused);
    }
  }

  /** @throws {TooManyRequests} when there were already too many; counts nothing. */
  async check(what: Limited, caller: string, forwardsFor?: string): Promise<void> {
    const taken = [await this.#limiter(what, 'caller').get(bucket(caller, ''))];
    if (forwardsFor !== undefined) {
      taken.push(await this.#limiter(what, 'forwarded').get(bucket(caller, addressBucket(forwardsFor))));
    }
    for (const each of taken) if (each !== null && each.remainingPoints <= 0) throw tooMany(each);
  }

  #limiter(what: Limited, whose: 'forwarded' | 'caller' | 'all'): RateLimiterMemory {
    const name = `${what} ${whose}`;
    const known = this.#limiters.get(name);
    if (known !== undefined) return known;
    const { seconds: duration, caller, all } = LIMITS[what];
    const points = { forwarded: Math.ceil(caller / 8), caller, all }[whose];
    const limiter = new RateLimiterMemory({ points, duration, keyPrefix: name });
    this.#limiters.set(name, limiter);
    return limiter;
  }
}

function bucket(caller: string, part: string): string {
  return `${addressBucket(caller)} ${part}`;
}

/** Who has one address of IPv6 has all that share its first 64 bits (RFC 6177). */
function addressBucket(text: string): string {
  const isIpv6 = ipRange(text)?.endsWith('/128') === true;
  return isIpv6 ? String(ipRange(`${text}/64`)) : text.slice(0, MOST_CHARACTERS);
}

function tooMany({ msBeforeNext }: RateLimiterRes): TooManyRequests {
  return new TooManyRequests(Math.max(1, Math.ceil(msBeforeNext / 1000)));
}
