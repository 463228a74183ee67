/** Amounts of money as IBKR states them in text: exactly, about, or between two bounds. */

import { parseDecimal, parseMagnitude } from './numbers.ts';

export interface StatedMoney {
  /** Null where IBKR states a range, or one bound only. */
  amount: number | null;
  /** Of a range; both are left out where IBKR states one amount, one where it states the other bound alone. */
  min?: number;
  max?: number;
  /** There where IBKR says that it is an estimate, or has rounded it to thousands or millions. */
  approximate?: true;
  /** ISO code; null where IBKR states none. */
  currency: string | null;
}

type Bounds = 'exactly' | 'about' | 'at most' | 'at least';

/** Words and signs before an amount, and what they make of it. */
const PREFIXES: readonly [pattern: RegExp, bounds: Bounds][] = [
  [/^(~|≈|≃|approximately|approx\.?|about|circa|ca\.?|estimated|est\.?)\s*/i, 'about'],
  [/^(<=?|≤|up to|at most|no more than|maximum|max\.?)\s*/i, 'at most'],
  [/^(>=?|≥|from|at least|no less than|minimum|min\.?)\s*/i, 'at least'],
];

/** Several times the longest: the patterns below take time that grows with a power of the length. */
const MOST_CHARACTERS = 200;

const CURRENCY = '(?:[A-Z]{3}(?![A-Za-z]))';
const NUMBER = String.raw`[+-]?(?:\d[\d,]*(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?[KMB]?(?![A-Za-z0-9.,])`;
const AMOUNT = new RegExp(
  String.raw`^(?<before>${CURRENCY})?\s*(?<open>\()?\s*(?<number>${NUMBER})\s*(?<inside>${CURRENCY})?\s*(?<close>\))?\s*(?<after>${CURRENCY})?$`,
);
/** Not a minus sign: that has a number directly behind it and nothing, or another separator, before it. */
const SEPARATOR = /\s*(?:\.{2,3}|…|–|—)\s*|\s+(?:to|and|-)\s+|(?<=[\d)A-Z]\s*)[-~]\s*(?=[\d.(A-Z])/;
/** `647.09 USD (1 Shares)` */
const NOTE = /(?<=\S)\s*\([^()]*[A-Za-z]{4,}[^()]*\)$/;

/**
 * Reads `"1,005,254 USD"`, `"647.09 USD (1 Shares)"`, `"~ 51,001.39 USD"`, `"1.29 ... 1.50 USD"`, `">= 5"`, `"(8.50)"`.
 * @returns null for what is not exactly such a text, as `"NA"`, `""` or a currency alone.
 */
export function parseStatedMoney(value: unknown): StatedMoney | null {
  if (typeof value !== 'string') {
    const amount = parseDecimal(value);
    return amount === null ? null : { amount, currency: null };
  }
  if (value.length > MOST_CHARACTERS) return null;
  const text = value.trim().replace(NOTE, '').trim();
  const range = rangeOf(text);
  if (range !== null) return range;
  const { bounds, rest } = prefixOf(text);
  const single = singleOf(rest);
  return single === null ? null : boundMoney(single, bounds);
}

interface Single {
  number: number;
  currency: string | null;
  isApproximate: boolean;
}

function boundMoney({ number, currency, isApproximate }: Single, bounds: Bounds): StatedMoney {
  const approximate = isApproximate || bounds === 'about' ? { approximate: true as const } : {};
  if (bounds === 'at most') return { amount: null, max: number, ...approximate, currency };
  if (bounds === 'at least') return { amount: null, min: number, ...approximate, currency };
  return { amount: number, ...approximate, currency };
}

function rangeOf(text: string): StatedMoney | null {
  const parts = text.replace(/^(between|from)\s+/i, '').split(SEPARATOR);
  if (parts.length !== 2) return null;
  const [first, second] = parts.map((part) => {
    const { bounds, rest } = prefixOf(part);
    const single = bounds === 'exactly' || bounds === 'about' ? singleOf(rest) : null;
    return single && { ...single, isApproximate: single.isApproximate || bounds === 'about' };
  });
  if (first == null || second == null) return null;
  const currency = first.currency ?? second.currency;
  if (second.currency !== null && second.currency !== currency) return null;
  const [min, max] = [first.number, second.number].sort((a, b) => a - b) as [number, number];
  const approximate = first.isApproximate || second.isApproximate ? { approximate: true as const } : {};
  if (min === max) return { amount: min, ...approximate, currency };
  return { amount: null, min, max, ...approximate, currency };
}

function prefixOf(text: string): { bounds: Bounds; rest: string } {
  for (const [pattern, bounds] of PREFIXES) {
    const [prefix] = pattern.exec(text) ?? [];
    if (prefix !== undefined) return { bounds, rest: text.slice(prefix.length) };
  }
  return { bounds: 'exactly', rest: text };
}

function singleOf(text: string): Single | null {
  const { before, open, number: digits = '', inside, close, after } = AMOUNT.exec(text)?.groups ?? {};
  const number = parseMagnitude(digits);
  const currencies = [before, inside, after].filter((code) => code !== undefined);
  if (number === null || currencies.length > 1 || (open === undefined) !== (close === undefined)) return null;
  // Accountants write what is below zero in parentheses.
  const isNegative = open !== undefined;
  if (isNegative && /^[+-]/.test(digits)) return null;
  return {
    number: isNegative ? -number : number,
    currency: currencies[0] ?? null,
    isApproximate: /[KMB]$/.test(digits),
  };
}
