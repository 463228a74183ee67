/** What a person may allow a host, by how long ago they signed in, and what is recorded of it. */
import { beforeEach, expect, it, vi } from 'vitest';
import { askingApp } from '../contract/access/consent.ts';
import type { Service } from '../service.ts';
import { listCalls } from '../store/activity/listed-calls.ts';
import { deleteConnection } from '../store/connections.ts';
import { listGrants, revokeGrant } from '../store/credentials/grants.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { unableToRecord } from '../testing/audit.ts';
import { idToken, OWNER, useConsoleOwner } from '../testing/console/console-owner.ts';
import { storeGrant } from '../testing/oauth/grants.ts';
import { begin, send, useHost } from '../testing/oauth/oauth-host.ts';

let service: Service;
let clientId: string;
let connectionId: string;

useHost((opened) => {
  ({ service, clientId } = opened);
});
useConsoleOwner();
beforeEach(async () => {
  connectionId = (await newSandboxConnection(service.db, { ownerUid: OWNER.uid })).connection.id;
});

const SIX_MINUTES = 360;
const FOUR_MINUTES = 240;
const MONTH = 30 * 86_400;

const recorded = async () => {
  const { items = [] } = (await listCalls(service.db, OWNER.uid, { limit: 100 })) ?? {};
  return items.map(({ tool, outcome, errorCode, connectionId: of }) => [tool, outcome, errorCode, of]);
};
const allowed = async () =>
  (await listGrants(service.db, { ownerUid: OWNER.uid, connectionId })).map(({ scope }) => scope);

/** A request of a host that wants to trade, and a person's answers to it. */
async function request() {
  const { uid, headers } = await begin(service, clientId, { scope: 'read write offline_access' });
  return async (body: object, signedInFor: number, by = service) => {
    const answer = await send(by, `/api/consent/${uid}`, {
      method: 'POST',
      headers: {
        ...headers,
        Authorization: `Bearer ${idToken(OWNER.uid, signedInFor)}`,
        'Content-Type': 'application/json',
        Origin: service.publicOrigin,
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
}

it('is to trade only soon after a sign-in, and the request waits for it', async () => {
  const answer = await request();
  const yes = { decision: 'approve', connectionId, scope: 'write', limits: {} };
  expect(await answer(yes, SIX_MINUTES)).toMatchObject({
    status: 403,
    body: { error: { code: 'sign_in_again' } },
  });
  expect(await allowed()).toEqual([]);
  expect(await answer(yes, FOUR_MINUTES)).toMatchObject({
    status: 200,
    body: { redirectTo: expect.any(String) },
  });
  expect(await allowed()).toEqual(['write']);
});

it('is to read, or nothing, however long ago that was', async () => {
  const yes = { decision: 'approve', connectionId, scope: 'read' };
  expect(await (await request())(yes, MONTH)).toMatchObject({ status: 200 });
  expect(await (await request())({ decision: 'deny' }, MONTH)).toMatchObject({ status: 200 });
  expect(await allowed()).toEqual(['read']);
});

it('leaves nothing on a connection that is deleted at the same moment', async () => {
  const { db, vault } = service;
  const yes = { decision: 'approve', connectionId, scope: 'read' };
  // What the app is given is sealed after the connection was looked at, and before the app is written down.
  const seal = vault.seal.bind(vault);
  let deleted: Promise<void> | undefined;
  vi.spyOn(vault, 'seal').mockImplementation((...args) => {
    deleted ??= deleteConnection(db, { id: connectionId, ownerUid: OWNER.uid });
    return seal(...args);
  });
  const answer = await (await request())(yes, FOUR_MINUTES);
  await deleted;
  expect(await allowed()).toEqual([]);
  const news = await db.collection('news').where('connectionId', '==', connectionId).get();
  expect(news.size).toBe(0);
  if (answer.status !== 200)
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
});

it('records what was refused of an answer, for who gave it', async () => {
  const answer = await request();
  const yes = { decision: 'approve', connectionId, scope: 'write', limits: {} };
  const { connection: theirs } = await newSandboxConnection(service.db);
  const before = await recorded();
  expect((await answer(yes, SIX_MINUTES)).status).toBe(403);
  expect((await answer({ ...yes, connectionId: theirs.id }, FOUR_MINUTES)).status).toBe(404);
  expect((await answer({ ...yes, scope: 'all' }, FOUR_MINUTES)).status).toBe(400);
  expect((await recorded()).slice(0, 3)).toEqual([
    ['app.allow', 'error', 'invalid_body', ''],
    ['app.allow', 'error', 'not_found', ''],
    ['app.allow', 'error', 'sign_in_again', ''],
  ]);
  expect(await recorded()).toHaveLength(before.length + 3);
  expect(await listCalls(service.db, 'stranger', { limit: 100 })).toMatchObject({ items: [] });
});

it('is not given while it cannot be recorded, and can be given after that', async () => {
  const answer = await request();
  const yes = { decision: 'approve', connectionId, scope: 'write', limits: {} };
  const unable = { ...service, db: unableToRecord(service.db) };
  const kept = async () => (await service.db.collection('oidc_Grant').get()).size;
  const before = await kept();
  expect(await answer(yes, FOUR_MINUTES, unable)).toMatchObject({
    status: 503,
    body: { error: { code: 'unavailable', message: expect.stringContaining('could not be recorded') } },
  });
  expect(await allowed()).toEqual([]);
  expect(await kept()).toBe(before);
  expect(await answer(yes, FOUR_MINUTES)).toMatchObject({
    status: 200,
    body: { redirectTo: expect.any(String) },
  });
  expect(await allowed()).toEqual(['write']);
  expect((await recorded())[0]).toEqual(['app.allow', 'ok', null, connectionId]);
});

it('ends where somebody has 200 apps, until they take one back', async () => {
  const { db } = service;
  const { length } = await listGrants(db, { ownerUid: OWNER.uid });
  const grants = await Promise.all(
    Array.from({ length: 200 - length }, () => storeGrant(db, { ownerUid: OWNER.uid, connectionId })),
  );
  const answer = await request();
  const yes = { decision: 'approve', connectionId, scope: 'read' };
  expect(await answer(yes, FOUR_MINUTES)).toMatchObject({
    status: 409,
    body: { error: { code: 'too_many_apps', message: expect.stringContaining('200') } },
  });
  await revokeGrant(db, grants[0] ?? '');
  expect(await answer(yes, FOUR_MINUTES)).toMatchObject({ status: 200 });
});

it('names who asks to the browser that it sent, before anybody is signed in, and to no other', async () => {
  const { uid, headers } = await begin(service, clientId);
  const ask = async (with_: Record<string, string>) => {
    const answer = await send(service, `/api/consent/${uid}/client`, { headers: with_ });
    return { status: answer.status, body: await answer.json() };
  };
  const { status, body } = await ask({ ...headers });
  expect(status).toBe(200);
  expect(askingApp.parse(body).client).toMatchObject({ redirectHost: 'host.example', verified: false });
  const other = await begin(service, clientId);
  for (const stranger of [{}, { ...other.headers }]) {
    expect(await ask(stranger)).toMatchObject({
      status: 400,
      body: { error: { code: 'interaction_expired' } },
    });
  }
  expect(await ask({ ...headers, Origin: 'https://elsewhere.example' })).toMatchObject({ status: 403 });
});
