/** Finds out what became of an order whose answer was lost. Looks only; never sends anything. */
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import { findOrderByClientId } from '../ibkr/order-lookup.ts';
import { getOrderStatus, type Order } from '../ibkr/orders.ts';
import { type OrderIntent, type TradingState, tradingTransaction } from '../store/order-intents.ts';
import { type Decided, isAbandoned, isExpired, isFinal, settle } from './decisions.ts';
import { type Desk, fateOf, write } from './desk.ts';
import { intendedOrder } from './proposed-order.ts';

/**
 * IBKR cuts calls off after about ten seconds (Web API documentation): this long after an order was sent, it has
 * either arrived or never will.
 */
const ARRIVES_WITHIN_MS = 15_000;
/** Left of a call's time for the answer. */
const MARGIN_MS = 4_000;

/**
 * Looks an order up by the name we gave it. Found: its true state. Absent, and long enough after sending: not placed.
 * Otherwise it stays unknown, and the next call or the schedule looks again.
 */
export async function reconcile(desk: Desk, intent: OrderIntent): Promise<OrderIntent> {
  const settled = await look(desk, intent);
  if (settled.state !== 'unknown') return settled;
  const wait = arrivedBy(settled) - Date.now();
  if (wait <= 0 || Date.now() + wait + MARGIN_MS > desk.ibkr.deadline) return settled;
  await delay(wait);
  return look(desk, settled);
}

async function look(desk: Desk, intent: OrderIntent): Promise<OrderIntent> {
  const mayStillArrive = Date.now() < arrivedBy(intent);
  try {
    const order = await orderOf(desk, intent);
    if (order !== null) return await write(desk, intent.id, { ...fateOf(order), reconciled: true });
    if (mayStillArrive) return intent;
    return await write(desk, intent.id, {
      state: 'not_placed',
      note: 'IBKR has no such order',
      reason: intent.reason ?? 'The answer was lost, and IBKR has no such order.',
      reconciled: true,
    });
  } catch (error) {
    if (error instanceof GatewayError) return intent;
    throw error;
  }
}

/** What IBKR has of an intent: the order of its name, or the order it changed if that looks as it should; else null. */
async function orderOf({ ibkr }: Desk, intent: OrderIntent): Promise<Order | null> {
  const { accountId, ticket, modifies } = intendedOrder(intent);
  if (modifies !== undefined) {
    const order = await getOrderStatus(ibkr, modifies);
    const isChanged =
      order.quantity === ticket.quantity &&
      order.limitPrice === (ticket.limitPrice ?? null) &&
      order.stopPrice === (ticket.stopPrice ?? null);
    return isChanged ? order : null;
  }
  const lookup = await findOrderByClientId(ibkr, accountId, intent.cOID, ticket);
  return lookup.kind === 'found' ? lookup.order : null;
}

function arrivedBy({ sentAt, updatedAt }: OrderIntent): number {
  return (sentAt ?? updatedAt).getTime() + ARRIVES_WITHIN_MS;
}

/** Brings an intent up to date with IBKR: what was abandoned is looked up, what works is read. */
export async function refresh(desk: Desk, intent: OrderIntent): Promise<OrderIntent> {
  if (isFinal(intent.state)) return intent;
  if (isExpired(intent, new Date())) {
    const reason = 'Nobody said yes in time.';
    return write(desk, intent.id, { state: 'not_placed', note: 'the time for a yes is over', reason });
  }
  if (isAbandoned(intent, new Date())) {
    return reconcile(desk, await tradingTransaction(desk.db, desk.connectionId, intent.id, abandon));
  }
  if (intent.state !== 'working' || intent.ibkrOrderId === null) return intent;
  try {
    return await write(desk, intent.id, fateOf(await getOrderStatus(desk.ibkr, intent.ibkrOrderId)));
  } catch (error) {
    if (error instanceof GatewayError) return intent;
    throw error;
  }
}

/** Calls the fate of an intent unknown whose process has ended without a word. */
function abandon(state: TradingState): Decided<OrderIntent> {
  const { register, intent } = state;
  const now = new Date();
  if (intent === null || intent.state === 'unknown' || !isAbandoned(intent, now)) {
    return { register, intent, result: intent as OrderIntent };
  }
  return settle(state, { state: 'unknown', note: 'no word from the process that sent it' }, now);
}
