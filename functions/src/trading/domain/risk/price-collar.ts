/** Which prices of an order have to be near the market: pure, in the unit of the instrument's prices. */

import { exitsOf, type OrderChange } from '../../../broker/orders/order-ticket.ts';
import { entryReference } from '../../../broker/orders/rules/order-price-rules.ts';
import type { ProposedOrder } from '../order.ts';
import type { MarketPrices } from './notional.ts';

/** A price, and what it is measured from; null where the market is not known. */
export interface CollaredPrice {
  price: number;
  from: number | null;
}

type Ticket = ProposedOrder['ticket'];
type Terms = Pick<OrderChange, 'side' | 'orderType' | 'limitPrice' | 'stopPrice'>;

/**
 * - The limit, measured from the last price; behind a stop or trigger that waits, from that.
 * - A stop or trigger that waits for nothing, because the market has passed it, or nobody knows.
 * - Of exits, what fills or triggers at once when the entry has filled, and the limit of a stop loss from its stop.
 * - Of a change, only what it brings nearer to a fill than it was, unless the market is still further away.
 * @param last What prices are measured from: the last price, of a combo the middle of its legs' quotes.
 */
export function collaredPrices(
  ticket: Ticket,
  market: MarketPrices & { marketPrice: number | null },
  last: number | null,
  before: Terms | null = null,
): CollaredPrice[] {
  return [
    ...ownPrices(ticket, market, last).filter(
      ({ price, of }) => !isHarmless(ticket, before, of, price, last),
    ),
    ...exitsOf({ ...ticket, clientOrderId: '' }).flatMap((exit) =>
      exitPrices(exit, ticket, market.marketPrice),
    ),
  ].map(({ price, from }) => ({ price, from }));
}

interface NamedPrice extends CollaredPrice {
  of: 'limitPrice' | 'stopPrice';
}

function ownPrices(terms: Terms, market: MarketPrices, last: number | null): NamedPrice[] {
  const { side, limitPrice, stopPrice } = terms;
  const traded = [side === 'BUY' ? market.ask : market.bid, market.last ?? market.previousClose];
  const waits =
    stopPrice !== undefined &&
    waitsFor(
      terms,
      traded.filter((price) => price !== null),
    );
  return [
    ...(limitPrice === undefined
      ? []
      : [{ of: 'limitPrice' as const, price: limitPrice, from: waits ? stopPrice : last }]),
    ...(stopPrice === undefined || waits ? [] : [{ of: 'stopPrice' as const, price: stopPrice, from: last }]),
  ];
}

/** Whether the market has to come to the stop or trigger still, at all of the prices that are known of it. */
function waitsFor({ side, orderType, stopPrice }: Terms, market: readonly number[]): boolean {
  if (stopPrice === undefined || market.length === 0) return false;
  const isTouch = orderType === 'MIT' || orderType === 'LIT';
  const waitsForRise = (side === 'BUY') !== isTouch;
  return market.every((price) => (waitsForRise ? price < stopPrice : price > stopPrice));
}

/** Whether a change leaves a price as far from a fill as it was, or brings it nearer to a market it does not reach. */
function isHarmless(
  { side }: Terms,
  before: Terms | null,
  name: 'limitPrice' | 'stopPrice',
  price: number,
  last: number | null,
): boolean {
  const had = before?.[name];
  if (had === undefined) return false;
  if (price === had) return true;
  if (name === 'stopPrice') return false;
  const beyond = (one: number, other: number) => (side === 'BUY' ? one <= other : one >= other);
  return beyond(price, had) || (last !== null && beyond(price, last) && beyond(had, price));
}

/** An exit is there from when its entry has filled: the market is then where the entry filled. */
function exitPrices(exit: OrderChange, entry: Ticket, marketPrice: number | null): NamedPrice[] {
  const from = entryReference(entry, marketPrice) ?? marketPrice;
  const there = { bid: from, ask: from, last: from, previousClose: null };
  return ownPrices(exit, there, from).filter(
    ({ of, price }) =>
      of === 'stopPrice' || exit.orderType !== 'LMT' || from === null || fillsAtOnce(exit, price, from),
  );
}

function fillsAtOnce({ side }: Terms, limitPrice: number, market: number): boolean {
  return side === 'BUY' ? limitPrice >= market : limitPrice <= market;
}
