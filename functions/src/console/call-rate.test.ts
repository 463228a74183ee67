/** How often a person may call the console's API. */
import { expect, it } from 'vitest';
import type { Service } from '../service.ts';
import { idToken, useConsoleOwner } from '../testing/console/console-owner.ts';
import { handleConsole } from './app.ts';

const ORIGIN = 'https://gateway.example';
/** With a database that nothing is asked of. */
const SERVICE = {
  publicOrigin: ORIGIN,
  localMode: false,
  callsPerMinute: 600,
  allowedEmails: [],
  db: {},
} as unknown as Service;
useConsoleOwner();

/** To an address that there is not, so that nothing but the sign-in is needed. */
async function call(uid: string, method = 'GET', path = '/api/nothing'): Promise<Response> {
  const headers = { Authorization: `Bearer ${idToken(uid)}` };
  const request = new Request(ORIGIN + path, { method, headers });
  return handleConsole(request, SERVICE, '203.0.113.7');
}

async function statuses(count: number, ...args: Parameters<typeof call>): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (let i = 0; i < count; i += 1) {
    const { status } = await call(...args);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

it('lets a person change 60 things a minute, and read on', async () => {
  expect(await statuses(70, 'busy', 'POST')).toEqual({ 404: 60, 429: 10 });
  const refused = await call('busy', 'DELETE');
  expect(refused.status).toBe(429);
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(60);
  expect(await refused.json()).toEqual({
    error: { code: 'too_many_requests', message: `Too many calls. Go on in ${wait} s.` },
  });
  expect(await statuses(20, 'busy')).toEqual({ 404: 20 });
  expect(await statuses(20, 'busy', 'POST', '/api/connections/x/tools/get_cash')).not.toHaveProperty('429');
});

it('lets a person call 600 times a minute, without loss for others', async () => {
  expect(await statuses(620, 'eager')).toEqual({ 404: 600, 429: 20 });
  expect(await statuses(20, 'other')).toEqual({ 404: 20 });
  expect(await statuses(20, 'other', 'POST')).toEqual({ 404: 20 });
});
