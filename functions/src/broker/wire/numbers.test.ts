import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDecimal, parseMagnitude, parseMark, parsePercent } from './numbers.ts';

const PARSERS = { parseDecimal, parseMagnitude, parsePercent };

describe("IBKR's spellings", () => {
  test.each([
    [parseDecimal, 1006413.0, 1006413],
    [parseDecimal, '655.05', 655.05],
    [parseDecimal, '1,300', 1300],
    [parseDecimal, '-1,234,567.50', -1234567.5],
    [parseDecimal, '8.616e-05', 8.616e-5],
    [parseDecimal, ' 12 ', 12],
    [parseMagnitude, '1.2M', 1_200_000],
    [parseMagnitude, '350K', 350_000],
    [parseMagnitude, '1.005K', 1005],
    [parseMagnitude, '50000000', 50_000_000],
    [parsePercent, '0.54%', 0.54],
    [parsePercent, '+28.1%', 28.1],
    [parsePercent, -1.5, -1.5],
  ])('%o reads %o', (parse, spelling, value) => {
    expect(parse(spelling)).toEqual(value);
  });

  test.each([
    [parseDecimal, ''],
    [parseDecimal, '-'],
    [parseDecimal, '.'],
    [parseDecimal, 'C168.42'],
    [parseDecimal, '1,30'],
    [parseDecimal, '0,300'],
    [parseDecimal, '001,300'],
    [parseDecimal, '1.7976931348623157E308'],
    [parseDecimal, Number.MAX_VALUE],
    [parseDecimal, '-3.4028234663852886E38'],
    [parseDecimal, '9,223,372,036,854,775,807'],
    [parseDecimal, '1,3000'],
    [parseDecimal, ',300'],
    [parseDecimal, '13,00.0'],
    [parseDecimal, '1.300,50'],
    [parseDecimal, '12 34'],
    [parseDecimal, '0x10'],
    [parseDecimal, 'Infinity'],
    [parseDecimal, '1e999'],
    [parseDecimal, Number.NaN],
    [parseDecimal, null],
    [parseDecimal, true],
    [parseDecimal, [12]],
    [parseMagnitude, 'M'],
    [parseMagnitude, '9223372036854775807'],
    [parseMagnitude, '1.2MM'],
    [parsePercent, '5%%'],
  ])('%o refuses %o', (parse, spelling) => {
    expect(parse(spelling)).toBeNull();
  });
});

test.each([
  ['655.05', '655.05', false, false],
  ['C168.42', '168.42', true, false],
  ['H1,168.42', '1,168.42', false, true],
  ['H', null, false, true],
  ['CH168.42', 'H168.42', true, false],
  ['X168.42', 'X168.42', false, false],
  [null, null, false, false],
])('the mark of %o', (text, written, isPreviousClose, isHalted) => {
  expect(parseMark(text)).toEqual({ written, isPreviousClose, isHalted });
});

test('what was written is read back, with and without thousands commas', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), (cents) => {
      const value = cents / 100;
      expect(parseDecimal(value.toFixed(2))).toBe(value + 0);
      expect(parseDecimal(value.toLocaleString('en-US', { minimumFractionDigits: 2 }))).toBe(value + 0);
    }),
  );
});

test('a number with one character damaged is refused, or is spelled exactly like another number', () => {
  const spelling = fc.constantFrom('1,300', '655.05', '12,345,678.25', '0.54', '168.42');
  const damage = fc.tuple(fc.nat(12), fc.string({ minLength: 0, maxLength: 2 }));
  fc.assert(
    fc.property(spelling, damage, (original, [at, junk]) => {
      const damaged = original.slice(0, at) + junk + original.slice(at + 1);
      const value = parseDecimal(damaged);
      if (value === null) return;
      const bare = damaged.trim().replaceAll(',', '');
      expect(value).toBe(Number(bare));
      expect(bare).toMatch(/^[+-]?[\d.]+(e[+-]?\d+)?$/i);
      if (damaged.includes(',')) expect(damaged.trim()).toMatch(/^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/);
    }),
    { numRuns: 5_000 },
  );
});

test('no parser throws or answers a number that is not finite, whatever came', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      for (const parse of Object.values(PARSERS)) {
        const parsed = parse(value);
        const number = typeof parsed === 'object' && parsed !== null ? Object.values(parsed)[0] : parsed;
        if (number !== null) expect(Number.isFinite(number)).toBe(true);
      }
    }),
  );
});
