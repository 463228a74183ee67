import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  code,
  flag,
  identifier,
  instrumentArguments,
  number,
  orderIdArgument,
  positiveAmount,
} from './arguments.ts';

describe('numbers', () => {
  it('take what a model means by a quoted number, to the digit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 1e-6, max: 1e9 }), (value) => {
        const written = value.toFixed(8);
        expect(number(z.number()).parse(written)).toBe(Number(written));
        expect(number(z.number()).parse(` ${written} `)).toBe(Number(written));
        expect(number(z.number()).parse(value)).toBe(value);
      }),
    );
  });

  it.each([
    [0.1 + 0.2, 0.3],
    [1.1 * 3, 3.3],
    ['0.30000000000000004', 0.3],
    [1_000_000_000, 1_000_000_000],
  ])('of units have no digits that binary sums add: %o', (value, amount) => {
    expect(positiveAmount().parse(value)).toBe(amount);
  });

  it.each([
    '',
    ' ',
    '1,000',
    '10 shares',
    '0x10',
    '1e3',
    'Infinity',
    'NaN',
    '1.2.3',
    '--1',
    '½',
    true,
    [],
    {},
  ])('refuse %j rather than guess', (value) => {
    expect(positiveAmount().safeParse(value).success).toBe(false);
  });

  it.each([0, -1, '-5', 1e-320, 1e-9, Number.NaN, Number.POSITIVE_INFINITY, 1e12])(
    'refuse %j as an amount',
    (value) => {
      expect(positiveAmount().safeParse(value).success).toBe(false);
    },
  );
});

describe('codes and flags', () => {
  it.each(['buy', ' Buy', 'BUY '])('take %j for BUY', (value) => {
    expect(code(['BUY', 'SELL']).parse(value)).toBe('BUY');
  });

  it.each([
    ['true', true],
    [' False ', false],
    [true, true],
  ])('take %j for %j', (value, expected) => {
    expect(flag().parse(value)).toBe(expected);
  });

  it.each(['yes', 1, 0, '1', ''])('refuse %j as a flag', (value) => {
    expect(flag().safeParse(value).success).toBe(false);
  });
});

describe('instruments', () => {
  const { symbol, conid, exchange } = instrumentArguments;

  it.each([
    [' nvda ', 'NVDA'],
    ['eur.usd', 'EUR.USD'],
    ['BRK B', 'BRK B'],
  ])('take %j for %j', (value, expected) => {
    expect(symbol.parse(value)).toBe(expected);
  });

  it.each(['', '../x', 'NV;DA', 'A'.repeat(41), 5, 'N\u0000'])('refuse %j as a symbol', (value) => {
    expect(symbol.safeParse(value).success).toBe(false);
  });

  it.each(['ß', 'ſpy', 'ﬁ', 'nvdı', 'ＮＶＤＡ'])('take %j for no other symbol', (value) => {
    expect(symbol.safeParse(value).success).toBe(false);
    expect(identifier().safeParse(value).success).toBe(false);
    expect(exchange.safeParse(value).success).toBe(false);
  });

  it.each(['island', ' NASDAQ.NMS ', 'NYSE ARCA', 'smart'])('take %j as an exchange', (value) => {
    expect(exchange.parse(value)).toBe(value.trim().toUpperCase());
  });

  it.each(['a\nb', 'N\u202eY', 'x'.repeat(41), '<b>', 5])('refuse %j as an exchange', (value) => {
    expect(exchange.safeParse(value).success).toBe(false);
  });

  it.each(['4815747', 4815747])('take %j as a conid', (value) => {
    expect(conid.parse(value)).toBe(4815747);
  });

  it.each([1.5, -1, 0, 'NVDA'])('refuse %j as a conid', (value) => {
    expect(conid.safeParse(value).success).toBe(false);
  });
});

describe('identifiers', () => {
  it.each([
    [17437897932, '17437897932'],
    ['473740665', '473740665'],
    [' du1234567', 'DU1234567'],
  ])('take %j for %j', (value, expected) => {
    expect(identifier().parse(value)).toBe(expected);
  });

  it.each(['a/b', '..%2f', '.', '..', ' .. ', '', '?x=1', 1.5, 2 ** 60])('refuse %j', (value) => {
    expect(identifier().safeParse(value).success).toBe(false);
    expect(orderIdArgument().safeParse(value).success).toBe(false);
  });
});
