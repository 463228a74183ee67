/** One task's work on one channel: what is due is sent, and it is settled when the next try is. */
import type { Firestore } from 'firebase-admin/firestore';
import {
  type AnyChannel,
  type ChannelHealth,
  deleteChannel,
  holdChannel,
  releaseChannel,
} from '../store/news/channels.ts';
import {
  type Delivery,
  listDueDeliveries,
  nextDueAt,
  postponeDeliveries,
  recordAttempts,
  type Tried,
} from '../store/news/deliveries.ts';
import { findNews, type StoredNews } from '../store/news/news.ts';
import { findCrossings, type StoredCrossing } from '../store/news/price-watches.ts';
import { subscriptionEnd } from '../store/news/subscriptions.ts';
import type { Message, Outbound, SendResult } from './channel-kind.ts';
import { sendTermination } from './kinds/app.ts';
import { attemptSend, type Digest, digester, type Send, sender } from './kinds/index.ts';
import { readableItem } from './news-item.ts';
import { isLetThrough, quietUntil } from './quiet-hours.ts';
import { retryDelay } from './retry-delays.ts';

/** Of one channel; of one that failed lately, one. */
const SENT_AT_ONCE = 4;
const DELIVERIES_A_PAGE = 40;
/** What one message tells of at most. */
const DELIVERIES_A_DIGEST = 200;
const HOUR = 3_600_000;
/** Nothing more is begun after so long: a function ends after 60 s, and one attempt takes 10 s at most. */
const WORKS_FOR_MS = 35_000;
/** Until then no other task works on the channel, should this one be lost. */
const HELD_FOR_MS = 70_000;
/** Somebody who may not use the gateway now may be let in again. */
const UNWELCOME_MS = 3_600_000;
/** A channel through which nothing got for so long, as often as that, is turned off. */
const DEAD_AFTER_MS = 3 * 86_400_000;
const DEAD_AFTER_FAILURES = 10;

export interface TurnTerms extends Outbound {
  db: Firestore;
  /** Whether an owner may use the gateway. */
  isWelcome: (ownerUid: string) => Promise<boolean>;
  now?: () => Date;
  /** How messages leave; through the kind of the channel when left out. */
  openSender?: (channel: AnyChannel) => Send;
  openDigest?: (channel: AnyChannel) => Digest | null;
}

/** What came of a turn. */
export interface Turn {
  channel: AnyChannel;
  delivered: number;
  failed: number;
  /** The gateway turned the channel off. */
  isDisabled: boolean;
}

/**
 * Sends what is due through a channel, for as long as a task may take. Nobody else does meanwhile.
 * @returns null where there is nothing to do.
 */
export async function takeChannelTurn(terms: TurnTerms, channelId: string): Promise<Turn | null> {
  const now = terms.now ?? (() => new Date());
  const until = now().getTime() + WORKS_FOR_MS;
  const total = { delivered: 0, failed: 0 };
  for (;;) {
    const heldUntil = new Date(now().getTime() + HELD_FOR_MS);
    const channel = await holdChannel(terms.db, channelId, now(), heldUntil);
    if (channel === null) return null;
    const end = channel.kind === 'app' ? await subscriptionEnd(terms.db, channel, now()) : null;
    if (end !== null) {
      await deleteChannel(terms.db, channelId);
      if (end === 'access ended') await sendTermination(terms, channel);
      return { channel, ...total, isDisabled: false };
    }
    const { health, delivered, failed } = await sendDue({ ...terms, now }, channel, until);
    total.delivered += delivered;
    total.failed += failed;
    if (channel.kind === 'app' && health.disabledAt !== null) {
      // It comes back when the app subscribes again.
      await deleteChannel(terms.db, channelId);
      return { channel, ...total, isDisabled: true };
    }
    const hasMore = await releaseChannel(terms.db, channelId, heldUntil, health);
    if (!hasMore || now().getTime() > until) {
      return { channel, ...total, isDisabled: health.disabledAt !== null };
    }
  }
}

