/** Amounts as people type them. */
import { halfWidth } from './half-width.ts';

/** `5,000` and `1,000,000.50`; `.` may separate groups where a comma tells decimals, or where there are several. */
const READINGS: readonly (readonly [form: RegExp, groups: string, decimal: string])[] = [
  [/^\d+$/, '', ''],
  [/^[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/, ',', '.'],
  [/^[1-9]\d{0,2}(\.\d{3})+,\d*$/, '.', ','],
  [/^[1-9]\d{0,2}(\.\d{3}){2,}$/, '.', ''],
  // One point or comma before three digits may mean thousands, unless there is nothing to be thousands of.
  [/^(\d*\.(?!\d{3}$)\d+|\d+\.|0?\.\d{3})$/, '', '.'],
  // A comma before four digits or more is one that was mistyped.
  [/^(\d+,\d{0,2}|0,\d+)$/, '', ','],
];

/** More digits than these are not kept exactly. */
const MOST_DIGITS = 15;

/** By what a currency may be written before an amount. */
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  $: ['USD', 'CAD', 'AUD', 'NZD', 'HKD', 'SGD', 'MXN'],
  '€': ['EUR'],
  '£': ['GBP'],
  '¥': ['JPY', 'CNH', 'CNY'],
};

/** `5 000` and `5’000`. */
const SPACED = /^[1-9]\d{0,2}([\s'’]\d{3})+([.,]\d*)?$/;

/**
 * What a text means, as a number; null where that is not certain: `5.000`, `5.000k`, `5e3`, `-5`.
 * @param unit What the amount is of, which may be written with it. Another currency is another amount.
 */
export function typedAmount(text: string, unit?: string): number | null {
  const amount = withoutUnit(halfWidth(text).trim(), unit);
  const thousands = /^([^k]+)k$/i.exec(amount)?.[1];
  if (thousands !== undefined) return inThousands(thousands);
  const plain = SPACED.test(amount) ? amount.replaceAll(/[\s'’]/g, '') : amount;
  const reading = READINGS.find(([form]) => form.test(plain));
  if (reading === undefined) return null;
  const [, groups, decimal] = reading;
  const digits = groups === '' ? plain : plain.replaceAll(groups, '');
  if (digits.replaceAll(/^[0.,]+|[.,]/g, '').length > MOST_DIGITS) return null;
  return Number(decimal === '' ? digits : digits.replace(decimal, '.'));
}

/** `5,000` of `$5,000`, `5,000 USD` and `5,000 usd`. */
function withoutUnit(text: string, unit: string | undefined): string {
  if (unit === undefined) return text;
  const [sign = ''] = text;
  if (SIGNS[sign]?.includes(unit)) return text.slice(1).trimStart();
  return text.toUpperCase().endsWith(unit.toUpperCase()) ? text.slice(0, -unit.length).trimEnd() : text;
}

/** `5k` and `2.5k`. What has groups of thousands besides is not certain. */
function inThousands(text: string): number | null {
  const amount = /^\d+([.,]\d+)?$/.test(text) ? typedAmount(text) : null;
  // 1000 times 1.001 has digits that nobody typed.
  return amount === null ? null : Number((amount * 1000).toPrecision(15));
}
