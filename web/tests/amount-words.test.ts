import fc from 'fast-check';
import { expect, it } from 'vitest';
import { amountWords } from '../src/format/words/amount-words.ts';

it.each([
  [5000, 'USD', 'five thousand US dollars'],
  [1, 'USD', 'one US dollar'],
  [1_000_000, 'EUR', 'one million euros'],
  [250_040.5, 'CHF', 'two hundred fifty thousand forty point five Swiss francs'],
  [0.01, 'USD', 'zero point zero one US dollars'],
  [19, 'JPY', 'nineteen Japanese yen'],
  [1e12, 'JPY', 'one trillion Japanese yen'],
])('says %s %s', (amount, currency, words) => {
  expect(amountWords(amount, currency)).toBe(words);
});

it('says the number alone where the currency is not known', () => {
  expect(amountWords(5000)).toBe('five thousand');
});

it('says nothing of what it cannot say exactly', () => {
  expect(amountWords(1e15, 'USD')).toBe(null);
  expect(amountWords(-1, 'USD')).toBe(null);
  expect(amountWords(Number.NaN, 'USD')).toBe(null);
});

const VALUES = new Map(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
    .split(' ')
    .map((word, value) => [word, value]),
);
for (const [index, word] of 'thirty forty fifty sixty seventy eighty ninety'.split(' ').entries())
  VALUES.set(word, 30 + 10 * index);
const SCALES = new Map([
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
  ['trillion', 1e12],
]);

/** Reads words as a person does. */
function read(words: string): number {
  let [sum, group] = [0, 0];
  for (const word of words.replaceAll('-', ' ').split(' ')) {
    const scale = SCALES.get(word);
    if (word === 'hundred') group *= 100;
    else if (scale === undefined) group += VALUES.get(word) ?? Number.NaN;
    else [sum, group] = [sum + group * scale, 0];
  }
  return sum + group;
}

it('says whole amounts so that they are read back as they were', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 999_999_999_999_999 }), (amount) => {
      const words = amountWords(amount, 'USD');
      expect(words).toMatch(/ US dollars$/);
      expect(read(words?.replace(/ US dollars$/, '') ?? '')).toBe(amount);
    }),
  );
});
