import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStatedMoney } from './stated-money.ts';

const exactly = (amount: number, currency: string | null = null) => ({ amount, currency });
const between = (min: number, max: number, currency: string | null = null) => ({
  ...{ amount: null, min, max, currency },
});
const about = (stated: object) => ({ ...stated, approximate: true });

test.each<[unknown, object]>([
  [5.5, exactly(5.5)],
  ['1,005,254 USD', exactly(1005254, 'USD')],
  ['-8,637', exactly(-8637)],
  ['647.09 USD (1 Shares)', exactly(647.09, 'USD')],
  ['51,000 USD (300 Shares)', exactly(51000, 'USD')],
  ['USD 1.29', exactly(1.29, 'USD')],
  ['0', exactly(0)],
  ['(8.50)', exactly(-8.5)],
  ['(8.50) USD', exactly(-8.5, 'USD')],
  ['(8.50 USD)', exactly(-8.5, 'USD')],
  ['(1,234) USD (2 Contracts)', exactly(-1234, 'USD')],
  ['~ 51,001.39 USD', about(exactly(51001.39, 'USD'))],
  ['~51,001.39', about(exactly(51001.39))],
  ['≈ 5 EUR', about(exactly(5, 'EUR'))],
  ['approx. 5 EUR', about(exactly(5, 'EUR'))],
  ['About 5 EUR', about(exactly(5, 'EUR'))],
  ['~ -5 EUR', about(exactly(-5, 'EUR'))],
  ['1.2M USD', about(exactly(1_200_000, 'USD'))],
  ['1.29 ... 1.50 USD', between(1.29, 1.5, 'USD')],
  ['1.29 … 1.50 USD', between(1.29, 1.5, 'USD')],
  ['1.29...1.50 USD', between(1.29, 1.5, 'USD')],
  ['1.29..1.50', between(1.29, 1.5)],
  ['1...2', between(1, 2)],
  ['1.29 USD ... 1.50 USD', between(1.29, 1.5, 'USD')],
  ['USD 1.29 ... 1.50', between(1.29, 1.5, 'USD')],
  ['1.29 to 1.50 USD', between(1.29, 1.5, 'USD')],
  ['from 1.29 to 1.50 USD', between(1.29, 1.5, 'USD')],
  ['between 1.29 and 1.50 USD', between(1.29, 1.5, 'USD')],
  ['1.29 - 1.50 USD', between(1.29, 1.5, 'USD')],
  ['1.29-1.50 USD', between(1.29, 1.5, 'USD')],
  ['1.29 – 1.50 USD', between(1.29, 1.5, 'USD')],
  ['-1.50 - -1.29 USD', between(-1.5, -1.29, 'USD')],
  ['-1.50 ... 1.29', between(-1.5, 1.29)],
  ['(1.50) ... (1.29) USD', between(-1.5, -1.29, 'USD')],
  ['1.50 ... 1.29 USD', between(1.29, 1.5, 'USD')],
  ['1.50 ... 1.50 USD', exactly(1.5, 'USD')],
  ['~ 1.29 ... ~ 1.50 USD', about(between(1.29, 1.5, 'USD'))],
  ['1.29 ~ 1.50 USD', between(1.29, 1.5, 'USD')],
  ['~ 1.29 ... 1.50 USD', about(between(1.29, 1.5, 'USD'))],
  ['1,290.5 ... 1,500 USD (3 Shares)', between(1290.5, 1500, 'USD')],
  ['>= 5 USD', { amount: null, min: 5, currency: 'USD' }],
  ['>5', { amount: null, min: 5, currency: null }],
  ['at least 5 USD', { amount: null, min: 5, currency: 'USD' }],
  ['<= 1.50 USD', { amount: null, max: 1.5, currency: 'USD' }],
  ['up to 1.50 USD', { amount: null, max: 1.5, currency: 'USD' }],
])('%o', (text, stated) => {
  expect(parseStatedMoney(text)).toEqual(stated);
});

test.each([
  '',
  ' ',
  'NA',
  'N/A',
  'USD',
  '--',
  '-',
  '~',
  '...',
  '1.29 ...',
  '... 1.50 USD',
  '1 ... 2 ... 3',
  '1.29 USD ... 1.50 EUR',
  'USD 1.29 EUR',
  '12 USDT',
  '12 USD 13',
  '1,29 ... 1,5 USD',
  '(8.50',
  '8.50)',
  '(-8.50)',
  '1e999 USD',
  '>= 1 ... 2',
  'up to NA',
  'unlimited',
  '1.2.3 USD',
  '$5',
  `5${' '.repeat(200)}USD`,
  null,
  undefined,
  true,
  [5],
  {},
])('%o is none', (text) => {
  expect(parseStatedMoney(text)).toBeNull();
});

const amounts = fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((cents) => cents / 100);
const written = (amount: number) =>
  fc.constantFrom(amount.toFixed(2), amount.toLocaleString('en-US', { minimumFractionDigits: 2 }));
const currencies = fc.constantFrom('USD', 'EUR', 'JPY', null);
const inCurrency = (text: string, currency: string | null) =>
  currency === null ? text : `${text} ${currency}`;

test('an amount is read back as it was written', () => {
  const cases = fc
    .tuple(amounts, currencies)
    .chain(([amount, currency]) =>
      written(amount).map((text) => ({ amount: amount + 0, currency, text: inCurrency(text, currency) })),
    );
  fc.assert(
    fc.property(cases, ({ amount, currency, text }) => {
      expect(parseStatedMoney(text)).toEqual({ amount, currency });
      expect(parseStatedMoney(`~ ${text}`)).toEqual({ amount, currency, approximate: true });
    }),
  );
});

test('a range is read back as it was written, whatever separates its ends', () => {
  const separators = fc.constantFrom(' ... ', '...', ' … ', ' – ', ' to ', ' - ', ' .. ');
  fc.assert(
    fc.property(amounts, amounts, currencies, separators, (one, other, currency, separator) => {
      fc.pre(one !== other);
      const text = inCurrency(`${one.toFixed(2)}${separator}${other.toFixed(2)}`, currency);
      const [min, max] = [Math.min(one, other) + 0, Math.max(one, other) + 0];
      expect(parseStatedMoney(text)).toEqual({ amount: null, min, max, currency });
    }),
  );
});

test('whatever is written, no number comes of it that is not written there', () => {
  const pieces = fc.constantFrom(
    ...[
      '1',
      '29',
      '.',
      ',',
      '...',
      ' ',
      '-',
      '~',
      '(',
      ')',
      'USD',
      'EUR',
      'to',
      '>=',
      '<',
      'K',
      'M',
      'e',
      '5',
      'NA',
      '+',
    ],
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
      const text = parts.join('');
      const stated = parseStatedMoney(text);
      if (stated === null) return;
      const { amount, min, max } = stated;
      const digits = text.replaceAll(',', '');
      for (const number of [amount, min, max].filter((one) => one != null)) {
        expect(Number.isFinite(number)).toBe(true);
        if (!/[KMe]/.test(digits))
          expect(digits).toMatch(
            new RegExp(
              String(Math.abs(number))
                .replace(/^0(?=\.)/, '0?')
                .replace('.', '\\.'),
            ),
          );
      }
      if (min !== undefined && max !== undefined) expect(min).toBeLessThan(max);
    }),
    { numRuns: 20_000 },
  );
});

test('anything else is none and throws nothing', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const stated = parseStatedMoney(value);
      if (stated !== null) expect(['string', 'number']).toContain(typeof value);
    }),
  );
});
