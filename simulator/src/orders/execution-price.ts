import type { Quote } from '../market/market.ts';
import type { Order } from './order.ts';
import { executionOf } from './order-types.ts';

/**
 * The price at which an order executes on a quote, or undefined while it rests. Notes on the order what has been triggered,
 * and where a trailing stop has come to.
 */
export function executionPrice(order: Order, quote: Quote): number | undefined {
  const { terms } = order;
  if (quote.phase === 'closed' || (quote.phase === 'extended' && !terms.outsideRth)) return undefined;
  const isBuy = terms.side === 'BUY';
  const market = isBuy ? quote.ask : quote.bid;
  const within = (price: number, limit: number | undefined) =>
    limit === undefined || (isBuy ? price <= limit : price >= limit) ? price : undefined;
  switch (executionOf(terms)) {
    case 'now':
      return within(market, terms.limitPrice);
    case 'midpoint':
      return within((quote.bid + quote.ask) / 2, terms.limitPrice);
    case 'relative':
      return within(isBuy ? quote.bid : quote.ask, terms.limitPrice);
    case 'trail':
      return trail(order, quote) ? within(market, trailLimit(order)) : undefined;
    case 'stop':
    case 'touch':
      return trigger(order, quote) ? within(market, terms.limitPrice) : undefined;
    // In the auction alone.
    case 'close':
      return undefined;
  }
}

/** Moves the stop of a trailing order with the market; whether that has reached it. */
function trail(order: Order, quote: Quote): boolean {
  if (order.triggered) return true;
  const { trailing, side, stopPrice, limitPrice } = order.terms;
  if (!trailing) return false;
  const distance = trailing.unit === '%' ? (quote.last * trailing.amount) / 100 : trailing.amount;
  const candidate = side === 'SELL' ? quote.last - distance : quote.last + distance;
  const current = order.trailStop ?? stopPrice ?? candidate;
  if (order.trailStop === undefined && limitPrice !== undefined)
    order.trailLimitOffset = limitPrice - current;
  order.trailStop = side === 'SELL' ? Math.max(current, candidate) : Math.min(current, candidate);
  order.triggered = side === 'SELL' ? quote.last <= order.trailStop : quote.last >= order.trailStop;
  return order.triggered;
}

/** Whether a stop (against the position) or touch (in its favour) order has been triggered. */
function trigger(order: Order, quote: Quote): boolean {
  if (order.triggered) return true;
  const { side, stopPrice } = order.terms;
  if (stopPrice === undefined) return false;
  const triggersAbove = (executionOf(order.terms) === 'stop') === (side === 'BUY');
  order.triggered = triggersAbove ? quote.last >= stopPrice : quote.last <= stopPrice;
  return order.triggered;
}

function trailLimit(order: Order): number | undefined {
  if (order.trailStop === undefined || order.trailLimitOffset === undefined) return undefined;
  return order.trailStop + order.trailLimitOffset;
}
