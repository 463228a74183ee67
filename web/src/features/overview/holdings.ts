/** What positions come to together, in the base currency of their account. */
import type { Cash } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import type { DetailedPosition } from '../../api/positions.ts';
import { money, rounded } from '../../format/numbers.ts';

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

/** Whether gains are paid out every day, as those of futures are, so that the position itself has no value. */
export function isSettledDaily({ market_value, notional = null }: DetailedPosition): boolean {
  return market_value === null && notional !== null;
}

/** The value of positions in base currency. What is settled every day adds none. */
export function totalValue(positions: readonly DetailedPosition[]): number | null {
  return sumOf(positions.map((position) => (isSettledDaily(position) ? 0 : position.market_value_in_base)));
}

/** A gain as a percentage of what there was before it; null where that was nothing. */
export function gainPercent(gain: number | null, value: number | null): number | null {
  if (gain === null || value === null) return null;
  const before = Math.abs(value - gain);
  return before === 0 ? null : (100 * gain) / before;
}

type Balance = NonNullable<Cash['balances']['row']>;

/** IBKR also lists currencies that were held once. */
export function isHeld({ cash, interest_accrued, dividends_accrued }: Balance): boolean {
  return cash !== 0 || !!interest_accrued || !!dividends_accrued;
}

/** To the cent, so that the points stand below each other; of what costs less than one, as exactly as it is known. */
export function averagePrice(price: number | null): string {
  return price === null || Math.abs(price) < 1 ? money(price, null) : rounded(price, 2);
}
