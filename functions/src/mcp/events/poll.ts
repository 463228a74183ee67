/** `events/poll`: what happened on an app's own connection that it was not told of yet. */
import type { Firestore } from 'firebase-admin/firestore';
import type { AppNewsType } from '../../contract/news/news.ts';
import { readableItem } from '../../notifications/news-item.ts';
import { type Occurrence, occurrenceOf } from '../../notifications/occurrence.ts';
import type { Connection } from '../../store/connections.ts';
import { type DatedNews, listNewsSince, NEWS_KEPT_MS } from '../../store/news/news.ts';
import { crossingsOf, type PriceWatch, type StoredCrossing } from '../../store/news/price-watches.ts';
import { cursorKey, digestOf, LOOKED_AT_AGAIN_MS, readCursor, writeCursor } from './cursor.ts';
import { invalidParams } from './event-types.ts';

const MOST_EVENTS = 50;
const NEXT_POLL_MS = 15_000;
/** What happened shortly before an app begins is not told to it. */
const MOST_SKIPPED = 500;

export interface Polled {
  events: Occurrence[];
  cursor: string;
  /** Some may have been skipped: they are older than the app asks for, or than is kept. */
  truncated: boolean;
  hasMore: boolean;
  nextPollMs: number;
}

export interface PollTerms {
  /** That of the answer before; null: from now on. */
  cursor: string | null;
  maxAgeMs?: number | undefined;
  maxEvents?: number | undefined;
}

type Dated = Omit<DatedNews, 'news'> & { news: DatedNews['news'] | StoredCrossing };

/** Where events of one kind are read, the oldest first. */
export interface EventSource {
  /** Whose cursors are taken. */
  key: string;
  since(at: Date, limit: number): Promise<{ items: Dated[]; isCut: boolean; readAt: Date }>;
}

/** The news of a connection, of one type. */
export function newsSource(
  db: Firestore,
  { id: connectionId, ownerUid }: Pick<Connection, 'id' | 'ownerUid'>,
  type: AppNewsType,
): EventSource {
  return {
    key: cursorKey(connectionId, type),
    since: (at, limit) => listNewsSince(db, { ownerUid, connectionId, type }, at, limit),
  };
}

/** The times that a watched price crossed. */
export function crossingSource(key: string, watch: PriceWatch): EventSource {
  return {
    key,
    since: async (since, limit) => {
      const found = crossingsOf(watch).filter(({ at }) => at >= since);
      const items = found.slice(0, limit).map((news) => ({ id: news.id, at: news.at, news }));
      return { items, isCut: found.length >= limit, readAt: new Date() };
    },
  };
}

/** @throws {ProtocolError} `InvalidParams` for a cursor of another subscription. */
export function pollEvents(source: EventSource, { cursor, ...terms }: PollTerms): Promise<Polled> {
  return cursor === null ? begin(source) : goOn(source, { cursor, ...terms });
}

async function begin({ key, since }: EventSource): Promise<Polled> {
  const { items, readAt } = await since(new Date(Date.now() - LOOKED_AT_AGAIN_MS), MOST_SKIPPED);
  const cursor = writeCursor(key, readAt.getTime(), items.map(digested));
  return { events: [], cursor, truncated: false, hasMore: false, nextPollMs: NEXT_POLL_MS };
}

async function goOn(
  { key, since: listSince }: EventSource,
  { cursor, maxAgeMs = NEWS_KEPT_MS, maxEvents = MOST_EVENTS }: PollTerms & { cursor: string },
): Promise<Polled> {
  const before = readCursor(cursor, key);
  if (before === null) {
    throw invalidParams('The cursor is none that was given for this event. Begin again with cursor null.');
  }
  const { at, told } = before;
  const oldest = Date.now() - Math.min(NEWS_KEPT_MS, maxAgeMs);
  const truncated = at < oldest;
  const since = new Date(truncated ? oldest : at - LOOKED_AT_AGAIN_MS);
  const most = Math.min(maxEvents, MOST_EVENTS);
  // With room for all that was told of this time, so that there is something new among them if there is any.
  const found = await listSince(since, most + told.size + 1);
  const fresh = found.items.filter(({ id }) => !told.has(digestOf(id)));
  const given = fresh.slice(0, most);
  const hasMore = fresh.length > given.length || found.isCut;
  const until = hasMore ? given.at(-1)?.at : found.readAt;
  const position = Math.max(truncated ? oldest : at, until?.getTime() ?? 0);
  const left = new Set(fresh.slice(most));
  const seen = found.items.filter((one) => !left.has(one)).map(digested);
  // Of what was told and was not read again, as it is younger, nothing is forgotten.
  const read = new Set(seen.map(({ digest }) => digest));
  const unread = found.isCut ? [...told].filter((digest) => !read.has(digest)) : [];
  return {
    events: given.flatMap(occurrences),
    cursor: writeCursor(key, position, [...seen, ...unread.map((digest) => ({ digest, at: position }))]),
    truncated,
    hasMore,
    nextPollMs: NEXT_POLL_MS,
  };
}

function digested({ id, at }: Dated) {
  return { digest: digestOf(id), at: at.getTime() };
}

function occurrences({ news }: Dated): Occurrence[] {
  const item = news === null ? undefined : readableItem(news);
  return item === undefined ? [] : [occurrenceOf(item)];
}
