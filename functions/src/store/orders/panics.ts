/** The stop of a connection, `connections/{id}.panic`: trading is off, and every working order is being cancelled. */
import {
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
  type Transaction,
} from 'firebase-admin/firestore';
import { z } from 'zod';
import { time } from '../database/stored-fields.ts';
import { writeNews } from '../news/news.ts';

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

/** A stop that takes longer is told of: it waits for five seconds between two lists of an account's orders. */
const UNFINISHED_MS = 2 * 60_000;

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
  /** Whether its owner was told that it takes long. */
  isToldUnfinished: z.boolean().default(false),
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
    const connection = await transaction.get(record);
    const { data: panic } = storedPanic.safeParse(connection.get('panic'));
    const since = new Date();
    const begun = { since, retrying: true, remaining: null, accountsLeft: null, run: null };
    const isBegun = panic?.retrying !== true;
    transaction.update(record, {
      'limits.trading': false,
      version: FieldValue.increment(1),
      ...(isBegun && { panic: { ...begun, progress: NO_PROGRESS } }),
    });
    if (isBegun)
      tell(db, transaction, connection, { type: 'trading.stopped', since, at: since, remaining: null });
  });
}

/** What is told of a stop, once for each that began. */
function tell(
  db: Firestore,
  transaction: Transaction,
  connection: DocumentSnapshot,
  news: {
    type: 'trading.stopped' | 'trading.stop_unfinished';
    since: Date;
    at: Date;
    remaining: number | null;
  },
): void {
  const { since, ...told } = news;
  const ownerUid: unknown = connection.get('ownerUid');
  if (typeof ownerUid !== 'string') return;
  const id = `${connection.id}-${since.getTime()}-${news.type.replace('.', '_')}`;
  writeNews(db, transaction, { id, ownerUid, connectionId: connection.id, ...told });
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
    const connection = await transaction.get(record);
    const panic: unknown = connection.get('panic');
    if (panic == null) return false;
    const { run: current, ...stop } = storedPanic.parse(panic);
    if (current !== run) return false;
    const at = new Date();
    const isLong = note.retrying && at.getTime() - stop.since.getTime() > UNFINISHED_MS;
    const isToldUnfinished = stop.isToldUnfinished || isLong;
    transaction.update(record, { panic: { ...stop, ...note, run, isToldUnfinished } });
    if (isToldUnfinished && !stop.isToldUnfinished) {
      const { remaining } = note;
      tell(db, transaction, connection, {
        type: 'trading.stop_unfinished',
        since: stop.since,
        at,
        remaining,
      });
    }
    return true;
  });
}

/** Goes on with a stop that was over, because an order turned up that is not. */
export function reopenPanic(db: Firestore, connectionId: string): Promise<void> {
  const record = db.collection('connections').doc(connectionId);
  return db.runTransaction(async (transaction) => {
    const connection = await transaction.get(record);
    const panic: unknown = connection.get('panic');
    if (panic == null) return;
    const { since, isToldUnfinished } = storedPanic.parse(panic);
    const left = { retrying: true, remaining: null, accountsLeft: null, progress: NO_PROGRESS };
    const changed = Object.entries({ ...left, isToldUnfinished: true });
    transaction.update(
      record,
      Object.fromEntries(changed.map(([field, value]) => [`panic.${field}`, value])),
    );
    if (isToldUnfinished) return;
    tell(db, transaction, connection, {
      type: 'trading.stop_unfinished',
      since,
      at: new Date(),
      remaining: null,
    });
  });
}

/** The connections whose working orders are still to be cancelled. */
export async function connectionsInPanic(db: Firestore, limit: number): Promise<string[]> {
  const found = await db.collection('connections').where('panic.retrying', '==', true).limit(limit).get();
  return found.docs.map(({ id }) => id);
}
