/** Amounts as people type them. */
import { halfWidth } from './half-width.ts';

/** `5,000` and `1,000,000.50`; `.` may separate groups where a comma tells decimals, or where there are several. */
const READINGS: readonly (readonly [form: RegExp, groups: string, decimal: string])[] = [
  [/^\d+$/, '', ''],
  [/^[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/, ',', '.'],
  // As in India: `1,00,000`.
  [/^[1-9]\d?(,\d{2})+,\d{3}(\.\d*)?$/, ',', '.'],
  [/^[1-9]\d{0,2}(\.\d{3})+,\d*$/, '.', ','],
  [/^[1-9]\d{0,2}(\.\d{3}){2,}$/, '.', ''],
  // One point or comma before three digits may mean thousands, unless there is nothing to be thousands of.
  [/^(\d*\.(?!\d{3}$)\d+|\d+\.|0?\.\d{3})$/, '', '.'],
  // A comma before four digits or more is one that was mistyped.
  [/^(\d+,\d{0,2}|0,\d+)$/, '', ','],
];

/** More digits than these are not kept exactly. */
const MOST_DIGITS = 15;
/** More decimals than these are not shown, and what is saved is what was shown. */
const MOST_DECIMALS = 8;

/** Zero in other scripts: Arabic, Persian, Devanagari, Bengali, Thai and Burmese. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0x1040];

/** `5 000` and `5’000`. */
const SPACED = /^[1-9]\d{0,2}([\s'’]\d{3})+([.,]\d*)?$/;

/**
 * What a text means, as a number; null where that is not certain: `5.000`, `5.000k`, `5e3`.
 * @param unit What the amount is of, which may be written with it. Another currency is another amount.
 */
export function typedAmount(text: string, unit?: string): number | null {
  const amount = withoutUnit(plainText(text), unit);
  if (/^[-−]\d/.test(amount)) {
    const positive = typedAmount(amount.slice(1));
    return positive === null ? null : 0 - positive;
  }
  const [, digits, letter = ''] = /^(.+?)\s*([km])$/i.exec(amount) ?? [];
  // A minute of a time is no million.
  if (digits !== undefined) return unit === 's' ? null : multiple(digits, /k/i.test(letter) ? 1e3 : 1e6);
  const plain = SPACED.test(amount) ? amount.replaceAll(/[\s'’]/g, '') : amount;
  const reading = READINGS.find(([form]) => form.test(plain));
  if (reading === undefined) return null;
  const [, groups, decimal] = reading;
  const ungrouped = groups === '' ? plain : plain.replaceAll(groups, '');
  const [whole = '', decimals = ''] = decimal === '' ? [ungrouped] : ungrouped.split(decimal);
  const significant = `${whole}${decimals}`.replace(/^0+/, '');
  if (significant.length > MOST_DIGITS || decimals.length > MOST_DECIMALS) return null;
  return Number(`${whole}.${decimals}0`);
}

/** In digits and signs of ASCII, without marks of the direction that pasted text brings along. */
function plainText(text: string): string {
  return halfWidth(text)
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/\p{Nd}/gu, asciiDigit)
    .replaceAll('٬', ',')
    .replaceAll('٫', '.')
    .trim();
}

function asciiDigit(digit: string): string {
  const code = digit.charCodeAt(0);
  const zero = ZEROS.find((first) => code >= first && code < first + 10);
  return zero === undefined ? digit : String(code - zero);
}

/** `5,000` of `$5,000`, `5,000 USD`, `usd 5,000` and `$5,000 USD`. */
function withoutUnit(text: string, unit: string | undefined): string {
  if (unit === undefined) return text;
  const isCurrency = /^[A-Z]{3}$/.test(unit);
  const spellings = isCurrency ? currencySpellings(unit) : [unit];
  const upper = text.toUpperCase();
  const before = isCurrency ? spellings.find((spelling) => upper.startsWith(spelling.toUpperCase())) : '';
  const rest = text.slice(before?.length ?? 0).trimStart();
  const after = spellings.find((spelling) => rest.toUpperCase().endsWith(spelling.toUpperCase()));
  return rest.slice(0, rest.length - (after?.length ?? 0)).trimEnd();
}

/** `USD`, `US$` and `$`, longest first: one may end as another does. */
function currencySpellings(currency: string): string[] {
  const signs = (['symbol', 'narrowSymbol'] as const).flatMap((currencyDisplay) =>
    new Intl.NumberFormat('en-US', { style: 'currency', currency, currencyDisplay })
      .formatToParts(0)
      .flatMap(({ type, value }) => (type === 'currency' ? [value] : [])),
  );
  // Intl knows no signs of these.
  const others: Readonly<Record<string, string[]>> = { USD: ['US$'], SGD: ['S$'], CNH: ['CN¥', '¥'] };
  const spellings = new Set([currency, ...signs, ...(others[currency] ?? [])]);
  return [...spellings].toSorted((one, other) => other.length - one.length);
}

/** `5k` and `2.5m`. What may have groups of thousands besides is not certain. */
function multiple(text: string, factor: number): number | null {
  const amount = /^(0?[.,]\d+|\d+([.,](?!\d{3}$)\d+)?)$/.test(text) ? typedAmount(text) : null;
  if (amount === null) return null;
  // 1000 times 1.001 has digits that nobody typed.
  const value = Number((amount * factor).toPrecision(MOST_DIGITS));
  return value < 10 ** MOST_DIGITS ? value : null;
}
