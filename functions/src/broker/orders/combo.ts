/** Option combos: how IBKR names them, and what they can lose. */

import type { Quote } from '../market/market-data.ts';

/** IBKR's conid for "a combo in this currency". */
const SPREAD_CONIDS: Readonly<Record<string, number>> = {
  USD: 28812380,
  AUD: 61227077,
  CAD: 61227082,
  CHF: 61227087,
  CNH: 136000441,
  GBP: 58666491,
  HKD: 61227072,
  INR: 136000444,
  JPY: 61227069,
  KRW: 136000424,
  MXN: 136000449,
  SEK: 136000429,
  SGD: 426116555,
};

/** The conid of combos in a currency; null where IBKR has none. */
export function spreadConid(currency: string): number | null {
  return SPREAD_CONIDS[currency] ?? null;
}

/** A combo in IBKR's spelling: `28812380;;;265598/1,756733/-1`. */
export function comboConidex(conid: number, exchange: string | undefined, legs: readonly ComboLeg[]): string {
  const spread = exchange === undefined ? String(conid) : `${conid}@${exchange}`;
  return `${spread};;;${legs.map((leg) => `${leg.conid}/${leg.ratio}`).join(',')}`;
}

/** Whether IBKR's spelling is that of a combo, also where its legs are not understood. */
export function isCombo(conidex: string | null): boolean {
  return conidex?.includes(';;;') === true;
}

/** The legs of a combo, and where it is sent, from IBKR's spelling; null for what is no combo. */
export function readComboConidex(
  conidex: string | null,
): { exchange: string | undefined; legs: ComboLeg[] } | null {
  const [, exchange, list] = /^\d+(?:@(\w+))?;;;(.+)$/.exec(conidex ?? '') ?? [];
  if (list === undefined) return null;
  const legs = list.split(',').map((leg) => {
    const [, conid, ratio] = /^(\d+)(?:@\w+)?\/(-?\d+)$/.exec(leg) ?? [];
    return { conid: Number(conid), ratio: Number(ratio) };
  });
  return legs.every(({ conid, ratio }) => conid > 0 && ratio !== 0 && Number.isInteger(ratio))
    ? { exchange, legs }
    : null;
}

/** The combo the other way round, as it is when it is sold. */
export function reverseLegs<Leg extends { ratio: number }>(legs: readonly Leg[]): Leg[] {
  return legs.map((leg) => ({ ...leg, ratio: -leg.ratio }));
}

/**
 * What one combo costs (`ask`) and brings (`bid`) at the quotes of its legs, and the sum of their last prices; each
 * null when a leg lacks it. An option that is offered and that nobody bids for brings nothing. As current as its
 * oldest leg.
 * @param quotes Of the legs, in their order.
 */
export function comboQuote(
  conid: number,
  legs: readonly ComboLeg[],
  quotes: readonly Quote[],
): Pick<Quote, 'conid' | 'last' | 'bid' | 'ask' | 'availability' | 'asOf' | 'halted'> {
  const net = (priceOf: (quote: Quote | undefined, isBought: boolean) => number | null | undefined) => {
    const prices = legs.map(({ ratio }, index) => priceOf(quotes[index], ratio > 0));
    if (prices.some((price) => price == null)) return null;
    return roundAmount(sum(legs.map(({ ratio }, index) => ratio * (prices[index] ?? 0))));
  };
  const times = quotes.map(({ asOf }) => asOf);
  const kinds = quotes.map(({ availability }) => availability);
  return {
    conid,
    last: net((quote) => quote?.last),
    bid: net((quote, isBought) => (isBought ? bidOf(quote) : quote?.ask)),
    ask: net((quote, isBought) => (isBought ? quote?.ask : bidOf(quote))),
    halted: quotes.some(({ halted }) => halted),
    availability: kinds.find((kind) => kind !== 'realtime') ?? kinds[0] ?? 'unknown',
    asOf: times.reduce(
      (oldest, time) => (oldest === null || time === null ? null : oldest < time ? oldest : time),
      times[0] ?? null,
    ),
  };
}

function bidOf(quote: Quote | undefined): number | null {
  return quote?.bid ?? (quote?.ask == null ? null : 0);
}

/** What one leg is, for one combo bought. */
export interface OptionLeg {
  right: 'call' | 'put';
  strike: number;
  /** ISO date. */
  expiry: string;
  /** Signed: 2 is two bought, -1 one sold. */
  ratio: number;
}

/**
 * The most that one combo bought can lose, in its currency; 0 when it cannot lose and null when there is no limit.
 * Exact for legs on one underlying that expire together: what they pay is piecewise linear in the underlying's
 * price, so its least value lies at a strike, at 0, or at infinity. Of several expiries it is what can be lost if
 * the combo is closed when its sold legs expire. Commissions are left out.
 * @param netPrice What one unit of the combo costs; negative when it brings money in. For a combo that is sold,
 * negate the ratios and the price.
 * @param multiplier Units per contract, 100 for US stock options.
 */
export function comboMaxLoss(
  legs: readonly OptionLeg[],
  netPrice: number,
  multiplier: number,
): number | null {
  const counted = legsThatCount(legs);
  const slopeAtInfinity = sum(counted.map(({ right, ratio }) => (right === 'call' ? ratio : 0)));
  if (slopeAtInfinity < 0) return null;
  const payoffs = [0, ...counted.map(({ strike }) => strike)].map((price) => payoffAt(price, counted));
  return roundAmount(Math.max(0, netPrice - Math.min(...payoffs)) * multiplier);
}

/**
 * A bought leg is worth at least what exercising it brings for as long as it lives, so it makes good for sold legs
 * that expire with it or before it, if they all expire together; otherwise only the sold legs count.
 */
function legsThatCount(legs: readonly OptionLeg[]): readonly OptionLeg[] {
  const sold = legs.filter(({ ratio }) => ratio < 0);
  const [first] = sold;
  if (first === undefined) return legs;
  const isCovered =
    sold.every(({ expiry }) => expiry === first.expiry) && legs.every(({ expiry }) => expiry >= first.expiry);
  return isCovered ? legs : sold;
}

function payoffAt(price: number, legs: readonly OptionLeg[]): number {
  return sum(
    legs.map(
      ({ right, strike, ratio }) => ratio * Math.max(0, right === 'call' ? price - strike : strike - price),
    ),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Free of what binary fractions add. */
function roundAmount(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

/** One leg of a combo, for one combo bought: ratio 2 buys two contracts, -1 sells one. */
export interface ComboLeg {
  conid: number;
  ratio: number;
}
