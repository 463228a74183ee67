/** One task: finds out what became of connections' orders that nobody asked about, and finishes a panic. */
import { createHash } from 'node:crypto';
import type { IbkrClient } from '../broker/session/client.ts';
import { inWords } from '../connections/broker-words.ts';
import { type IbkrAccess, ibkrClient } from '../connections/pool.ts';
import { orderWords } from '../contract/orders/order-sentence.ts';
import { GatewayError } from '../errors.ts';
import * as logger from '../http/logging/logger.ts';
import type { AuditStorage } from '../store/audit-chain/audit-keys.ts';
import { type Connection, readConnection } from '../store/connections.ts';
import { connectionsWithWatches } from '../store/news/price-watches.ts';
import {
  connectionsWithDueIntents,
  listDueIntents,
  postponeIntents,
  takeDueIntents,
} from '../store/orders/order-intents.ts';
import { connectionsInPanic, reopenPanic } from '../store/orders/panics.ts';
import { tradingTransaction } from '../store/orders/trading-ledger.ts';
import type { OrderIntent } from '../trading/domain/intent.ts';
import { isFinal } from '../trading/domain/intent-states.ts';
import { intendedOrder } from '../trading/domain/order.ts';
import { unschedule } from '../trading/domain/reports.ts';
import type { TradingContext } from '../trading/engine/context.ts';
import { noteFillTime } from '../trading/engine/fill-time.ts';
import { refresh } from '../trading/engine/reconcile.ts';
import { listedAsKnown, WORTH_A_LIST } from '../trading/engine/working-orders.ts';
import { cancelAllOrders } from '../trading/kill-switch/kill-switch.ts';
import { type Enqueue, partsOf } from './schedule.ts';
import { recordBySchedule } from './schedule-acts.ts';

/** Orders that are due, and stops, of which one run hears; the next one goes on. */
const MOST_A_RUN = 2_000;
/** What could not be looked after is due again at the next run. */
const AGAIN_MS = 20_000;
/** Tasks are spread over this time, so that IBKR does not see all looks at once; each connection has its second of it. */
const SPREAD_SECONDS = 15;
/** Nothing more is begun after so long: a function ends after 60 s, and one look may take 22 of them. */
const WORKS_FOR_MS = 35_000;
/** A run of a stop may take what the function has, but for what the orders take that are due. */
const STOP_BUDGET_MS = 40_000;

/**
 * Has the orders looked after that are due, stops gone on with, and prices looked at that apps have watched.
 * @returns of how many connections.
 * @throws what the first of the tasks failed with that could not be enqueued; the others are.
 */
export async function enqueueOrderUpkeep(
  { db }: Pick<IbkrAccess, 'db'>,
  now: Date,
  enqueue: Enqueue,
): Promise<number> {
  const [due, inPanic, watched] = await Promise.all([
    connectionsWithDueIntents(db, now, MOST_A_RUN),
    connectionsInPanic(db, MOST_A_RUN),
    connectionsWithWatches(db, now),
  ]);
  const connections = new Set([...due.connectionIds, ...inPanic, ...watched]);
  if (due.isCut || inPanic.length === MOST_A_RUN) {
    logger.log('order_upkeep_continues', {
      connections: connections.size,
    });
  }
  const enqueued = await Promise.allSettled(
    [...Map.groupBy(connections, secondOf)].flatMap(([second, ids]) =>
      partsOf(ids).map((connectionIds) => enqueue({ connectionIds }, second)),
    ),
  );
  const failed = enqueued.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return connections.size;
}

/** By then an order whose answer was lost has been looked for several times. */
const UNKNOWN_TOO_LONG_MINUTES = 5;

/** The same in every run, so that a connection is looked after once a minute. */
function secondOf(connectionId: string): number {
  return createHash('sha256').update(connectionId).digest().readUInt32BE() % SPREAD_SECONDS;
}

