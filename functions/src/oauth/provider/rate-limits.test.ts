import { expect, it } from 'vitest';
import { RateLimits, type TooManyRequests } from './rate-limits.ts';

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

it('bounds those whom one address forwards for, and leaves it room for others', async () => {
  const limits = new RateLimits();
  const take = (forwardsFor: string, address = '151.101.1.57') =>
    limits.take('registrations', address, { forwardsFor }).then(
      () => 1,
      () => 0,
    );
  let taken = 0;
  for (let i = 0; i < 600; i += 1) taken += await take('198.51.100.1');
  expect(taken).toBe(33);
  expect(await take('198.51.100.2')).toBe(1);
  // Who writes there what they like comes from one address all the same.
  taken = 0;
  for (let i = 0; i < 600; i += 1) taken += await take(`198.51.100.${i} or so`, '203.0.113.1');
  expect(taken).toBe(260);
  expect(await take('198.51.100.3')).toBe(1);
});

it('refuses the tokens of those alone who ask in vain too often', async () => {
  const limits = new RateLimits();
  const check = (forwardsFor: string) => limits.check('tokenFloods', '151.101.1.57', forwardsFor);
  const take = () => limits.take('tokenFloods', '151.101.1.57', { forwardsFor: '198.51.100.1' });
  for (let i = 0; i < 375; i += 1) await take();
  await expect(check('198.51.100.1')).rejects.toMatchObject({ statusCode: 429 });
  await check('198.51.100.2');
});

it('bounds what all addresses together may do', async () => {
  expect(await passed(new RateLimits(), 600, (index) => `203.0.113.${index}`)).toBe(480);
});

it('can be asked without counting', async () => {
  const limits = new RateLimits();
  const check = () => limits.check('tokenFloods', '203.0.113.1');
  for (let i = 0; i < 2_999; i++) await limits.take('tokenFloods', '203.0.113.1');
  await check();
  await check();
  await limits.take('tokenFloods', '203.0.113.1');
  await expect(check()).rejects.toMatchObject({ statusCode: 429 });
  await limits.check('tokenFloods', '203.0.113.2');
});

it('takes the addresses of IPv6 that somebody has for one', async () => {
  const limits = new RateLimits();
  expect(await passed(limits, 300, (index) => `2001:db8::${index.toString(16)}`)).toBe(260);
  expect(await passed(limits, 10, () => '2001:db8:0:1::1')).toBe(10);
  expect(await passed(limits, 10, (index) => `::ffff:203.0.113.${index}`)).toBe(10);
});

it('counts the parts of what a caller asks apart', async () => {
  const limits = new RateLimits();
  const take = (client: string) => limits.take('tokenFailures', '2001:db8::1', { part: client });
  for (let i = 0; i < 120; i++) await take('one');
  await take('other');
  await expect(limits.take('tokenFailures', '2001:db8::2', { part: 'one' })).rejects.toMatchObject({
    statusCode: 429,
  });
});

it('bounds for a day what one address registers', async () => {
  const limits = new RateLimits();
  const ledger = (address: string) => limits.take('registrationsToday', address);
  for (let i = 0; i < 500; i++) await ledger('203.0.113.1');
  await expect(ledger('203.0.113.1')).rejects.toMatchObject({ retryAfterSeconds: 86_400 });
  await ledger('203.0.113.2');
});

it('says when to come back', async () => {
  const limits = new RateLimits();
  const attempts = Array.from({ length: 31 }, () => limits.take('documents', '203.0.113.1'));
  const { reason } = (await Promise.allSettled(attempts)).find(({ status }) => status === 'rejected') as {
    reason: TooManyRequests;
  };
  expect(reason.retryAfterSeconds).toBeGreaterThan(0);
  expect(reason.retryAfterSeconds).toBeLessThanOrEqual(60);
  expect(reason.error_description).toContain(` ${reason.retryAfterSeconds} s`);
});
