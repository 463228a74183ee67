/** What typed amounts mean: a limit must not become another one by a comma. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { number } from '../src/format/numbers.ts';
import { typedAmount } from '../src/format/typed-amount.ts';

describe('a typed amount', () => {
  it.each([
    ['5000', 5_000],
    ['5k', 5_000],
    ['５，０００', 5_000],
    ['１．５ｋ', 1_500],
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
    ['1.5m', 1_500_000],
    ['1.1M', 1_100_000],
    ['5 k', 5_000],
    ['1,00,000', 100_000],
    ['12,34,567.50', 1_234_567.5],
    ['1\u202f000,50', 1_000.5],
    ['1’000’000.50', 1_000_000.5],
    ['٥٬٠٠٠٫٥', 5_000.5],
    ['۵۰۰۰', 5_000],
    ['५,०००', 5_000],
    ['\u200f5,000\u200e', 5_000],
    ['-5', -5],
    ['−1,000.50', -1_000.5],
    ['-5k', -5_000],
    ['0.12345678', 0.12345678],
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
    '--5',
    '-',
    '+5',
    '5mm',
    '1,000k',
    '1.500m',
    '1,0,000',
    '1,00,00',
    '0.123456789',
    '1e400',
    '999999999999999k',
    '1,0000,000',
    '1,0000',
    '12,3456',
    '999999999999999999',
    '0.1234567890123456',
    '$5000',
    '1,000,00',
    '5,000,',
    '12,34,5.6',
    '.',
    ',',
    '',
    ' ',
    '0x10',
    '5 USD',
    '٥٫٠٠٠',
    'Infinity',
    '1.2.3',
    '0,000,5',
    '1 2',
    '5 00',
    '1 0000',
  ])('%j is not certain', (text) => {
    expect(typedAmount(text)).toBeNull();
  });

  it.each([
    ['$5000', 'USD', 5_000],
    ['$ 5,000', 'HKD', 5_000],
    ['€5k', 'EUR', 5_000],
    ['£5.50', 'GBP', 5.5],
    ['¥1,000,000', 'JPY', 1_000_000],
    ['5,000 USD', 'USD', 5_000],
    ['5000usd', 'USD', 5_000],
    ['10%', '%', 10],
    ['5 s', 's', 5],
    ['5k', 'USD', 5_000],
    ['5.000,50\u00a0€', 'EUR', 5_000.5],
    ['1 000,50 €', 'EUR', 1_000.5],
    ["CHF 5'000.50", 'CHF', 5_000.5],
    ['usd 5000', 'USD', 5_000],
    ['US$5,000', 'USD', 5_000],
    ['$5,000.00 USD', 'USD', 5_000],
    ['HK$5,000', 'HKD', 5_000],
    ['₹1,00,000', 'INR', 100_000],
    ['￥５，０００', 'JPY', null],
    ['¥5,000', 'CNH', 5_000],
    ['-$5', 'USD', null],
    ['$-5', 'USD', -5],
    ['US$5,000', 'CAD', null],
    ['A$5,000', 'USD', null],
    ['€5000', 'USD', null],
    ['$5000', 'EUR', null],
    ['$5000', 'JPY', null],
    ['5,000 EUR', 'USD', null],
    ['$5000 USD', 'EUR', null],
    ['USD', 'USD', null],
    ['$', 'USD', null],
    ['5 m', 's', null],
  ])('%j in %s is %s', (text, unit, amount) => {
    expect(typedAmount(text, unit)).toBe(amount);
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
