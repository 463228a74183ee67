/** What positions come to together, in the base currency of their account. */
import type { DetailedPosition } from '../../api/positions.ts';

type Amount = 'day_change' | 'unrealized_pnl';

/** An amount of a position in base currency; null where the amount is not known, or the rate. */
export function inBase(position: DetailedPosition, of: Amount, baseCurrency: string | null): number | null {
  const { [of]: amount, currency, market_value, market_value_in_base } = position;
  if (amount === null || currency === baseCurrency) return amount;
  return !market_value || market_value_in_base === null
    ? null
    : (amount * market_value_in_base) / market_value;
}

/** Null if one is not known: a part of a sum is none. */
export function sumOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

/** The value of positions in base currency. What is settled every day, such as futures, has none and adds none. */
export function totalValue(positions: readonly DetailedPosition[]): number | null {
  return sumOf(
    positions.map(({ market_value, notional, market_value_in_base }) =>
      market_value === null && notional !== undefined && notional !== null ? 0 : market_value_in_base,
    ),
  );
}

/** A gain as a percentage of what there was before it; null where that was nothing. */
export function gainPercent(gain: number | null, value: number | null): number | null {
  if (gain === null || value === null) return null;
  const before = Math.abs(value - gain);
  return before === 0 ? null : (100 * gain) / before;
}
