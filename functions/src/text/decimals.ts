/** Numbers as people write them: in decimals, and with no more of them than mean anything. */

/** Beyond these a number holds what binary arithmetic added. */
const MEANT_DIGITS = 13;
const CENTS = 2;

/** Half a unit goes away from zero, by the digits as they are written: 1.005 to two decimals is 1.01. */
export function rounded(value: number, decimals: number): number {
  if (!Number.isFinite(value)) return value;
  const shifted = shift(Math.abs(value), decimals);
  if (!Number.isSafeInteger(Math.round(shifted))) return value;
  const result = Math.sign(value) * shift(Math.round(shifted), -decimals);
  // Of a negative number that rounds to nothing there is no sign left.
  return result === 0 ? 0 : result;
}

/** An amount of money. */
export function cents(value: number): number;
export function cents(value: number | null): number | null;
export function cents(value: number | null): number | null {
  return value === null ? null : rounded(value, CENTS);
}

/** A price that IBKR computed, such as an average, which it writes with the digits of a short float. */
export function shownPrice(value: number | null): number | null {
  if (value === null) return null;
  const size = Math.abs(value);
  if (size >= 100) return rounded(value, 4);
  return size >= 1 ? rounded(value, 5) : Number(value.toPrecision(6));
}

/** The same data, its numbers without what binary sums and products add: 111160313.99999999 is 111160314. */
export function withMeantDigits<Value>(value: Value): Value {
  return meant(value) as Value;
}

function meant(value: unknown): unknown {
  if (typeof value === 'number')
    return Number.isInteger(value) ? value : Number(value.toPrecision(MEANT_DIGITS));
  if (Array.isArray(value)) return value.map(meant);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, meant(field)]));
}

/** By powers of ten, on the digits: multiplying in binary would change them. */
function shift(value: number, places: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  return Number(`${digits}e${Number(exponent) + places}`);
}
