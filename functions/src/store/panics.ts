/** The stop of a connection, `connections/{id}.panic`: trading is off, and every working order is being cancelled. */
import { FieldValue, type Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { time } from './stored-fields.ts';

export const storedPanic = z.object({
  since: time,
  /** Whether orders may still be working, so that the schedule goes on cancelling. */
  retrying: z.boolean(),
  /** Orders that were not over yet at the last look; null while IBKR could not list them. */
  remaining: z.number().nullable(),
});
/** A stop lasts until the owner lets trading on again. */
export type Panic = z.output<typeof storedPanic>;

/** Turns trading off from this moment, and has the schedule cancel orders until none is left. */
export async function beginPanic(db: Firestore, connectionId: string): Promise<void> {
  await db
    .collection('connections')
    .doc(connectionId)
    .update({
      'limits.trading': false,
      panic: { since: new Date(), retrying: true, remaining: null },
      version: FieldValue.increment(1),
    });
}

/** Notes how many orders were left at a look. Does nothing when the owner has let trading on again meanwhile. */
export function notePanic(db: Firestore, connectionId: string, remaining: number | null): Promise<void> {
  return db.runTransaction(async (transaction) => {
    const record = db.collection('connections').doc(connectionId);
    const isOn = (await transaction.get(record)).get('panic') != null;
    if (isOn) transaction.update(record, { 'panic.remaining': remaining, 'panic.retrying': remaining !== 0 });
  });
}

/** The connections whose working orders are still to be cancelled. */
export async function connectionsInPanic(db: Firestore, limit: number): Promise<string[]> {
  const found = await db.collection('connections').where('panic.retrying', '==', true).limit(limit).get();
  return found.docs.map(({ id }) => id);
}
