/** How tools show an order. */
import { z } from 'zod';
import type { ComboLeg } from '../ibkr/order-ticket.ts';
import type { Order } from '../ibkr/orders.ts';
import { ORDER_STATES, orderState } from '../orders/order-state.ts';
import { intentNamed } from '../orders/proposed-order.ts';

/** The legs of a combo, for one combo bought. */
export const legsOutput = z
  .array(z.strictObject({ conid: z.number(), side: z.enum(['BUY', 'SELL']), ratio: z.number() }))
  .optional();

export function shownLegs(legs: readonly ComboLeg[]): z.output<typeof legsOutput> {
  return legs.map(({ conid, ratio }) => ({
    conid,
    side: ratio > 0 ? ('BUY' as const) : ('SELL' as const),
    ratio: Math.abs(ratio),
  }));
}

export const orderOutput = z.strictObject({
  order_id: z.string(),
  intent_id: z.string().nullable().describe('As place_order answered it. null: ordered elsewhere.'),
  client_order_id: z.string().nullable().describe('The name that IBKR knows the order by.'),
  account_id: z.string(),
  conid: z.number(),
  symbol: z.string(),
  security_type: z.string(),
  currency: z.string().nullable().describe('Of the prices.'),
  side: z.enum(['BUY', 'SELL']),
  order_type: z.string(),
  quantity: z.number(),
  filled_quantity: z.number(),
  remaining_quantity: z.number(),
  limit_price: z.number().nullable(),
  stop_price: z.number().nullable(),
  average_price: z.number().nullable().describe('Of what is filled so far.'),
  tif: z.string(),
  state: z
    .enum(ORDER_STATES)
    .describe('working: may still fill. inactive: refused or held by IBKR, will not fill as it is.'),
  status: z.string().describe('IBKR’s own word for the state.'),
  last_execution_time: z.string().nullable(),
  legs: legsOutput.describe('Of a combo bought; sold, the sides are the other way round.'),
});

export function shownOrder(order: Order): z.output<typeof orderOutput> {
  return {
    order_id: order.orderId,
    intent_id: intentNamed(order.clientOrderId),
    client_order_id: order.clientOrderId,
    account_id: order.accountId,
    conid: order.conid,
    symbol: order.symbol,
    security_type: order.secType,
    currency: order.currency,
    side: order.side,
    order_type: order.orderType,
    quantity: order.quantity,
    filled_quantity: order.filledQuantity,
    remaining_quantity: order.remainingQuantity,
    limit_price: order.limitPrice,
    stop_price: order.stopPrice,
    average_price: order.averagePrice,
    tif: order.tif,
    state: orderState(order.status),
    status: order.status,
    last_execution_time: order.lastExecutionTime,
    ...(order.legs === undefined ? {} : { legs: shownLegs(order.legs) }),
  };
}
