/**
 * `deliveries/{newsId}-{channelId}`: one piece of news on its way through one channel. Its id follows from both, so that no
 * channel is told of one thing under two.
 */
import { type DocumentSnapshot, FieldValue, type Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { DELIVERY_STATES } from '../../contract/news/channels.ts';
import { isRecordId } from '../../text/record-id.ts';
import { FAILED_PRECONDITION, isStatus, NOT_FOUND } from '../database/status.ts';
import { time } from '../database/stored-fields.ts';
import { updateEach } from '../database/update-each.ts';
import { type AnyChannel, setDue } from './channels.ts';
import type { DueNews, NewsWriter } from './news.ts';

const DAY_MS = 86_400_000;
const KEPT_MS = 30 * DAY_MS;
/** Nobody wants to hear later of what happened. */
export const TRIED_FOR_MS = DAY_MS;
/** Those that are shown. */
const MOST_ATTEMPTS = 5;

/** Why there was no answer. */
export const NO_ANSWER_REASONS = ['timeout', 'tls_error', 'connection_refused'] as const;
export type NoAnswerReason = (typeof NO_ANSWER_REASONS)[number];

const attempt = z.object({
  at: time,
  status: z.number().nullable(),
  milliseconds: z.number(),
  error: z.string().nullable(),
  reason: z.enum(NO_ANSWER_REASONS).nullable().default(null),
});

/** How a delivery was tried once; `status` as HTTP has it, null: there was no answer. */
export type Attempt = z.output<typeof attempt>;

export const storedDelivery = z.object({
  ownerUid: z.string(),
  connectionId: z.string().nullable(),
  channelId: z.string(),
  newsId: z.string(),
  type: z.string(),
  createdAt: time,
  state: z.enum(DELIVERY_STATES),
  tries: z.number(),
  /** The latest, the newest first. */
  attempts: z.array(attempt),
  /** When it is tried next; null: never. */
  dueAt: time.nullable(),
  /** After which it is not tried any more. */
  giveUpAt: time,
});

/** A delivery as it is kept. */
export type Delivery = z.output<typeof storedDelivery> & { id: string };

function deliveryFrom(snapshot: DocumentSnapshot): Delivery | null {
  return snapshot.exists ? { id: snapshot.id, ...storedDelivery.parse(snapshot.data()) } : null;
}

/** A piece of news, and the channels that it goes to. */
export interface FannedOut {
  news: DueNews;
  channels: readonly AnyChannel[];
}

/**
 * Puts an owner's news on its way, all or none of it: its deliveries are written, and it is no longer due. The channels
 * are due by `dueAt`, but for those that are paused.
 * @param full Channels for which so much waits that more is not tried.
 * @returns false where somebody else did so at the same time.
 */
export async function writeDeliveries(
  db: Firestore,
  fannedOut: readonly FannedOut[],
  { now, dueAt, full }: { now: Date; dueAt: Date; full: ReadonlySet<string> },
): Promise<boolean> {
  const batch = db.batch();
  const channels = new Map<string, AnyChannel>();
  for (const { news, channels: wanted } of fannedOut) {
    const { id, updateTime: lastUpdateTime } = news;
    batch.update(db.collection('news').doc(id), { dueAt: FieldValue.delete() }, { lastUpdateTime });
    for (const channel of wanted) {
      addDelivery(db, batch, { news, channel, now, isFull: full.has(channel.id) });
      channels.set(channel.id, channel);
    }
  }
  for (const { id, pausedUntil } of channels.values()) {
    if (pausedUntil === null || pausedUntil <= now)
      batch.update(db.collection('channels').doc(id), { dueAt });
  }
  try {
    await batch.commit();
    return true;
  } catch (error) {
    // A channel that was removed meanwhile, or news that was: what is left is due still.
    if (isStatus(error, FAILED_PRECONDITION, NOT_FOUND)) return false;
    throw error;
  }
}

type NewsToTell = Pick<DueNews, 'id' | 'ownerUid' | 'connectionId' | 'type'>;

/** Has a channel told of news that was on its way before there was the channel. */
export async function writeMissedDeliveries(
  db: Firestore,
  channel: AnyChannel,
  missed: readonly NewsToTell[],
  now: Date,
): Promise<void> {
  const batch = db.batch();
  for (const news of missed) addDelivery(db, batch, { news, channel, now, isFull: false });
  batch.update(db.collection('channels').doc(channel.id), { dueAt: now });
  await batch.commit();
}

/** Writes a delivery, in a transaction or a batch. */
export function addDelivery(
  db: Firestore,
  batch: Pick<NewsWriter, 'set'>,
  { news, channel, now, isFull }: { news: NewsToTell; channel: AnyChannel; now: Date; isFull: boolean },
): void {
  const { ownerUid, connectionId, id: newsId, type } = news;
  const tooMany = {
    at: now,
    status: null,
    milliseconds: 0,
    error: 'Too many others wait already.',
    reason: null,
  };
  const record: Omit<Delivery, 'id'> = {
    ...{ ownerUid, connectionId, channelId: channel.id, newsId, type, createdAt: now, tries: 0 },
    state: isFull ? 'failed' : 'due',
    attempts: isFull ? [tooMany] : [],
    dueAt: isFull ? null : now,
    giveUpAt: new Date(now.getTime() + TRIED_FOR_MS),
  };
  const expireAt = new Date(now.getTime() + KEPT_MS);
  batch.set(db.collection('deliveries').doc(`${newsId}-${channel.id}`), { ...record, expireAt });
}

/** A channel's deliveries that are to be tried by `now`, the longest overdue first. */
export async function listDueDeliveries(
  db: Firestore,
  channelId: string,
  now: Date,
  limit: number,
): Promise<Delivery[]> {
  const own = db.collection('deliveries').where('channelId', '==', channelId);
  const { docs } = await own.where('dueAt', '<=', now).orderBy('dueAt').limit(limit).get();
  return docs.map(deliveryFrom).filter((delivery) => delivery !== null);
}

/** When the first of a channel's deliveries is to be tried; null: none is. */
export async function nextDueAt(db: Firestore, channelId: string): Promise<Date | null> {
  const own = db.collection('deliveries').where('channelId', '==', channelId);
  const { docs } = await own.where('dueAt', '>', new Date(0)).orderBy('dueAt').limit(1).get();
  return docs.map(deliveryFrom)[0]?.dueAt ?? null;
}

/** How many of a channel's deliveries wait. */
export async function countDue(db: Firestore, channelId: string): Promise<number> {
  const own = db.collection('deliveries').where('channelId', '==', channelId);
  return (await own.where('dueAt', '>', new Date(0)).count().get()).data().count;
}

/** What came of a delivery in one attempt; a null attempt: it was not made. */
export interface Tried {
  delivery: Delivery;
  attempt: Attempt;
  isMade: boolean;
  state: Delivery['state'];
  dueAt: Date | null;
}

/** Writes down what came of attempts; deliveries that are gone stay gone. */
export async function recordAttempts(db: Firestore, tried: readonly Tried[]): Promise<void> {
  const updates = tried.map(({ delivery, attempt, isMade, state, dueAt }) => {
    const attempts = [attempt, ...delivery.attempts].slice(0, MOST_ATTEMPTS);
    const fields = { attempts, tries: delivery.tries + Number(isMade), state, dueAt };
    return { record: db.collection('deliveries').doc(delivery.id), fields };
  });
  await updateEach(db, updates);
}

/** Has deliveries wait until then, for as long as new ones; those that are gone stay gone. */
export async function postponeDeliveries(
  db: Firestore,
  deliveries: readonly Delivery[],
  dueAt: Date,
): Promise<void> {
  const giveUpAt = new Date(dueAt.getTime() + TRIED_FOR_MS);
  const updates = deliveries.map(({ id, tries }) => {
    return {
      record: db.collection('deliveries').doc(id),
      fields: { dueAt, ...(tries === 0 && { giveUpAt }) },
    };
  });
  await updateEach(db, updates);
}

/** Has what waits for its first attempt through a channel that is on tried now: other hours are quiet than before. */
export async function resumeDeliveries(db: Firestore, channelId: string, now: Date): Promise<void> {
  const own = db.collection('deliveries').where('channelId', '==', channelId);
  const { docs } = await own.where('dueAt', '>', now).orderBy('dueAt').get();
  const untried = docs.filter((document) => document.get('tries') === 0);
  await updateEach(
    db,
    untried.map(({ ref: record }) => ({ record, fields: { dueAt: now } })),
  );
  await setDue(db, [channelId], now);
}

/** The owner's delivery of that id; null when there is none or it is somebody else's. */
export async function findDelivery(db: Firestore, ownerUid: string, id: string): Promise<Delivery | null> {
  const delivery = isRecordId(id) ? deliveryFrom(await db.collection('deliveries').doc(id).get()) : null;
  return delivery?.ownerUid === ownerUid ? delivery : null;
}

/** Has a delivery tried once more, under the id that it has, from now on for as long as a new one. */
export async function replayDelivery(db: Firestore, delivery: Delivery, now: Date): Promise<Delivery> {
  const again = {
    state: 'due' as const,
    dueAt: now,
    giveUpAt: new Date(now.getTime() + TRIED_FOR_MS),
  };
  const batch = db.batch();
  batch.update(db.collection('deliveries').doc(delivery.id), again);
  batch.update(db.collection('channels').doc(delivery.channelId), { dueAt: now, pausedUntil: null });
  await batch.commit();
  return { ...delivery, ...again };
}

/**
 * A page of a channel's deliveries, the newest first.
 * @param filter.cursor `nextCursor` of the page before.
 * @returns null when the cursor is none of the channel's.
 */
export async function listDeliveries(
  db: Firestore,
  channelId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: Delivery[]; nextCursor: string | null } | null> {
  const deliveries = db.collection('deliveries');
  let newest = deliveries.where('channelId', '==', channelId).orderBy('createdAt', 'desc').limit(limit);
  if (cursor !== undefined) {
    const last = isRecordId(cursor) ? await deliveries.doc(cursor).get() : undefined;
    if (last?.get('channelId') !== channelId) return null;
    newest = newest.startAfter(last);
  }
  const { docs } = await newest.get();
  const items = docs.map(deliveryFrom).filter((delivery) => delivery !== null);
  return { items, nextCursor: docs.length < limit ? null : (docs.at(-1)?.id ?? null) };
}
