import { z } from 'zod';
import type { Order } from '../../broker/orders/order-answers.ts';
import { findOrderById } from '../../broker/orders/order-lookup.ts';
import { readOrder } from '../../broker/orders/read-order.ts';
import { inWords } from '../../connections/broker-words.ts';
import type { ToolContext } from '../../connections/call-context.ts';
import { ORDER_STATES } from '../../contract/orders/order-states.ts';
import { clientOrderIdOutput, orderOutput, waitingFields } from '../../contract/tool-outputs/orders.ts';
import { accountModeOutput } from '../../contract/tool-outputs/parts.ts';
import { GatewayError } from '../../errors.ts';
import { listIntentsOfOrders } from '../../store/orders/order-intents.ts';
import type { OrderIntent } from '../../trading/domain/intent.ts';
import { isFinal, isWaiting } from '../../trading/domain/intent-states.ts';
import { intendedOrder } from '../../trading/domain/order.ts';
import { recordReport, reportOf, type TradingContext } from '../../trading/engine/context.ts';
import {
  entryAmong,
  type OrderOrigin,
  originAmong,
  originsOf,
  otherOfPair,
  tellingAmong,
} from '../../trading/engine/order-origin.ts';
import { isAtIbkr, refresh, refreshWorking } from '../../trading/engine/reconcile.ts';
import { recordedOrder, recordedState } from '../../trading/engine/recorded-order.ts';
import { tradingContext } from '../../trading/engine/submit-context.ts';
import {
  findReferencedOrder,
  notListedError,
  type OrderReference,
  orderIdIn,
  type ReferencedOrder,
} from './arguments/order-reference.ts';
import { exitsOutput, shownExits } from './output/exits-output.ts';
import { intentResult, ocaOrderIdOutput } from './output/intent-output.ts';
import { shownOrder } from './output/order-output.ts';
import { waitingResult } from './output/waiting-output.ts';

/** What tools tell of one order. */
export const orderStatusOutput = orderOutput.partial().extend({
  order_id: z.string().nullable(),
  client_order_id: clientOrderIdOutput,
  order: z.string().describe('In words.'),
  account_id: z.string(),
  mode: accountModeOutput,
  state: z
    .enum([...ORDER_STATES, 'awaiting_approval', 'needs_reply'])
    .describe('awaiting_approval, needs_reply: not at IBKR, see next_step.'),
  ...waitingFields,
  oca_order_id: ocaOrderIdOutput,
  pair_filled_quantity: z.number().nullish().describe('What both orders of a pair have filled.'),
  exits: exitsOutput,
  as_of: z
    .string()
    .nullish()
    .describe(
      'null: now, by IBKR. Else IBKR no longer has the order, and this is what was known of it then.',
    ),
  reason: z.string().nullish().describe('Why the order ended, where IBKR no longer has it.'),
});
export type OrderStatus = z.output<typeof orderStatusOutput>;

/** How the order stands that a call means: at IBKR, or waiting for a yes or an answer. */
export async function readOrderStatus(reference: OrderReference, context: ToolContext): Promise<OrderStatus> {
  const meant = await findReferencedOrder(context, reference);
  if (meant.intent === null) return statusFromElsewhere(context, meant);
  if (meant.isByOrderId) return statusOf(context, meant.intent, meant.orderId ?? '');
  const intent = await bringUpToDate(context, meant.intent);
  if (isWaiting(intent)) return waitingResult(intent, context);
  // Says why there is no such order.
  intentResult(intent, context);
  const orderId = orderIdIn(intent) ?? '';
  const status = await statusOf(context, intent, orderId);
  const other = otherOfPair(intent, orderId);
  if (other === null) return status;
  // What works may still fill, whatever the other one came to.
  const isOtherLeft = status.state === 'cancelled' && intent.state === 'working';
  const told = isOtherLeft ? await statusOf(context, intent, other) : status;
  return {
    ...told,
    oca_order_id: isOtherLeft ? orderId : other,
    pair_filled_quantity: intent.filledQuantity,
  };
}

async function showOrder(context: ToolContext, ...order: [Order, OrderOrigin | null]) {
  return { ...(await shownOrder(context, ...order)), mode: context.connection.mode };
}

/**
 * An intent whose order works alone is brought up to date by reading that order; of a pair both are read, which says
 * whose turn it is to be told; the others are looked up.
 */
function bringUpToDate(context: ToolContext, intent: OrderIntent): Promise<OrderIntent> | OrderIntent {
  if (!isAtIbkr(intent)) return refresh(tradingContext(context), intent);
  return intent.ocaOrderId === null ? intent : refreshWorking(tradingContext(context), intent);
}

