import { setTimeout as delay } from 'node:timers/promises';
import type { Order } from '../../broker/orders/order-answers.ts';
import { getOrderStatus } from '../../broker/orders/orders.ts';
import type { IbkrClient } from '../../broker/session/client.ts';
import { orderState } from '../domain/order-state.ts';

/** Before each read but the first: most market orders have filled by the second one. */
const PAUSES_MS = [150, 250, 400, 400, 400];

/**
 * Reads an order until it has come to rest (filled, cancelled, inactive), for about two seconds at most, so
 * that a tool can answer with what became of it instead of IBKR's receipt.
 */
export async function followOrder(ibkr: IbkrClient, accountId: string, orderId: string): Promise<Order> {
  let order = await getOrderStatus(ibkr, accountId, orderId);
  for (const pause of PAUSES_MS) {
    if (isAtRest(order)) break;
    await delay(pause);
    order = await getOrderStatus(ibkr, accountId, orderId);
  }
  return order;
}

function isAtRest(order: Order): boolean {
  return ['filled', 'cancelled', 'inactive'].includes(orderState(order.status));
}
