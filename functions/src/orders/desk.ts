/** Where the orders of one connection are worked on, and how their fates are written down. */
import type { Firestore } from 'firebase-admin/firestore';
import type { IbkrClient } from '../ibkr/client.ts';
import type { Order } from '../ibkr/orders.ts';
import { type OrderIntent, tradingTransaction } from '../store/order-intents.ts';
import { type Fate, settle } from './decisions.ts';
import { orderState } from './order-state.ts';

/** What it takes to act on the orders of one connection. */
export interface Desk {
  db: Firestore;
  ibkr: IbkrClient;
  connectionId: string;
  /** Message ids of IBKR's warnings that the owner accepts beforehand. */
  acceptedWarnings: readonly string[];
}

/** Writes down what became of an intent. */
export function write(desk: Desk, intentId: string, fate: Fate): Promise<OrderIntent> {
  return tradingTransaction(desk.db, desk.connectionId, intentId, (state) => settle(state, fate, new Date()));
}

/** What IBKR's account of an order says of its fate. */
export function fateOf(order: Order): Fate {
  const facts = {
    // An execution alone may not say which order it was of.
    ...(order.orderId === '' ? {} : { ibkrOrderId: order.orderId }),
    ibkrStatus: order.status,
    filledQuantity: order.filledQuantity,
    averagePrice: order.averagePrice,
    note: `IBKR says ${order.status}`,
  };
  switch (orderState(order.status)) {
    case 'filled':
      return { state: 'filled', ...facts };
    case 'cancelled':
      return { state: 'cancelled', ...facts };
    case 'inactive':
      return { state: 'rejected', reason: 'IBKR holds the order as inactive.', ...facts };
    default:
      return { state: 'working', ...facts };
  }
}
