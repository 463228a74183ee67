/** Requests for tokens, of which there may be too many. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { newOauthKeys } from '../../../local/src/data/secret-keys.ts';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import type { Service } from '../service.ts';
import { storeGrant } from '../testing/oauth/grants.ts';
import { answer, begin, REDIRECT_URI, send, useHost, VERIFIER } from '../testing/oauth/oauth-host.ts';
import { authorizationServer } from './provider/provider.ts';
import { mcpResource } from './provider/scopes.ts';

let db: Firestore;
let service: Service;
let clientId: string;

useHost({ database: () => startFirestoreServer({ port: 0 }), oauthKeys: newOauthKeys }, (opened) => {
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
  return (await token(redeemed)).refreshToken;
}

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
