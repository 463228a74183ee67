import { type Firestore, Timestamp } from 'firebase-admin/firestore';

/**
 * Notes on `sessions/{connectionId}` that all working orders of a connection are to be cancelled, or that none is
 * left. The scheduled upkeep goes on with it until then.
 */
export async function notePanic(db: Firestore, connectionId: string, isOn: boolean): Promise<void> {
  const record = db.collection('sessions').doc(connectionId);
  await record.set({ panicAt: isOn ? Timestamp.now() : null }, { merge: true });
}

/** The connections whose working orders are still to be cancelled. */
export async function connectionsInPanic(db: Firestore, limit: number): Promise<string[]> {
  const found = await db
    .collection('sessions')
    .where('panicAt', '>', Timestamp.fromMillis(0))
    .limit(limit)
    .get();
  return found.docs.map(({ id }) => id);
}

export async function isInPanic(db: Firestore, connectionId: string): Promise<boolean> {
  const session = await db.collection('sessions').doc(connectionId).get();
  return session.get('panicAt') instanceof Timestamp;
}
