/** How many clients may register in a day, over all instances: hosts in the cloud register anew for every connection. */
import * as logger from 'firebase-functions/logger';
import { countRegistrations, type OidcStore } from '../../store/oidc/oidc-storage.ts';
import { TooManyRequests } from '../provider/rate-limits.ts';
import { inTime, isOutage, Unavailable } from '../provider/unavailable.ts';

const DAY_MS = 86_400_000;
/** When to look again whether older registrations have made room. */
const HOUR_SECONDS = 3_600;
/** Counting costs a read for each thousand; in between, what one instance takes in a minute bounds the excess. */
const COUNT_GOOD_MS = 60_000;

export class RegistrationCap {
  readonly #db: OidcStore['db'];
  readonly #mostADay: number;
  #countedAt = 0;
  #count = 0;

  constructor(db: OidcStore['db'], mostADay = 20_000) {
    this.#db = db;
    this.#mostADay = mostADay;
  }

  /** @throws {TooManyRequests} when as many have registered in the last day. */
  async check(now: Date): Promise<void> {
    if (now.getTime() - this.#countedAt >= COUNT_GOOD_MS) {
      this.#count = await this.#countedNow(now);
      this.#countedAt = now.getTime();
    }
    if (this.#count < this.#mostADay) return;
    logger.error('No more clients are registered today', { inTheLastDay: this.#count });
    throw new TooManyRequests(HOUR_SECONDS);
  }

  async #countedNow(now: Date): Promise<number> {
    try {
      return await inTime(countRegistrations(this.#db, new Date(now.getTime() - DAY_MS)));
    } catch (cause) {
      throw isOutage(cause) ? new Unavailable(cause) : cause;
    }
  }
}
