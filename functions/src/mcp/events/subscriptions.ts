/** `events/subscribe` and `events/unsubscribe`: an app is sent the news of its connection, at the address that it gives. */
import { createHash } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import type { AppNewsType } from '../../contract/news/news.ts';
import { CallRate } from '../../http/call-rate.ts';
import type { Network } from '../../network/public-address.ts';
import { type AppTarget, appTarget, verifyCallback } from '../../notifications/kinds/app.ts';
import { addressFault } from '../../notifications/outbound-request.ts';
import type { Service } from '../../service.ts';
import { perDatabase } from '../../store/database/per-database.ts';
import { openTarget, type Subscription } from '../../store/news/channels.ts';
import { nextDueAt, TRIED_FOR_MS, writeMissedDeliveries } from '../../store/news/deliveries.ts';
import { endWatch } from '../../store/news/price-watches.ts';
import {
  endSubscription,
  listSubscriptionsOf,
  MOST_OF_AN_OWNER,
  MOST_SUBSCRIPTIONS,
  type SubscriptionTerms,
  saveSubscription,
  TooManySubscriptions,
} from '../../store/news/subscriptions.ts';
import type { Principal } from '../principal.ts';
import { cursorKey, writeCursor } from './cursor.ts';
import { type DeliveryStatus, deliveryStatusOf } from './delivery-status.ts';
import {
  type AskedEvent,
  askedEvent,
  callbackError,
  invalidParams,
  notFound,
  resourceExhausted,
  unsupported,
} from './event-types.ts';
import { newsSource, pollEvents } from './poll.ts';
import { priceKey, watchPrice } from './prices.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DEFAULT_TTL_MS = DAY_MS;
const SHORTEST_TTL_MS = 5 * MINUTE_MS;
const LONGEST_TTL_MS = 7 * DAY_MS;
/** The secret before signs as well, for what is under way. */
const FORMER_SIGNS_MS = 10 * MINUTE_MS;
/** What an app may have missed, and is told, where it subscribes again. */
const MOST_PAGES = 4;
/** From being written to being on its way, at most. */
const ON_ITS_WAY_MS = 10 * MINUTE_MS;
/** Somebody might be flooded with them. */
const CHALLENGES_A_MINUTE = 10;
const CHALLENGES_TO_A_HOST_A_MINUTE = 60;
const challengesOf = perDatabase((most: number) => new CallRate(most));
const challengesToHosts = perDatabase((most: number) => new CallRate(most));

const key = {
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()).default({}),
};
export const unsubscribeParams = z.object({ ...key, delivery: z.object({ url: z.string().max(2_048) }) });
export const subscribeParams = z.object({
  ...key,
  delivery: z.object({
    mode: z.string().default('webhook'),
    url: z.string().max(2_048),
    secret: z.string().max(200),
  }),
  cursor: z.string().nullish(),
  maxAgeMs: z.number().int().nonnegative().nullish(),
  /** null: without end, which nobody gets. What is no number is taken for none: no lifetime is refused. */
  ttlMs: z.number().nullish().catch(undefined),
});

export interface Subscribed {
  id: string;
  /** ISO 8601 */
  refreshBefore: string;
  cursor: string;
  truncated: boolean;
  /** Of one that is renewed: how sending went until then. */
  deliveryStatus?: DeliveryStatus;
}

/**
 * Makes a subscription, or renews the one that the same app has to the same event at the same address.
 * @throws {ProtocolError} as the extension has it.
 */
export async function subscribe(
  service: Service,
  principal: Principal,
  params: z.output<typeof subscribeParams>,
): Promise<Subscribed> {
  const { db } = service;
  const { url, secret, mode } = params.delivery;
  const { credential, connection } = principal;
  const asked = askedEvent(params.name, params.arguments);
  const { name: type } = asked;
  if (mode !== 'webhook') throw unsupported('deliveryMode', mode);
  if (!isSecret(secret)) throw invalidParams('delivery.secret is whsec_ and the base64 of 24 to 64 bytes.');
  refuseAddress(url, service);
  const id = subscriptionId(credential.id, url, asked);
  const key = cursorKey(connection.id, asked.price === undefined ? type : id);
  const now = new Date();
  const own = await listSubscriptionsOf(db, credential, now);
  const targets = own.map((one) => appTarget.parse(openTarget(service.vault, one)));
  const before = targets.find(({ subscriptionId }) => subscriptionId === id);
  const renewed = own.find((one) => one.id === id);
  const deliveryStatus = renewed && (await deliveryStatusOf(db, renewed, now));
  // From before the first message goes out, so that nothing is lost that happens meanwhile.
  const start =
    asked.price === undefined
      ? await pollEvents(newsSource(db, connection, asked.name), {
          cursor: params.cursor ?? null,
          maxEvents: 1,
        })
      : null;
  const target = { url, secret, former: before ? formerOf(before, secret, now) : null, subscriptionId: id };
  if (before === undefined && own.length >= MOST_SUBSCRIPTIONS) throw tooMany();
  if (!targets.some((one) => one.url === url)) await verify(service, credential.id, target);
  const expiresAt = new Date(now.getTime() + grantedTtl(params.ttlMs));
  if (asked.price !== undefined)
    await watchPrice(service, principal, { id, isSubscribed: true, expiresAt }, asked.price);
  const saved = await save(service, { id, credential, type, expiresAt, target });
  const refreshBefore = expiresAt.toISOString();
  if (deliveryStatus !== undefined) {
    // All that happened before was taken, or is given up.
    const waits = (await nextDueAt(db, id)) !== null;
    const at = now.getTime() - (waits ? TRIED_FOR_MS : 0) - ON_ITS_WAY_MS;
    const position = Math.max(at, saved.createdAt.getTime());
    return {
      ...{ id, refreshBefore, truncated: false, deliveryStatus },
      cursor: writeCursor(key, position, []),
    };
  }
  if (start === null) {
    // A price is watched from now on: what it did before was not seen.
    const cursor = writeCursor(key, now.getTime(), []);
    return { id, refreshBefore, cursor, truncated: params.cursor != null };
  }
  const cursor = params.cursor ?? start.cursor;
  return {
    id,
    refreshBefore,
    ...(await sendMissed(db, saved, { cursor, maxAgeMs: params.maxAgeMs ?? undefined })),
  };
}

