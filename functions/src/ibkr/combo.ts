/** Option combos: how IBKR names them, and what they can lose. */

import type { ComboLeg } from './order-ticket.ts';

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

/** What one leg is, for one combo bought. */
export interface OptionLeg {
  right: 'C' | 'P';
  strike: number;
  /** Signed: 2 is two bought, -1 one sold. */
  ratio: number;
}

/**
 * The most that one combo bought can lose until its expiry, in its currency; 0 when it cannot lose and null when
 * there is no limit. Exact for legs on one underlying that expire together: what they pay is piecewise linear in
 * the underlying's price, so its least value lies at a strike, at 0, or at infinity. Commissions are left out.
 * @param netPrice What one unit of the combo costs; negative when it brings money in. For a combo that is sold,
 * negate the ratios and the price.
 * @param multiplier Units per contract, 100 for US stock options.
 */
export function comboMaxLoss(
  legs: readonly OptionLeg[],
  netPrice: number,
  multiplier: number,
): number | null {
  const slopeAtInfinity = sum(legs.map(({ right, ratio }) => (right === 'C' ? ratio : 0)));
  if (slopeAtInfinity < 0) return null;
  const payoffs = [0, ...legs.map(({ strike }) => strike)].map((price) => payoffAt(price, legs));
  const loss = Math.max(0, netPrice - Math.min(...payoffs)) * multiplier;
  return Math.round(loss * 1e6) / 1e6;
}

function payoffAt(price: number, legs: readonly OptionLeg[]): number {
  return sum(
    legs.map(
      ({ right, strike, ratio }) => ratio * Math.max(0, right === 'C' ? price - strike : strike - price),
    ),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
