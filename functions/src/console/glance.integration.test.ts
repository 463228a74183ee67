/** `GET /api/glance` and `GET /api/intents`: all connections of a person in one call each. */
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { glanceList } from '../contract/glance.ts';
import { intentList } from '../contract/orders/intent.ts';
import type { Service } from '../service.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { idToken, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole, callTool } from '../testing/console/requests.ts';
import { storeGrant } from '../testing/oauth/grants.ts';
import { setPrice, simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { testService } from '../testing/service.ts';
import { controlSimulator } from '../testing/simulator-control.ts';

const NVDA = 4815747;

let db: Firestore;
useServers(
  (opened) => {
    db = opened;
  },
  { simulator: { warmUpMs: 0 } },
);
useConsoleOwner();

function service(): Service {
  return testService(db, { simulatorUrl: simulatorUrl() });
}

async function glance(uid: string) {
  const answer = await askConsole(service(), { method: 'GET', path: '/api/glance', bearer: idToken(uid) });
  const { items } = glanceList.parse(answer.body);
  return new Map(items.map((item) => [item.connectionId, item]));
}

/** So many connections of somebody, whose sessions are open. */
async function openConnections(uid: string, count: number) {
  const all = await Promise.all(
    Array.from({ length: count }, (_, n) => newSandboxConnection(db, { ownerUid: uid, label: `No. ${n}` })),
  );
  for (const { apiKey } of all) await callTool(service(), apiKey, 'get_accounts');
  return all.map(({ connection, apiKey, keyId }) => ({ id: connection.id, apiKey, keyId }));
}

function fault(sandbox: string, kind: object) {
  const match = { sandbox, path: '/iserver/account/pnl/partitioned' };
  return controlSimulator(simulatorUrl(), 'POST', 'faults', { match, ...kind });
}

it('tells of 60 connections what they are worth, though one does not answer and one fails', async () => {
  const uid = 'of-many';
  const [slow, failing, ...well] = await openConnections(uid, 60);
  if (slow === undefined || failing === undefined) throw new Error('There are 60.');
  await fault(slow.id, { kind: 'delay', delayMs: 600_000 });
  await fault(failing.id, { kind: 'status', status: 503 });
  const { connection: unused } = await newSandboxConnection(db, { ownerUid: uid, label: 'Never opened' });
  // On a slow machine some are known only at the next look.
  await expect
    .poll(async () => {
      const seen = await glance(uid);
      return well.filter(({ id }) => (seen.get(id)?.value?.netLiquidation ?? 0) > 0).length;
    })
    .toBe(58);
  await expect.poll(async () => (await glance(uid)).get(failing.id)?.valueFailure).toContain('IBKR');
  const seen = await glance(uid);
  expect(seen.size).toBe(61);
  expect(seen.get(well[0]?.id ?? '')?.value).toMatchObject({
    account: expect.stringMatching(/^••••\d{3}$/),
    currency: expect.stringMatching(/^[A-Z]{3}$/),
    asOf: expect.any(String),
  });
  expect(seen.get(slow.id)).toMatchObject({ value: null });
  expect(seen.get(failing.id)).toMatchObject({ value: null });
  // Nobody is signed in for a look.
  expect(seen.get(unused.id)).toMatchObject({ value: null, valueFailure: null });
});

it('tells who has access and what failed of late, and not what waits for its owner', async () => {
  const uid = 'of-two';
  const [one, other] = await openConnections(uid, 2);
  if (one === undefined || other === undefined) throw new Error('There are two.');
  const grantId = await storeGrant(db, { ownerUid: uid, connectionId: one.id, clientName: 'Claude' });
  await callTool(service(), one.apiKey, 'get_quote', { symbol: 'NOSUCHX' });
  const seen = await glance(uid);
  expect(seen.get(one.id)).toMatchObject({
    errors: { count: 1, isMore: false, latest: { tool: 'get_quote', code: 'not_found' } },
    apps: [{ id: grantId, label: 'Claude', scope: 'read' }],
    keys: [{ id: one.keyId, label: 'Default', scope: 'write' }],
  });
  expect(seen.get(other.id)).toMatchObject({ errors: { count: 0, latest: null }, apps: [] });
  expect((await glance('stranger')).size).toBe(0);
});

it('lists what waits on all connections of a person, and on nobody else’s', async () => {
  const uid = 'who-approves';
  await setPrice(NVDA, 100);
  const mine = await openConnections(uid, 2);
  const theirs = await openConnections('somebody-else', 1);
  const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 98, tif: 'GTC' };
  for (const { id, apiKey } of [...mine, ...theirs]) {
    await db.doc(`connections/${id}`).update({ approval: 'owner' });
    await callTool(service(), apiKey, 'place_order', { ...order, client_order_id: `order-of-${id}` });
  }
  const ask = async (path: string) =>
    intentList
      .parse((await askConsole(service(), { method: 'GET', path, bearer: idToken(uid) })).body)
      .items.map(({ connectionId }) => connectionId);
  expect((await ask('/api/intents?waiting=true')).toSorted()).toEqual(mine.map(({ id }) => id).toSorted());
  const { status } = await askConsole(service(), {
    method: 'GET',
    path: '/api/intents?waiting=false',
    bearer: idToken(uid),
  });
  expect(status).toBe(400);
});