/**
 * Ends a subscription.
 * @returns the type of the event.
 * @throws {ProtocolError} `NotFound` where this app has none to this event at this address.
 */
export async function unsubscribe(
  { db }: Service,
  { credential }: Principal,
  params: z.output<typeof unsubscribeParams>,
): Promise<string> {
  const asked = askedEvent(params.name, params.arguments);
  const id = subscriptionId(credential.id, params.delivery.url, asked);
  const own = await listSubscriptionsOf(db, credential, new Date());
  if (!own.some((one) => one.id === id)) {
    throw notFound('subscription', 'This app is not subscribed to this event at this address.');
  }
  await endSubscription(db, id);
  if (asked.price !== undefined) await endWatch(db, id);
  return asked.name;
}

/** The same for the same app, address and event; it opens nothing. */
function subscriptionId(credentialId: string, url: string, { name, price }: AskedEvent): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([credentialId, url, name, price === undefined ? {} : priceKey(price)]))
    .digest('hex');
  return `sub_${digest.slice(0, 32)}`;
}

/** As Standard Webhooks writes it. */
function isSecret(text: string): boolean {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const { length } = Buffer.from(encoded ?? '', 'base64');
  return length >= 24 && length <= 64;
}

/** @throws {ProtocolError} `InvalidParams` */
function refuseAddress(url: string, network: Network): void {
  const fault = URL.parse(url)?.hash ? 'It must have no fragment.' : addressFault(url, network);
  if (fault !== null) throw invalidParams(`delivery.url: ${fault}`);
}

/** The secret before signs as well for a while, also where it is renewed with the same meanwhile. */
function formerOf(before: AppTarget, secret: string, now: Date): AppTarget['former'] {
  if (before.secret === secret) return before.former;
  return { secret: before.secret, until: now.getTime() + FORMER_SIGNS_MS };
}

function grantedTtl(asked: number | null | undefined): number {
  if (asked === null) return LONGEST_TTL_MS;
  return Math.min(Math.max(asked ?? DEFAULT_TTL_MS, SHORTEST_TTL_MS), LONGEST_TTL_MS);
}

/** @throws {ProtocolError} `CallbackEndpointError`; `ResourceExhausted` where too many are asked. */
async function verify(service: Service, credentialId: string, target: AppTarget): Promise<void> {
  const { host } = new URL(target.url);
  const waits = await Promise.all([
    challengesOf(service.db, CHALLENGES_A_MINUTE).count(credentialId),
    challengesToHosts(service.db, CHALLENGES_TO_A_HOST_A_MINUTE).count(host),
  ]);
  const wait = waits.find((one) => one !== null);
  if (wait != null)
    throw resourceExhausted(`Too many addresses at once. Try again in ${wait} s.`, 'verifications');
  const fault = await verifyCallback(target, service);
  if (fault !== null) throw callbackError(fault);
}

async function save(service: Service, terms: SubscriptionTerms): Promise<Subscription> {
  try {
    return await saveSubscription(service, terms);
  } catch (error) {
    if (error instanceof TooManySubscriptions) throw tooMany();
    throw error;
  }
}

function tooMany() {
  const message = `An app has at most ${MOST_SUBSCRIPTIONS} subscriptions, and all of one person ${MOST_OF_AN_OWNER}.`;
  return resourceExhausted(message, 'subscriptions', MOST_SUBSCRIPTIONS);
}

/** Has a new subscription told of what happened since a cursor. */
async function sendMissed(
  db: Firestore,
  subscription: Subscription,
  { cursor, maxAgeMs }: { cursor: string; maxAgeMs: number | undefined },
): Promise<{ cursor: string; truncated: boolean }> {
  const { ownerUid, connectionId } = subscription;
  const [type] = subscription.types as [AppNewsType];
  const news = newsSource(db, { id: connectionId, ownerUid }, type);
  let truncated = false;
  for (let page = 0, from = cursor; page < MOST_PAGES; page += 1) {
    const polled = await pollEvents(news, { cursor: from, maxAgeMs });
    const missed = polled.events.map(({ eventId: id }) => ({ id, ownerUid, connectionId, type }));
    if (missed.length > 0) await writeMissedDeliveries(db, subscription, missed, new Date());
    truncated ||= polled.truncated;
    from = polled.cursor;
    if (!polled.hasMore) return { cursor: from, truncated };
  }
  const { cursor: now } = await pollEvents(news, { cursor: null });
  return { cursor: now, truncated: true };
}