async function sendDue(
  terms: TurnTerms & { now: () => Date },
  channel: AnyChannel,
  until: number,
): Promise<{ health: ChannelHealth; delivered: number; failed: number }> {
  const { db, now } = terms;
  const health: ChannelHealth = {
    dueAt: null,
    failures: channel.failures,
    failingSince: channel.failingSince,
    pausedUntil: null,
    sentAt: channel.sentAt,
    disabledAt: null,
  };
  const total = { delivered: 0, failed: 0 };
  if (!(await terms.isWelcome(channel.ownerUid))) {
    const pausedUntil = new Date(now().getTime() + UNWELCOME_MS);
    return { health: { ...health, dueAt: pausedUntil, pausedUntil }, ...total };
  }
  const send = (terms.openSender ?? ((one) => sender(terms, one)))(channel);
  const digest = (terms.openDigest ?? ((one) => digester(terms, one)))(channel);
  const aPage = digest === null ? DELIVERIES_A_PAGE : DELIVERIES_A_DIGEST;
  for (;;) {
    const found = await listDueDeliveries(db, channel.id, now(), aPage);
    if (found.length === 0) {
      const next = await nextDueAt(db, channel.id);
      // Where nothing is left to do, what an app subscribed to is looked at again when it has expired.
      const dueAt = next ?? (channel.kind === 'app' ? channel.expiresAt : null);
      return { health: { ...health, dueAt }, ...total };
    }
    const due = await holdBackQuiet(db, channel, found, now());
    const freeAt = digest && due.length > 0 ? hourEndsAt(digest, health, now()) : null;
    if (freeAt !== null) return { health: { ...health, dueAt: freeAt, pausedUntil: freeAt }, ...total };
    const news = await findTold(db, [...new Set(due.map(({ newsId }) => newsId))]);
    while (due.length > 0) {
      if (now().getTime() > until) return { health: { ...health, dueAt: now() }, ...total };
      const batch = due.splice(0, digest !== null ? aPage : health.failures > 0 ? 1 : SENT_AT_ONCE);
      const sendEach = digest === null ? send : inOne(digest, sendable(channel, batch, news, now()));
      const tried = await Promise.all(batch.map((one) => trySending(channel, one, news, sendEach, now)));
      await recordAttempts(db, tried);
      const made = tried.filter(({ isMade }) => isMade);
      const delivered = made.filter(({ state }) => state === 'delivered').length;
      total.delivered += delivered;
      total.failed += made.length - delivered;
      const gotThrough = made.some(({ result }) => ['delivered', 'declined'].includes(result?.outcome ?? ''));
      if (gotThrough) Object.assign(health, { failures: 0, failingSince: null });
      if (gotThrough && digest !== null) health.sentAt = [...withinHour(health.sentAt, now()), now()];
      const results = made.map(({ result }) => result);
      if (results.some((one) => one?.outcome === 'gone')) {
        return { health: { ...health, disabledAt: now() }, ...total };
      }
      if (made.length > 0 && !gotThrough) return { health: failing(health, results, now()), ...total };
    }
  }
}

/** What messages are made of, by its id. */
type ToldById = ReadonlyMap<string, StoredNews | StoredCrossing>;

async function findTold(db: Firestore, ids: readonly string[]): Promise<ToldById> {
  const [news, crossings] = await Promise.all([findNews(db, ids), findCrossings(db, ids)]);
  const all: (StoredNews | StoredCrossing)[] = [...news.values(), ...crossings];
  return new Map(all.map((one) => [one.id, one]));
}

/** What is told now of what is due: in quiet hours the rest of it waits for their end. */
async function holdBackQuiet(
  db: Firestore,
  { quietHours }: AnyChannel,
  due: Delivery[],
  now: Date,
): Promise<Delivery[]> {
  const end = quietHours && quietUntil(quietHours, now);
  if (quietHours === null || end === null) return due;
  const { told = [], held = [] } = Object.groupBy(due, ({ type }) =>
    isLetThrough(quietHours, type) ? 'told' : 'held',
  );
  await postponeDeliveries(db, held, end);
  return told;
}