async function statusFromElsewhere(
  context: ToolContext,
  { accountId, orderId, listed }: ReferencedOrder,
): Promise<OrderStatus> {
  const order =
    listed ??
    (await readOrder(context.ibkr, accountId, orderId ?? '').catch((failure: unknown) => {
      const error = inWords(failure);
      const isNowhere = error instanceof GatewayError && error.code === 'not_found';
      throw isNowhere ? notListedError(orderId ?? '', [accountId]) : error;
    }));
  // Exits of an order whose answer was lost are known by its id alone.
  const [origin = null] = await originsOf(context.db, context.connection.id, [order]);
  return { ...(await showOrder(context, order, origin)), as_of: null, reason: null };
}

/** IBKR's word while it has the order; else what became of it, which is written down. */
async function statusOf(context: ToolContext, intent: OrderIntent, orderId: string): Promise<OrderStatus> {
  const intents = await listIntentsAbout(context, intent, orderId);
  const order = await readAtIbkr(context, intents, orderId);
  if (order === null) return statusOfGone(context, intents, orderId);
  await recordRead(tradingContext(context), intents, order);
  return {
    ...(await showOrder(context, order, originAmong(intents, order))),
    ...(await shownExits(context, entryAmong(intents, orderId))),
    as_of: null,
    reason: null,
  };
}

async function listIntentsAbout(
  { db, connection }: ToolContext,
  intent: OrderIntent,
  orderId: string,
): Promise<OrderIntent[]> {
  const intents = await listIntentsOfOrders(db, connection.id, [orderId]);
  // One whose answer was lost may not have its order's id yet.
  return intents.some(({ id }) => id === intent.id) ? intents : [intent, ...intents];
}

/** The order as IBKR has it; null where IBKR has nothing more of it, or cannot be asked about one that is over. */
async function readAtIbkr(
  { ibkr }: ToolContext,
  intents: readonly OrderIntent[],
  orderId: string,
): Promise<Order | null> {
  const [first] = intents;
  if (first === undefined) return null;
  try {
    return await readOrder(ibkr, intendedOrder(first).accountId, orderId);
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    const telling = tellingAmong(intents, orderId);
    if (error.code === 'not_found' || (telling !== null && isFinal(telling.state))) return null;
    throw error;
  }
}

/** Writes down what was read of an order, where that is all there is to say of an intent. */
async function recordRead(
  trading: TradingContext,
  intents: readonly OrderIntent[],
  order: Order,
): Promise<void> {
  for (const intent of intents) {
    const isAlone = intent.ibkrOrderId === order.orderId && intent.ocaOrderId === null;
    if (isAlone && intent.state === 'working') await recordReport(trading, intent.id, reportOf(order));
  }
}

/** An order that IBKR has in no list any more: executed, or ended without. */
async function statusOfGone(
  context: ToolContext,
  known: readonly OrderIntent[],
  orderId: string,
): Promise<OrderStatus> {
  const exitOf = known.find(({ exitOrderIds }) => exitOrderIds.includes(orderId));
  if (exitOf !== undefined) return statusOfGoneExit(context, exitOf, orderId);
  const trading = tradingContext(context);
  const intents = await Promise.all(known.map((intent) => refresh(trading, intent)));
  const telling = tellingAmong(intents, orderId) ?? intents[0];
  if (telling === undefined) throw new Error('An order of no intent.');
  const knownBy = { orderId, orderType: '', parentOrderId: null, clientOrderId: null };
  const origin = originAmong(intents, knownBy);
  const order = recordedOrder(telling, origin, orderId);
  return {
    ...(await showOrder(context, order, origin)),
    state: recordedState(telling, orderId),
    as_of: telling.updatedAt.toISOString(),
    reason: telling.reason,
  };
}

/** What executions tell of an exit: its entry's intent tells of the entry alone. */
async function statusOfGoneExit(
  context: ToolContext,
  entry: OrderIntent,
  orderId: string,
): Promise<OrderStatus> {
  const { accountId } = intendedOrder(entry);
  const found = await findOrderById(context.ibkr, accountId, orderId);
  const knownBy = { orderId, orderType: '', parentOrderId: entry.ibkrOrderId, clientOrderId: null };
  const origin = originAmong([entry], found.kind === 'absent' ? knownBy : found.order);
  if (found.kind !== 'absent') {
    const order = { ...found.order, orderId };
    return { ...(await showOrder(context, order, origin)), as_of: null, reason: null };
  }
  const order = {
    ...recordedOrder(entry, origin, orderId),
    filledQuantity: 0,
    averagePrice: null,
    status: '',
  };
  return {
    ...(await showOrder(context, { ...order, remainingQuantity: order.quantity }, origin)),
    state: 'cancelled',
    as_of: null,
    reason: 'IBKR no longer lists this exit, and tells of no execution of it in the last seven days.',
  };
}
