import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toCents } from './money.ts';

it('rounds half a cent up, where binary fractions fall short of it', () => {
  expect(toCents(7 * 235.08)).toBe(1645.56);
  expect([toCents(1.005), toCents(0.005), toCents(0.0049), toCents(2.675)]).toEqual([1.01, 0.01, 0, 2.68]);
});

it('adds cents exactly, whatever their number and order', () => {
  const cents = fc.integer({ min: 0, max: 100_000_000_000 });
  fc.assert(
    fc.property(fc.array(cents, { maxLength: 200 }), (amounts) => {
      const sum = amounts.reduce((total, amount) => toCents(total + amount / 100), 0);
      expect(sum).toBe(amounts.reduce((total, amount) => total + amount, 0) / 100);
      expect(amounts.reduce((total, amount) => toCents(total - amount / 100), sum)).toBe(0);
    }),
  );
});
