/** What closes a position: never more than there is and nobody else closes, so that it opens none the other way. */

import type { Holdings } from '../../../broker/accounts/holdings.ts';
import type { Order } from '../../../broker/orders/order-answers.ts';
import type { OrderList } from '../../../broker/orders/orders.ts';
import { GatewayError } from '../../../errors.ts';
import type { ProposedOrder } from '../order.ts';
import type { Closing } from './limit-checks.ts';
import { mayBeTraded, pendingTrades } from './pending-sales.ts';

/** What IBKR lists of an account: its orders, and after them its positions. */
export interface AccountLook extends OrderList {
  holdings: Holdings;
}

/**
 * @param changed The order that this one changes: what it has filled is closed already, and the rest is not pending beside.
 * @param without IBKR's ids of orders that are cancelled before.
 */
export function closingOf(
  { contract, ticket }: Pick<ProposedOrder, 'contract' | 'ticket'>,
  { orders, unread, holdings }: AccountLook,
  { changed, without }: { changed: Order | null; without: readonly string[] },
): Closing {
  const { conid } = contract;
  const { side, quantity: total = 0 } = ticket;
  const quantity = Math.max(0, total - (changed?.filledQuantity ?? 0));
  const isUnknown =
    mayBeTraded(unread, conid, side) ||
    holdings.unread.some((row) => row.conid === null || row.conid === conid);
  const held = (holdings.held.get(conid) ?? 0) * (side === 'SELL' ? 1 : -1);
  return {
    conid,
    side,
    quantity,
    held: isUnknown ? null : Math.max(0, held),
    pending: pendingTrades(orders, conid, side, {
      without: changed === null ? without : [...without, changed.orderId],
    }),
  };
}

/** @throws {GatewayError} `not_placed`. */
export function checkClosing({ side, quantity, held, pending }: Closing): void {
  if (held === null) {
    throw new GatewayError(
      'not_placed',
      'IBKR tells of a position or an order that may be on this instrument in a form that is not understood.',
      'Nothing was sent. Look at the account in IBKR’s own app.',
    );
  }
  const free = Number(Math.max(0, held - pending).toFixed(8));
  if (Number(quantity.toFixed(8)) <= free) return;
  const word = side === 'SELL' ? 'sell' : 'buy';
  const others = pending > 0 ? `, of which other orders are to ${word} ${pending}` : '';
  throw new GatewayError(
    'not_placed',
    `To ${word} ${quantity} would open a position the other way: there ${held === 1 ? 'is' : 'are'} ${held}${others}.`,
    'Nothing was sent. get_orders lists the orders; close less, or cancel those first if this app may.',
  );
}
