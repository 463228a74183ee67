/** `news/{id}`: what happened that an owner is told of, written together with what it tells. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  DocumentData,
  DocumentReference,
  DocumentSnapshot,
  Firestore,
  Timestamp,
} from 'firebase-admin/firestore';
import { z } from 'zod';
import { ACCOUNT_MODES } from '../../contract/connection-kind.ts';
import { newsDetails, ORDER_NEWS } from '../../contract/news/news.ts';
import { isRecordId } from '../../text/record-id.ts';
import type { OrderIntent } from '../../trading/domain/intent.ts';
import { orderNews } from '../../trading/domain/order-news.ts';
import { ALREADY_EXISTS, isStatus } from '../database/status.ts';
import { time } from '../database/stored-fields.ts';

/** For so long news is kept. */
export const NEWS_KEPT_MS = 30 * 86_400_000;

const told = { ownerUid: z.string(), connectionId: z.string(), at: time };

const storedNews = z.discriminatedUnion('type', [
  z.object({
    ...told,
    type: z.enum(ORDER_NEWS),
    intentId: z.string(),
    /** As of the intent: what makes the sentence of the order. */
    order: z.string(),
    held: z.number().nullable(),
    accountMode: z.enum(ACCOUNT_MODES).nullable(),
    filledQuantity: z.number().nullable(),
    averagePrice: z.number().nullable(),
    reason: z.string().nullable(),
  }),
  z.object({ ...told, ...newsDetails.session }),
  z.object({ ...told, ...newsDetails.stop }),
  z.object({ ...told, ...newsDetails.app }),
  z.object({ ...told, ...newsDetails.key }),
  z.object({ ...told, ...newsDetails.limit }),
]);

/** A piece of news as it is kept. */
export type StoredNews = z.output<typeof storedNews> & { id: string };

/** A transaction or a batch. */
export interface NewsWriter {
  set(record: DocumentReference, fields: DocumentData): unknown;
}

/** To whom news was written by the work that is under way. */
const writtenTo = new AsyncLocalStorage<Set<string>>();

/** Does something, and notes to which owners it wrote news. What did not come to be written may be among it. */
export async function notingNews<Result>(
  work: () => Result | Promise<Result>,
): Promise<{ result: Result; ownerUids: readonly string[] }> {
  const ownerUids = new Set<string>();
  const result = await writtenTo.run(ownerUids, work);
  return { result, ownerUids: [...ownerUids] };
}

/** Writes a piece of news together with what it tells, under the id of that change. */
export function writeNews(db: Firestore, writer: NewsWriter, { id, ...news }: StoredNews): void {
  writtenTo.getStore()?.add(news.ownerUid);
  writer.set(db.collection('news').doc(id), recordOf(news));
}

/** Writes a piece of news of a change that storage does not see, unless it is there already. */
export async function writeNewsOnce(db: Firestore, { id, ...news }: StoredNews): Promise<void> {
  writtenTo.getStore()?.add(news.ownerUid);
  try {
    await db.collection('news').doc(id).create(recordOf(news));
  } catch (error) {
    if (!isStatus(error, ALREADY_EXISTS)) throw error;
  }
}

function recordOf(news: z.output<typeof storedNews>) {
  return { ...news, dueAt: news.at, expireAt: new Date(news.at.getTime() + NEWS_KEPT_MS) };
}

/** Writes what is to be told of an intent that a transaction or batch changes. */
export function writeOrderNews(
  db: Firestore,
  writer: NewsWriter,
  before: OrderIntent | null,
  after: OrderIntent,
): void {
  const { ownerUid, connectionId, updatedAt: at, order, held, accountMode } = after;
  const { filledQuantity, averagePrice, reason } = after;
  for (const { id, type } of orderNews(before, after)) {
    writeNews(db, writer, {
      ...{ id, ownerUid, connectionId, type, at, intentId: after.id, order, held, accountMode },
      ...{ filledQuantity, averagePrice, reason },
    });
  }
}

