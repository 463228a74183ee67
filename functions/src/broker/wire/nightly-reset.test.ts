import { expect, test } from 'vitest';
import { isNightlyReset } from './nightly-reset.ts';

test.each([
  ['2026-04-01T05:05:00Z', true], // 01:05 in New York
  ['2026-04-01T22:10:00Z', true], // 00:10 in Zurich
  ['2026-03-31T17:15:00Z', true], // 01:15 in Hong Kong
  ['2026-04-01T05:25:00Z', false],
  ['2026-04-01T14:05:00Z', false],
])('%s', (time, expected) => {
  expect(isNightlyReset(new Date(time))).toBe(expected);
});
