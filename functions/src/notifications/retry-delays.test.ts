import fc from 'fast-check';
import { expect, it } from 'vitest';
import { retryAfterMs, retryDelay } from './retry-delays.ts';

const NOW = new Date('2026-11-29T20:00:00Z');

it.each([
  [undefined, 0],
  ['', 0],
  ['soon', 0],
  ['-5', 0],
  ['120', 120_000],
  ['Sun, 29 Nov 2026 20:01:00 GMT', 60_000],
  ['Sun, 29 Nov 2026 19:00:00 GMT', 0],
])('Retry-After %j asks for %i ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms);
});

it('never asks again at once, nor later than in some 72 minutes, whatever is asked for', () => {
  const failures = fc.integer({ min: 1, max: 10_000 });
  const asked = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e15, noNaN: true }));
  fc.assert(
    fc.property(failures, asked, fc.double({ min: 0, max: 1, noNaN: true }), (count, askedMs, random) => {
      const delay = retryDelay(count, askedMs, random);
      expect(delay).toBeGreaterThanOrEqual(Math.max(24_000, Math.min(askedMs, 3_600_000)));
      expect(delay).toBeLessThanOrEqual(4_320_000);
    }),
  );
});
