/** What a person may allow a host, by how long ago they signed in. */
import { beforeEach, expect, it } from 'vitest';
import { newOauthKeys } from '../../../local/src/data/secret-keys.ts';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import type { Service } from '../service.ts';
import { createConnection } from '../store/connections.ts';
import { listGrants } from '../store/credentials/grants.ts';
import { idToken, OWNER, useConsoleOwner } from '../testing/console/console-owner.ts';
import { begin, send, useHost } from '../testing/oauth/oauth-host.ts';

let service: Service;
let clientId: string;
let connectionId: string;

useHost({ database: () => startFirestoreServer({ port: 0 }), oauthKeys: newOauthKeys }, (opened) => {
  ({ service, clientId } = opened);
});
useConsoleOwner();
beforeEach(async () => {
  const fields = { ownerUid: OWNER.uid, kind: 'sandbox', mode: 'paper', label: 'Mine' } as const;
  connectionId = (await createConnection(service.db, fields)).connection.id;
});

const SIX_MINUTES = 360;
const FOUR_MINUTES = 240;
const MONTH = 30 * 86_400;

const allowed = async () =>
  (await listGrants(service.db, { ownerUid: OWNER.uid, connectionId })).map(({ scope }) => scope);

/** A request of a host that wants to trade, and a person's answers to it. */
async function request() {
  const { uid, headers } = await begin(service, clientId, { scope: 'read write offline_access' });
  return async (body: object, signedInFor: number) => {
    const answer = await send(service, `/api/consent/${uid}`, {
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
