/** Sales of a currency: what is held of it is cash, and orders on other pairs sell it as well. */

import type { Ledger } from '../../../broker/accounts/portfolio.ts';
import type { Order } from '../../../broker/orders/order-answers.ts';
import { isOpen } from '../order-state.ts';

/** The currency that a pair is about: `EUR` of `EUR.USD`, which IBKR may call `EUR` alone. */
export function baseOfPair(symbol: string): string {
  return symbol.split('.')[0]?.toUpperCase() ?? '';
}

/** Cash in a currency, negative when borrowed; null where IBKR tells of it in a form that is not understood. */
export function cashHeld({ entries, unread }: Ledger, currency: string): number | null {
  const entry = entries.find((one) => one.currency === currency);
  return entry?.cashBalance ?? (unread.length > 0 ? null : 0);
}

/** What open orders on other pairs are to sell of a currency: any amount, where they have no price that bounds it. */
export function soldByOtherPairs(orders: readonly Order[], currency: string, conid: number): number {
  return orders
    .filter((order) => order.secType === 'CASH' && order.conid !== conid && isOpen(order.status))
    .reduce((sum, order) => sum + soldOf(order, currency), 0);
}

function soldOf(order: Order, currency: string): number {
  const { side, symbol, remainingQuantity, limitPrice, stopPrice } = order;
  if (side === 'SELL') return baseOfPair(symbol) === currency ? remainingQuantity : 0;
  // A purchase pays with the currency that the pair is priced in.
  return order.currency === currency
    ? remainingQuantity * (limitPrice ?? stopPrice ?? Number.POSITIVE_INFINITY)
    : 0;
}
