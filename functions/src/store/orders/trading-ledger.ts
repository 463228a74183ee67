/**
 * `connections/{id}/trading/register`: what all orders of a connection share. It and an order's intent change only
 * together, in one transaction, so that no two function instances can act on the same intent or overrun a limit.
 */

import type { DocumentSnapshot, Firestore, Timestamp, Transaction } from 'firebase-admin/firestore';
import { intentSchema, type OrderIntent } from '../../trading/domain/intent.ts';
import {
  EMPTY_LEDGER,
  ledgerSchema,
  type ReportedState,
  type TradingLedger,
  type TradingState,
} from '../../trading/domain/trading-state.ts';
import type { Decided } from '../../trading/domain/transition.ts';
import { connectionFrom } from '../connections.ts';
import { type CommitMark, runTransactionOnce } from '../database/known-commits.ts';
import { writeOrderNews } from '../news/news.ts';
import { intentFrom } from './order-intents.ts';

/** An order that nothing happened to for so long is forgotten; one that works is read again before. */
const KEPT_MS = 400 * 86_400_000;

type Decide<State, Result> = (state: State) => Decided<Result>;

/**
 * Reads the trading ledger and one intent, and writes what `decide` makes of them, as if nobody else existed. A commit whose
 * answer was lost is known again: what it decided is what is answered, so that an order that was let in is sent.
 * @param decide Pure, since it may run several times; what it throws leaves everything as it was.
 */
export function tradingTransaction<Result>(
  db: Firestore,
  connectionId: string,
  intentId: string,
  decide: Decide<TradingState, Result>,
): Promise<Result> {
  return transact(db, connectionId, intentId, decide, async (transaction, { ledger, intent, connection }) => {
    const [registered, known, owned] = await transaction.getAll(ledger, intent, connection);
    return { ...stateOf(connectionId, registered, known), ...allowedBy(owned) };
  });
}

/** As `tradingTransaction`, of an intent whose id was never given before: there is nothing to read of it. */
export function newIntentTransaction<Result>(
  db: Firestore,
  connectionId: string,
  intentId: string,
  decide: Decide<TradingState, Result>,
): Promise<Result> {
  return transact(db, connectionId, intentId, decide, async (transaction, { ledger, connection }) => {
    const [registered, owned] = await transaction.getAll(ledger, connection);
    return { ...stateOf(connectionId, registered), ...allowedBy(owned) };
  });
}

/** A ledger as it was read, and an intent that was written together with it, or so it seems. */
export interface SeenOrder {
  ledger: TradingLedger;
  intent: OrderIntent;
  /** Of the ledger. */
  updateTime: Timestamp;
}

/**
 * As `tradingTransaction`, of what became of an order, which is so whether trading is stopped or not.
 * @param seen What was read of it: nothing is read again where both records are as they were then.
 */
export function reportTransaction<Result>(
  db: Firestore,
  connectionId: string,
  intentId: string,
  decide: Decide<ReportedState, Result>,
  seen: SeenOrder | null = null,
): Promise<Result> {
  const read: Read<ReportedState> = async (transaction, { ledger, intent }) => {
    const [registered, known] = await transaction.getAll(ledger, intent);
    return stateOf(connectionId, registered, known);
  };
  return transact(db, connectionId, intentId, decide, read, seen);
}

type Read<State> = (transaction: Transaction, records: ReturnType<typeof recordsOf>) => Promise<State>;

/**
 * @param read What `decide` has to know, and no more: each record read costs, and may have changed meanwhile.
 * @param seen What it may decide by without reading anything.
 */
