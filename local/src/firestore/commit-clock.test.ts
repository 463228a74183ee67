import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CommitClock } from './commit-clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

it('puts each commit after every read before it, though the machine clock stands still or runs back', () => {
  const clock = new CommitClock();
  expect(clock.now().getTime()).toBe(1000);
  clock.tick();
  expect(clock.now().getTime()).toBe(1001);
  vi.setSystemTime(500);
  expect(clock.now().getTime()).toBe(1001);
  clock.tick();
  expect(clock.now().getTime()).toBe(1002);
  vi.setSystemTime(2000);
  clock.tick();
  expect(clock.now().getTime()).toBe(2000);
});
