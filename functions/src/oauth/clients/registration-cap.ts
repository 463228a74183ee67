/** How many clients may register in a day, over all instances: hosts in the cloud register anew for every connection. */
import * as logger from '../../http/logging/logger.ts';
import { countRegistrations, deleteUnusedClients, type OidcStore } from '../../store/oidc/oidc-storage.ts';
import { TooManyRequests } from '../provider/rate-limits.ts';
import { inTime } from '../provider/unavailable.ts';

const DAY_MS = 86_400_000;
/** When to look again whether older registrations have made room. */
const HOUR_SECONDS = 3_600;
/** Counting costs a read for each thousand; in between, what one instance takes in a minute bounds the excess. */
const COUNT_GOOD_MS = 60_000;
/** Whoever registered has long been sent back from consent by then, or never will. */
const CONSENTED_WITHIN_MS = 15 * 60_000;
/** More than an instance lets register in the time between. */
const LET_GO_AT_ONCE = 500;

/**
 * Strangers can register without end, and must not use up what others need: from `many` on, clients go that nobody
 * consented to in a quarter of an hour. What all instances let register in that time is fewer than `most`, which is
 * left to those that people use.
 */
export class RegistrationCap {
  readonly #db: OidcStore['db'];
  readonly #many: number;
  readonly #most: number;
  #countedAt = 0;
  #count = 0;

  constructor(db: OidcStore['db'], { many = 20_000, most = 100_000 } = {}) {
    this.#db = db;
    this.#many = many;
    this.#most = most;
  }

  /** @throws {TooManyRequests} when as many have registered in the last day, and are still there. */
  async check(now: Date): Promise<void> {
    if (now.getTime() - this.#countedAt >= COUNT_GOOD_MS) {
      this.#count = await this.#countedNow(now);
      this.#countedAt = now.getTime();
    }
    if (this.#count < this.#most) return;
    logger.log('registrations_stopped', { inTheLastDay: this.#count });
    throw new TooManyRequests(HOUR_SECONDS);
  }

  async #countedNow(now: Date): Promise<number> {
    const before = (ms: number) => new Date(now.getTime() - ms);
    const count = await inTime(countRegistrations(this.#db, before(DAY_MS)));
    if (count < this.#many) return count;
    const gone = await inTime(deleteUnusedClients(this.#db, before(CONSENTED_WITHIN_MS), LET_GO_AT_ONCE));
    logger.log('registrations_many', { inTheLastDay: count, gone });
    return count - gone;
  }
}