function transact<State extends ReportedState, Result>(
  db: Firestore,
  connectionId: string,
  intentId: string,
  decide: Decide<State, Result>,
  read: Read<State>,
  seen: (SeenOrder & State) | null = null,
): Promise<Result> {
  const records = recordsOf(db, connectionId, intentId);
  const run = async (transaction: Transaction, mark: CommitMark) => {
    const before = await read(transaction, records);
    const { ledger, intent, result } = decide(before);
    if (ledger !== before.ledger) transaction.set(records.ledger, ledgerSchema.encode(ledger));
    if (intent !== null && intent !== before.intent) {
      transaction.set(records.intent, storedIntent(intent, mark));
      writeOrderNews(db, transaction, before.intent, intent);
    }
    return result;
  };
  const attempt = (mark: CommitMark) => {
    if (seen === null) return null;
    const { ledger, intent, result } = decide(seen);
    // What is not written is not known to be as it was.
    if (ledger === seen.ledger || intent === null || intent === seen.intent) return null;
    const unchanged = { lastUpdateTime: seen.updateTime };
    const batch = db.batch();
    batch.update(records.ledger, { ...ledgerSchema.encode(ledger) }, unchanged);
    batch.update(records.intent, storedIntent(intent, mark), unchanged);
    writeOrderNews(db, batch, seen.intent, intent);
    return { batch, result };
  };
  return runTransactionOnce(db, records.intent, run, attempt);
}

function storedIntent(intent: OrderIntent, mark: CommitMark) {
  const expireAt = new Date(intent.updatedAt.getTime() + KEPT_MS);
  return { ...intentSchema.encode(intent), expireAt, ...mark };
}

function stateOf(
  connectionId: string,
  registered: DocumentSnapshot | undefined,
  found?: DocumentSnapshot,
): ReportedState {
  const known = found === undefined ? null : intentFrom(found);
  return {
    ledger: ledgerFrom(registered),
    // Nobody acts on another connection's order.
    intent: known?.connectionId === connectionId ? known : null,
    clockAheadMs: Date.now() - (registered?.readTime.toMillis() ?? Date.now()),
  };
}

/** What all orders of a connection share, since when, and whether the owner has turned trading off. */
export async function readLedger(
  db: Firestore,
  connectionId: string,
): Promise<Pick<TradingState, 'ledger' | 'stopped'> & { updateTime: Timestamp | undefined }> {
  const records = recordsOf(db, connectionId);
  const [registered, connection] = await db.getAll(records.ledger, records.connection);
  const updateTime = registered?.updateTime;
  return { ledger: ledgerFrom(registered), stopped: isStopped(connection), updateTime };
}

/** The ledger alone, for who only looks what was asked for before. */
export async function findLedger(db: Firestore, connectionId: string): Promise<TradingLedger> {
  return ledgerFrom(await recordsOf(db, connectionId).ledger.get());
}

/**
 * How long ago anything of the orders of a connection was written down, in ms by storage's clock, and whether the outcome
 * of any is open.
 */
export async function ledgerNews(
  db: Firestore,
  connectionId: string,
): Promise<{ ageMs: number; isAnyOpen: boolean }> {
  const found = await recordsOf(db, connectionId).ledger.get();
  const { readTime, updateTime } = found;
  return {
    ageMs: updateTime === undefined ? Number.POSITIVE_INFINITY : readTime.toMillis() - updateTime.toMillis(),
    isAnyOpen: Object.keys(ledgerFrom(found).open).length > 0,
  };
}

function recordsOf(db: Firestore, connectionId: string, intentId = 'none') {
  return {
    ledger: db.doc(`connections/${connectionId}/trading/register`),
    intent: db.collection('orderIntents').doc(intentId),
    connection: db.doc(`connections/${connectionId}`),
  };
}

function ledgerFrom(snapshot: DocumentSnapshot | undefined): TradingLedger {
  return snapshot?.exists ? ledgerSchema.parse(snapshot.data()) : EMPTY_LEDGER;
}

function allowedBy(owned: DocumentSnapshot | undefined): Pick<TradingState, 'stopped' | 'rules'> {
  const connection = owned && connectionFrom(owned);
  const rules = connection ? { limits: connection.limits, approval: connection.approval } : undefined;
  return { stopped: isStopped(owned), rules };
}

/** A connection that was deleted meanwhile is stopped, too. */
function isStopped(connection: DocumentSnapshot | undefined): boolean {
  return connection?.exists !== true || connection.get('limits.trading') === false;
}
