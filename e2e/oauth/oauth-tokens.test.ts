/** Codes and tokens: given once, to whom they belong, and ended by whoever may end them. */
import { randomBytes } from 'node:crypto';
import { Timestamp } from 'firebase-admin/firestore';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { oidcRecord } from '../../functions/src/store/oidc/oidc-records.ts';
import { api } from '../console-client.ts';
import { database } from '../database.ts';
import { type HostingProxy, startHostingProxy } from '../hosting-proxy.ts';
import { rpc, send } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { age, newOwner, type Owner, postForm, statusAtMcp } from './oauth-calls.ts';
import { approve, Browser, OauthHost, REDIRECT_URI, type Tokens } from './oauth-host.ts';

let proxy: HostingProxy;
let host: OauthHost;
let owner: Owner;
const origin = demo().origin;

beforeAll(async () => {
  [proxy, owner] = await Promise.all([startHostingProxy(), newOwner('tokens-owner')]);
  host = await OauthHost.open(proxy);
});
afterAll(() => proxy.stop());

/** Looks like a token and like a code verifier; nothing else that tests store looks like it. */
const unknown = () => randomBytes(32).toString('base64url');

function connect(scope: 'read' | 'write' = 'read', as = host): Promise<Tokens> {
  const { idToken, connectionId } = owner;
  return as.connect(new Browser(proxy), idToken, { connectionId, scope });
}

function refresh(refreshToken: string, more: Record<string, string> = {}) {
  return postForm(proxy, '/oauth/token', {
    grant_type: 'refresh_token',
    client_id: host.client.client_id,
    refresh_token: refreshToken,
    ...more,
  });
}

it('are given for a code once, and taken back when it comes again (attack 14)', async () => {
  const browser = new Browser(proxy);
  const request = await host.authorizationRequest();
  const redirect = await approve(browser, owner.idToken, request.url, {
    connectionId: owner.connectionId,
    scope: 'read',
  });
  const tokens = await host.redeem(request, redirect);
  expect(await statusAtMcp(tokens.access_token)).toBe(200);
  await expect(host.redeem(request, redirect)).rejects.toMatchObject({
    error: 'invalid_grant',
    status: 400,
  });
  expect(await statusAtMcp(tokens.access_token)).toBe(401);
  expect(await refresh(tokens.refresh_token)).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant' },
  });
});

it('are given at most once for a code that comes three times at once', async () => {
  const request = await host.authorizationRequest();
  const redirect = await approve(new Browser(proxy), owner.idToken, request.url, {
    connectionId: owner.connectionId,
    scope: 'read',
  });
  const all = await Promise.allSettled(Array.from({ length: 3 }, () => host.redeem(request, redirect)));
  expect(all.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(2);
  for (const each of all)
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ error: 'invalid_grant' });
});

