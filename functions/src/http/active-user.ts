import { getAuth } from 'firebase-admin/auth';
import type { Firestore } from 'firebase-admin/firestore';
import * as logger from 'firebase-functions/logger';
import { LRUCache } from 'lru-cache';
import { revokeAllCredentials } from '../store/credentials.ts';

/** A disabled account is refused this much later at the latest. */
const FRESH_MS = 60_000;

const known = new LRUCache<string, boolean>({
  max: 5_000,
  ttl: FRESH_MS,
  fetchMethod: async (uid) => {
    try {
      return !(await getAuth().getUser(uid)).disabled;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'auth/user-not-found') return false;
      // While Firebase Authentication is down, people must still be able to cancel their orders.
      logger.error('Whether an account is disabled could not be found out', error);
      return true;
    }
  },
});

/**
 * Whether a person's account exists and is not disabled, as of a minute ago at most. The keys and grants of one that
 * is not are revoked, and stay so.
 */
export async function isActiveUser(db: Firestore, uid: string): Promise<boolean> {
  if ((await known.fetch(uid)) === true) return true;
  await revokeAllCredentials(db, uid);
  return false;
}
