/** Combos: several contracts ordered as one, at one net price. */

import { commissionFor, pointValueOf } from '../accounts/account-book.ts';
import type { Micros } from '../accounts/money.ts';
import { openingMargin } from '../accounts/valuation.ts';
import { instrumentOf } from '../contracts/catalog.ts';
import type { Instrument } from '../contracts/instruments.ts';
import type { Market, Quote } from '../market/market.ts';
import type { ComboLeg, OrderTerms } from './order.ts';

/** The conid under which IBKR keeps all combos in USD. */
const USD_COMBOS = 28812380;

type Terms = Pick<OrderTerms, 'conid' | 'legs'>;

interface PricedLeg {
  readonly instrument: Instrument;
  readonly ratio: number;
}

/** Reads `28812380;;;265598/1,756733/-1`; undefined for what is no combo in USD of known contracts. */
export function readCombo(conidex: string): ComboLeg[] | undefined {
  const [spread, list = ''] = conidex.split(';;;');
  if (Number(spread?.split('@')[0]) !== USD_COMBOS) return undefined;
  const legs = list.split(',').map((leg) => {
    const [conid, ratio] = leg.split('/').map(Number);
    return { conid: conid ?? 0, ratio: ratio ?? 0 };
  });
  const isWellFormed = legs.every(
    ({ conid, ratio }) => instrumentOf(conid)?.currency === 'USD' && Number.isInteger(ratio) && ratio !== 0,
  );
  return isWellFormed && legs.length >= 2 ? legs : undefined;
}

export function conidexOf({ conid, legs }: OrderTerms): string {
  if (!legs) return String(conid);
  return `${conid};;;${legs.map((leg) => `${leg.conid}/${leg.ratio}`).join(',')}`;
}

/** What an order is for: a listed instrument, or a combo under the symbol and exchange of its first leg. */
export function instrumentOfOrder({ conid, legs }: Terms): Instrument | undefined {
  const [first] = legs ?? [];
  if (!first) return instrumentOf(conid);
  const instrument = instrumentOf(first.conid);
  if (!instrument) return undefined;
  const { option: _, ...rest } = instrument;
  return { ...rest, conid: USD_COMBOS, assetClass: 'BAG', isEtf: false };
}

/** The contracts an order trades, with how many of each per unit. */
export function legsOf(terms: Terms): PricedLeg[] {
  const legs = terms.legs ?? [{ conid: terms.conid, ratio: 1 }];
  return legs.flatMap(({ conid, ratio }) => {
    const instrument = instrumentOf(conid);
    return instrument ? [{ instrument, ratio }] : [];
  });
}

/** What one unit of the price is worth per unit ordered: 100 for options and their combos. */
export function pointValueOfOrder(terms: Terms): number {
  const [first] = legsOf(terms);
  return first ? pointValueOf(first.instrument) : 1;
}

/** The last price of what an order is for; a combo's is the sum over its legs. */
export function lastOf(terms: Terms, market: Market, time: number): number {
  return total(legsOf(terms), ({ instrument, ratio }) => ratio * market.last(instrument, time));
}

/** The quote of what an order is for; a combo trades only while all its legs do. */
export function quoteOf(terms: Terms, market: Market, time: number): Quote | undefined {
  const legs = legsOf(terms).map(({ instrument, ratio }) => ({
    ratio,
    quote: market.quote(instrument, time),
  }));
  const [first] = legs;
  if (!first) return undefined;
  if (!terms.legs) return first.quote;
  return {
    ...first.quote,
    last: total(legs, ({ quote, ratio }) => ratio * quote.last),
    bid: total(legs, ({ quote, ratio }) => ratio * (ratio > 0 ? quote.bid : quote.ask)),
    ask: total(legs, ({ quote, ratio }) => ratio * (ratio > 0 ? quote.ask : quote.bid)),
    liquidity: Math.min(...legs.map(({ quote, ratio }) => Math.floor(quote.liquidity / Math.abs(ratio)))),
    phase: legs.map(({ quote }) => quote.phase).find((phase) => phase !== 'regular') ?? 'regular',
    halted: legs.some(({ quote }) => quote.halted),
  };
}

/** Commission after `units` are filled, leg by leg, in the instrument's currency. */
export function commissionOf(
  legs: readonly { instrument: Instrument; ratio: number; price: number }[],
  units: number,
): Micros {
  return total(legs, ({ instrument, ratio, price }) => commissionFor(instrument, units * ratio, price));
}

/** Margin needed to open `units` of a combo at the last prices of its legs, in the instrument's currency. */
export function comboMargin(terms: OrderTerms, units: number, market: Market, time: number): number {
  return total(legsOf(terms), ({ instrument, ratio }) => {
    const value = units * Math.abs(ratio) * market.last(instrument, time) * pointValueOf(instrument);
    return openingMargin(instrument, value, (terms.side === 'SELL') === ratio > 0);
  });
}

function total<T>(items: readonly T[], amount: (item: T) => number): number {
  return Number(items.reduce((sum, item) => sum + amount(item), 0).toFixed(6));
}
