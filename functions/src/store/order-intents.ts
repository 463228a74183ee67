/**
 * `orderIntents/{id}`: what somebody wanted to order and what became of it; written before anything is sent.
 * `connections/{id}/trading/register`: what all orders of a connection share. Both change only together, in one
 * transaction, so that no two function instances can act on the same intent or overrun a limit.
 */
import type { DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { isRecordId } from '../record-id.ts';
import { APPROVAL_MODES, time } from './stored-fields.ts';

export const INTENT_STATES = [
  /** Waits for a yes. */
  'awaiting_approval',
  /** Handed to one process to send; whatever happens to that process, nobody else sends it. */
  'sending',
  /** IBKR asks something about it. */
  'needs_reply',
  /** IBKR has it. */
  'working',
  'filled',
  'cancelled',
  /** IBKR refused it, or holds it as it is. */
  'rejected',
  /** It was sent, and whether IBKR has it is not known. */
  'unknown',
  /** IBKR does not have it: certainly, or as far as could be seen (`absentSince`). */
  'not_placed',
] as const;
export type IntentState = (typeof INTENT_STATES)[number];

const warning = z.object({ id: z.string().nullable(), text: z.string() });
/** One of IBKR's questions about an order, in plain words. */
export type Warning = z.output<typeof warning>;

const sales = z.object({
  accountId: z.string(),
  sold: z.array(z.object({ conid: z.number(), quantity: z.number() })),
});

const storedIntent = z.object({
  connectionId: z.string(),
  ownerUid: z.string(),
  /** Who asked: the key or grant, what its owner knows it by, and the program's own name. */
  app: z.object({
    id: z.string(),
    /** Of a grant: the OAuth client, which gets another grant whenever it signs in again. */
    clientId: z.string().optional(),
    label: z.string().default(''),
    name: z.string(),
    source: z.enum(['api_key', 'oauth', 'console']),
  }),
  clientOrderId: z.string().nullable(),
  /** What the order is called at IBKR, by which it is found again. */
  cOID: z.string(),
  /** The exact order, as JSON, and its SHA-256. */
  order: z.string(),
  orderHash: z.string(),
  /** The arguments that the caller asked with, as JSON with its keys in order; null: not by a name or a call of its own. */
  asked: z.string().nullable().default(null),
  /** Under which identical orders of the app find it in the register. */
  guardKeys: z.array(z.string()).default([]),
  /** What was shown of its cost and margin to whoever had to say yes, as JSON. */
  preview: z.string().nullable(),
  conid: z.number(),
  /** What it counts against daily limits, in the account's base currency. */
  value: z.number().nullable(),
  /** How many orders it counts as, exits and the other one of a pair included. */
  orders: z.number().default(1),
  /** What it sells beyond what the order sells that it changes. */
  sales: sales.default({ accountId: '', sold: [] }),
  /** The day it was counted on; null while it is not. */
  countedOn: z.string().nullable(),
  state: z.enum(INTENT_STATES),
  approval: z.object({
    mode: z.enum(APPROVAL_MODES),
    expiresAt: time.nullable(),
    by: z.string().nullable(),
    at: time.nullable(),
  }),
  /** What IBKR asks about it. The order is ended then; IBKR may forget its question long before. */
  question: z.object({ replyId: z.string(), warnings: z.array(warning), expiresAt: time }).nullable(),
  acceptedWarnings: z.array(warning),
  ibkrOrderId: z.string().nullable(),
  /** Of the other order of a pair. */
  ocaOrderId: z.string().nullable().default(null),
  /** Of its exits, in no particular order, where IBKR named them in its answer. */
  exitOrderIds: z.array(z.string()).default([]),
  /** Which order of a pair has filled, wholly or in part. */
  filledOrderId: z.string().nullable().default(null),
  /** Why IBKR did not take its exits, or the other order of a pair. */
  notTaken: z.array(z.string()).default([]),
  ibkrStatus: z.string().nullable(),
  filledQuantity: z.number().nullable(),
  averagePrice: z.number().nullable(),
  /** IBKR's own time of the execution that filled it; null while it is not known. */
  filledAt: time.nullable().default(null),
  reason: z.string().nullable(),
  createdAt: time,
  sentAt: time.nullable(),
  /** Until when it may still reach IBKR, where no clear answer came. */
  arrivesBy: time.nullable().default(null),
  reconciledAt: time.nullable(),
  /** Since when it counts as not placed because IBKR did not have it, which may turn out wrong; null: that is certain. */
  absentSince: time.nullable().default(null),
  updatedAt: time,
  /** When the schedule looks after it, unless somebody asked about it before; null: never. */
  nextLookAt: time.nullable().default(null),
  history: z.array(z.object({ at: time, state: z.enum(INTENT_STATES), note: z.string() })),
});

export type OrderIntent = z.output<typeof storedIntent> & { id: string };

/** What stays of an app when it signs in again: its OAuth client, or its key. */
export function appIdentity({ id, clientId }: Pick<OrderIntent['app'], 'id' | 'clientId'>): string {
  return clientId ?? id;
}

/** Whether two grants are of one OAuth client; keys are each an app of their own. */
export function isSameApp(
  one: Pick<OrderIntent['app'], 'id' | 'clientId'>,
  other: Pick<OrderIntent['app'], 'id' | 'clientId'>,
): boolean {
  return one.id === other.id || appIdentity(one) === appIdentity(other);
}

/** An intent of which nothing is known yet but what was asked for. */
export function newIntent(
  asked: Pick<
    OrderIntent,
    'id' | 'connectionId' | 'ownerUid' | 'app' | 'clientOrderId' | 'order' | 'orderHash' | 'preview' | 'conid'
  > &
    Partial<Pick<OrderIntent, 'asked' | 'guardKeys'>> & { mode: OrderIntent['approval']['mode']; now: Date },
): OrderIntent {
  const { mode, now, ...facts } = asked;
  return {
    asked: null,
    guardKeys: [],
    ...facts,
    value: null,
    orders: 1,
    sales: { accountId: '', sold: [] },
    cOID: `ig-${asked.id}`,
    countedOn: null,
    state: 'awaiting_approval',
    approval: { mode, expiresAt: null, by: null, at: null },
    question: null,
    acceptedWarnings: [],
    ibkrOrderId: null,
    ocaOrderId: null,
    exitOrderIds: [],
    filledOrderId: null,
    notTaken: [],
    ibkrStatus: null,
    filledQuantity: null,
    averagePrice: null,
    filledAt: null,
    reason: null,
    createdAt: now,
    sentAt: null,
    arrivesBy: null,
    reconciledAt: null,
    absentSince: null,
    updatedAt: now,
    nextLookAt: null,
    history: [],
  };
}

const totals = z.object({ orders: z.number(), value: z.number() });

const storedRegister = z.object({
  /** `YYYY-MM-DD` that the totals are of. */
  day: z.string(),
  total: totals,
  /** By what stays of an app when it signs in again. */
  apps: z.record(z.string(), totals),
  /** Intents whose fate is open, by id. `since` in ms since 1970. */
  open: z.record(
    z.string(),
    z.object({ conid: z.number(), state: z.enum(['sending', 'unknown']), since: z.number() }),
  ),
  /** Intents whose orders IBKR holds without working them. `since` in ms since 1970. */
  held: z.record(z.string(), z.object({ conid: z.number(), since: z.number() })).default({}),
  /** What intents sell that IBKR may not list yet, by intent. `since`, of their latest news, in ms since 1970. */
  sales: z.record(z.string(), sales.extend({ since: z.number() })).default({}),
  /**
   * The latest intent for an identical order of one app, by `guardKeys`. `until` in ms since 1970; null while that
   * order is not over.
   */
  recent: z.record(z.string(), z.object({ intentId: z.string(), until: z.number().nullable() })),
});

export type Register = z.output<typeof storedRegister>;

/** Of a connection without any order. */
export const EMPTY_REGISTER: Register = {
  day: '',
  total: { orders: 0, value: 0 },
  apps: {},
  open: {},
  held: {},
  sales: {},
  recent: {},
};

/** An order that nothing happened to for so long is forgotten; one that works is read again before. */
const KEPT_MS = 400 * 86_400_000;

/** What one batch can hold. */
const MOST_AT_ONCE = 400;

function intentFrom(snapshot: DocumentSnapshot): OrderIntent | null {
  return snapshot.exists ? { id: snapshot.id, ...storedIntent.parse(snapshot.data()) } : null;
}

function registerFrom(snapshot: DocumentSnapshot | undefined): Register {
  return snapshot?.exists ? storedRegister.parse(snapshot.data()) : EMPTY_REGISTER;
}

/** A connection that was deleted meanwhile is stopped, too. */
function isStopped(connection: DocumentSnapshot | undefined): boolean {
  return connection?.exists !== true || connection.get('limits.trading') === false;
}

export interface TradingState {
  register: Register;
  /** The intent asked for, null if there is none yet. */
  intent: OrderIntent | null;
  /** Whether the owner has turned trading off on the connection, as of this very moment. */
  stopped: boolean;
}

/**
 * Reads the register and one intent, and writes what `decide` makes of them, as if nobody else existed.
 * @param decide Pure, since it may run several times; what it throws leaves everything as it was.
 */
export function tradingTransaction<Result>(
  db: Firestore,
  connectionId: string,
  intentId: string,
  decide: (state: TradingState) => { register: Register; intent: OrderIntent | null; result: Result },
): Promise<Result> {
  const registerRecord = db.doc(`connections/${connectionId}/trading/register`);
  const intentRecord = db.collection('orderIntents').doc(intentId);
  return db.runTransaction(async (transaction) => {
    const [registered, found, connection] = await transaction.getAll(
      registerRecord,
      intentRecord,
      db.doc(`connections/${connectionId}`),
    );
    const register = registerFrom(registered);
    const known = found === undefined ? null : intentFrom(found);
    // Nobody acts on another connection's order.
    const intent = known?.connectionId === connectionId ? known : null;
    const decided = decide({ register, intent, stopped: isStopped(connection) });
    if (decided.register !== register) transaction.set(registerRecord, decided.register);
    if (decided.intent !== null && decided.intent !== intent) {
      const { id: _, ...stored } = decided.intent;
      transaction.set(intentRecord, {
        ...stored,
        expireAt: new Date(stored.updatedAt.getTime() + KEPT_MS),
      });
    }
    return decided.result;
  });
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

/** As many values as Firestore compares a field with in one query. */
const VALUES_AT_ONCE = 30;

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

/** Deletes a connection's intents, for good. */
export async function deleteIntents(db: Firestore, connectionId: string): Promise<void> {
  const some = db.collection('orderIntents').where('connectionId', '==', connectionId).limit(MOST_AT_ONCE);
  for (let found = await some.get(); !found.empty; found = await some.get()) {
    const batch = db.batch();
    for (const { ref } of found.docs) batch.delete(ref);
    await batch.commit();
  }
}

/** The connections with intents that somebody has to look after by `now`. */
export async function connectionsWithDueIntents(db: Firestore, now: Date, limit: number): Promise<string[]> {
  const found = await db.collection('orderIntents').where('nextLookAt', '<=', now).limit(limit).get();
  return [...new Set(found.docs.map((document) => String(document.get('connectionId'))))];
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
  limit = MOST_AT_ONCE,
): Promise<OrderIntent[]> {
  const { docs } = await db
    .collection('orderIntents')
    .where('connectionId', '==', connectionId)
    .where('nextLookAt', '<=', now)
    .orderBy('nextLookAt')
    .limit(limit)
    .get();
  const taken = await Promise.all(
    docs.map(async (document) => {
      const { ref, updateTime: lastUpdateTime } = document;
      try {
        await ref.update({ nextLookAt: again }, { lastUpdateTime });
        return intentFrom(document);
      } catch (error) {
        if (isChangedSince(error)) return null;
        throw error;
      }
    }),
  );
  return taken.filter((intent) => intent !== null);
}

/** gRPC's statuses, as Firestore reports them. */
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

function isChangedSince(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === NOT_FOUND || error.code === FAILED_PRECONDITION;
}

/** What all orders of a connection share, and whether the owner has turned trading off. */
export async function readRegister(
  db: Firestore,
  connectionId: string,
): Promise<Pick<TradingState, 'register' | 'stopped'>> {
  const [registered, connection] = await db.getAll(
    db.doc(`connections/${connectionId}/trading/register`),
    db.doc(`connections/${connectionId}`),
  );
  return { register: registerFrom(registered), stopped: isStopped(connection) };
}
