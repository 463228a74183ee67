/** What a change makes of a working order. */
import type { Order } from '../ibkr/orders.ts';
import type { ProposedOrder } from './proposed-order.ts';

type Ticket = ProposedOrder['ticket'];

/** The order as it is until it is changed, in the terms of the change. */
export function ticketBefore(ticket: Ticket, { quantity, limitPrice, stopPrice }: Order): Ticket {
  return { ...ticket, quantity, limitPrice: limitPrice ?? undefined, stopPrice: stopPrice ?? undefined };
}

/**
 * Whether a change leaves an order that trades no more than the order before, at no worse price and not sooner: of a
 * purchase a lower limit, of a sale a higher one. A stop that moves is another order; nobody can say which is safer.
 */
export function isReduction(ticket: Ticket, before: Ticket): boolean {
  const { side, quantity, limitPrice, stopPrice } = ticket;
  if (quantity === undefined || before.quantity === undefined || quantity > before.quantity) return false;
  if (stopPrice !== before.stopPrice) return false;
  if (limitPrice === before.limitPrice) return true;
  if (limitPrice === undefined || before.limitPrice === undefined) return false;
  return side === 'BUY' ? limitPrice <= before.limitPrice : limitPrice >= before.limitPrice;
}
