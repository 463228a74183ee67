import { expect, it } from 'vitest';
import { RateLimits } from './rate-limits.ts';

/** How many of so many requests get through. */
async function passed(
  limits: RateLimits,
  count: number,
  address: (index: number) => string,
): Promise<number> {
  const all = await Promise.allSettled(
    Array.from({ length: count }, (_, index) => limits.take('registrations', address(index))),
  );
  for (const each of all)
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ statusCode: 429 });
  return all.filter(({ status }) => status === 'fulfilled').length;
}

it('bounds what one address may do, and leaves room for others', async () => {
  const limits = new RateLimits();
  expect(await passed(limits, 300, () => '203.0.113.1')).toBe(260);
  expect(await passed(limits, 10, () => '203.0.113.2')).toBe(10);
});

it('bounds what all addresses together may do', async () => {
  expect(await passed(new RateLimits(), 600, (index) => `203.0.113.${index}`)).toBe(480);
});

it('counts requests for tokens only when they fail', async () => {
  const limits = new RateLimits();
  const check = () => limits.check('tokenFailures', '203.0.113.1');
  for (let i = 0; i < 119; i++) await limits.take('tokenFailures', '203.0.113.1');
  await check();
  await check();
  await limits.take('tokenFailures', '203.0.113.1');
  await expect(check()).rejects.toMatchObject({ statusCode: 429 });
  await limits.check('tokenFailures', '203.0.113.2');
});
