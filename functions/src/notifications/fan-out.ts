/** From the outbox to the channels: of each piece of news, a delivery for each channel that wants it. */
import type { Firestore } from 'firebase-admin/firestore';
import { type AnyChannel, listAllChannels } from '../store/news/channels.ts';
import { countDue, type FannedOut, writeDeliveries } from '../store/news/deliveries.ts';
import { type DueNews, listDueNews } from '../store/news/news.ts';

const NEWS_A_PAGE = 300;
/** What goes into one commit: a piece of news writes one record, and one more for each channel. */
const NEWS_A_COMMIT = 20;
/** So much may wait for one channel; what comes then is only shown. */
const MOST_WAITING = 1_000;
const CLOCKS_APART_MS = 10_000;

export interface FanOutTerms {
  now: Date;
  /** When the channels are due that news goes to, for whoever takes them then. */
  dueAt: Date;
  /** Given the channels that news of one page went to, without those that are paused. */
  onPage: (channelIds: string[]) => Promise<void>;
  /** Told why the news of one owner could not be put on its way; it keeps nobody else's. */
  onFailure: (error: unknown) => void;
  /** Whether another page is begun. */
  goesOn: () => boolean;
}

/**
 * Puts news on its way that is due, the oldest first.
 * @returns whether all that was due is on its way.
 */
export async function fanOut(
  db: Firestore,
  { now, dueAt, onPage, onFailure, goesOn }: FanOutTerms,
): Promise<boolean> {
  for (;;) {
    const news = await listDueNews(db, now, NEWS_A_PAGE);
    const byOwner = Map.groupBy(news, ({ ownerUid }) => ownerUid);
    const reached = await Promise.all(
      [...byOwner].map(async ([uid, own]) => {
        try {
          return await fanOutOwn(db, uid, own, { now, dueAt });
        } catch (error) {
          onFailure(error);
          return { channelIds: [], isWritten: false };
        }
      }),
    );
    const ids = reached.flatMap(({ channelIds }) => channelIds);
    if (ids.length > 0) await onPage(ids);
    if (news.length < NEWS_A_PAGE) return true;
    // What others are at, or what cannot be written, would be found again and again.
    if (!reached.some(({ isWritten }) => isWritten) || !goesOn()) return false;
  }
}

/**
 * Puts an owner's news on its way, or a page of it: the schedule finds the rest.
 * @returns the channels that it went to, without those that are paused.
 */
export async function fanOutOwner(
  db: Firestore,
  ownerUid: string,
  times: { now: Date; dueAt: Date },
): Promise<string[]> {
  // What another instance wrote just now by a clock that is ahead is due as well.
  const until = new Date(times.now.getTime() + CLOCKS_APART_MS);
  const news = await listDueNews(db, until, NEWS_A_PAGE, ownerUid);
  return news.length === 0 ? [] : (await fanOutOwn(db, ownerUid, news, times)).channelIds;
}

async function fanOutOwn(
  db: Firestore,
  ownerUid: string,
  news: readonly DueNews[],
  { now, dueAt }: { now: Date; dueAt: Date },
): Promise<{ channelIds: string[]; isWritten: boolean }> {
  const channels = (await listAllChannels(db, ownerUid)).filter((channel) => isOn(channel, now));
  const full = new Set<string>();
  for (const { id, failures, quietHours, pausedUntil } of channels) {
    const mayWait = failures > 0 || quietHours !== null || pausedUntil !== null;
    if (mayWait && (await countDue(db, id)) >= MOST_WAITING) full.add(id);
  }
  const reached = new Set<string>();
  let isWritten = false;
  for (let start = 0; start < news.length; start += NEWS_A_COMMIT) {
    const fannedOut: FannedOut[] = news.slice(start, start + NEWS_A_COMMIT).map((one) => {
      return { news: one, channels: channels.filter((channel) => wants(channel, one)) };
    });
    if (!(await writeDeliveries(db, fannedOut, { now, dueAt, full }))) continue;
    isWritten = true;
    for (const { channels: wanted } of fannedOut) {
      for (const { id, pausedUntil } of wanted) {
        if (pausedUntil === null || pausedUntil <= now) reached.add(id);
      }
    }
  }
  return { channelIds: [...reached], isWritten };
}

/** What is sent to an address has to be wanted there; what an app subscribed to ends by itself. */
function isOn(channel: AnyChannel, now: Date): boolean {
  return (
    channel.disabledAt === null &&
    channel.confirmation === null &&
    (channel.kind !== 'app' || channel.expiresAt > now)
  );
}

/** Whether an owner, or an app of theirs, wants to be told of news of theirs by a channel. */
function wants(channel: AnyChannel, news: DueNews): boolean {
  const { connectionId, types } = channel;
  return (
    (connectionId === null || connectionId === news.connectionId) &&
    (types === null || types.includes(news.type)) &&
    // An app is told from its subscription on; what it missed before, it names by a cursor.
    (channel.kind !== 'app' || channel.createdAt <= news.at)
  );
}
