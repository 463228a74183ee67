/** The stop of a connection, `connections/{id}.panic`: trading is off, and every working order is being cancelled. */
import { FieldValue, type Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { time } from './database/stored-fields.ts';

const stoppedAccount = z.object({
  /** The look at it that was begun last. */
  begun: z.number(),
  /** The look that found no order of it working any more; null before there was one. */
  clear: z.number().nullable(),
  /** Its orders that were not over at the last look; null while it could not be listed. */
  open: z.number().nullable(),
  /** Looks in a row that found nothing and may have missed something. */
  doubtful: z.number(),
});

const stopProgress = z.object({
  /** How many looks at accounts were begun; each is known by its number. */
  looks: z.number(),
  /** The last look that saw an order at work. */
  seen: z.number(),
  accounts: z.record(z.string(), stoppedAccount),
});
/** How far a stop has come through the accounts of its login. */
export type StopProgress = z.output<typeof stopProgress>;

const NO_PROGRESS: StopProgress = { looks: 0, seen: 0, accounts: {} };

export const storedPanic = z.object({
  since: time,
  /** Whether orders may still be working, so that the schedule goes on cancelling. */
  retrying: z.boolean(),
  /** Orders that were not over at the last look; null while that is not known of every account. */
  remaining: z.number().nullable(),
  /** Accounts that could not be listed yet; null while the accounts of the login are not known. */
  accountsLeft: z.number().nullable().default(null),
  /** The run that works on it: a later one takes over from it. */
  run: z.string().nullable().default(null),
  progress: stopProgress.default(NO_PROGRESS),
});
/** A stop lasts until the owner lets trading on again. */
export type Panic = z.output<typeof storedPanic>;

/** What is left of a stop, as it is noted. */
export type StopNote = Pick<Panic, 'retrying' | 'remaining' | 'accountsLeft' | 'progress'>;

/**
 * Turns trading off from this moment, and has the schedule cancel orders until none is left. A stop that is still at it
 * goes on where it is.
 */
export function beginPanic(db: Firestore, connectionId: string): Promise<void> {
  const record = db.collection('connections').doc(connectionId);
  return db.runTransaction(async (transaction) => {
    const { data: panic } = storedPanic.safeParse((await transaction.get(record)).get('panic'));
    const begun = { since: new Date(), retrying: true, remaining: null, accountsLeft: null, run: null };
    transaction.update(record, {
      'limits.trading': false,
      version: FieldValue.increment(1),
      ...(panic?.retrying === true ? {} : { panic: { ...begun, progress: NO_PROGRESS } }),
    });
  });
}

/**
 * Has one run work on a stop from now on, in place of the one before.
 * @returns how far the stop has come; null when the owner has let trading on again.
 */
export function takeOverPanic(
  db: Firestore,
  connectionId: string,
  run: string,
): Promise<StopProgress | null> {
  const record = db.collection('connections').doc(connectionId);
  return db.runTransaction(async (transaction) => {
    const stored: unknown = (await transaction.get(record)).get('panic');
    if (stored == null) return null;
    transaction.update(record, { 'panic.run': run });
    return storedPanic.parse(stored).progress;
  });
}

/**
 * Notes what is left of a stop.
 * @returns false, and notes nothing, when another run has taken over or the owner has let trading on again.
 */
export function notePanic(
  db: Firestore,
  connectionId: string,
  run: string,
  note: StopNote,
): Promise<boolean> {
  const record = db.collection('connections').doc(connectionId);
  return db.runTransaction(async (transaction) => {
    const panic: unknown = (await transaction.get(record)).get('panic');
    if (panic == null) return false;
    const { run: current, ...stop } = storedPanic.parse(panic);
    if (current !== run) return false;
    transaction.update(record, { panic: { ...stop, ...note, run } });
    return true;
  });
}

/** Goes on with a stop that was over, because an order turned up that is not. */
export function reopenPanic(db: Firestore, connectionId: string): Promise<void> {
  const record = db.collection('connections').doc(connectionId);
  return db.runTransaction(async (transaction) => {
    const isOn = (await transaction.get(record)).get('panic') != null;
    if (!isOn) return;
    const left = { retrying: true, remaining: null, accountsLeft: null, progress: NO_PROGRESS };
    const changed = Object.entries(left).map(([field, value]) => [`panic.${field}`, value]);
    transaction.update(record, Object.fromEntries(changed));
  });
}

/** The connections whose working orders are still to be cancelled. */
export async function connectionsInPanic(db: Firestore, limit: number): Promise<string[]> {
  const found = await db.collection('connections').where('panic.retrying', '==', true).limit(limit).get();
  return found.docs.map(({ id }) => id);
}
