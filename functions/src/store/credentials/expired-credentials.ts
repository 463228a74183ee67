/** Keys and apps whose time has run out lately: each is taken once, by whoever looks first. */
import type { DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import { runTransactionOnce } from '../database/known-commits.ts';
import { type ApiKey, apiKeyFrom } from './api-keys.ts';
import { type Grant, grantFrom } from './grants.ts';

/** Who looks once a minute finds each of them, unless it stood still for so long. */
const LOOKED_BACK_MS = 3_600_000;

/** The keys that have expired within the last hour, and that nobody has taken. */
export function takeExpiredKeys(db: Firestore, now: Date, limit: number): Promise<ApiKey[]> {
  return takeExpired(db, { collection: 'apiKeys', endsAt: 'expiresAt', from: apiKeyFrom, now, limit });
}

/** The apps whose last token has expired within the last hour, and that nobody has taken. */
export function takeExpiredApps(db: Firestore, now: Date, limit: number): Promise<Grant[]> {
  return takeExpired(db, { collection: 'grants', endsAt: 'expireAt', from: grantFrom, now, limit });
}

interface Sought<Credential> {
  collection: string;
  /** The field that says until when it works. */
  endsAt: string;
  from: (snapshot: DocumentSnapshot) => Credential | null;
  now: Date;
  limit: number;
}

async function takeExpired<Credential extends { revokedAt: Date | null }>(
  db: Firestore,
  { collection, endsAt, from, now, limit }: Sought<Credential>,
): Promise<Credential[]> {
  const found = await db
    .collection(collection)
    .where(endsAt, '>', new Date(now.getTime() - LOOKED_BACK_MS))
    .where(endsAt, '<=', now)
    .get();
  const due = found.docs.filter(
    (document) => document.get('revokedAt') === null && document.get(TAKEN) === undefined,
  );
  const taken = await Promise.all(
    due.slice(0, limit).map(({ ref }) =>
      runTransactionOnce(db, ref, async (transaction, mark) => {
        const current = await transaction.get(ref);
        const credential = from(current);
        // It was revoked, goes on for longer, or somebody else was first.
        const isDue = current.exists && current.get(endsAt) !== null && current.get(endsAt).toDate() <= now;
        if (credential?.revokedAt !== null || !isDue || current.get(TAKEN) !== undefined) return null;
        transaction.update(ref, { [TAKEN]: now, ...mark });
        return credential;
      }),
    ),
  );
  return taken.filter((credential) => credential !== null);
}

/** When its end was taken note of. */
const TAKEN = 'endNotedAt';
