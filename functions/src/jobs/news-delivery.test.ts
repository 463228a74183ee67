import { expect, it } from 'vitest';
import { playDeliveries } from '../../../bench/deliver/played-deliveries.ts';

it('is held up by no dead endpoint among every ten', { timeout: 120_000 }, async () => {
  // As many as come to one of fifty workers where 10,000 are due.
  const { waits, expected, waiting } = await playDeliveries({
    channels: 200,
    news: 1,
    workers: 1,
    minutes: 2,
  });
  expect(waits).toHaveLength(expected);
  expect(Math.max(...waits)).toBeLessThan(60_000);
  expect(waiting).toBe(200 - expected);
});
