import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import type { Service } from '../../service.ts';
import { listCalls } from '../../store/activity/listed-calls.ts';
import { BEGUN, recordCall } from '../../store/audit.ts';
import { updateConnection } from '../../store/connections.ts';
import { newAccess, newSandboxConnection } from '../../testing/access.ts';
import { unableToRecord } from '../../testing/audit.ts';
import { idToken, useConsoleOwner } from '../../testing/console/console-owner.ts';
import { askConsole, callTool } from '../../testing/console/requests.ts';
import { logged } from '../../testing/logged.ts';
import { simulatorUrl } from '../../testing/sandbox.ts';
import { useServers } from '../../testing/servers.ts';
import { testService } from '../../testing/service.ts';

let db: Firestore;

useServers(
  (opened) => {
    db = opened;
  },
  { simulator: { warmUpMs: 0 } },
);
useConsoleOwner();

function service(database: Firestore): Service {
  return testService(database, { simulatorUrl: simulatorUrl() });
}

/** Somebody new, with a connection, a key and an app. */
async function newOwner() {
  const { uid, connection, apiKey } = await newSandboxConnection(db);
  const { id } = connection;
  await updateConnection(db, id, { limits: { maxOrderValue: 5_000 } });
  const rules = { limits: { maxOrderValue: 100 }, approval: 'model' } as const;
  const { keyId, grantId } = await newAccess(db, connection, rules);
  const api = (database: Firestore, method: string, path: string, body?: object) =>
    askConsole(service(database), { method, path: `/api${path}`, bearer: idToken(uid), body });
  const tool = async (database: Firestore, name: string, args: object = {}) =>
    (await callTool(service(database), apiKey, name, args)).structuredContent;
  return { uid, id, keyId, grantId, api, tool };
}

const listed = async (uid: string) => (await listCalls(db, uid, { limit: 100 }))?.items ?? [];
const RESTING = {
  symbol: 'NVDA',
  side: 'BUY',
  quantity: 1,
  order_type: 'LMT',
  limit_price: 50,
  tif: 'GTC',
};

it('places no order that cannot be recorded, and cancels and reads all the same', async () => {
  const { id, tool, uid } = await newOwner();
  const unable = unableToRecord(db);
  for (const [name, args] of [
    ['place_order', RESTING],
    ['modify_order', { order_id: '1', limit_price: 51 }],
    ['confirm_order', { client_order_id: 'one' }],
    ['set_current_account', { account_id: 'DU1234567' }],
  ] as const) {
    expect(await tool(unable, name, args), name).toMatchObject({
      error: { code: 'internal_error', message: 'Nothing was done, because it could not be recorded.' },
    });
  }
  expect((await db.collection('orderIntents').where('connectionId', '==', id).get()).size).toBe(0);
  expect(await tool(unable, 'get_orders')).toMatchObject({ orders: { rows: [] } });
  expect(await listed(uid)).toEqual([]);
  expect(logged('ERROR').map(({ message }) => message)).toContainEqual(
    expect.stringContaining('audit record'),
  );

  const { order_id } = await tool(db, 'place_order', RESTING);
  expect(await tool(unable, 'cancel_order', { order_id })).not.toHaveProperty('error');
});

it('gives nobody more power unrecorded, and takes it away all the same', async () => {
  const { id, keyId, grantId, api, uid } = await newOwner();
  const unable = unableToRecord(db);
  const before = await settings(uid);
  const widening: [string, string, object][] = [
    ['POST', '/connections', { kind: 'sandbox' }],
    ['POST', `/connections/${id}/keys`, { label: 'new' }],
    ['PATCH', `/connections/${id}`, { limits: { maxOrderValue: null } }],
    ['PATCH', `/keys/${keyId}`, { limits: { maxOrderValue: 200 } }],
    ['PATCH', `/apps/${grantId}`, { approval: 'none' }],
  ];
  for (const [method, path, body] of widening) {
    expect(await api(unable, method, path, body), path).toMatchObject({
      status: 503,
      body: { error: { code: 'unavailable', message: expect.stringContaining('could not be recorded') } },
    });
  }
  expect(await settings(uid)).toEqual(before);
  expect(await listed(uid)).toEqual([]);
  const narrowing: [string, string, object?][] = [
    ['PATCH', `/connections/${id}`, { limits: { maxOrderValue: 10 } }],
    ['PATCH', `/keys/${keyId}`, { limits: { maxOrderValue: 10 }, approval: 'owner' }],
    ['PATCH', `/apps/${grantId}`, { approval: 'owner' }],
    ['DELETE', `/keys/${keyId}`],
    ['DELETE', `/apps/${grantId}`],
    ['POST', `/connections/${id}/panic`, {}],
  ];
  for (const [method, path, body] of narrowing) {
    expect((await api(unable, method, path, body)).status, `${method} ${path}`).toBeLessThan(300);
  }
  expect(await api(unable, 'PATCH', `/connections/${id}`, { limits: { trading: true } })).toMatchObject({
    status: 503,
  });
});

