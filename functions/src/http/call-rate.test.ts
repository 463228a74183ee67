import { expect, it } from 'vitest';
import { CallRate } from './call-rate.ts';

it('lets each caller call so often in a minute, and then says how long to wait', async () => {
  const rate = new CallRate(3);
  const calls = await Promise.all(Array.from({ length: 5 }, () => rate.count('busy')));
  expect(calls.slice(0, 3)).toEqual([null, null, null]);
  for (const wait of calls.slice(3)) {
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
  }
  expect(await rate.count('another', 3)).toBeNull();
  expect(await rate.count('another')).not.toBeNull();
});
