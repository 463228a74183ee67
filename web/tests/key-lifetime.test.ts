import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { endOf, isToCome } from '../src/features/keys/key-lifetime.ts';

const NOW = new Date(2026, 10, 20, 15, 30);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

it('ends a key after so many days, or at any minute of the reader’s own clock', () => {
  expect(endOf('1', '').getTime() - NOW.getTime()).toBe(24 * 3_600_000);
  expect(endOf('date', '2026-11-20T17:45')).toEqual(new Date(2026, 10, 20, 17, 45));
});

it('takes no time that is over, and none that is not filled in', () => {
  expect(isToCome('2026-11-20T15:31')).toBe(true);
  for (const time of ['2026-11-20T15:30', '2020-01-01T00:00', '']) expect(isToCome(time), time).toBe(false);
});
