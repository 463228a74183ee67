import { LRUCache } from 'lru-cache';
import type { Service } from '../../service.ts';
import { revokeAllCredentials } from '../../store/credentials/credentials.ts';
import * as logger from '../logging/logger.ts';
import { firebaseAuth } from './firebase-auth.ts';
import { isInvited } from './invited.ts';

/** A disabled account is refused this much later at the latest. */
const FRESH_MS = 60_000;

interface KnownAccount {
  isThere: boolean;
  /** Empty when it is not verified; undefined while that cannot be found out. */
  email?: string;
}

const known = new LRUCache<string, KnownAccount>({
  max: 5_000,
  ttl: FRESH_MS,
  fetchMethod: async (uid) => {
    try {
      const auth = await firebaseAuth();
      const { disabled, email = '', emailVerified } = await auth.getUser(uid);
      return { isThere: !disabled, email: emailVerified ? email : '' };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'auth/user-not-found') {
        return { isThere: false };
      }
      // While Firebase Authentication is down, people must still be able to cancel their orders.
      logger.log('account_unchecked', error);
      return { isThere: true };
    }
  },
});

/**
 * Whether a person's account exists, is not disabled and may use this gateway, as of a minute ago at most. The keys and
 * grants of one that is gone or disabled are revoked, and stay so; those of one that is not invited rest.
 */
export async function isActiveUser(
  service: Pick<Service, 'db' | 'allowedEmails'>,
  uid: string,
): Promise<boolean> {
  const account = await known.fetch(uid);
  if (account?.isThere !== true) {
    await revokeAllCredentials(service.db, uid);
    logger.log('account_disabled', { uid });
    return false;
  }
  return account.email === undefined || isInvited(account.email, service);
}
