import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningSimulator, startSimulator } from '../server.ts';
import type { Settings } from '../settings.ts';

const KEY = 'k'.repeat(32);
let simulator: RunningSimulator;
afterEach(() => simulator.close());

async function start(settings: Partial<Settings> = {}): Promise<void> {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, ...settings });
}

/** The answer to a call on a sandbox, as the gateway makes it for a person. */
async function call(id: string, person?: string, path = '/tickle', body: object = {}) {
  const answer = await fetch(`${simulator.url}/sandbox/${id}/v1/api${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Simulator-Key': KEY,
      ...(person !== undefined && { 'X-Sandbox-Person': person }),
    },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: JSON.parse((await answer.text()) || 'null') };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at what is there
async function told(path: string, query = ''): Promise<any> {
  return (
    await fetch(`${simulator.url}/sim/${path}${query}`, { headers: { 'X-Simulator-Key': KEY } })
  ).json();
}

/** Places an order that stays open. */
async function order(id: string, person: string): Promise<void> {
  await call(id, person, '/iserver/auth/ssodh/init');
  const at = `${simulator.url}/sandbox/${id}/v1/api/iserver/accounts`;
  const answer = await fetch(at, { headers: { 'X-Simulator-Key': KEY, 'X-Sandbox-Person': person } });
  const { accounts } = (await answer.json()) as { accounts: string[] };
  const ticket = { conid: 265598, side: 'BUY', orderType: 'LMT', price: 1, quantity: 1, tif: 'GTC' };
  const { status, body } = await call(id, person, `/iserver/account/${accounts[0]}/orders`, {
    orders: [ticket],
  });
  expect(status).toBe(200);
  for (let [asked] = body; asked.message !== undefined; ) {
    [asked] = (await call(id, person, `/iserver/reply/${asked.id}`, { confirmed: true })).body;
  }
}

test('a simulator with a key answers nobody who does not show it', async () => {
  await start({ key: KEY });
  const paths = ['/v1/api/tickle', '/sandbox/a/v1/api/tickle', '/sim/orders', '/sso/Login', '/elsewhere'];
  const statusOf = async (path: string, headers: Record<string, string>) =>
    (await fetch(simulator.url + path, { headers })).status;
  for (const path of paths) {
    for (const headers of [{}, { 'X-Simulator-Key': '' }, { 'X-Simulator-Key': `${KEY}k` }]) {
      expect([path, await statusOf(path, headers)]).toEqual([path, 401]);
    }
    expect(await statusOf(path, { 'X-Simulator-Key': KEY })).not.toBe(401);
  }
  const url = `${simulator.url.replace('http', 'ws')}/sandbox/a/v1/api/ws`;
  const opened = (headers: Record<string, string>) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, { headers });
      socket.once('open', () => {
        socket.terminate();
        resolve('open');
      });
      socket.once('error', ({ message }) => resolve(message));
    });
  expect(await opened({})).toBe('Unexpected server response: 401');
  expect(await opened({ 'X-Simulator-Key': KEY })).toBe('open');
});

test('a person has twenty sandboxes, of which a new one takes the place of the one unused for longest', async () => {
  const stateFile = join(mkdtempSync(join(tmpdir(), 'sandboxes-')), 'state.json');
  await start({ key: KEY, stateFile });
  await order('theirs', 'other');
  await order('first', 'one');
  await order('second', 'one');
  for (let n = 3; n <= 20; n += 1) await call(`number-${n}`, 'one');
  await call('first', 'one');
  const orders = async (id: string) => (await told('orders', `?sandbox=${id}`)).orders.length;
  expect([await orders('first'), await orders('second')]).toEqual([1, 1]);
  await call('number-21', 'one');
  expect([await orders('first'), await orders('second'), await orders('theirs')]).toEqual([1, 0, 1]);

  await simulator.close();
  await start({ key: KEY, stateFile });
  for (let n = 22; n <= 41; n += 1) await call(`number-${n}`, 'one');
  expect([await orders('first'), await orders('theirs')]).toEqual([0, 1]);
  expect((await told('requests', '?sandbox=number-22')).counts).not.toEqual({});
  await call('number-42', 'one');
  expect((await told('requests', '?sandbox=number-22')).counts).toEqual({});
});

test('there are as many sandboxes as there may be, and those go on', async () => {
  await start({ key: KEY, sandboxes: 3 });
  for (const id of ['a', 'b', 'c']) expect((await call(id, id)).status).toBe(200);
  expect((await call('d', 'd')).status).toBe(503);
  expect((await call('e')).status).toBe(503);
  expect((await call('a', 'a')).status).toBe(200);
});

test('those of a simulator without a key are not counted', async () => {
  await start({ sandboxes: 3 });
  await order('first', 'one');
  for (let n = 2; n <= 30; n += 1) expect((await call(`number-${n}`, 'one')).status).toBe(200);
  expect((await told('orders', '?sandbox=first')).orders).toHaveLength(1);
});
