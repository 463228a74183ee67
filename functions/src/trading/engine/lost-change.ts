/** Whether a change of a working order was made whose answer was lost, by what IBKR shows of the order. */

import type { Order } from '../../broker/orders/order-answers.ts';
import type { OrderTicket } from '../../broker/orders/orders.ts';
import { listIntentsOfOrders } from '../../store/orders/order-intents.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { intendedOrder, isChange, type ProposedOrder } from '../domain/order.ts';
import type { TradingContext } from './context.ts';

const NOT_SHOWN =
  'no answer came, and IBKR does not show how far a working order trails, nor until when it is open.';
const TAKEN_FROM =
  'no answer came, and IBKR takes what the other order of its group fills from its quantity, which tells nothing then.';
const UNTOLD: readonly (string | null)[] = [NOT_SHOWN, TAKEN_FROM];

type Quantity = Pick<OrderTicket, 'quantity'>;

/** Whether the change was made, or why nobody can tell. */
export async function traceOfChange(
  trading: TradingContext,
  order: Order,
  intent: OrderIntent,
  ticket: OrderTicket,
): Promise<{ isMade: boolean } | { untold: string }> {
  const { changes = [] } = intendedOrder(intent);
  if (!hasTermsOf(order, ticket, changes)) return { isMade: false };
  const isMade = await hasQuantityOf(trading, order, ticket);
  if (isMade === null) return { untold: TAKEN_FROM };
  return isMade && changes.some((one) => one !== 'tif') ? { untold: NOT_SHOWN } : { isMade };
}

/** Whether nobody can tell if a change was made. */
export function isUntold({ state, reason }: Pick<OrderIntent, 'state' | 'reason'>): boolean {
  return state === 'not_placed' && UNTOLD.includes(reason);
}

/** What the last change of an order that IBKR took made of it; undefined: it took none. */
export function latestChange(intents: readonly OrderIntent[], orderId: string): Quantity | undefined {
  return intents
    .filter(({ state }) => state === 'working' || state === 'filled' || state === 'cancelled')
    .map(intendedOrder)
    .findLast(({ modifies }) => modifies === orderId)?.ticket;
}

/** Whether an order looks as the change of it should have made it, but for its quantity and prices that trail the market. */
function hasTermsOf(
  order: Order,
  ticket: OrderTicket,
  changes: NonNullable<ProposedOrder['changes']>,
): boolean {
  const isTrailing = ticket.orderType.startsWith('TRAIL');
  return (
    (!changes.includes('tif') || order.tif === ticket.tif) &&
    (isTrailing || order.limitPrice === (ticket.limitPrice ?? null)) &&
    (isTrailing || order.stopPrice === (ticket.stopPrice ?? null))
  );
}

/**
 * The same of its quantity; null: that cannot be told. IBKR takes from an order what another one of its group fills, so
 * that it may be of less than was asked for.
 */
async function hasQuantityOf(
  trading: TradingContext,
  order: Order,
  { quantity: asked }: Quantity,
): Promise<boolean | null> {
  if (asked === undefined || order.quantity >= asked) return order.quantity === asked;
  const before = await quantityInGroup(trading, order);
  if (before === null || order.quantity === before) return false;
  return order.quantity > before || null;
}

/** How much an order of a group was of, by the last change that IBKR took; null: as far as is known it is of no group. */
async function quantityInGroup(
  { db, connectionId }: TradingContext,
  { orderId, parentOrderId }: Order,
): Promise<number | null> {
  const intents = await listIntentsOfOrders(db, connectionId, [orderId, parentOrderId ?? orderId]);
  const placed = intents.find((intent) => !isChange(intent));
  if (placed === undefined) return null;
  const { ticket, oca } = intendedOrder(placed);
  if (parentOrderId === null && oca === undefined) return null;
  const terms = latestChange(intents, orderId) ?? (orderId === placed.ocaOrderId ? oca : ticket);
  return terms?.quantity ?? null;
}
