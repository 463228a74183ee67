/**
 * IBKR's number spellings. There is no rule which endpoint uses which: `1006413.0`, `"1,300"`, `"1.2M"`,
 * `"0.54%"`, `"C168.42"`, `"1,005,254 USD"`. Every function here is strict: what is not exactly a number of the
 * expected form is null, never the number it happens to start with.
 */

const PLAIN = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;
const GROUPED = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;
/** From here on it says that there is none: Java writes the largest of its kind of number then, 9223372036854775807 or 1.7976931348623157E308. */
const NONE_FROM = 2 ** 63;
const MULTIPLIERS: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9 };

/** `655.05`, `"655.05"`, `"-1,300.5"`. Not `"0,300"`, whose comma may be that of other countries. */
export function parseDecimal(value: unknown): number | null {
  if (typeof value === 'number') return meant(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (PLAIN.test(text)) return meant(Number(text));
  if (GROUPED.test(text)) return meant(Number(text.replaceAll(',', '')));
  return null;
}

/** `parseDecimal`, or a number with a unit of size: `"1.2M"`, `"350K"`. */
export function parseMagnitude(value: unknown): number | null {
  if (typeof value === 'string') {
    const text = value.trim();
    const multiplier = MULTIPLIERS[text.slice(-1).toUpperCase()];
    if (multiplier !== undefined) {
      const number = parseDecimal(text.slice(0, -1).trimEnd());
      // 1.005 * 1000 is 1004.9999999999999 in binary: keep the digits IBKR wrote.
      return number === null ? null : exactNumber(number * multiplier);
    }
  }
  return parseDecimal(value);
}

/** `"0.54%"`, `"+28.1%"`, `"0.54"`, all in percent. */
export function parsePercent(value: unknown): number | null {
  return parseDecimal(typeof value === 'string' ? value.trim().replace(/%$/, '') : value);
}

/** What IBKR writes as a last price, and what its prefix says of it. */
export interface MarkedPrice {
  /** Without the prefix. */
  written: string | null;
  /** `C`: the previous day's close. */
  isPreviousClose: boolean;
  /** `H`: trading is halted, also where no price follows. */
  isHalted: boolean;
}

/** `"655.05"`, `"C168.42"`, `"H168.42"`, `"H"` (snapshot field 31). */
export function parseMark(text: string | null): MarkedPrice {
  const [, mark = '', written = ''] = /^([CH]?)(.*)$/s.exec(text ?? '') ?? [];
  return { written: written.trim() || null, isPreviousClose: mark === 'C', isHalted: mark === 'H' };
}

/** Without the digits that binary sums and products add to those IBKR wrote. */
export function exactNumber(number: number): number {
  return Number(number.toPrecision(15));
}

function meant(number: number): number | null {
  return Math.abs(number) < NONE_FROM ? number : null;
}