/** What is stored of a person, but for the audit. */
async function settings(uid: string): Promise<unknown> {
  const found = await Promise.all(
    ['connections', 'apiKeys', 'grants'].map((collection) =>
      db.collection(collection).where('ownerUid', '==', uid).get(),
    ),
  );
  return found.flatMap(({ docs }) => docs.map((document) => [document.ref.path, document.data()]));
}

it('approves no order unrecorded, and declines it all the same', async () => {
  const { id, api, tool } = await newOwner();
  await updateConnection(db, id, { approval: 'owner' });
  await tool(db, 'place_order', RESTING);
  const { items } = (await api(db, 'GET', `/connections/${id}/intents?waiting=true`)).body;
  const [{ id: intentId, orderHash }] = items;
  const unable = unableToRecord(db);
  const decide = (decision: object) => api(unable, 'POST', `/intents/${intentId}`, decision);
  expect(await decide({ decision: 'approve', orderHash })).toMatchObject({ status: 503 });
  expect((await api(db, 'GET', `/intents/${intentId}`)).body.intent.state).toBe('awaiting_approval');
  expect(await decide({ decision: 'reject' })).toMatchObject({ status: 200 });
});

it('lists each call once, before and after its end', async () => {
  const { id, keyId, uid, api, tool } = await newOwner();
  await tool(db, 'place_order', RESTING);
  await api(db, 'PATCH', `/keys/${keyId}`, { limits: { maxOrderValue: 200 } });
  await api(db, 'POST', '/connections', { kind: 'sandbox', label: 'Second' });
  const calls = await listed(uid);
  expect(calls.map(({ tool: name, outcome }) => [name, outcome])).toEqual([
    ['connection.create', 'ok'],
    ['key.change', 'ok'],
    ['place_order', 'ok'],
  ]);
  const written = await db.collection('audit').where('ownerUid', '==', uid).get();
  expect(written.docs.filter((record) => record.get('outcome') === 'begun')).toHaveLength(3);
  // Page by page, each begins behind the end of the one before.
  const found: string[] = [];
  for (let cursor: string | undefined, pages = 0; pages < 9; pages++) {
    const page = await listCalls(db, uid, { limit: 1, cursor });
    found.push(...(page?.items ?? []).map(({ tool: name }) => name));
    if (!page?.nextCursor) break;
    cursor = page.nextCursor;
  }
  expect(found).toEqual(['connection.create', 'key.change', 'place_order']);
  expect((await api(db, 'GET', `/connections/${id}/audit/verify`)).body).toMatchObject({ isIntact: true });
});

it('records each sign-in once, however often the console is opened', async () => {
  const { uid } = await newOwner();
  const open = async (bearer: string) => {
    const { status } = await askConsole(service(db), { method: 'GET', path: '/api/me', bearer });
    expect(status).toBe(200);
  };
  const [earlier, later] = [idToken(uid, 3_600), idToken(uid)];
  for (const token of [earlier, earlier, earlier]) await open(token);
  expect((await listed(uid)).map(({ tool }) => tool)).toEqual(['sign_in']);
  for (const token of [later, earlier, later]) await open(token);
  expect((await listed(uid)).map(({ tool }) => tool)).toEqual(['sign_in', 'sign_in']);
});

it('says of a call whose end was not recorded that nobody knows it, once it cannot be under way any more', async () => {
  const { id, uid } = await newOwner();
  const begin = (at: Date) =>
    recordCall(service(db), {
      at,
      caller: {
        source: 'api_key',
        credentialId: 'key',
        credentialLabel: 'job',
        clientName: 'bot',
        clientVersion: '',
        scope: 'write',
        address: '203.0.113.7',
        requestId: 'r',
      },
      connection: { id, kind: 'sandbox', ownerUid: uid },
      tool: 'place_order',
      args: {},
      outcome: BEGUN,
    });
  await begin(new Date());
  expect(await listed(uid)).toEqual([]);
  await begin(new Date(Date.now() - 3_600_000));
  expect(await listed(uid)).toMatchObject([
    { tool: 'place_order', outcome: 'error', errorMessage: 'What came of it was not recorded.' },
  ]);
});