/** What decides where news goes: as little as that, so that none is held up by a record that is not understood. */
const dueNews = z.object({
  ownerUid: z.string(),
  connectionId: z.string().nullable(),
  type: z.string(),
  at: time,
});

/** News that is not on its way yet. */
export interface DueNews extends z.output<typeof dueNews> {
  id: string;
  /** By which it is told whether somebody else put it on its way. */
  updateTime: Timestamp;
}

/**
 * News that is not on its way to its owner's channels yet, the oldest first.
 * @param ownerUid Whose; everybody's where it is left out.
 */
export async function listDueNews(
  db: Firestore,
  now: Date,
  limit: number,
  ownerUid?: string,
): Promise<DueNews[]> {
  const news = db.collection('news');
  const asked = ownerUid === undefined ? news : news.where('ownerUid', '==', ownerUid);
  const due = asked.where('dueAt', '<=', now).orderBy('dueAt').limit(limit);
  const { docs } = await due.select('ownerUid', 'connectionId', 'type', 'at').get();
  return docs.map((document) => {
    return { id: document.id, updateTime: document.updateTime, ...dueNews.parse(document.data()) };
  });
}

/** News by their ids; those that are gone, or are not understood, are left out. */
export async function findNews(db: Firestore, ids: readonly string[]): Promise<Map<string, StoredNews>> {
  if (ids.length === 0) return new Map();
  const found = await db.getAll(...ids.map((id) => db.collection('news').doc(id)));
  return new Map(
    found.flatMap((document) => {
      const { id } = document;
      const { data } = storedNews.safeParse(document.data());
      return data === undefined ? [] : [[id, { id, ...data }]];
    }),
  );
}

/** What news somebody asks for who is told of one connection alone. */
export interface NewsOfConnection {
  ownerUid: string;
  connectionId: string;
  type: string;
}

/** News, or what is kept of it where it is not understood any more. */
export interface DatedNews {
  id: string;
  at: Date;
  news: StoredNews | null;
}

/**
 * News of one type of a connection that happened at a time or later, the oldest first.
 * @returns whether there may be more, and when storage looked, by its own clock.
 */
export async function listNewsSince(
  db: Firestore,
  { ownerUid, connectionId, type }: NewsOfConnection,
  since: Date,
  limit: number,
): Promise<{ items: DatedNews[]; isCut: boolean; readAt: Date }> {
  const { docs, readTime } = await db
    .collection('news')
    .where('ownerUid', '==', ownerUid)
    .where('connectionId', '==', connectionId)
    .where('type', '==', type)
    .where('at', '>=', since)
    .orderBy('at')
    .limit(limit)
    .get();
  const items = docs.map((document) => {
    const { id } = document;
    const { data } = storedNews.safeParse(document.data());
    return { id, at: time.parse(document.get('at')), news: data === undefined ? null : { id, ...data } };
  });
  return { items, isCut: docs.length === limit, readAt: readTime.toDate() };
}

/**
 * A page of an owner's news, the newest first.
 * @param filter.cursor `nextCursor` of the page before.
 * @returns null when the cursor is none of the owner's.
 */
export async function listNews(
  db: Firestore,
  ownerUid: string,
  filter: { connectionId?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: StoredNews[]; nextCursor: string | null } | null> {
  const { connectionId, cursor, limit } = filter;
  const news = db.collection('news');
  const own = news.where('ownerUid', '==', ownerUid);
  const asked = connectionId === undefined ? own : own.where('connectionId', '==', connectionId);
  let last: DocumentSnapshot | undefined;
  if (cursor !== undefined) {
    last = isRecordId(cursor) ? await news.doc(cursor).get() : undefined;
    if (last?.get('ownerUid') !== ownerUid) return null;
  }
  const newest = asked.orderBy('at', 'desc');
  const { docs } = await (last === undefined ? newest : newest.startAfter(last)).limit(limit).get();
  const items = docs.map((document) => ({ id: document.id, ...storedNews.parse(document.data()) }));
  return { items, nextCursor: docs.length < limit ? null : (docs.at(-1)?.id ?? null) };
}
