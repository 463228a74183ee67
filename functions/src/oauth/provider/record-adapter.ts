/** oidc-provider's storage: its models as records of Firestore. */

import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import * as logger from '../../http/logging/logger.ts';
import { findGrant, revokeGrant } from '../../store/credentials/grants.ts';
import {
  consumeOidcRecord,
  deleteOidcRecord,
  findOidcRecord,
  OidcRecordRefused,
  type OidcStore,
  saveOidcRecord,
} from '../../store/oidc/oidc-storage.ts';
import { recordOfGrant } from './grant-records.ts';
import { isWithinGrace } from './refresh-grace.ts';
import { inTime } from './unavailable.ts';

/** For registered clients, to which nothing was issued yet: long enough to come back to a sign-in left half done. */
const UNUSED_CLIENT_SECONDS = 30 * 86_400;

export class RecordAdapter implements Adapter {
  readonly #store: OidcStore;
  readonly #model: string;

  constructor(store: OidcStore, model: string) {
    this.#store = store;
    this.#model = model;
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const record = await asProviderError(findOidcRecord(this.#store, this.#model, id));
    if (record === null) return undefined;
    const { payload, consumedAt, uses, readAt } = record;
    if (consumedAt === null || this.#mayBeUsedAgain({ uses, firstAt: consumedAt }, readAt)) return payload;
    return { ...payload, consumed: Math.floor(consumedAt.getTime() / 1000) };
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn = UNUSED_CLIENT_SECONDS): Promise<void> {
    const expireAt = new Date(Date.now() + expiresIn * 1000);
    await asProviderError(saveOidcRecord(this.#store, this.#model, id, { ...payload }, expireAt));
  }

  /** @throws {errors.InvalidGrant} to all but one that use up a code, and after the grace to those of a refresh token. */
  async consume(id: string): Promise<void> {
    const use = await asProviderError(consumeOidcRecord(this.#store, this.#model, id));
    if (use === null) throw new errors.InvalidGrant();
    if (use.uses === 1) {
      // Every renewal uses one up.
      if (this.#model === 'RefreshToken') await recordOfGrant(this.#store, use.grantId, 'app.refresh');
      return;
    }
    if (this.#mayBeUsedAgain({ uses: use.uses - 1, firstAt: use.firstAt }, use.at)) {
      logger.log('refresh_repeated', {
        grantId: use.grantId,
        uses: use.uses,
      });
      await recordOfGrant(this.#store, use.grantId, 'app.refresh_again');
      return;
    }
    logger.log('grant_replayed', { grantId: use.grantId });
    await asProviderError(revokeGrant(this.#store.db, use.grantId, true));
    await recordOfGrant(this.#store, use.grantId, 'app.replay');
    throw new errors.InvalidGrant();
  }

  /**
   * A grant ends in `revokeByGrantId`, which the provider calls beside this.
   * @throws {errors.SessionNotFound} to all but one that come back from one request for consent.
   */
  async destroy(id: string): Promise<void> {
    if (this.#model === 'Grant') return;
    const wasThere = await asProviderError(deleteOidcRecord(this.#store, this.#model, id));
    // The provider goes on to issue a code for it.
    if (!wasThere && this.#model === 'Interaction') {
      throw new errors.SessionNotFound('the request was answered at the same moment');
    }
  }

  /**
   * The provider asks this of each model; one transaction does it for all of them. Who asks for tokens loses the grant
   * only for using a code or a refresh token again.
   */
  async revokeByGrantId(grantId: string): Promise<void> {
    if (this.#model !== 'AccessToken') return;
    const { db } = this.#store;
    const isReplayed = Provider.ctx?.oidc.route === 'token';
    const grant = await asProviderError(findGrant(db, grantId));
    await asProviderError(revokeGrant(db, grantId, isReplayed));
    if (grant?.revokedAt !== null) return;
    await recordOfGrant(this.#store, grantId, isReplayed ? 'app.replay' : 'app.end');
  }

  /** No model that is looked for by a user code is in use. */
  async findByUserCode(): Promise<undefined> {}

  /** Only sessions are looked for by this, and none are kept. */
  async findByUid(): Promise<undefined> {}

  #mayBeUsedAgain(use: { uses: number; firstAt: Date }, now: Date): boolean {
    return this.#model === 'RefreshToken' && isWithinGrace(use, now);
  }
}

/**
 * Sessions, which are not kept: whoever consents signs in for it each time, by an ID token that is checked then.
 * So nothing is remembered that could let a request through unseen.
 */
export const forgetfulAdapter: Adapter = {
  async find() {},
  async findByUid() {},
  async findByUserCode() {},
  async upsert() {},
  async consume() {},
  async destroy() {},
  async revokeByGrantId() {},
};

/** Storage's failures as the provider shall answer them. */
async function asProviderError<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await inTime(work);
  } catch (cause) {
    if (cause instanceof OidcRecordRefused) throw new errors.InvalidGrant({ cause });
    throw cause;
  }
}
