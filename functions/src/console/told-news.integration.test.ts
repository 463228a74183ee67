/** What is told of besides orders, as `/api/news` answers it. */
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { type News, newsList } from '../contract/news/news.ts';
import { handleMcp } from '../mcp/handler.ts';
import { findGrant, revokeGrant } from '../store/credentials/grants.ts';
import { beginPanic, notePanic, reopenPanic, takeOverPanic } from '../store/orders/panics.ts';
import { newAccess, newSandboxConnection, type OwnedSandbox } from '../testing/access.ts';
import { idToken, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole } from '../testing/console/requests.ts';
import { simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { ORIGIN, testService } from '../testing/service.ts';

let db: Firestore;

useServers((opened) => {
  db = opened;
});
useConsoleOwner();

/** Behind Hosting, whose proxies are known. */
const service = () =>
  testService(db, { simulatorUrl: simulatorUrl(), trustedProxies: ['198.51.100.0/24'], callsPerMinute: 600 });

/** What the owner of a connection is told, the oldest first. */
async function told({ uid }: Pick<OwnedSandbox, 'uid'>): Promise<News[]> {
  const { body } = await askConsole(service(), { method: 'GET', path: '/api/news', bearer: idToken(uid) });
  return newsList.parse(body).items.toReversed();
}

async function call(
  apiKey: string,
  address: string,
  name = 'get_market_hours',
  args: object = { symbol: 'NVDA' },
) {
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } };
  const headers = {
    Authorization: `Bearer ${apiKey}`,
    'Content-Type': 'application/json',
    Host: new URL(ORIGIN).host,
  };
  const request = new Request(`${ORIGIN}/mcp`, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await handleMcp(request, service(), address);
  expect(answer.status).toBe(200);
  return answer.text();
}

it('tells that an app was connected and revoked, once each, and why', async () => {
  const owned = await newSandboxConnection(db);
  const { connection } = owned;
  const { grantId } = await newAccess(db, connection);
  await revokeGrant(db, grantId, true);
  await revokeGrant(db, grantId);
  const app = {
    connectionId: connection.id,
    name: (await findGrant(db, grantId))?.clientName,
    scope: 'write',
  };
  expect(await told(owned)).toMatchObject([
    { type: 'app.connected', ...app, isReplayed: false },
    { type: 'app.revoked', ...app, isReplayed: true },
  ]);
});

it('tells of a key that comes from a new network, not of the first, nor of the one that it came from', async () => {
  const owned = await newSandboxConnection(db);
  for (const address of [
    '203.0.113.7',
    '203.0.113.99',
    '2001:db8:1:2::3',
    '2001:db8:1:ffff::4',
    '192.0.2.1',
    '203.0.113.8',
  ]) {
    await call(owned.apiKey, address);
  }
  expect(await told(owned)).toMatchObject([
    { type: 'key.new_place', label: 'Default', address: '2001:db8:1:2::3' },
    { type: 'key.new_place', label: 'Default', address: '192.0.2.1' },
  ]);
});

it('tells once a day that a limit kept back what a key wanted', async () => {
  const owned = await newSandboxConnection(db);
  await db.doc(`connections/${owned.connection.id}`).update({ 'limits.maxOrderValue': 1 });
  for (const quantity of [10, 20]) {
    const text = await call(owned.apiKey, '203.0.113.7', 'place_order', {
      symbol: 'NVDA',
      side: 'BUY',
      order_type: 'MKT',
      quantity,
    });
    expect(text).toContain('limit_exceeded');
  }
  const news = await told(owned);
  expect(news).toMatchObject([
    { type: 'limit.reached', name: 'Default', reason: expect.stringContaining('“Most per order” is 1;') },
  ]);
});

it('tells of a stop, and of one that takes long or finds an order later, once each', async () => {
  const owned = await newSandboxConnection(db);
  const { id } = owned.connection;
  await beginPanic(db, id);
  await beginPanic(db, id);
  const progress = await takeOverPanic(db, id, 'run');
  if (progress === null) throw new Error('There is no stop.');
  const note = { retrying: true, remaining: 2, accountsLeft: 0, progress };
  await notePanic(db, id, 'run', note);
  expect((await told(owned)).map(({ type }) => type)).toEqual(['trading.stopped']);
  await db.doc(`connections/${id}`).update({ 'panic.since': new Date(Date.now() - 3 * 60_000) });
  await notePanic(db, id, 'run', note);
  await notePanic(db, id, 'run', { ...note, retrying: false, remaining: 0 });
  await reopenPanic(db, id);
  expect(await told(owned)).toMatchObject([
    { type: 'trading.stopped' },
    { type: 'trading.stop_unfinished', remaining: 2 },
  ]);
});
