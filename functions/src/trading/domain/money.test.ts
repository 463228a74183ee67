import fc from 'fast-check';
import { expect, it } from 'vitest';
import { amountOf, centsOf, difference, NO_CENTS, storedCents, sumOf } from './money.ts';

it('rounds half a cent up, where binary fractions fall short of it', () => {
  expect(centsOf(7 * 235.08)).toBe(164_556);
  expect([1.005, 0.005, 0.0049, 2.675].map(centsOf)).toEqual([101, 1, 0, 268]);
});

it('adds and subtracts exactly, whatever the number and order', () => {
  const cents = fc.integer({ min: 0, max: 100_000_000_000 });
  fc.assert(
    fc.property(fc.array(cents, { maxLength: 200 }), (numbers) => {
      const amounts = numbers.map((each) => centsOf(each / 100));
      const sum = sumOf(amounts);
      expect(sum).toBe(numbers.reduce((total, each) => total + each, 0));
      expect(amounts.toReversed().reduce(difference, sum)).toBe(NO_CENTS);
    }),
  );
});

it('is stored as an amount, and read as the same cents', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000_000 }), (number) => {
      const cents = storedCents.decode(number / 100);
      expect(cents).toBe(number);
      expect(storedCents.encode(cents)).toBe(amountOf(cents));
    }),
  );
});
