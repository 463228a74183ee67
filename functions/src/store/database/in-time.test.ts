import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withDeadline } from './in-time.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('answers what comes, and leaves no timer behind', async () => {
  expect(await withDeadline(Promise.resolve(1))).toBe(1);
  await expect(withDeadline(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(vi.getTimerCount()).toBe(0);
});

it('gives up on what never comes', async () => {
  const waiting = withDeadline(new Promise(() => {}));
  vi.advanceTimersByTime(15_000);
  await expect(waiting).rejects.toThrow('did not answer in time');
});
