import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RecordRate } from './record-rate.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('lets so many through in its time, and says with the next how many it did not', () => {
  const rate = new RecordRate(2, 60_000);
  expect([1, 2, 3, 4].map(() => rate.count('one'))).toEqual([0, 0, null, null]);
  expect(rate.count('other')).toBe(0);
  vi.advanceTimersByTime(59_999);
  expect(rate.count('one')).toBeNull();
  vi.advanceTimersByTime(1);
  expect([1, 2, 3].map(() => rate.count('one'))).toEqual([3, 0, null]);
});
