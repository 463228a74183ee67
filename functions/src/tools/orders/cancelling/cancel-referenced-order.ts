/** How orders are cancelled, for the tools that do it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Order } from '../../../broker/orders/order-answers.ts';
import { readOrder } from '../../../broker/orders/read-order.ts';
import { inWords } from '../../../connections/broker-words.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import { GatewayError } from '../../../errors.ts';
import { findIntent, listIntentsOfOrders } from '../../../store/orders/order-intents.ts';
import type { OrderIntent } from '../../../trading/domain/intent.ts';
import { isAbandoned, isExpired } from '../../../trading/domain/intent-states.ts';
import { intendedOrder } from '../../../trading/domain/order.ts';
import { mayCancelOthers, narrower } from '../../../trading/domain/risk/rules.ts';
import { type Cancellation, cancel } from '../../../trading/engine/cancel.ts';
import { orderIdsOf, recordReport, reportOf, type TradingContext } from '../../../trading/engine/context.ts';
import { refresh } from '../../../trading/engine/reconcile.ts';
import { takeBack, waitUntilSent } from '../../../trading/engine/submit.ts';
import { approvalMode, tradingContext, tradingLimits } from '../../../trading/engine/submit-context.ts';
import type { ReferencedOrder } from '../arguments/order-reference.ts';
import { hasPlaced, isOwn } from '../output/own-orders.ts';
import {
  absentOrderAnswer,
  type CancelOutput,
  cancelledOrder,
  notRequestedError,
  otherCancellations,
  othersOrderError,
  outcomeUnknownError,
  waitsForOtherAppError,
} from './cancel-output.ts';

/** For learning what kind of instrument an order from elsewhere is for; the request to cancel does not wait longer. */
const LOOK_TAKES_MS = 4_000;
/** How often an order may go on from one state to the next while it is being taken back. */
const MOVES_AT_MOST = 3;

/** Cancels the order that is meant, wherever it has come to: what waits is taken back, what is on its way waited for. */
export async function cancelReferencedOrder(
  context: ToolContext,
  meant: ReferencedOrder,
): Promise<CancelOutput> {
  // Of an order that IBKR gave an id to, nothing else has to be known.
  if (meant.isByOrderId || meant.intent === null) return cancelAtIbkr(context, meant);
  const intent = await takeBackOrAwait(context, meant.intent);
  const ids = idsAtIbkr(intent);
  if (ids.length === 0) return absentOrderAnswer(context, intent);
  return cancelEach(context, { ...meant, intent }, ids);
}

/** Cancels each order of an intent: what keeps one of a pair from being cancelled does not keep the other. */
async function cancelEach(
  context: ToolContext,
  meant: ReferencedOrder,
  ids: readonly string[],
): Promise<CancelOutput> {
  const cancelled: CancelOutput[] = [];
  const failed: { orderId: string; failure: GatewayError }[] = [];
  for (const orderId of ids) {
    try {
      cancelled.push(await cancelAtIbkr(context, { ...meant, orderId }));
    } catch (caught) {
      const failure = inWords(caught);
      if (!(failure instanceof GatewayError)) throw failure;
      failed.push({ orderId, failure });
    }
  }
  const [first, ...others] = cancelled;
  if (first === undefined) throw failed[0]?.failure;
  return ids.length === 1 ? first : { ...first, others: otherCancellations(others, failed) };
}

/** IBKR's ids of the orders that an intent is about; none when IBKR does not have them. */
function idsAtIbkr(intent: OrderIntent): string[] {
  const { modifies } = intendedOrder(intent);
  if (intent.state === 'not_placed') return [];
  // IBKR holds some of the orders that it refuses, and may let them go on.
  if (intent.state === 'rejected') return modifies === undefined ? orderIdsOf(intent) : [];
  return modifies === undefined ? orderIdsOf(intent) : [modifies];
}

/**
 * Takes an order back that waits; what is on its way is waited for.
 * @returns the intent, which is at IBKR or never comes there.
 * @throws {GatewayError} `order_state_unknown` while that is not known, `order_not_cancellable` for another app's.
 */
