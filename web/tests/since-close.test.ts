import { expect, it } from 'vitest';
import { sinceClose } from '../src/format/since-close.ts';

it.each([
  [10, 110, 10],
  [-10, 90, -10],
  [0, 100, 0],
  // Of nothing, or of debts, there is no percentage.
  [10, 10, null],
  [10, -90, null],
  [null, 100, null],
  [10, null, null],
])('a gain of %s to a worth of %s is %s percent', (gain, worth, percent) => {
  expect(sinceClose(gain, worth)).toBe(percent);
});
