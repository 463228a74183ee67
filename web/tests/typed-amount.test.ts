/** What typed amounts mean: a limit must not become another one by a comma. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { number } from '../src/format/numbers.ts';
import { typedAmount } from '../src/format/typed-amount.ts';

describe('a typed amount', () => {
  it.each([
    ['5000', 5_000],
    ['5k', 5_000],
    ['2.5K', 2_500],
    ['1.1k', 1_100],
    ['5,000', 5_000],
    ['1,000,000', 1_000_000],
    ['1.000.000', 1_000_000],
    ['5,000.50', 5_000.5],
    ['5.000,50', 5_000.5],
    ['10,000', 10_000],
    ['1,000', 1_000],
    ['5 000', 5_000],
    ['5\u00a0000', 5_000],
    ["5'000", 5_000],
    ['$5000', 5_000],
    ['$ 5,000', 5_000],
    ['5000,50', 5_000.5],
    ['5000.5', 5_000.5],
    ['1.5', 1.5],
    ['1,5', 1.5],
    ['0.125', 0.125],
    ['0,125', 0.125],
    ['.5', 0.5],
    ['5.', 5],
    ['0', 0],
    ['0005', 5],
  ])('%s is %d', (text, amount) => {
    expect(typedAmount(text)).toBe(amount);
  });

  it.each([
    '5.000',
    '1234,567',
    '1234.567',
    '5.000k',
    '5kk',
    '5e3',
    '-5',
    '+5',
    '1,00,000',
    '1,0000,000',
    '1,000,00',
    '5,000,',
    '12,34,5.6',
    '.',
    ',',
    '',
    ' ',
    '0x10',
    '5 USD',
    '٥',
    'Infinity',
    '1.2.3',
    '0,000,5',
    '1 2',
    '5 00',
    '1 0000',
  ])('%j is not certain', (text) => {
    expect(typedAmount(text)).toBeNull();
  });

  it('is read as it is written here', () => {
    const cents = fc.integer({ min: 0, max: 1e14 }).map((value) => value / 100);
    fc.assert(
      fc.property(cents, (value) => {
        expect(typedAmount(number(value))).toBe(value);
      }),
    );
  });

  it('loses none of its digits and gains none', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789.,'), maxLength: 10 });
    fc.assert(
      fc.property(text, (typed) => {
        const amount = typedAmount(typed);
        if (amount === null) return;
        const [digits = ''] = amount.toExponential(11).split('e');
        expect(digits.replaceAll(/[.0]/g, '')).toBe(typed.replaceAll(/[.,0]/g, ''));
      }),
    );
  });
});