it.each([
  ['verifier', { code_verifier: unknown() }],
  ['redirect URI', { redirect_uri: 'http://127.0.0.1:1/callback' }],
])('are not given for a code with another %s', async (_, wrong) => {
  const request = await host.authorizationRequest();
  const redirect = await approve(new Browser(proxy), owner.idToken, request.url, {
    connectionId: owner.connectionId,
    scope: 'read',
  });
  const answer = await postForm(proxy, '/oauth/token', {
    grant_type: 'authorization_code',
    client_id: host.client.client_id,
    code: redirect.searchParams.get('code') ?? '',
    code_verifier: request.verifier,
    redirect_uri: request.redirectUri,
    ...wrong,
  });
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

it('of one host cannot be revoked or refreshed by another (attack 15)', async () => {
  const other = await OauthHost.open(proxy);
  const tokens = await connect();
  await other.revoke(tokens.refresh_token);
  await expect(other.refresh(tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
  expect(await host.refresh(tokens.refresh_token)).toMatchObject({ scope: 'read' });
});

it('end when an old refresh token comes back after the grace (attack 16)', async () => {
  const tokens = await connect();
  const newest = await host.refresh(tokens.refresh_token);
  await age('RefreshToken', tokens.refresh_token, 'consumedAt', 61_000);
  for (const token of [tokens, newest]) {
    expect(await refresh(token.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  }
  for (const token of [tokens, newest]) expect(await statusAtMcp(token.access_token)).toBe(401);
});

it('are given to each of three that refresh at once (attack 17)', async () => {
  const tokens = await connect();
  const all = await Promise.all(Array.from({ length: 3 }, () => host.refresh(tokens.refresh_token)));
  for (const each of all) expect(await statusAtMcp(each.access_token)).toBe(200);
  expect(await host.refresh(all[0]?.refresh_token ?? '')).toMatchObject({ scope: 'read' });
});

it('are not used up by a request for another resource (attack 18)', async () => {
  const { refresh_token } = await connect();
  expect(await refresh(refresh_token, { resource: 'https://other.example/' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_target' },
  });
  expect(await refresh(refresh_token, { scope: 'read write' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_scope' },
  });
  expect(await refresh(refresh_token, { resource: `${origin}/mcp` })).toMatchObject({ status: 200 });
});

it('work until they expire, to the second, and for this resource (attack 20)', async () => {
  const { access_token } = await connect();
  const record = oidcRecord(database(), 'AccessToken', access_token);
  const { audience, expireAt } = z
    .looseObject({ audience: z.string(), expireAt: z.instanceof(Timestamp) })
    .parse((await record.get()).data());
  expect(audience).toBe(`${origin}/mcp`);
  await record.update({ audience: 'https://other.example/' });
  expect(await statusAtMcp(access_token)).toBe(401);
  await record.update({ audience, expireAt: Timestamp.fromMillis(Date.now() - 5_000) });
  expect(await statusAtMcp(access_token)).toBe(401);
  await record.update({ expireAt });
  expect(await statusAtMcp(access_token)).toBe(200);
  for (const path of [`/mcp?access_token=${access_token}`, '/mcp']) {
    const answer = await send({
      path,
      headers: { Cookie: `__session=${access_token}`, 'Content-Type': 'application/json' },
    });
    expect(answer).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.stringContaining('resource_metadata=') },
    });
  }
});

it('that only read are told what a write tool needs (attack 22)', async () => {
  const { access_token } = await connect('read');
  const answer = await rpc('tools/call', { name: 'place_order', arguments: {} }, { key: access_token });
  expect(answer.status).toBe(403);
  expect(answer.headers['www-authenticate']).toMatch(/insufficient_scope.*scope="read write"/);
});

it('are revoked by their host, and with them the grant', async () => {
  for (const which of ['access_token', 'refresh_token'] as const) {
    const tokens = await connect();
    await host.revoke(tokens[which]);
    expect(await statusAtMcp(tokens.access_token)).toBe(401);
    expect(await refresh(tokens.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  }
});

it('are revoked by their host even with a refresh token that was used up', async () => {
  const tokens = await connect();
  const newest = await host.refresh(tokens.refresh_token);
  await host.revoke(tokens.refresh_token);
  expect(await statusAtMcp(newest.access_token)).toBe(401);
});

it('are revoked by their owner.idToken, from the next call on', async () => {
  const own = await OauthHost.open(proxy, { redirect_uris: [REDIRECT_URI], client_name: 'To be revoked' });
  const tokens = await connect('read', own);
  const { body } = await api(owner.idToken, 'GET', '/apps');
  const { items } = z
    .object({ items: z.array(z.object({ grantId: z.string(), clientName: z.string() })) })
    .parse(body);
  const grant = items.find(({ clientName }) => clientName === 'To be revoked');
  expect(await api(owner.idToken, 'DELETE', `/apps/${grant?.grantId}`)).toMatchObject({ status: 204 });
  expect(await statusAtMcp(tokens.access_token)).toBe(401);
  await expect(own.refresh(tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
});

it.each([
  ['JSON', 'json', 400, 'invalid_request'],
  ['no client', { grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'invalid_request'],
  [
    'an unknown client',
    { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'nobody' },
    401,
    'invalid_client',
  ],
  ['a password', { grant_type: 'password', username: 'a', password: 'b' }, 400, 'unsupported_grant_type'],
  ['client credentials', { grant_type: 'client_credentials' }, 400, 'unsupported_grant_type'],
  [
    'an unknown code',
    { grant_type: 'authorization_code', code: '../../x', redirect_uri: REDIRECT_URI },
    400,
    'invalid_grant',
  ],
])('are not given for %s', async (_, fields, status, error) => {
  const answer =
    typeof fields === 'string'
      ? await proxy.fetch(`${origin}/oauth/token`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{}',
        })
      : await proxy.fetch(`${origin}/oauth/token`, {
          method: 'POST',
          body: new URLSearchParams({
            ...('client_id' in fields || error === 'invalid_request'
              ? {}
              : { client_id: host.client.client_id }),
            ...fields,
          }),
        });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ error });
  expect(answer.headers.get('cache-control')).toContain('no-store');
  expect(answer.headers.has('www-authenticate')).toBe(false);
});

it.each([
  ['an unknown token', { token: unknown() }, 200, undefined],
  ['no token', {}, 400, 'invalid_request'],
  ['a JWT', { token: 'eyJhbGciOiJub25lIn0.e30.' }, 400, 'unsupported_token_type'],
])('a request to revoke %s is answered', async (_, fields, status, error) => {
  const answer = await postForm(proxy, '/oauth/revoke', { client_id: host.client.client_id, ...fields });
  expect(answer.status).toBe(status);
  expect(answer.body.error).toBe(error);
  expect(answer.headers.get('cache-control')).toContain('no-store');
});
