/** Requests for tokens, of which there may be too many. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Service } from '../service.ts';
import { listCalls } from '../store/activity/listed-calls.ts';
import { listGrantsAndReplayed } from '../store/credentials/grants.ts';
import { storeGrant } from '../testing/oauth/grants.ts';
import { answer, begin, REDIRECT_URI, send, useHost, VERIFIER } from '../testing/oauth/oauth-host.ts';
import { authorizationServer } from './provider/provider.ts';
import { GRACE_MS } from './provider/refresh-grace.ts';
import { mcpResource } from './provider/scopes.ts';

let db: Firestore;
let service: Service;
let clientId: string;

useHost((opened) => {
  ({ service, clientId } = opened);
  db = service.db;
});

async function token(fields: Record<string, string>) {
  const body = new URLSearchParams({ client_id: clientId, ...fields });
  const answered = await send(service, '/oauth/token', { method: 'POST', body });
  const said = z.object({ refresh_token: z.string(), error: z.string() }).partial();
  const { refresh_token: refreshToken = '', error } = said.parse(await answered.json());
  return { status: answered.status, headers: answered.headers, refreshToken, error };
}

const refresh = (refresh_token: string) => token({ grant_type: 'refresh_token', refresh_token });

/** Has somebody say yes. @returns the first refresh token. */
async function connect(): Promise<string> {
  return (await connected()).refreshToken;
}

/** Has somebody say yes. @returns who, and what the first tokens were given for. */
async function connected() {
  const { provider } = authorizationServer(service);
  const accountId = randomUUID();
  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(mcpResource(service.publicOrigin), 'read');
  const grantId = await grant.save();
  await storeGrant(db, { id: grantId, ownerUid: accountId, clientId });
  const { uid, headers } = await begin(service, clientId);
  const address = await answer(service, uid, { login: { accountId }, consent: { grantId } });
  const redirect = await send(service, address, { headers });
  const code = new URL(redirect.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const redeemed = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: VERIFIER,
  };
  const { refreshToken } = await token(redeemed);
  return { accountId, grantId, redeemed, refreshToken };
}

/** What the console lists of apps that lost their access, and what the activity has of it. */
async function told(ownerUid: string) {
  const { items = [] } = (await listCalls(db, ownerUid, { limit: 100 })) ?? {};
  const { replayed } = await listGrantsAndReplayed(db, { ownerUid });
  return { acts: items.map(({ tool }) => tool), replayed: replayed.map(({ id }) => id) };
}

it('that are asked for by a code that was used are a replay, of which the owner is told', async () => {
  const { accountId, grantId, redeemed } = await connected();
  expect((await told(accountId)).replayed).toEqual([]);
  expect(await token(redeemed)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await told(accountId)).toEqual({ acts: ['app.replay'], replayed: [grantId] });
  // Of who has another app, or connected it anew, nothing is left to be told.
  await storeGrant(db, { ownerUid: accountId, clientId: 'another', clientName: 'Another' });
  expect((await told(accountId)).replayed).toEqual([grantId]);
  await storeGrant(db, { ownerUid: accountId, clientId });
  expect((await told(accountId)).replayed).toEqual([]);
});

it('that are asked for by a refresh token of long ago are a replay as well', async () => {
  const { accountId, grantId, refreshToken } = await connected();
  expect((await refresh(refreshToken)).status).toBe(200);
  const early = new Date(Date.now() - GRACE_MS);
  const used = await db.collection('oidc_RefreshToken').where('grantId', '==', grantId).get();
  for (const { ref } of used.docs) await ref.update({ consumedAt: early, uses: 1 });
  expect(await refresh(refreshToken)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect((await told(accountId)).acts[0]).toBe('app.replay');
  expect((await told(accountId)).replayed).toEqual([grantId]);
});

it('that are given back are no replay', async () => {
  const { accountId, refreshToken } = await connected();
  const body = new URLSearchParams({ client_id: clientId, token: refreshToken });
  expect((await send(service, '/oauth/revoke', { method: 'POST', body })).status).toBe(200);
  expect(await told(accountId)).toEqual({ acts: ['app.end'], replayed: [] });
});

it('are held back by who fails at them too often, and by nobody else', async () => {
  const refreshToken = await connect();
  const statuses: number[] = [];
  for (let i = 0; i < 121; i += 1) statuses.push((await refresh('junk')).status);
  expect(statuses).toEqual([...Array(120).fill(400), 429]);
  const refused = await refresh('junk');
  expect(refused.error).toBe('too_many_requests');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await token({ client_id: 'nobody' })).status).toBe(401);
  expect((await refresh(refreshToken)).status).toBe(200);
});

it('are answered to one grant so often, and its refresh token works again later', async () => {
  let refreshToken = await connect();
  for (let i = 0; i < 30; i += 1) ({ refreshToken } = await refresh(refreshToken));
  expect(refreshToken).not.toBe('');
  const refused = await refresh(refreshToken);
  expect([refused.status, refused.error]).toEqual([429, 'too_many_requests']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  // Another instance, as good as a minute later.
  service = { ...service };
  expect((await refresh(refreshToken)).status).toBe(200);
});
