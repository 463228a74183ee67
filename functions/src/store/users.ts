import { FieldValue, type Firestore } from 'firebase-admin/firestore';

/** Someone who signed in. `users/{uid}`, the uid being Firebase Authentication's. */
export interface User {
  uid: string;
  email: string;
}

/** Creates the user's record or brings its e-mail address up to date. */
export async function saveUser(db: Firestore, user: User): Promise<void> {
  const record = db.collection('users').doc(user.uid);
  await db.runTransaction(async (transaction) => {
    const known = await transaction.get(record);
    const createdAt = known.exists ? {} : { createdAt: FieldValue.serverTimestamp() };
    transaction.set(record, { email: user.email, ...createdAt }, { merge: true });
  });
}
