import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answeredInTime } from './in-time.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('answers what comes, and leaves no timer behind', async () => {
  expect(await answeredInTime(Promise.resolve(1))).toBe(1);
  await expect(answeredInTime(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(vi.getTimerCount()).toBe(0);
});

it('gives up on what never comes', async () => {
  const waiting = answeredInTime(new Promise(() => {}));
  vi.advanceTimersByTime(15_000);
  await expect(waiting).rejects.toThrow('did not answer in time');
});
