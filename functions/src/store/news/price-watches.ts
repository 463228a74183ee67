/**
 * `priceWatches/{id}`: a price that is looked at for an app, with the latest times that it crossed. Of a subscription it has
 * the subscription's id; an app that polls has another.
 */
import type { DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { PRICE_CROSSED, PRICE_DIRECTIONS } from '../../contract/news/price-crossing.ts';
import type { Credential } from '../credentials/credentials.ts';
import { runTransactionOnce } from '../database/known-commits.ts';
import { time } from '../database/stored-fields.ts';
import { anyChannelFrom } from './channels.ts';
import { addDelivery } from './deliveries.ts';

/** Of one key or grant. */
export const MOST_WATCHES = 10;
/** IBKR has about a hundred market-data lines for a login, and tools need some. */
export const MOST_OF_A_CONNECTION = 40;
/** Those that are told of by polls. */
const MOST_CROSSINGS = 20;
/** For so long a watch is kept after it has ended. */
const KEPT_MS = 86_400_000;
const WATCHES_A_PAGE = 500;
const ID_START = 'price-';

const storedWatch = z.object({
  ownerUid: z.string(),
  connectionId: z.string(),
  /** The key or grant that it lives by. */
  source: z.enum(['api_key', 'oauth']),
  credentialId: z.string(),
  /** Whether a subscription of that id is told; else its app asks. */
  isSubscribed: z.boolean(),
  symbol: z.string(),
  conid: z.number(),
  price: z.number(),
  direction: z.enum(PRICE_DIRECTIONS),
  /** Whether the price was on the near side since it last crossed; null: none was seen yet. */
  isArmed: z.boolean().nullable(),
  /** The latest, the newest last. */
  crossings: z.array(z.object({ at: time, last: z.number() })),
  createdAt: time,
  /** When that was last written: an older look changes nothing. */
  changedAt: time,
  /** Unless the app asks again. */
  expiresAt: time,
});

/** A price that is looked at. */
export type PriceWatch = z.output<typeof storedWatch> & { id: string };

/** A price that crossed, as it is kept in its watch. */
export type StoredCrossing = Pick<
  PriceWatch,
  'ownerUid' | 'connectionId' | 'symbol' | 'conid' | 'price' | 'direction'
> & { id: string; type: typeof PRICE_CROSSED; at: Date; last: number };

/** An app, or a connection, has as many prices watched as it may. */
export class TooManyWatches extends Error {
  override readonly name = 'TooManyWatches';
}

function watchFrom(snapshot: DocumentSnapshot): PriceWatch | null {
  return snapshot.exists ? { id: snapshot.id, ...storedWatch.parse(snapshot.data()) } : null;
}

/** Those that have not ended. */
function watchesIn(documents: readonly DocumentSnapshot[], now: Date): PriceWatch[] {
  return documents.map(watchFrom).filter((watch) => watch !== null && watch.expiresAt > now) as PriceWatch[];
}

function watchesOf(db: Firestore, connectionId: string) {
  return db.collection('priceWatches').where('connectionId', '==', connectionId);
}

/** What is asked for. */
export type WatchTerms = Pick<
  PriceWatch,
  'id' | 'isSubscribed' | 'symbol' | 'conid' | 'price' | 'direction' | 'expiresAt'
>;

/**
 * Has a price watched, or goes on with it.
 * @param isArmed As it is of a new one.
 * @returns the watch, and whether it is new: what happened before was not seen.
 * @throws {TooManyWatches}
 */
export function saveWatch(
  db: Firestore,
  {
    id: credentialId,
    source,
    ownerUid,
    connectionId,
  }: Pick<Credential, 'id' | 'source' | 'ownerUid' | 'connectionId'>,
  { id, ...terms }: WatchTerms,
  isArmed: boolean | null,
): Promise<{ watch: PriceWatch; isNew: boolean }> {
  const record = db.collection('priceWatches').doc(id);
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const { docs } = await transaction.get(watchesOf(db, connectionId));
    const now = new Date();
    const all = watchesIn(docs, now);
    const before = all.find((one) => one.id === id);
    const own = all.filter((one) => one.credentialId === credentialId);
    if (before === undefined && (own.length >= MOST_WATCHES || all.length >= MOST_OF_A_CONNECTION)) {
      throw new TooManyWatches();
    }
    const { createdAt, changedAt, crossings } = before ?? { createdAt: now, changedAt: now, crossings: [] };
    const stored = {
      ...{ ownerUid, connectionId, source, credentialId, createdAt, changedAt, crossings, ...terms },
      isArmed: before === undefined ? isArmed : before.isArmed,
    };
    const expireAt = new Date(terms.expiresAt.getTime() + KEPT_MS);
    transaction.set(record, { ...stored, expireAt, ...mark });
    return { watch: { id, ...stored }, isNew: before === undefined };
  });
}

