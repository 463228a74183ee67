/**
 * Schema pieces for what IBKR sends. A field of one recording is a string in the next, so every piece takes both
 * spellings; unknown fields pass because objects are not strict. Two kinds: the plain name must be there and make
 * sense, or the whole answer is not understood; `optional…` is null when absent, empty or not of the form.
 */

import { decode } from 'html-entities';
import { z } from 'zod';
import { cleanText, plainText } from '../../text/outside-text.ts';
import { parseDecimal } from './numbers.ts';
import { isoFromEpochMs } from './times.ts';

const MOST_TEXT_CHARACTERS = 200;
const MOST_CODES_CHARACTERS = 4_000;

/** A field that must be there: a parser's null means that the answer is not understood. */
export function required<T>(parse: (value: unknown) => T | null) {
  return z.unknown().transform((value, context): T => {
    const parsed = parse(value);
    if (parsed !== null) return parsed;
    context.addIssue('not of the expected form');
    return z.NEVER;
  });
}

/** A field that is null when absent or not understood. */
export function optional<T>(parse: (value: unknown) => T) {
  return z.unknown().optional().transform(parse);
}

export const decimal = required(parseDecimal);
export const optionalDecimal = optional(parseDecimal);

/** What amounts are multiplied by, which 0 and -1 stand for none of. */
export const factor = required(parseFactor);
export const optionalFactor = optional(parseFactor);

/** How much there is of something, which is not below zero. */
export const quantity = required(parseQuantity);
/** The same, or null where nothing is written; what is written has to make sense. */
export const givenQuantity = z.preprocess((value) => (value === '' ? null : value), quantity.nullish());

/**
 * A non-empty text, such as a name, safe to stand in a sentence and cut off at 200 characters; numbers become text, and
 * `AT&amp;T` is AT&T.
 */
export const text = required(parseText);
export const optionalText = optional(parseText);

/** IBKR's own words, safe to show. */
export const prose = required(parseProse);
export const optionalProse = optional(parseProse);

/** Many codes in one text, such as exchanges or months; what is no code is left out. */
export function codes(separator: string) {
  return optional((value) => parseOutside(value, MOST_CODES_CHARACTERS)).transform((list) =>
    (list ?? '')
      .split(separator)
      .map((code) => code.trim())
      .filter((code) => /^[\w.&+/-]{1,24}$/.test(code)),
  );
}

/** An id: text, whatever IBKR sent, because ids exceed 2^31 and come as numbers and as strings. */
export const id = required(parseId);
export const optionalId = optional(parseId);

/** A contract id: a positive integer in either spelling. */
export const conid = required(parseConid);
export const optionalConid = optional(parseConid);

export const optionalIsoFromEpochMs = optional(isoFromEpochMs);

/** `true`, `"true"`, 1 and `"1"` are true; everything else is false. */
export const flag = optional((value) => value === true || value === 1 || value === 'true' || value === '1');

function parseFactor(value: unknown): number | null {
  const number = parseDecimal(value);
  return number !== null && number > 0 ? number : null;
}

function parseQuantity(value: unknown): number | null {
  const number = parseDecimal(value);
  return number === null || number < 0 ? null : number;
}

function parseId(value: unknown): string | null {
  return Number.isSafeInteger(value) ? String(value) : parseText(value);
}

function parseText(value: unknown): string | null {
  return parseOutside(value, MOST_TEXT_CHARACTERS);
}

function parseProse(value: unknown): string | null {
  const words = parseOutside(value, MOST_CODES_CHARACTERS);
  return words === null ? null : cleanText(words) || null;
}

function parseOutside(value: unknown, mostCharacters: number): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return null;
  // Some answers are encoded for HTML and some are not: `S&P` has no semicolon, and stays.
  return plainText(decode(value, { scope: 'strict' }), mostCharacters) || null;
}

function parseConid(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null;
}