/** Looks after the orders of these connections, side by side. What fails for one is logged and keeps no other back. */
export async function keepAllOrders(
  access: IbkrAccess & AuditStorage,
  connectionIds: readonly string[],
  now: Date,
): Promise<void> {
  await Promise.all(
    connectionIds.map((connectionId) =>
      keepOrders(access, connectionId, now).catch((error: unknown) => {
        logger.log('order_upkeep_failed', { connectionId, error });
      }),
    ),
  );
}

/**
 * Goes on with a panic, then looks after what is due. What fails is tried again at the next run; what changed is in the
 * audit.
 */
export async function keepOrders(
  access: IbkrAccess & AuditStorage,
  connectionId: string,
  now: Date,
): Promise<void> {
  const { db } = access;
  const connection = await readConnection(db, connectionId);
  if (connection === null) {
    await takeDueIntents(db, connectionId, now, null);
    return;
  }
  const { panic } = connection;
  if (panic?.retrying === true) {
    await attempt(access, connection, (ibkr) => continueStop(access, connection, ibkr), STOP_BUDGET_MS);
  }
  const until = Date.now() + WORKS_FOR_MS;
  const again = new Date(now.getTime() + AGAIN_MS);
  const due = await listDueIntents(db, connectionId, now);
  if (due.length >= WORTH_A_LIST) {
    await attempt(access, connection, async (ibkr) => {
      await postponeIntents(db, await listedAsKnown(ibkr, due, now), again);
    });
  }
  while (Date.now() < until) {
    // One after the other, so that what this run does not come to stays due, before what it tried in vain.
    const [intent] = await takeDueIntents(db, connectionId, now, again, 1);
    if (intent === undefined) break;
    const minutes = Math.floor((now.getTime() - intent.createdAt.getTime()) / 60_000);
    if (intent.state === 'unknown' && minutes >= UNKNOWN_TOO_LONG_MINUTES)
      logger.log('order_unknown', { intentId: intent.id, connectionId, minutes });
    await attempt(access, connection, async (ibkr) => {
      const trading: TradingContext = { db, ibkr, connectionId, acceptedWarnings: [] };
      const { id, state } = await lookAfter(trading, intent);
      logger.log('order_looked_after', { intentId: id, state });
      if (state === intent.state) return;
      const found = { at: new Date(), connection, intentId: id };
      const order = orderWords(intendedOrder(intent));
      const args = { order, from: intent.state, to: state };
      await recordBySchedule(access, { ...found, act: 'order.find', args });
      // It turned up after the stop was over.
      if (panic?.retrying !== false || state !== 'working') return;
      await reopenPanic(db, connectionId);
      await recordBySchedule(access, { ...found, act: 'stop.reopen', args: { order } });
    });
  }
}

/** One run of a stop. Of those that find nothing to ask IBKR for, only the last is recorded. */
async function continueStop(
  access: IbkrAccess & AuditStorage,
  connection: Connection,
  ibkr: IbkrClient,
): Promise<void> {
  const at = new Date();
  const { asked, remaining, accountsLeft, retrying } = await cancelAllOrders(access.db, connection.id, ibkr);
  const isOver = !retrying && remaining === 0;
  if (asked.length === 0 && !isOver) return;
  const args = { asked, remaining, accountsLeft, isOver };
  await recordBySchedule(access, { at, connection, act: 'stop.continue', args });
}

function lookAfter(trading: TradingContext, intent: OrderIntent): Promise<OrderIntent> {
  if (intent.state === 'filled' && intent.filledAt === null) return noteFillTime(trading, intent);
  if (!isFinal(intent.state) || intent.absentSince !== null) return refresh(trading, intent);
  return tradingTransaction(trading.db, trading.connectionId, intent.id, unschedule);
}

/** Does one thing, with a call's time of its own. What fails keeps nothing else from being done. */
async function attempt(
  access: IbkrAccess,
  connection: Connection,
  act: (ibkr: IbkrClient) => Promise<unknown>,
  budgetMs?: number,
): Promise<void> {
  try {
    await act(await ibkrClient(access, connection, budgetMs));
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) logger.log('order_upkeep_failed', error);
    else logger.log('orders_not_looked_after', { connectionId: connection.id, code: error.code });
  }
}
