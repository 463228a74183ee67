import { FieldValue, type Firestore } from 'firebase-admin/firestore';
import { runTransactionOnce } from './database/known-commits.ts';
import { time } from './database/stored-fields.ts';

/** Someone who signed in. `users/{uid}`, the uid being Firebase Authentication's. */
export interface User {
  uid: string;
  email: string;
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
