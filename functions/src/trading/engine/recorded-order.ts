/** An order as it is written down here, for when IBKR no longer tells of it or cannot be asked. */
import type { Order } from '../../broker/orders/order-answers.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { intendedOrder } from '../domain/order.ts';
import type { OrderOrigin } from './order-origin.ts';

/**
 * An order with what was last known of it.
 * @param intent Which tells what became of it: the one that placed it, or its last change that IBKR took.
 * @param origin Of the order; its terms are those that held last.
 */
export function recordedOrder(
  intent: OrderIntent,
  origin: Pick<OrderOrigin, 'terms' | 'parentOrderId'> | null,
  orderId: string,
): Order {
  const { accountId, contract, ticket } = intendedOrder(intent);
  const held = origin?.terms ?? ticket;
  // The intent of a pair tells of the order that filled.
  const isOther = intent.filledOrderId !== null && intent.filledOrderId !== orderId;
  const filledQuantity = isOther ? 0 : (intent.filledQuantity ?? 0);
  const quantity = held.quantity ?? filledQuantity;
  return {
    orderId,
    clientOrderId: orderId === intent.ocaOrderId ? `${intent.cOID}-2` : intent.cOID,
    parentOrderId: origin?.parentOrderId ?? null,
    accountId,
    conid: contract.conid,
    symbol: contract.symbol,
    secType: contract.secType,
    currency: contract.currency,
    side: held.side,
    orderType: held.orderType,
    quantity,
    filledQuantity,
    remainingQuantity: Math.max(0, quantity - filledQuantity),
    limitPrice: held.limitPrice ?? null,
    stopPrice: held.stopPrice ?? null,
    averagePrice: isOther ? null : intent.averagePrice,
    tif: held.tif,
    status: intent.ibkrStatus ?? '',
    statusDescription: null,
    outsideRth: held.outsideRth ?? null,
    lastExecutionTime: intent.filledAt?.toISOString() ?? null,
    description: null,
    legs: held.legs,
  };
}

/** What became of an order of an intent, as far as that is certain: IBKR's last word may be that of one still working. */
export function recordedState(intent: OrderIntent, orderId: string): 'filled' | 'cancelled' | 'unknown' {
  const isOther = intent.filledOrderId !== null && intent.filledOrderId !== orderId;
  if (intent.state === 'filled') return isOther ? 'cancelled' : 'filled';
  return intent.state === 'cancelled' ? 'cancelled' : 'unknown';
}
