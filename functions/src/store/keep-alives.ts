/**
 * Whose sessions are to be kept from idling out, and when: fields of `sessions/{connectionId}`. A turn is given to a task
 * once; a task that comes late or twice finds that its turn is over.
 */
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';
import type { SessionState } from '../contract/session-states.ts';
import { type Connection, connectionFrom } from './connections.ts';
import { milliseconds } from './database/stored-fields.ts';
import { updateEach } from './database/update-each.ts';
import { writeNews } from './news/news.ts';

export const storedTurns = z.object({
  lastUsedAt: milliseconds.nullable().default(null),
  /** When the next turn comes, or the one that was given to a task comes again; null: not until the session is used. */
  keepAliveAt: milliseconds.nullable().default(null),
  /** Since when a task has the turn; null: none has. */
  keepAliveQueuedAt: milliseconds.nullable().default(null),
  keepAliveFailures: z.number().default(0),
  epoch: z.number().default(0),
  warmedEpoch: z.number().default(0),
  /** Since when its owner has been told that the session needs them; null: it does not. */
  needsPersonSince: milliseconds.nullable().default(null),
});

/** How many turns tasks have, and have not had yet. */
export async function countGivenTurns(db: Firestore): Promise<number> {
  const given = await db.collection('sessions').where('keepAliveQueuedAt', '>', new Date(0)).count().get();
  return given.data().count;
}

/**
 * Gives the turns that have come to whoever calls, the longest overdue first.
 * @param limit How many at most. Where fewer are answered, there are no more.
 * @param again When they are given to others if nobody has had them by then: a task may be lost.
 * @returns ids of connections, and since when the first of them waits for a task.
 */
export async function takeKeepAlives(
  db: Firestore,
  now: Date,
  limit: number,
  again: Date,
): Promise<{ connectionIds: string[]; dueSince: Date | null }> {
  const due = db.collection('sessions').where('keepAliveAt', '<=', now).orderBy('keepAliveAt').limit(limit);
  const { docs } = await due.select('keepAliveAt', 'keepAliveQueuedAt').get();
  const since = docs.map((document) => {
    const { keepAliveAt, keepAliveQueuedAt } = storedTurns.parse(document.data());
    // One that a task had, and did not have its turn, waits since then.
    return keepAliveQueuedAt ?? keepAliveAt ?? now.getTime();
  });
  const fields = { keepAliveAt: again, keepAliveQueuedAt: now };
  await updateEach(
    db,
    docs.map(({ ref }) => ({ record: ref, fields })),
  );
  return {
    connectionIds: docs.map(({ id }) => id),
    dueSince: since.length === 0 ? null : new Date(Math.min(...since)),
  };
}

/**
 * Gives a session its turn before it has come, unless a task has it or the session is not kept alive.
 * @param again As of `takeKeepAlives`.
 * @returns whether it was given.
 */
export function takeKeepAlive(db: Firestore, connectionId: string, now: Date, again: Date): Promise<boolean> {
  const record = db.collection('sessions').doc(connectionId);
  return db.runTransaction(async (transaction) => {
    const turns = storedTurns.parse((await transaction.get(record)).data() ?? {});
    if (turns.keepAliveAt === null || turns.keepAliveQueuedAt !== null) return false;
    transaction.update(record, { keepAliveAt: again, keepAliveQueuedAt: now });
    return true;
  });
}

/** Gives turns back whose tasks could not be enqueued. */
export async function returnKeepAlives(
  db: Firestore,
  connectionIds: readonly string[],
  now: Date,
): Promise<void> {
  const turn = { keepAliveAt: now, keepAliveQueuedAt: null };
  const records = connectionIds.map((id) => db.collection('sessions').doc(id));
  await Promise.allSettled(records.map((record) => record.update(turn)));
}

/** A turn that a task has: of which connection, null when that is gone, and how its session was. */
export interface KeepAliveTurn {
  connection: Connection | null;
  lastUsedAt: Date;
  failures: number;
  /** Whether the lists of the session were read since it was opened. */
  isWarm: boolean;
  /** Whether its owner was told that it needs them. */
  neededPerson: boolean;
}

/** The turn of a session; null when it is gone, or had by another task. */
export async function findKeepAlive(db: Firestore, connectionId: string): Promise<KeepAliveTurn | null> {
  const [session, record] = await db.getAll(
    db.collection('sessions').doc(connectionId),
    db.collection('connections').doc(connectionId),
  );
  const connection = record === undefined ? null : connectionFrom(record);
  const { lastUsedAt, keepAliveQueuedAt, keepAliveFailures, epoch, warmedEpoch, needsPersonSince } =
    storedTurns.parse(session?.data() ?? {});
  if (lastUsedAt === null || keepAliveQueuedAt === null) return null;
  const isWarm = epoch > 0 && warmedEpoch === epoch;
  const used = { connection, lastUsedAt: new Date(lastUsedAt), failures: keepAliveFailures };
  return { ...used, isWarm, neededPerson: needsPersonSince !== null };
}

/**
 * Ends a turn: when the next one comes, how many times in a row the session was not well, and why it is not now.
 * @param next.warmedEpoch The opening of the session whose lists were read in this turn.
 * @param next.news What its owner is told of: how it stands, where that needs them since this turn, or no longer does.
 */
export async function planKeepAlive(
  db: Firestore,
  connection: Pick<Connection, 'id' | 'ownerUid'>,
  next: {
    at: Date;
    failures: number;
    trouble: { code: string; at: number } | null;
    warmedEpoch?: number | null;
    news?: { needsPerson: boolean; state: SessionState; at: Date } | null;
  },
): Promise<void> {
  const { at, failures, trouble, warmedEpoch = null, news = null } = next;
  const { id: connectionId, ownerUid } = connection;
  const record = db.collection('sessions').doc(connectionId);
  const turn = {
    keepAliveAt: at,
    keepAliveQueuedAt: null,
    keepAliveFailures: failures,
    trouble: trouble && { code: trouble.code, at: Timestamp.fromMillis(trouble.at) },
    ...(warmedEpoch === null ? {} : { warmedEpoch }),
  };
  if (news === null) {
    await record.update(turn);
    return;
  }
  const batch = db.batch();
  batch.update(record, { ...turn, needsPersonSince: news.needsPerson ? news.at : null });
  const type = news.needsPerson ? 'session.needs_person' : 'session.restored';
  const id = `${connectionId}-${news.at.getTime()}-${type.replace('.', '_')}`;
  writeNews(db, batch, { id, ownerUid, connectionId, at: news.at, type, state: news.state });
  await batch.commit();
}

/**
 * Leaves the session to itself until it is used again. One that is gone stays gone.
 * @returns whether it was kept alive before.
 */
export function stopKeepAlive(db: Firestore, connectionId: string): Promise<boolean> {
  const record = db.collection('sessions').doc(connectionId);
  return db.runTransaction(async (transaction) => {
    const { keepAliveAt } = storedTurns.parse((await transaction.get(record)).data() ?? {});
    if (keepAliveAt !== null) transaction.update(record, { keepAliveAt: null, keepAliveQueuedAt: null });
    return keepAliveAt !== null;
  });
}
