/**
 * `orderIntents/{id}`: what somebody wanted to order and what became of it; written before anything is sent, and together
 * with the trading ledger (`trading-ledger.ts`).
 */

import type { DocumentSnapshot, Firestore, Query } from 'firebase-admin/firestore';
import type { IntentState } from '../../contract/orders/order-states.ts';
import { isRecordId } from '../../text/record-id.ts';
import { intentSchema, isSameApp, type OrderIntent } from '../../trading/domain/intent.ts';
import { WAITING_STATES } from '../../trading/domain/intent-states.ts';
import { FAILED_PRECONDITION, isStatus, NOT_FOUND } from '../database/status.ts';
import { withDates } from '../database/stored-fields.ts';
import { updateEach } from '../database/update-each.ts';

/** How many are taken at most, unless a caller says so. */
const MOST_TAKEN = 400;

/** The intent in a snapshot of `orderIntents/{id}`, or null if there is none. */
export function intentFrom(snapshot: DocumentSnapshot): OrderIntent | null {
  return snapshot.exists ? { id: snapshot.id, ...intentSchema.parse(withDates(snapshot.data())) } : null;
}

async function readIntent(db: Firestore, id: string): Promise<OrderIntent | null> {
  return isRecordId(id) ? intentFrom(await db.collection('orderIntents').doc(id).get()) : null;
}

/** A connection's intent of that id; null when there is none or it is another connection's. */
export async function findIntent(
  db: Firestore,
  connectionId: string,
  id: string,
): Promise<OrderIntent | null> {
  const intent = await readIntent(db, id);
  return intent?.connectionId === connectionId ? intent : null;
}

/** An owner's intent of that id, over all connections. */
export async function findOwnIntent(
  db: Firestore,
  ownerUid: string,
  id: string,
): Promise<OrderIntent | null> {
  const intent = await readIntent(db, id);
  return intent?.ownerUid === ownerUid ? intent : null;
}

/** With so many values every Firestore compares a field in one query: Google's with 30, that of one machine with 10. */
const VALUES_AT_ONCE = 10;

/**
 * A connection's intents about some of IBKR's orders, the oldest first: those that placed them, alone, as one of a pair
 * or as an exit, and those that changed them.
 */
export async function listIntentsOfOrders(
  db: Firestore,
  connectionId: string,
  orderIds: readonly string[],
): Promise<OrderIntent[]> {
  const intents = db.collection('orderIntents');
  const own = intents.where('connectionId', '==', connectionId);
  const queries = inChunks([...new Set(orderIds)]).flatMap((ids) => [
    own.where('ibkrOrderId', 'in', ids),
    own.where('ocaOrderId', 'in', ids),
    intents.where('exitOrderIds', 'array-contains-any', ids),
  ]);
  const found = await Promise.all(queries.map((query) => query.get()));
  const documents = new Map(found.flatMap(({ docs }) => docs.map((document) => [document.id, document])));
  return sortedIntents([...documents.values()]).filter((intent) => intent.connectionId === connectionId);
}

/** A connection's intents of these ids; those that there are not are left out. */
export async function findIntents(
  db: Firestore,
  connectionId: string,
  ids: readonly string[],
): Promise<OrderIntent[]> {
  const records = [...new Set(ids)].filter(isRecordId).map((id) => db.collection('orderIntents').doc(id));
  const found = records.length === 0 ? [] : await db.getAll(...records);
  return sortedIntents(found).filter((intent) => intent.connectionId === connectionId);
}

function inChunks(values: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(values.length / VALUES_AT_ONCE) }, (_, index) =>
    values.slice(index * VALUES_AT_ONCE, (index + 1) * VALUES_AT_ONCE),
  );
}

/** A connection's intents that their apps called by this name, the oldest first. */
export async function listIntentsNamed(
  db: Firestore,
  connectionId: string,
  clientOrderId: string,
): Promise<OrderIntent[]> {
  const found = await db
    .collection('orderIntents')
    .where('connectionId', '==', connectionId)
    .where('clientOrderId', '==', clientOrderId)
    .get();
  return sortedIntents(found.docs);
}

/** An app's intents of that name, the oldest first: all but one, if not all, never reached IBKR. */
export async function listNamed(
  { db, connectionId, app }: { db: Firestore; connectionId: string; app: OrderIntent['app'] },
  clientOrderId: string,
): Promise<OrderIntent[]> {
  const named = await listIntentsNamed(db, connectionId, clientOrderId);
  return named.filter((intent) => isSameApp(intent.app, app));
}

