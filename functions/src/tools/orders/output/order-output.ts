/** How tools show an order. */
import type { z } from 'zod';
import { getPriceUnits } from '../../../broker/contracts/price-unit.ts';
import type { ComboLeg } from '../../../broker/orders/combo.ts';
import type { Order } from '../../../broker/orders/order-answers.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import type { legsOutput, orderOutput } from '../../../contract/tool-outputs/orders.ts';
import { intentNamed } from '../../../trading/domain/order.ts';
import { orderState } from '../../../trading/domain/order-state.ts';
import { tradedLegs } from '../../../trading/domain/risk/pending-sales.ts';
import { type OrderOrigin, originsOf } from '../../../trading/engine/order-origin.ts';
import { ownName } from './own-orders.ts';
import { contractsFrom, toldOrder } from './told-order.ts';

export function shownLegs(legs: readonly ComboLeg[]): z.output<typeof legsOutput> {
  return legs.map(({ conid, ratio }) => ({
    conid,
    side: ratio > 0 ? ('BUY' as const) : ('SELL' as const),
    ratio: Math.abs(ratio),
  }));
}

type ShownOrder = z.output<typeof orderOutput>;

/** Orders at IBKR with what this service knows of them. */
export async function shownOrders(context: ToolContext, orders: readonly Order[]): Promise<ShownOrder[]> {
  const origins = await originsOf(context.db, context.connection.id, orders);
  return withWords(context, orders, origins);
}

/** An order at IBKR with what this service knows of it. */
export async function shownOrder(
  context: ToolContext,
  order: Order,
  origin: OrderOrigin | null,
): Promise<ShownOrder> {
  const [shown] = await withWords(context, [order], [origin]);
  return shown as ShownOrder;
}

async function withWords(
  context: ToolContext,
  orders: readonly Order[],
  origins: readonly (OrderOrigin | null)[],
): Promise<ShownOrder[]> {
  const unnamed = orders.filter((_, index) => origins[index] == null);
  const [unitOf, contracts] = await Promise.all([
    getPriceUnits(context.ibkr, orders),
    contractsFrom(
      context,
      unnamed.flatMap((order) => tradedLegs(order).map(({ conid }) => conid)),
    ),
  ]);
  return orders.map((order, index) => {
    const origin = origins[index] ?? null;
    const priceUnit = unitOf(order);
    return {
      ...withUnit(context, order, origin, priceUnit),
      order: toldOrder(order, origin, { contracts, priceUnit }),
    };
  });
}

function withUnit(
  context: ToolContext,
  order: Order,
  origin: OrderOrigin | null,
  priceUnit: string | null,
): Omit<ShownOrder, 'order'> {
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
