/** What orders count with against the limits of a day, worked out from what was asked, as docs/orders.md describes it. */
import type { OrderArguments } from '../scripts/asked-order.ts';
import { instrumentOf, roundedPrice } from '../scripts/instruments.ts';

/** An order, with the terms that it has after changes. */
export interface Terms {
  quantity: number;
  limitPrice: number | null;
}

/** How many orders it makes: itself, its exits, and the other one of a pair. */
export function countOf({ take_profit_price, stop_loss_price, oca }: OrderArguments): number {
  return 1 + [take_profit_price, stop_loss_price, oca].filter((each) => each !== undefined).length;
}

/** Of a new order, in US dollars; while its instrument costs what it costs at the beginning. */
export function dayValueOf(asked: OrderArguments): number {
  if (typeof asked.cash_quantity === 'number') return asked.cash_quantity;
  const exits = [asked.take_profit_price, asked.stop_loss_price, asked.stop_loss_limit_price].filter(
    isNumber,
  );
  const { oca } = asked;
  const other =
    oca === undefined ? 0 : cents(priceOf({ ...asked, ...blank, ...(oca as object) }) * units(asked));
  return cents(Math.max(priceOf(asked), ...exits) * units(asked)) + other;
}

const blank = {
  limit_price: undefined,
  stop_price: undefined,
  trailing_amount: undefined,
  trailing_percent: undefined,
};

/** What a change adds. */
export function addedBy(asked: OrderArguments, before: Terms, after: Terms): number {
  const value = ({ quantity, limitPrice }: Terms) =>
    cents(priceOf({ ...asked, limit_price: limitPrice ?? undefined }) * units({ ...asked, quantity }));
  return Math.max(0, cents(value(after) - value(before)));
}

/** US dollars that an order is worth at a price of 1. */
function units(asked: OrderArguments): number {
  return Number(asked.quantity) * (instrumentOf(asked)?.pointValue ?? 1);
}

/** A purchase with a limit may cost that; any other order the most that it names or that the market is at. */
function priceOf(asked: OrderArguments): number {
  const {
    side,
    limit_price: limit,
    stop_price: stop,
    trailing_amount: amount,
    trailing_percent: percent,
  } = asked;
  if (side === 'BUY' && isNumber(limit)) return limit;
  const { price = 0, halfSpread = 0 } = instrumentOf(asked) ?? {};
  const market = roundedPrice(price + halfSpread);
  const trail = side === 'BUY' ? Number(amount ?? 0) + (market * Number(percent ?? 0)) / 100 : 0;
  return Math.max(market + trail, ...[limit, stop].filter(isNumber));
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function cents(amount: number): number {
  return Math.round(Number((amount * 100).toPrecision(15))) / 100;
}
