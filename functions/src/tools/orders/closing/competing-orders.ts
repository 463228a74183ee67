/** What has to go before a position is closed: the app's own open orders on it, which might trade what is gone by then. */
import { inWords } from '../../../connections/broker-words.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import type { CancelledOrder } from '../../../contract/tool-outputs/orders.ts';
import { GatewayError } from '../../../errors.ts';
import { readLedger } from '../../../store/orders/trading-ledger.ts';
import { heldOn, unresolvedOn } from '../../../trading/domain/ledger.ts';
import { assertWithinLimits } from '../../../trading/domain/risk/check-order.ts';
import { blockedError, heldOrderError } from '../../../trading/domain/transition-errors.ts';
import { lookAtAccount } from '../../../trading/engine/risk-inputs.ts';
import { tradingLimits } from '../../../trading/engine/submit-context.ts';
import type { OrderForAccount } from '../arguments/order-for-account.ts';
import type { ReferencedOrder } from '../arguments/order-reference.ts';
import { cancelReferencedOrder } from '../cancelling/cancel-referenced-order.ts';
import { pickOwnOrders } from '../cancelling/own-open-orders.ts';
import { type LedgerAndLook, type OrderReview, reviewOrder } from '../order-review.ts';
import { describeListedOrder } from '../output/told-order.ts';

/** An order that closes a position, as it may be sent. */
export interface Cleared {
  review: OrderReview;
  seen: LedgerAndLook;
  /** What was cancelled before it. */
  cancelled: CancelledOrder[];
}

/** The ledger first, then orders, then positions: in this order nothing that fills in between is missed. */
export async function lookAtAccountNow(context: ToolContext, accountId: string): Promise<LedgerAndLook> {
  const state = await readLedger(context.db, context.connection.id);
  return { state, look: await lookAtAccount(context.ibkr, accountId) };
}

/**
 * Cancels what has to go before a position is closed. Nothing is cancelled for an order that would not be sent.
 * @param duplicateMeant Whether it is meant beside an order that IBKR holds.
 * @returns what it is judged by after that.
 * @throws {GatewayError} when the order may not be sent, or one of those is not certainly gone.
 */
export async function cancelCompetingOrders(
  context: ToolContext,
  proposed: OrderForAccount,
  { seen, duplicateMeant = true }: { seen?: LedgerAndLook; duplicateMeant?: boolean } = {},
): Promise<Cleared> {
  const { accountId } = proposed.order;
  const before = seen ?? (await lookAtAccountNow(context, accountId));
  const { review, own } = await reviewClosing(context, proposed, before);
  await assertMayClose(context, proposed, review, duplicateMeant);
  if (own.length === 0) return { review, seen: before, cancelled: [] };
  const cancelled = await cancelFirst(context, own);
  try {
    const after = await lookAtAccountNow(context, accountId);
    const again = await reviewClosing(context, proposed, after);
    if (again.own.length > 0) throw notGoneError(again.own.map(({ orderId }) => orderId ?? ''));
    return { review: again.review, seen: after, cancelled };
  } catch (caught) {
    throw addCancelled(caught, cancelled);
  }
}

/** What an order that closes a position is judged by, as though the orders that go first had gone; and those. */
export async function reviewClosing(
  context: ToolContext,
  proposed: OrderForAccount,
  seen: LedgerAndLook,
): Promise<{ review: OrderReview; own: ReferencedOrder[] }> {
  const { accountId, contract } = proposed.order;
  const own = await pickOwnOrders(context, accountId, seen.look.orders, contract.conid);
  const without = own.map(({ orderId }) => orderId ?? '');
  return { review: await reviewOrder(context, proposed, { ...seen, without }), own };
}

/** @throws {GatewayError} `limit_exceeded`, `not_placed`, `order_state_unknown`, `possible_duplicate`. */
export async function assertMayClose(
  context: ToolContext,
  { order: { contract } }: OrderForAccount,
  review: OrderReview,
  duplicateMeant: boolean,
): Promise<void> {
  const { inputs } = review;
  const state = await review.state();
  const now = new Date();
  const blocking = unresolvedOn(state.ledger, contract.conid, now);
  if (blocking !== null) throw blockedError(blocking);
  const held = duplicateMeant ? null : heldOn(state.ledger, contract.conid, now);
  if (held !== null) throw heldOrderError(held, null);
  assertWithinLimits(state, { id: '', app: context.app }, { inputs, limits: tradingLimits(context) }, now);
}

async function cancelFirst(context: ToolContext, own: readonly ReferencedOrder[]): Promise<CancelledOrder[]> {
  const cancelled: CancelledOrder[] = [];
  for (const meant of own) {
    const order = meant.listed === null ? '' : await describeListedOrder(context, meant.listed);
    try {
      const { state, outcome, message, order_id } = await cancelReferencedOrder(context, meant);
      cancelled.push({ order_id, intent_id: meant.intent?.id ?? null, order, state, outcome, message });
      if (outcome !== 'cancelled' && outcome !== 'filled') throw notGoneError([meant.orderId ?? '']);
    } catch (caught) {
      throw addCancelled(caught, cancelled);
    }
  }
  return cancelled;
}

function notGoneError(orderIds: readonly string[]): GatewayError {
  return new GatewayError(
    'not_placed',
    `Order ${orderIds.join(', ')} has to be cancelled before the position is closed, and is not certainly gone yet.`,
    'Nothing was sent to close it. Close it again, if that is still wanted, once get_orders no longer lists the order as open.',
  );
}

/** A failure after orders were cancelled says which: they may have been what kept a loss in bounds. */
export function addCancelled(caught: unknown, cancelled: readonly CancelledOrder[]): unknown {
  const error = inWords(caught);
  if (!(error instanceof GatewayError) || cancelled.length === 0) return error;
  const { code, message, hint, retryAfter, details } = error;
  const ids = cancelled.map(({ order_id }) => order_id).join(', ');
  return new GatewayError(code, `${message} Cancelled before that: order ${ids}.`, hint, {
    cause: error.cause,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    details: { ...details, cancelled: [...cancelled] },
  });
}
