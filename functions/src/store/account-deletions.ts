/**
 * `accountDeletions/{uid}`: that a person's account is being deleted, from the moment it was asked for until nothing of
 * it is left. It holds what is needed to find the rest when the deletion was interrupted, and goes last.
 */
import { FieldValue, type Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { time } from './database/stored-fields.ts';

/** Longer than any call may run: what was under way when it was asked for has been written by then. */
const SETTLED_AFTER_MS = 120_000;
/** A run that failed is tried again so much later. */
const AGAIN_MS = 60_000;

const storedDeletion = z.object({
  requestedAt: time,
  /** When the schedule looks after it. */
  nextAt: time,
  /** By which what belongs to them is found once they are gone themselves. */
  connectionIds: z.array(z.string()),
  grantIds: z.array(z.string()),
});

/** An account that is being deleted. */
export type AccountDeletion = z.output<typeof storedDeletion> & { uid: string };

/** Writes down that an account is to be deleted. One that is being deleted goes on. */
export async function beginDeletion(db: Firestore, uid: string, now: Date): Promise<void> {
  const record = db.collection('accountDeletions').doc(uid);
  await db.runTransaction(async (transaction) => {
    if ((await transaction.get(record)).exists) return;
    const nextAt = new Date(now.getTime() + AGAIN_MS);
    transaction.create(record, { requestedAt: now, nextAt, connectionIds: [], grantIds: [] });
  });
}

/** Null when it is over, or nobody asked for it. */
export async function findDeletion(db: Firestore, uid: string): Promise<AccountDeletion | null> {
  const snapshot = await db.collection('accountDeletions').doc(uid).get();
  return snapshot.exists ? { uid, ...storedDeletion.parse(snapshot.data()) } : null;
}

/** The accounts whose deletion has to go on now, the longest overdue first. */
export async function dueDeletions(db: Firestore, now: Date, limit: number): Promise<string[]> {
  const due = db.collection('accountDeletions').where('nextAt', '<=', now).orderBy('nextAt').limit(limit);
  return (await due.get()).docs.map(({ id }) => id);
}

/** Notes what belongs to the person, before it is deleted, and that this run may last. */
export async function noteBelongings(
  db: Firestore,
  uid: string,
  { connectionIds, grantIds }: Pick<AccountDeletion, 'connectionIds' | 'grantIds'>,
  now: Date,
): Promise<void> {
  await db
    .collection('accountDeletions')
    .doc(uid)
    .update({
      nextAt: new Date(now.getTime() + AGAIN_MS),
      ...(connectionIds.length > 0 && { connectionIds: FieldValue.arrayUnion(...connectionIds) }),
      ...(grantIds.length > 0 && { grantIds: FieldValue.arrayUnion(...grantIds) }),
    });
}

/** Ends a deletion that found nothing more, or has it looked at once more when nothing can be under way. */
export async function settleDeletion(
  db: Firestore,
  { uid, requestedAt }: AccountDeletion,
  now: Date,
): Promise<boolean> {
  const record = db.collection('accountDeletions').doc(uid);
  const settledAt = new Date(requestedAt.getTime() + SETTLED_AFTER_MS);
  if (now >= settledAt) await record.delete();
  else await record.update({ nextAt: settledAt });
  return now >= settledAt;
}
