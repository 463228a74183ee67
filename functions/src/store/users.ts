import { FieldValue, type Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { runTransactionOnce } from './database/known-commits.ts';
import { time } from './database/stored-fields.ts';

/** Someone who signed in. `users/{uid}`, the uid being Firebase Authentication's. */
export interface User {
  uid: string;
  email: string;
}

const MOST_MAILS_A_DAY = 10;
const askedMails = z.object({ day: z.string(), count: z.number() }).optional();

/**
 * Counts a mail to an address that is not known to want it, for which a user asks.
 * @returns false where they have asked for as many as they may today, in UTC.
 */
export async function countConfirmationMail(db: Firestore, uid: string, now: Date): Promise<boolean> {
  const record = db.collection('users').doc(uid);
  const day = now.toISOString().slice(0, 10);
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const asked = askedMails.parse((await transaction.get(record)).get('confirmationMails'));
    const count = asked?.day === day ? asked.count : 0;
    if (count >= MOST_MAILS_A_DAY) return false;
    transaction.set(record, { confirmationMails: { day, count: count + 1 }, ...mark }, { merge: true });
    return true;
  });
}

/**
 * Creates the user's record or brings its e-mail address up to date.
 * @param signedInAt When they signed in, where that is to be kept.
 * @returns whether they signed in since what was kept before.
 */
export async function saveUser(db: Firestore, user: User, signedInAt?: Date): Promise<boolean> {
  const record = db.collection('users').doc(user.uid);
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const known = await transaction.get(record);
    const createdAt = known.exists ? {} : { createdAt: FieldValue.serverTimestamp() };
    const before = time.optional().parse(known.get('signedInAt'));
    const isNew = signedInAt !== undefined && (before === undefined || before < signedInAt);
    const fields = { email: user.email, ...createdAt, ...(isNew && { signedInAt }), ...mark };
    transaction.set(record, fields, { merge: true });
    return isNew;
  });
}