async function takeBackOrAwait(context: ToolContext, known: OrderIntent): Promise<OrderIntent> {
  const trading = tradingContext(context);
  let intent = known;
  for (let moves = 0; moves < MOVES_AT_MOST; moves++) {
    if (intent.state === 'sending') intent = await waitUntilSent(trading, intent);
    const now = new Date();
    const isOutcomeOpen = isAbandoned(intent, now) || intent.absentSince !== null;
    if (isExpired(intent, now) || isOutcomeOpen) intent = await refresh(trading, intent);
    if (intent.state !== 'awaiting_approval' && intent.state !== 'needs_reply') break;
    if (!isOwn(context, intent) && context.app.source !== 'console') throw waitsForOtherAppError(intent);
    try {
      return await takeBack(trading, intent, context.app.name);
    } catch (caught) {
      const error = inWords(caught);
      // Somebody said yes or no to it in the meantime.
      if (!(error instanceof GatewayError) || error.code !== 'approval_expired') throw error;
      intent = (await findIntent(trading.db, trading.connectionId, intent.id)) ?? intent;
    }
  }
  if (intent.state === 'sending' || intent.state === 'unknown') throw outcomeUnknownError(intent);
  return intent;
}

async function cancelAtIbkr(context: ToolContext, meant: ReferencedOrder) {
  const { accountId, intent, listed } = meant;
  const orderId = meant.orderId ?? '';
  const trading = tradingContext(context);
  const ask = async () => {
    await checkOthers(context, { accountId, orderId, listed });
    return cancel(trading, { accountId, orderId, secType: await secTypeOf(context, meant) });
  };
  const cancellation = await ask().catch((failure: unknown) => {
    const error = inWords(failure);
    throw error instanceof GatewayError ? notRequestedError(error, accountId, orderId) : error;
  });
  const known = meant.intents ?? (await listIntentsOfOrders(trading.db, trading.connectionId, [orderId]));
  const intents = await recordCancellation(trading, orderId, known, cancellation);
  return cancelledOrder(context, { accountId, orderId, intent, intents }, cancellation);
}

/**
 * The owner cancels whatever there is, in the console.
 * @throws {GatewayError} `limit_exceeded` for an order that the app did not place, where it may cancel only its own.
 */
async function checkOthers(context: ToolContext, order: Parameters<typeof hasPlaced>[1]): Promise<void> {
  const limits = tradingLimits(context);
  if (context.app.source === 'console' || mayCancelOthers(limits, approvalMode(context))) return;
  if (await hasPlaced(context, order)) return;
  throw othersOrderError(narrower(limits.connection, limits.app).othersOrders === false);
}

/** What kind of instrument an order is for; null where nothing tells it soon. */
async function secTypeOf({ ibkr }: ToolContext, { accountId, orderId, intent, listed }: ReferencedOrder) {
  if (intent !== null) {
    const { contract } = intendedOrder(intent);
    return (contract.legs?.[0] ?? contract).secType;
  }
  if (listed !== null) return listed.secType;
  const read = readOrder(ibkr, accountId, orderId ?? '').catch((error: unknown) => {
    if (!(inWords(error) instanceof GatewayError)) throw error;
    return null;
  });
  const order = await Promise.race([read, delay(LOOK_TAKES_MS, null, { ref: false })]);
  return order?.secType ?? null;
}

/** Writes down what the cancellation made of the intents about the order. @returns them as they are then. */
async function recordCancellation(
  trading: TradingContext,
  orderId: string,
  intents: readonly OrderIntent[],
  { order, request }: Cancellation,
): Promise<OrderIntent[]> {
  const settled = [];
  for (const intent of intents) {
    if (order === null && request.kind !== 'refused') settled.push(intent);
    else settled.push(await bringUpToDate(trading, intent, orderId, order));
  }
  return settled;
}

function bringUpToDate(
  trading: TradingContext,
  intent: OrderIntent,
  orderId: string,
  order: Order | null,
): Promise<OrderIntent> | OrderIntent {
  // An exit says nothing about its entry.
  if (intent.exitOrderIds.includes(orderId)) return intent;
  const isAlone = orderIdsOf(intent).length === 1;
  if (order !== null && isAlone && intent.state === 'working')
    return recordReport(trading, intent.id, reportOf(order));
  return refresh(trading, intent);
}
