import type { TradingHours } from '../market/trading-hours.ts';
import { instrumentOfOrder } from './combos.ts';
import type { Order, OrderTerms } from './order.ts';
import { executionOf } from './order-types.ts';

/** After the auction of its close, an order for that is over. */
const AUCTION_MS = 1_000;

/** When an order executes, where it waits for an auction, and when it ends at the latest. */
export function deadlinesOf(
  terms: OrderTerms,
  hours: TradingHours,
  now: number,
): Pick<Order, 'expiresAt' | 'executesAt'> {
  const exchange = instrumentOfOrder(terms)?.exchange ?? '';
  const latest = hours.latestSession(exchange, now);
  const closeOf = (session: typeof latest) => (terms.outsideRth ? session.extendedClose : session.close);
  const session = now < closeOf(latest) ? latest : hours.nextSession(exchange, latest);
  if (executionOf(terms) === 'close') {
    return { executesAt: session.close, expiresAt: session.close + AUCTION_MS };
  }
  if (terms.tif === 'OPG') {
    const opening = now < latest.open ? latest : hours.nextSession(exchange, latest);
    return { executesAt: opening.open, expiresAt: opening.close };
  }
  if (terms.goodTill !== undefined) return { expiresAt: terms.goodTill };
  if (terms.tif === 'GTC') return { expiresAt: endOfNextQuarter(now) };
  return { expiresAt: closeOf(session) };
}

/** Good-till-cancelled orders end with the following calendar quarter. */
function endOfNextQuarter(time: number): number {
  const date = new Date(time);
  const quarter = Math.floor(date.getUTCMonth() / 3);
  return Date.UTC(date.getUTCFullYear(), (quarter + 2) * 3, 1);
}