function sortedIntents(documents: readonly DocumentSnapshot[]): OrderIntent[] {
  return documents
    .map(intentFrom)
    .filter((intent) => intent !== null)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** A connection's latest intents, the newest first. */
export async function listNewestIntents(
  db: Firestore,
  connectionId: string,
  limit: number,
): Promise<OrderIntent[]> {
  const { docs } = await db
    .collection('orderIntents')
    .where('connectionId', '==', connectionId)
    .orderBy('createdAt', 'desc')
    .limit(limit)
    .get();
  return docs.map(intentFrom).filter((intent) => intent !== null);
}

/** A connection's intents in one of the given states, the oldest first. */
export async function listIntents(
  db: Firestore,
  connectionId: string,
  states: readonly IntentState[],
): Promise<OrderIntent[]> {
  const found = await db
    .collection('orderIntents')
    .where('connectionId', '==', connectionId)
    .where('state', 'in', [...states])
    .get();
  return sortedIntents(found.docs);
}

/** An owner's intents that wait for an answer, over all connections, the oldest first. */
export async function listWaitingIntents(db: Firestore, ownerUid: string): Promise<OrderIntent[]> {
  return sortedIntents((await waitingOf(db, ownerUid).get()).docs);
}

/** How many of an owner's intents wait for an answer, over all connections. */
export async function countWaitingOf(db: Firestore, ownerUid: string): Promise<number> {
  return (await waitingOf(db, ownerUid).count().get()).data().count;
}

function waitingOf(db: Firestore, ownerUid: string): Query {
  const own = db.collection('orderIntents').where('ownerUid', '==', ownerUid);
  return own.where('state', 'in', WAITING_STATES);
}

/** How many of a connection's intents wait for a yes. */
export async function countWaiting(db: Firestore, connectionId: string): Promise<number> {
  const waiting = db
    .collection('orderIntents')
    .where('connectionId', '==', connectionId)
    .where('state', '==', 'awaiting_approval' satisfies IntentState);
  return (await waiting.count().get()).data().count;
}

/** The connections with intents that somebody has to look after by `now`. */
export async function connectionsWithDueIntents(
  db: Firestore,
  now: Date,
  limit: number,
): Promise<{ connectionIds: string[]; isCut: boolean }> {
  const due = db.collection('orderIntents').where('nextLookAt', '<=', now).orderBy('nextLookAt').limit(limit);
  const { docs } = await due.select('connectionId').get();
  const connectionIds = new Set(docs.map((document) => String(document.get('connectionId'))));
  return { connectionIds: [...connectionIds], isCut: docs.length === limit };
}

/**
 * Takes a connection's intents that somebody has to look after by `now`, except what changes at this very moment.
 * @param again When they are due again if that comes to nothing; null: never.
 * @param limit How many to take at most: those that have been due for longest.
 */
export async function takeDueIntents(
  db: Firestore,
  connectionId: string,
  now: Date,
  again: Date | null,
  limit = MOST_TAKEN,
): Promise<OrderIntent[]> {
  const { docs } = await dueOf(db, connectionId, now).limit(limit).get();
  const taken = await Promise.all(
    docs.map(async (document) => {
      const { ref, updateTime: lastUpdateTime } = document;
      try {
        await ref.update({ nextLookAt: again }, { lastUpdateTime });
        return intentFrom(document);
      } catch (error) {
        if (isStatus(error, NOT_FOUND, FAILED_PRECONDITION)) return null;
        throw error;
      }
    }),
  );
  return taken.filter((intent) => intent !== null);
}

/** Those of a connection that somebody has to look after by `now`, 400 at most; nobody has taken them. */
export async function listDueIntents(db: Firestore, connectionId: string, now: Date): Promise<OrderIntent[]> {
  const { docs } = await dueOf(db, connectionId, now).limit(MOST_TAKEN).get();
  return docs.map(intentFrom).filter((intent) => intent !== null);
}

/** Has intents looked after later that are as they were. */
export async function postponeIntents(
  db: Firestore,
  intents: readonly OrderIntent[],
  until: Date,
): Promise<void> {
  await updateEach(
    db,
    intents.map(({ id }) => ({
      record: db.collection('orderIntents').doc(id),
      fields: { nextLookAt: until },
    })),
  );
}

/** The longest due first. */
function dueOf(db: Firestore, connectionId: string, now: Date): Query {
  const own = db.collection('orderIntents').where('connectionId', '==', connectionId);
  return own.where('nextLookAt', '<=', now).orderBy('nextLookAt');
}