/** When another message may go; null: now. */
function hourEndsAt({ mostAnHour }: Digest, { sentAt }: ChannelHealth, now: Date): Date | null {
  const recent = withinHour(sentAt, now);
  const oldest = recent.at(-mostAnHour);
  return oldest === undefined ? null : new Date(oldest.getTime() + HOUR);
}

function withinHour(times: readonly Date[], now: Date): Date[] {
  return times.filter((time) => time.getTime() > now.getTime() - HOUR);
}

/** All of these messages in one, which is sent with the first of them. */
function inOne(digest: Digest, messages: readonly Message[]): Send {
  let sent: ReturnType<Digest['send']> | undefined;
  return () => (sent ??= digest.send(messages));
}

function sendable(
  channel: AnyChannel,
  deliveries: readonly Delivery[],
  news: ToldById,
  now: Date,
): Message[] {
  return deliveries.flatMap((delivery) => {
    const told = news.get(delivery.newsId);
    const item = told && readableItem(told);
    return item === undefined || reasonNotToSend(channel, delivery, told, now) !== null ? [] : [item];
  });
}

/** A channel through which nothing got, in several tries at once. */
function failing(
  { failures, failingSince, ...health }: ChannelHealth,
  results: readonly (SendResult | null)[],
  now: Date,
): ChannelHealth {
  const since = failingSince ?? now;
  const askedMs = Math.max(0, ...results.map((one) => one?.retryAfterMs ?? 0));
  const pausedUntil = new Date(now.getTime() + retryDelay(failures + 1, askedMs));
  const isDead = failures + 1 >= DEAD_AFTER_FAILURES && now.getTime() - since.getTime() >= DEAD_AFTER_MS;
  return {
    ...health,
    failures: failures + 1,
    failingSince: since,
    dueAt: pausedUntil,
    pausedUntil,
    disabledAt: isDead ? now : null,
  };
}

async function trySending(
  channel: AnyChannel,
  delivery: Delivery,
  news: ToldById,
  send: Send,
  now: () => Date,
): Promise<Tried & { result: SendResult | null }> {
  const told = news.get(delivery.newsId);
  const at = now();
  const item = told && readableItem(told);
  const why = reasonNotToSend(channel, delivery, told, at);
  if (why !== null || item === undefined) {
    const error = why ?? 'The news is not understood any more.';
    const attempt = { at, status: null, milliseconds: 0, error, reason: null };
    return { delivery, attempt, isMade: false, state: 'failed', dueAt: null, result: null };
  }
  const { result, attempt } = await attemptSend(send, item, now);
  if (result.outcome === 'delivered') {
    return { delivery, attempt, isMade: true, state: 'delivered', dueAt: null, result };
  }
  const again = new Date(now().getTime() + retryDelay(delivery.tries + 1, result.retryAfterMs));
  const isOver = result.outcome === 'gone' || result.outcome === 'declined' || again > delivery.giveUpAt;
  const next = { state: isOver ? 'failed' : 'due', dueAt: isOver ? null : again } as const;
  return { delivery, attempt, isMade: true, ...next, result };
}

function reasonNotToSend(
  { ownerUid, connectionId }: AnyChannel,
  { giveUpAt }: Delivery,
  news: StoredNews | StoredCrossing | undefined,
  now: Date,
): string | null {
  if (news === undefined) return 'The news is not kept any more.';
  // By how deliveries are made there are none of these; what goes out cannot be taken back.
  if (news.ownerUid !== ownerUid) return 'It is not news of the owner of this channel.';
  if (connectionId !== null && connectionId !== news.connectionId)
    return 'The channel is of another connection.';
  return giveUpAt <= now ? 'Nothing got through in time.' : null;
}
