/**
 * Which of the numbers that IBKR writes as prices are prices. Where it has none it may write nothing, -1, -100, 0 or
 * the largest number there is, and futures on bonds and grains are written in fractions of a point (`110'16.5`).
 */
import { parseDecimal } from '../wire/numbers.ts';

/** What a kind of instrument lets a price be. */
export interface PriceTraits {
  /** Futures, combos and what IBKR's rules say so of may trade at 0 and below. */
  mayBeNegative: boolean;
  /** Futures and bonds are written in fractions of a point. */
  inFractions: boolean;
}

export const USUAL_PRICES: PriceTraits = { mayBeNegative: false, inFractions: false };

/** As a price of the asset class is written. Options on futures are left out: theirs are 64ths, or 32nds. */
export function isWrittenInFractions(secType: string | null): boolean {
  return secType === 'FUT' || secType === 'BOND' || secType === 'BILL';
}

/** No instrument has a price like that; `1.7976931348623157E308` is how Java writes that there is none. */
const GREATEST = 1e12;

/** What stands for "none" where it is no price: an amount beside it says that it is one. */
const SENTINELS: ReadonlySet<number> = new Set([0, -1, -100]);

/** Tens of a 32nd, as exchanges shorten eighths of it: `165` is 16 and a half. */
const SHORT_EIGHTHS: Readonly<Record<string, number>> = {
  '': 0,
  0: 0,
  1: 0.125,
  2: 0.25,
  3: 0.375,
  5: 0.5,
  6: 0.625,
  7: 0.75,
  8: 0.875,
  25: 0.25,
  50: 0.5,
  75: 0.75,
  '+': 0.5,
};

/**
 * A number, or points and a fraction of one: `110'16.5`, `110'165`, `110-16+` (32nds), `450'2` (eighths). Null for what
 * reads as neither, as `110'32`.
 */
export function parseFractionalPrice(value: unknown): number | null {
  const decimal = parseDecimal(value);
  if (decimal !== null || typeof value !== 'string') return decimal;
  const text = value.trim();
  const [, sign, points, rest = ''] = /^([+-]?)(\d{1,9}|\d{1,3}(?:,\d{3})+)['-](.+)$/.exec(text) ?? [];
  const part = partOf(rest);
  if (points === undefined || part === null) return null;
  const price = Number(points.replaceAll(',', '')) + part;
  return sign === '-' ? -price : price;
}

function partOf(text: string): number | null {
  if (/^[0-7]$/.test(text)) return Number(text) / 8;
  const [, whole, decimals] = /^([0-2]\d|3[01])(?:\.(\d{1,4}))?$/.exec(text) ?? [];
  if (whole !== undefined && decimals !== undefined) {
    const eighths = Number(`0.${decimals}`) * 8;
    return Number.isInteger(eighths) ? (Number(whole) + eighths / 8) / 32 : null;
  }
  const [, count = '', short = ''] = /^([0-2]\d|3[01])(\d{0,2}|\+)$/.exec(text) ?? [];
  const eighth = count === '' ? undefined : SHORT_EIGHTHS[short];
  return eighth === undefined ? null : (Number(count) + eighth) / 32;
}

/**
 * A price as IBKR wrote it; null where that stands for none.
 * @param beside How much is bid or asked for at it, or was traded: null where IBKR does not say.
 */
export function priceOf(written: unknown, beside: number | null, traits: PriceTraits): number | null {
  const price = traits.inFractions ? parseFractionalPrice(written) : parseDecimal(written);
  if (price === null || Math.abs(price) > GREATEST) return null;
  if (price > 0) return price;
  if (!traits.mayBeNegative) return null;
  const isVouched = beside === null ? !SENTINELS.has(price) : beside > 0;
  return isVouched ? price : null;
}

/** Whether more has to be known of the instrument to tell if this is a price: it may be one, of some. */
export function dependsOnTraits(written: unknown, beside: number | null): boolean {
  const unusual: PriceTraits = { mayBeNegative: true, inFractions: true };
  return priceOf(written, beside, USUAL_PRICES) === null && priceOf(written, beside, unusual) !== null;
}
