/** What a person was refused is in their own records, once; what another has is never touched by it. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { listCalls } from '../../store/activity/listed-calls.ts';
import { newAccess, newSandboxConnection } from '../../testing/access.ts';
import { idToken, useConsoleOwner } from '../../testing/console/console-owner.ts';
import { askConsole } from '../../testing/console/requests.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { testService } from '../../testing/service.ts';
import { CONSOLE_ENDPOINTS } from '../app.ts';
import { CHANGES } from './refused-changes.ts';

const HOUR = 3_600;

let db: Firestore;
useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();

/** Somebody new, with a connection, a key and an app. */
async function newOwner() {
  const { uid, connection } = await newSandboxConnection(db);
  const { id } = connection;
  const rules = { limits: { maxOrderValue: 100 }, approval: 'model' } as const;
  const { keyId, grantId } = await newAccess(db, connection, rules);
  const ask = (method: string, path: string, body?: object, signedInFor = 0, by = uid) =>
    askConsole(testService(db, { simulatorUrl: 'http://127.0.0.1:9' }), {
      method,
      path: `/api${path}`,
      bearer: idToken(by, signedInFor),
      body,
    });
  const records = async () => (await listCalls(db, uid, { limit: 200 }))?.items ?? [];
  return { uid, id, keyId, grantId, ask, records };
}

it('is known of every address that changes something', () => {
  const changing = CONSOLE_ENDPOINTS.filter((endpoint) => !endpoint.startsWith('GET '));
  expect(Object.keys(CHANGES).toSorted()).toEqual(changing.toSorted());
});

it('tells what was asked for, and why it was refused', async () => {
  const { id, keyId, grantId, ask, records } = await newOwner();
  const looser = { limits: { maxOrderValue: 500 } };
  type Case = [status: number, code: string, act: string, of: string, ...Parameters<typeof ask>];
  const cases: Case[] = [
    [
      403,
      'sign_in_again',
      'connection.change',
      id,
      'PATCH',
      `/connections/${id}`,
      { approval: 'none' },
      HOUR,
    ],
    [403, 'sign_in_again', 'key.change', id, 'PATCH', `/keys/${keyId}`, looser, HOUR],
    [403, 'sign_in_again', 'app.change', id, 'PATCH', `/apps/${grantId}`, looser, HOUR],
    [403, 'sign_in_again', 'key.create', id, 'POST', `/connections/${id}/keys`, { label: 'new' }, HOUR],
    [403, 'sign_in_again', 'connection.delete', id, 'DELETE', `/connections/${id}`, undefined, HOUR],
    [403, 'sign_in_again', 'connection.create', '', 'POST', '/connections', { kind: 'sandbox' }, HOUR],
    [
      409,
      'changed_elsewhere',
      'connection.change',
      id,
      'PATCH',
      `/connections/${id}`,
      { label: 'New', version: 99 },
    ],
  ];
  for (const [status, code, tool, connectionId, ...asked] of cases) {
    const before = (await records()).length;
    expect(await ask(...asked), tool).toMatchObject({ status, body: { error: { code } } });
    const all = await records();
    expect(all[0]).toMatchObject({
      source: 'console',
      tool,
      connectionId,
      outcome: 'error',
      errorCode: code,
    });
    expect(all[0]?.errorMessage).not.toBeNull();
    expect(all).toHaveLength(before + 1);
  }
  const told = (await records()).map(({ arguments: args }) => JSON.parse(args));
  expect(told[5]).toMatchObject({ label: 'bot', limits: { maxOrderValue: 500 } });
  expect(told[6]).toMatchObject({ label: 'Mine', approval: 'none' });
});

it('tells of what was not understood, without what was sent', async () => {
  const { id, keyId, ask, records } = await newOwner();
  const secret = `s${randomUUID()}`;
  const cases: [act: string, of: string, ...Parameters<typeof ask>][] = [
    ['connection.create', '', 'POST', '/connections', { kind: 'gateway', url: secret }],
    ['connection.change', id, 'PATCH', `/connections/${id}`, { secrets: { url: secret } }],
    ['key.change', id, 'PATCH', `/keys/${keyId}`, { limits: { maxOrderValue: -1 } }],
    ['order.decide', '', 'POST', '/intents/none', { decision: 'approve' }],
    ['cancel_order', id, 'POST', `/connections/${id}/orders/1/cancel`, { accountId: 7 }],
    ['place_order', id, 'POST', `/connections/${id}/tools/place_order`, {}],
    ['account.delete', '', 'POST', '/account/deletion', { email: 'other@example.com', ordersStay: true }],
    ['connection.change', id, 'PATCH', `/connections/${id}`, { label: 'x'.repeat(100_000) }],
  ];
  for (const [tool, connectionId, ...asked] of cases) {
    const { status } = await ask(...asked);
    expect([400, 404, 413], tool).toContain(status);
    const [last] = await records();
    expect(last, tool).toMatchObject({ tool: status === 413 ? 'connection.change' : tool, outcome: 'error' });
    if (status !== 413) expect(last).toMatchObject({ connectionId });
  }
  const all = await records();
  expect(all).toHaveLength(cases.length);
  expect(JSON.stringify(all)).not.toContain(secret);
  expect(JSON.stringify(all)).not.toContain('other@example.com');
});

it('is in the records of who asked, not of whose it is', async () => {
  const owner = await newOwner();
  const { id, keyId, grantId } = owner;
  const stranger = await newOwner();
  const paths: [string, string, object?][] = [
    ['PATCH', `/connections/${id}`, { label: 'mine now' }],
    ['DELETE', `/connections/${id}`],
    ['POST', `/connections/${id}/panic`, {}],
    ['PATCH', `/keys/${keyId}`, { label: 'mine now' }],
    ['DELETE', `/keys/${keyId}`],
    ['DELETE', `/apps/${grantId}`],
  ];
  for (const [method, path, body] of paths) {
    expect(await stranger.ask(method, path, body)).toMatchObject({ status: 404 });
  }
  expect(await owner.records()).toEqual([]);
  const found = await stranger.records();
  expect(found.map(({ errorCode, connectionId }) => [errorCode, connectionId])).toEqual(
    paths.map(() => ['not_found', '']),
  );
  expect(found.map(({ tool }) => tool)).toEqual([
    'app.revoke',
    'key.revoke',
    'key.change',
    'panic',
    'connection.delete',
    'connection.change',
  ]);
  for (const theirs of [id, keyId, grantId]) expect(JSON.stringify(found)).not.toContain(theirs);
});

it('is recorded only so often in a minute, and the next record says how many more there were', async () => {
  const { ask, records, id } = await newOwner();
  const refused = () => ask('DELETE', '/keys/none');
  for (let n = 0; n < 15; n++) expect((await refused()).status).toBe(404);
  expect(await records()).toHaveLength(10);
  // What is done is recorded all the same.
  expect((await ask('PATCH', `/connections/${id}`, { label: 'New' })).status).toBe(200);
  expect(await records()).toHaveLength(11);
});

it('is not of who only looks, nor of who is not signed in', async () => {
  const { uid, ask, records } = await newOwner();
  expect((await ask('GET', '/connections/none')).status).toBe(404);
  expect((await ask('DELETE', '/nothing')).status).toBe(404);
  expect((await ask('PUT', '/connections')).status).toBe(405);
  const asked = { method: 'DELETE', path: '/api/keys/none', bearer: null };
  expect((await askConsole(testService(db), asked)).status).toBe(401);
  expect(await records()).toEqual([]);
  expect((await db.collection('audit').where('ownerUid', '==', uid).get()).size).toBe(0);
});
