/** How tools show an order. */
import { z } from 'zod';
import { getPriceUnits } from '../../../broker/contracts/price-unit.ts';
import type { ComboLeg } from '../../../broker/orders/combo.ts';
import type { Order } from '../../../broker/orders/order-answers.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import { intentNamed } from '../../../trading/domain/order.ts';
import { ORDER_STATES, orderState } from '../../../trading/domain/order-state.ts';
import { type OrderOrigin, originsOf } from '../../../trading/engine/order-origin.ts';
import { priceUnitOutput } from '../../market/price-unit-output.ts';
import { ownName } from './own-orders.ts';

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

export const clientOrderIdOutput = z
  .string()
  .nullable()
  .describe('Your own name for it. null: it has none, or another app ordered it.');

export const orderOutput = z.strictObject({
  order_id: z.string(),
  intent_id: z
    .string()
    .nullable()
    .describe('As place_order answered it, of an exit that of its entry. null: ordered elsewhere.'),
  client_order_id: clientOrderIdOutput,
  order_ref: z.string().nullable().describe('The name that IBKR knows it by.'),
  parent_order_id: z.string().nullable().describe('Of an exit: the order that it is the exit of.'),
  exit: z.enum(['take_profit', 'stop_loss']).nullable(),
  account_id: z.string(),
  conid: z.number(),
  symbol: z.string(),
  security_type: z.string(),
  currency: z.string().nullable().describe('Of the prices, unless price_unit says otherwise.'),
  price_unit: priceUnitOutput,
  side: z.enum(['BUY', 'SELL']),
  order_type: z.string(),
  quantity: z.number(),
  filled_quantity: z.number(),
  remaining_quantity: z.number(),
  limit_price: z.number().nullable(),
  stop_price: z.number().nullable().describe('Of a trailing stop: where it stands now.'),
  trailing_amount: z
    .number()
    .nullable()
    .describe('null where IBKR does not tell: of orders from elsewhere, as good_till_date.'),
  trailing_percent: z.number().nullable(),
  average_price: z.number().nullable().describe('Of what is filled so far.'),
  tif: z.string(),
  good_till_date: z.string().nullable(),
  outside_rth: z.boolean().nullable().describe('null where it is not known.'),
  state: z
    .enum(ORDER_STATES)
    .describe('working: may still fill. inactive: refused or held by IBKR, will not fill as it is.'),
  status: z.string().describe('IBKR’s own word for the state.'),
  status_description: z.string().nullable().describe('IBKR’s words on it, such as why it refused the order.'),
  last_execution_time: z.string().nullable(),
  legs: legsOutput.describe('Of a combo bought; sold, the sides are the other way round.'),
});

type ShownOrder = z.output<typeof orderOutput>;

/** Orders at IBKR with what this service knows of them. */
export async function shownOrders(context: ToolContext, orders: readonly Order[]): Promise<ShownOrder[]> {
  const origins = await originsOf(context.db, context.connection.id, orders);
  const unitOf = await getPriceUnits(context.ibkr, orders);
  return orders.map((order, index) => withUnit(context, order, origins[index] ?? null, unitOf(order)));
}

/** An order at IBKR with what this service knows of it. */
export async function shownOrder(
  context: ToolContext,
  order: Order,
  origin: OrderOrigin | null,
): Promise<ShownOrder> {
  const unitOf = await getPriceUnits(context.ibkr, [order]);
  return withUnit(context, order, origin, unitOf(order));
}

function withUnit(
  context: ToolContext,
  order: Order,
  origin: OrderOrigin | null,
  priceUnit: string | null,
): ShownOrder {
  const terms = origin?.terms ?? null;
  const placed = origin?.placed ?? null;
  return {
    order_id: order.orderId,
    intent_id: placed?.id ?? intentNamed(order.clientOrderId),
    client_order_id: placed === null ? null : ownName(context, placed),
    order_ref: order.clientOrderId,
    parent_order_id: order.parentOrderId ?? origin?.parentOrderId ?? null,
    exit: origin?.exit ?? null,
    account_id: order.accountId,
    conid: order.conid,
    symbol: order.symbol,
    security_type: order.secType,
    currency: order.currency,
    price_unit: priceUnit,
    side: order.side,
    order_type: order.orderType,
    quantity: order.quantity,
    filled_quantity: order.filledQuantity,
    remaining_quantity: order.remainingQuantity,
    limit_price: order.limitPrice,
    stop_price: order.stopPrice,
    trailing_amount: terms?.trailingAmount ?? null,
    trailing_percent: terms?.trailingPercent ?? null,
    average_price: order.averagePrice,
    tif: order.tif,
    good_till_date: terms?.goodTillDate ?? null,
    outside_rth: order.outsideRth ?? (terms === null ? null : (terms.outsideRth ?? false)),
    state: orderState(order.status),
    status: order.status,
    status_description: order.statusDescription,
    last_execution_time: order.lastExecutionTime,
    ...(order.legs === undefined ? {} : { legs: shownLegs(order.legs) }),
  };
}
