/**
 * What tools accept. Models write `"10"` for 10, `"true"` for true, `buy` for `BUY` and ` nvda ` for `NVDA`;
 * these parts take such spellings, and nothing that could mean two things. Everything is bounded.
 */
import { z } from 'zod';
import { exactNumber } from '../broker/wire/numbers.ts';
import { hasUnseen } from '../text/outside-text.ts';

const NUMERAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;

function unquoteNumber(value: unknown): unknown {
  return typeof value === 'string' && NUMERAL.test(value.trim()) ? Number(value) : value;
}

/** A sum in binary has digits that nobody meant: 0.1 + 0.2 is 0.30000000000000004. */
function unquoteAmount(value: unknown): unknown {
  const number = unquoteNumber(value);
  return typeof number === 'number' ? exactNumber(number) : number;
}

function trim(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value;
}

/** Letters of English alone: others would become them, and `ß` the ticker SS. */
function upperCase(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.trim().replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** A number, also in quotes. */
export function number(schema: z.ZodNumber) {
  return z.preprocess(unquoteNumber, schema);
}

/** A number of units or of money, also in quotes. */
export function amount(schema: z.ZodNumber) {
  return z.preprocess(unquoteAmount, schema);
}

/** A boolean, also as `"true"` or `"false"` in any case. */
export function flag() {
  return z.preprocess((value) => {
    const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
    if (text === 'true') return true;
    return text === 'false' ? false : value;
  }, z.boolean());
}

/** One of a list of codes in upper case, accepted in any case. */
export function code<const T extends readonly [string, ...string[]]>(codes: T) {
  return z.preprocess(upperCase, z.enum(codes));
}

/** Text without the blanks around it. It is taken as it reads or not at all: two names must not become one. */
export function text(maxLength: number) {
  return z.preprocess(
    trim,
    z
      .string()
      .min(1)
      .max(maxLength)
      .refine((value) => !hasUnseen(value), 'no characters that cannot be seen'),
  );
}

/** What would name another address at IBKR in a path of its own (RFC 3986 section 5.2.4). */
function isNoDots(text: string): boolean {
  return text !== '.' && text !== '..';
}

/** A number or text that names something at IBKR: an order id, an account id, a code. Always text from here on. */
export function identifier() {
  return z.preprocess(
    (value) => (Number.isSafeInteger(value) ? String(value) : upperCase(value)),
    z
      .string()
      .max(40)
      .regex(/^[A-Z0-9._-]+$/, 'only letters, digits, dots, dashes and underscores')
      .refine(isNoDots, 'more than dots'),
  );
}

/** IBKR's id of an order, as it was given: a number, or text. */
export function orderIdArgument() {
  return z.preprocess(
    (value) => (Number.isSafeInteger(value) ? String(value) : trim(value)),
    z
      .string()
      .max(40)
      .regex(/^[\w.-]+$/, 'the digits that IBKR gave the order, such as 1234567890')
      .refine(isNoDots, 'the digits that IBKR gave the order, such as 1234567890'),
  );
}

/** Eight decimals, which no quantity and no price goes beyond. */
export const LEAST_AMOUNT = 1e-8;

/** An order quantity or price: above zero, finite, with a floor and a ceiling that catch slips. */
export function positiveAmount() {
  return amount(
    z
      .number()
      .positive()
      .max(1_000_000_000)
      // What is not above 0 has been told so already.
      .refine((amount) => amount >= LEAST_AMOUNT || amount <= 0, 'at least 0.00000001'),
  );
}

const symbol = z.preprocess(
  upperCase,
  z
    .string()
    .max(40)
    .regex(
      /^[$^./@]?[A-Z0-9][A-Z0-9 ./:^=&!@_-]*$/,
      'a ticker such as NVDA, or a currency pair such as EUR.USD',
    ),
);

/** One of several symbols. */
export function symbolArgument() {
  return symbol;
}

/** An ISO 4217 code. */
export function currency() {
  return z.preprocess(upperCase, z.string().regex(/^[A-Z]{3}$/, 'three letters such as USD'));
}

/** IBKR's id of a contract. */
export function conidArgument() {
  return number(z.number().int().positive().max(Number.MAX_SAFE_INTEGER));
}

/** The arguments by which every tool takes an instrument: exactly one of `symbol` and `conid`. */
export const instrumentArguments = {
  symbol: symbol.optional().describe('NVDA, VOD.L, ^GSPC, EUR.USD. This or conid.'),
  conid: conidArgument().optional(),
  exchange: z
    .preprocess(
      upperCase,
      z
        .string()
        .max(40)
        .regex(/^[A-Z0-9][A-Z0-9 .&+/_-]*$/, 'an exchange such as NASDAQ'),
    )
    .optional(),
  currency: currency().optional(),
};

/** The input of a tool that takes an instrument, and the given arguments besides. */
export function instrumentInput<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({ ...instrumentArguments, ...shape }).superRefine((args, check) => {
    // The compiler cannot see through the generic shape.
    const { symbol, conid } = args as { symbol?: string; conid?: number };
    if ((symbol === undefined) !== (conid === undefined)) return;
    const message =
      symbol === undefined
        ? 'the instrument is missing: give its symbol, or its conid'
        : 'give either symbol or conid, and not both';
    check.addIssue({ code: 'custom', message });
  });
}

/** The number of an account, in whichever case it is written. */
export function accountId() {
  return z.preprocess(
    trim,
    z
      .string()
      .max(40)
      .regex(/^[\w.-]+$/, 'only letters, digits, dots, dashes and underscores'),
  );
}

/** The account a tool acts on, where it is not the current one. */
export const accountArgument = {
  account_id: accountId().optional(),
};

/** Refuses two bounds between which nothing lies. */
export function boundsInOrder(least: string, most: string) {
  return (args: Readonly<Record<string, unknown>>, check: z.RefinementCtx) => {
    const [from, to] = [args[least], args[most]];
    if (typeof from !== 'number' || typeof to !== 'number' || from <= to) return;
    check.addIssue({ code: 'custom', path: [least], message: `it is above ${most}, which is ${to}` });
  };
}
