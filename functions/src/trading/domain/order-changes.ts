/** What a change makes of a working order. */
import type { Order } from '../../broker/orders/order-answers.ts';
import type { ProposedOrder } from './order.ts';

type Ticket = ProposedOrder['ticket'];

/**
 * The order as it is until it is changed, in the terms of the change. How far it trailed until then IBKR does not tell:
 * where that changes, it counts as nothing.
 */
export function ticketBefore(
  { ticket, changes = [] }: Pick<ProposedOrder, 'ticket' | 'changes'>,
  { quantity, limitPrice, stopPrice }: Order,
): Ticket {
  const before = {
    ...ticket,
    quantity,
    limitPrice: limitPrice ?? undefined,
    stopPrice: stopPrice ?? undefined,
  };
  return changes.includes('trail')
    ? { ...before, trailingAmount: undefined, trailingPercent: undefined }
    : before;
}

/**
 * Whether a change leaves an order that trades no more than the order before, at no worse price, not sooner and not
 * longer: of a purchase a lower limit, of a sale a higher one. A stop or trail that moves makes another order; nobody
 * can say which is safer.
 */
export function isReduction(
  { ticket, changes = [] }: Pick<ProposedOrder, 'ticket' | 'changes'>,
  before: Ticket,
): boolean {
  const { side, quantity, limitPrice, stopPrice } = ticket;
  if (quantity === undefined || before.quantity === undefined || quantity > before.quantity) return false;
  if (changes.length > 0 || stopPrice !== before.stopPrice) return false;
  if (limitPrice === before.limitPrice) return true;
  if (limitPrice === undefined || before.limitPrice === undefined) return false;
  return side === 'BUY' ? limitPrice <= before.limitPrice : limitPrice >= before.limitPrice;
}