/** Null where there is none, or it has ended. */
export async function findWatch(db: Firestore, id: string, now: Date): Promise<PriceWatch | null> {
  const [watch = null] = watchesIn([await db.collection('priceWatches').doc(id).get()], now);
  return watch;
}

/** What is watched of a connection, as far as it has not ended. */
export async function listWatches(db: Firestore, connectionId: string, now: Date): Promise<PriceWatch[]> {
  const { docs } = await watchesOf(db, connectionId).get();
  return watchesIn(docs, now);
}

/** The connections of which a price is watched. */
export async function connectionsWithWatches(db: Firestore, now: Date): Promise<string[]> {
  const watched = db.collection('priceWatches').where('expiresAt', '>', now).orderBy('expiresAt');
  const found = new Set<string>();
  for (let page = watched.limit(WATCHES_A_PAGE); ; ) {
    const { docs } = await page.select('connectionId').get();
    for (const one of docs) found.add(String(one.get('connectionId')));
    const last = docs.at(-1);
    if (docs.length < WATCHES_A_PAGE || last === undefined) return [...found];
    page = watched.startAfter(last).limit(WATCHES_A_PAGE);
  }
}

/**
 * Writes down what a look came to that changed something, and puts on its way to a subscription what crossed.
 * @param look.begunAt When the price was asked for.
 * @returns whether it was so: what another look found meanwhile is not undone by this one.
 */
export function recordLook(
  db: Firestore,
  watch: PriceWatch,
  { isArmed, crossedAt, begunAt }: { isArmed: boolean | null; crossedAt: number | null; begunAt: Date },
): Promise<boolean> {
  const record = db.collection('priceWatches').doc(watch.id);
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const now = new Date();
    const [before] = watchesIn([await transaction.get(record)], now);
    if (before === undefined) return false;
    if (before.isArmed !== watch.isArmed || before.changedAt > begunAt) return false;
    const crossing = crossedAt === null ? null : { at: now, last: crossedAt };
    const channel =
      crossing !== null && watch.isSubscribed
        ? anyChannelFrom(await transaction.get(db.collection('channels').doc(watch.id)))
        : null;
    const crossings = [...before.crossings, ...(crossing === null ? [] : [crossing])].slice(-MOST_CROSSINGS);
    transaction.update(record, { isArmed, changedAt: now, crossings, ...mark });
    if (crossing !== null && channel !== null) {
      const news = storedCrossing(before, crossing);
      addDelivery(db, transaction, { news, channel, now, isFull: false });
      transaction.update(db.collection('channels').doc(channel.id), { dueAt: now });
    }
    return true;
  });
}

export async function endWatch(db: Firestore, id: string): Promise<void> {
  await db.collection('priceWatches').doc(id).delete();
}

/** Of one watch, the oldest first. */
export function crossingsOf(watch: PriceWatch): StoredCrossing[] {
  return watch.crossings.map((crossing) => storedCrossing(watch, crossing));
}

/** Crossings by their ids; those that are not kept any more are left out. */
export async function findCrossings(db: Firestore, ids: readonly string[]): Promise<StoredCrossing[]> {
  const wanted = new Set(ids.filter((id) => id.startsWith(ID_START)));
  if (wanted.size === 0) return [];
  const watches = new Set([...wanted].map((id) => id.slice(ID_START.length, id.lastIndexOf('-'))));
  const found = await db.getAll(...[...watches].map((id) => db.collection('priceWatches').doc(id)));
  return found
    .map(watchFrom)
    .flatMap((watch) => (watch === null ? [] : crossingsOf(watch)))
    .filter(({ id }) => wanted.has(id));
}

function storedCrossing(watch: PriceWatch, { at, last }: PriceWatch['crossings'][number]): StoredCrossing {
  const { id, ownerUid, connectionId, symbol, conid, price, direction } = watch;
  return {
    id: `${ID_START}${id}-${at.getTime()}`,
    ...{ type: PRICE_CROSSED, ownerUid, connectionId, symbol, conid, price, direction, at, last },
  };
}
