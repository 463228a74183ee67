import fc from 'fast-check';
import { expect, it } from 'vitest';
import { strikeOfDelta } from './option-delta.ts';
import { isStandardExpiry } from './option-expiry.ts';

const NOW = Date.parse('2026-11-27T15:00:00Z');

it('a strike is farther from the price the smaller its delta', () => {
  const question = fc.record({
    price: fc.double({ min: 1, max: 5_000, noNaN: true }),
    volatility: fc.double({ min: 5, max: 150, noNaN: true }),
    delta: fc.double({ min: 0.05, max: 0.45, noNaN: true }),
  });
  fc.assert(
    fc.property(question, (asked) => {
      const of = (right: 'call' | 'put', delta: number) =>
        strikeOfDelta({ ...asked, right, delta, expiry: '2026-12-18', now: NOW });
      expect(of('call', asked.delta)).toBeGreaterThan(of('call', asked.delta + 0.05));
      expect(of('put', asked.delta)).toBeLessThan(of('put', asked.delta + 0.05));
      expect(of('put', asked.delta)).toBeLessThan(of('call', asked.delta));
    }),
  );
});

it('half a delta is near the price', () => {
  const question = { price: 100, volatility: 20, delta: 0.5, expiry: '2026-12-18', now: NOW };
  for (const right of ['call', 'put'] as const)
    expect(strikeOfDelta({ ...question, right })).toBeCloseTo(100, 0);
  // By hand: d1 = 0.5244 of 0.3, deviation 0.2 · √(21.25/365).
  expect(strikeOfDelta({ ...question, delta: 0.3, right: 'call' })).toBeCloseTo(102.69, 1);
});

it.each<[string, string[], string | undefined]>([
  ['the third Friday', ['2026-12-04', '2026-12-11', '2026-12-18', '2026-12-24'], '2026-12-18'],
  ['the Thursday before, where that is a holiday', ['2025-04-11', '2025-04-17', '2025-04-25'], '2025-04-17'],
  ['not a Thursday beside the Friday', ['2026-12-17', '2026-12-18'], '2026-12-18'],
  ['none of weeklies alone', ['2026-12-04', '2026-12-11'], undefined],
])('the standard expiry of a month is %s', (_, expiries, standard) => {
  expect(expiries.find(isStandardExpiry)).toBe(standard);
});
