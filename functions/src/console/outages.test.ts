/** What pages are told while the database cannot be reached, or does not answer. */
import { setImmediate } from 'node:timers/promises';
import type { Firestore } from 'firebase-admin/firestore';
import { afterEach, expect, it, vi } from 'vitest';
import { idToken, useConsoleOwner } from '../testing/console/console-owner.ts';
import { logged } from '../testing/logged.ts';
import { ADDRESS, ORIGIN, testService } from '../testing/service.ts';
import { handleConsole } from './app.ts';

useConsoleOwner();
afterEach(() => vi.useRealTimers());

/**
 * Asks for something of the database, whose every answer is what `answer` says.
 * @param onAsked Called when the database was asked.
 */
async function asked(method: string, path: string, answer: () => Promise<never>, onAsked = () => {}) {
  const get = vi.fn(answer);
  const found = { where: () => found, doc: () => found, select: () => found, get };
  const service = testService({ collection: () => found } as unknown as Firestore);
  const request = new Request(`${ORIGIN}/api${path}`, {
    method,
    headers: { Authorization: `Bearer ${idToken()}`, 'Content-Type': 'application/json' },
    ...(method === 'GET' ? {} : { body: '{"label":"new"}' }),
  });
  const answering = handleConsole(request, service, ADDRESS);
  // Timers may stand still.
  while (get.mock.calls.length === 0) await setImmediate();
  onAsked();
  return answering;
}

const unavailable = (words: string) => ({
  error: { code: 'unavailable', message: expect.stringContaining(words) },
});

it.each([4, 8, 10, 13, 14])('says that storage cannot be reached where that fails with %i', async (code) => {
  const fails = () => Promise.reject(Object.assign(new Error('No connection established'), { code }));
  const read = await asked('GET', '/connections', fails);
  expect([read.status, read.headers.get('Retry-After')]).toEqual([503, '5']);
  expect(await read.json()).toEqual(unavailable('Try again.'));
  const change = await asked('POST', '/connections/abc/keys', fails);
  expect(change.status).toBe(503);
  expect(await change.json()).toEqual(
    unavailable('It is not known whether it was done: check before you try again'),
  );
});

it('logs which call failed without what is secret in its address', async () => {
  const token = 'A'.repeat(43);
  const fails = () => Promise.reject(Object.assign(new Error('No connection established'), { code: 14 }));
  await asked('POST', `/email/stop/id/${token}`, fails);
  const [entry] = logged('ERROR');
  expect(entry).toMatchObject({ request: 'POST /api/email/stop/:id/:token' });
  expect(JSON.stringify(entry)).not.toContain(token);
});

it('does not wait for it as long as its client does', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const never = () => new Promise<never>(() => {});
  const answer = await asked('GET', '/connections', never, () => vi.advanceTimersByTime(15_000));
  expect(answer.status).toBe(503);
});
