/** How often a person may call the console's API. */
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { idToken, useConsoleOwner } from '../../testing/console/console-owner.ts';
import { ADDRESS, ORIGIN, testService } from '../../testing/service.ts';
import { handleConsole } from '../app.ts';

/** With a database that nothing is asked of. */
const SERVICE = testService({} as Firestore, { localMode: false, callsPerMinute: 600 });
useConsoleOwner();

/** To an address that there is not, so that nothing but the sign-in is needed. */
async function call(uid: string, method = 'GET', path = '/api/nothing'): Promise<Response> {
  const headers = { Authorization: `Bearer ${idToken(uid)}` };
  const request = new Request(ORIGIN + path, { method, headers });
  return handleConsole(request, SERVICE, ADDRESS);
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
    error: { code: 'too_many_requests', message: `Too many calls. Try again in ${wait} s.` },
  });
  expect(await statuses(20, 'busy')).toEqual({ 404: 20 });
  expect(await statuses(20, 'busy', 'POST', '/api/connections/x/tools/get_cash')).not.toHaveProperty('429');
});

it('lets a person call 600 times a minute, without loss for others', async () => {
  expect(await statuses(620, 'eager')).toEqual({ 404: 600, 429: 20 });
  expect(await statuses(20, 'other')).toEqual({ 404: 20 });
  expect(await statuses(20, 'other', 'POST')).toEqual({ 404: 20 });
});

it('has 20 calls of a person wait at once, and lets them stop trading all the same', async () => {
  const { promise: hangs, resolve: goOn } = Promise.withResolvers<{ exists: boolean }>();
  const collection = () => ({ doc: () => ({ get: () => hangs }) });
  const service = testService({ collection } as unknown as Firestore, { callsPerMinute: 600 });
  const ask = async (uid: string, path: string) => {
    const headers = { Authorization: `Bearer ${idToken(uid)}` };
    const request = new Request(`${ORIGIN}/api/connections/x/${path}`, { method: 'POST', headers });
    return (await handleConsole(request, service, ADDRESS)).status;
  };
  const waiting = Array.from({ length: 20 }, (_, n) => ask('slow', n % 2 ? 'tools/get_cash' : 'test'));
  expect(await Promise.race([...waiting, ask('slow', 'tools/get_cash')])).toBe(429);
  const others = [ask('slow', 'panic'), ask('slow', 'orders/1/cancel'), ask('quick', 'test')];
  goOn({ exists: false });
  expect(await Promise.all([...waiting, ...others])).toEqual(Array(23).fill(404));
  expect(await ask('slow', 'test')).toBe(404);
});
