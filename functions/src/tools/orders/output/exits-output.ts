/** How tools tell the exits of an order. */

import { z } from 'zod';
import type { Order } from '../../../broker/orders/order-answers.ts';
import { getLiveOrders, getOrderStatus } from '../../../broker/orders/orders.ts';
import { inWords } from '../../../connections/broker-words.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import { ORDER_STATES } from '../../../contract/orders/order-states.ts';
import { GatewayError } from '../../../errors.ts';
import type { OrderIntent } from '../../../trading/domain/intent.ts';
import { intendedOrder } from '../../../trading/domain/order.ts';
import { orderState } from '../../../trading/domain/order-state.ts';
import { originAmong } from '../../../trading/engine/order-origin.ts';

/** What reading the list of orders may take of a call's time, IBKR's limits included. */
const LIST_TAKES_MS = 8_000;

export const exitsOutput = z
  .array(
    z.strictObject({
      order_id: z.string().describe('By which it is changed and cancelled like any other order.'),
      type: z.enum(['take_profit', 'stop_loss']).nullable().describe('null: IBKR does not tell just now.'),
      price: z.number().nullable().describe('The limit of a take_profit, the stop of a stop_loss.'),
      limit_price: z.number().optional().describe('Of a stop limit.'),
      quantity: z.number().nullable(),
      tif: z.string().nullable().describe('DAY: it ends at today’s close.'),
      state: z.enum(ORDER_STATES),
    }),
  )
  .optional()
  .describe('Of an order with exits, where IBKR named them.');

/**
 * The exits of an order as they are at IBKR.
 * @param entry The intent of an order with exits; null: it has none.
 */
export async function shownExits(
  { ibkr }: ToolContext,
  entry: OrderIntent | null,
): Promise<{ exits?: z.output<typeof exitsOutput> }> {
  if (entry === null) return {};
  const { accountId } = intendedOrder(entry);
  const ids = entry.exitOrderIds;
  const read = await Promise.all(ids.map((id) => orNull(getOrderStatus(ibkr, accountId, id))));
  const orders = read.filter((order) => order !== null);
  const isIncomplete = orders.length === 0 || orders.length < ids.length;
  if (isIncomplete && Date.now() + LIST_TAKES_MS < ibkr.deadline) {
    const listed = (await orNull(getLiveOrders(ibkr, accountId)))?.orders ?? [];
    orders.push(...listed.filter((order) => isExitOf(entry, order) && !orders.some(isSame(order))));
  }
  const unread = ids.filter((id) => !orders.some(({ orderId }) => orderId === id));
  const exits = [...orders.map((order) => shownExit(entry, order)), ...unread.map(unreadExit)];
  return exits.length === 0 ? {} : { exits };
}

function isExitOf({ exitOrderIds, ibkrOrderId }: OrderIntent, { orderId, parentOrderId }: Order): boolean {
  return exitOrderIds.includes(orderId) || (parentOrderId !== null && parentOrderId === ibkrOrderId);
}

function isSame({ orderId }: Order): (order: Order) => boolean {
  return (order) => order.orderId === orderId;
}

function shownExit(entry: OrderIntent, order: Order) {
  const { stopPrice, limitPrice } = order;
  return {
    order_id: order.orderId,
    type: originAmong([entry], order)?.exit ?? null,
    price: stopPrice ?? limitPrice,
    ...(stopPrice === null || limitPrice === null ? {} : { limit_price: limitPrice }),
    quantity: order.quantity,
    tif: order.tif,
    state: orderState(order.status),
  };
}

function unreadExit(orderId: string) {
  return {
    order_id: orderId,
    type: null,
    price: null,
    quantity: null,
    tif: null,
    state: 'unknown' as const,
  };
}

async function orNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return null;
    throw error;
  }
}
