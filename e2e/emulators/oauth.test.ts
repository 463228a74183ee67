/** Hosts connect: from the address of the MCP endpoint to tokens, through Hosting as it is when deployed. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { api, signInAs } from '../console-client.ts';
import { database } from '../database.ts';
import { type HostingProxy, startHostingProxy } from '../hosting-proxy.ts';
import { callTool, rpc } from '../mcp-endpoint.ts';
import { type DocumentServer, startDocumentServer } from '../oauth/clients/document-server.ts';
import { newOwner } from '../oauth/oauth-calls.ts';
import { approve, Browser, begin, OauthHost, REDIRECT_URI } from '../oauth/oauth-host.ts';
import { demo } from '../own-stack.ts';
import { agedToken } from '../pages/aged-sign-in.ts';

let proxy: HostingProxy;
let documents: DocumentServer;
let owner: string;
let connectionId: string;

beforeAll(async () => {
  [proxy, documents] = await Promise.all([startHostingProxy(), startDocumentServer()]);
  ({ idToken: owner, connectionId } = await newOwner('host-owner'));
});
afterAll(() => Promise.all([proxy.stop(), documents.close()]));

function registered(client_name: string): Promise<OauthHost> {
  return OauthHost.open(proxy, { redirect_uris: [REDIRECT_URI], client_name });
}

it('connects a host that registers itself', async () => {
  const host = await registered('Probe');
  const tokens = await host.connect(new Browser(proxy), owner, { connectionId, scope: 'write' });
  expect(tokens).toMatchObject({
    scope: 'read write',
    expires_in: 86_400,
    refresh_token: expect.any(String),
  });
  expect(await callTool('get_current_account', {}, tokens.access_token)).toMatchObject({ mode: 'paper' });
  const refreshed = await host.refresh(tokens.refresh_token);
  expect(await callTool('get_current_account', {}, refreshed.access_token)).toMatchObject({ mode: 'paper' });
  const { body } = await api(owner, 'GET', '/apps');
  expect(body).toMatchObject({ items: [{ clientName: 'Probe', connectionId, scope: 'write' }] });
  expect(demo().origin).toBe(host.server.issuer);
});

it('tells the person who asks, as far as that is known', async () => {
  const browser = new Browser(proxy);
  const plain = await registered('Plain');
  const { url } = await plain.authorizationRequest();
  expect(await browser.consent(await begin(browser, url), owner)).toMatchObject({
    status: 200,
    body: {
      client: {
        name: 'Plain',
        clientId: plain.client.client_id,
        host: null,
        verified: false,
        redirectHost: '127.0.0.1',
        isLocalApp: true,
        uri: null,
      },
      requestedScopes: ['read', 'write', 'offline_access'],
      connections: [{ id: connectionId, kind: 'sandbox', mode: 'paper', label: 'Sandbox' }],
      earlierGrants: [],
    },
  });

  const { origin: publisher, host } = new URL(documents.publish({}));
  const home = `${publisher}/callback`;
  const elsewhere = 'https://published.example/callback';
  const client_id = documents.publish({ client_name: 'Published', redirect_uris: [home, elsewhere] });
  const published = await OauthHost.open(proxy, { client_id });
  for (const [redirect_uri, redirectHost] of [
    [home, host],
    [elsewhere, 'published.example'],
  ] as const) {
    const request = await published.authorizationRequest({ redirect_uri });
    const verified = redirect_uri === home;
    const client = {
      name: 'Published',
      clientId: client_id,
      host,
      verified,
      redirectHost,
      isLocalApp: false,
    };
    expect(await browser.consent(await begin(browser, request.url), owner)).toMatchObject({
      body: { client },
    });
  }
});

it('gives each device of one client a grant of its own', async () => {
  const client_id = documents.publish({ client_name: 'Two devices', redirect_uris: [REDIRECT_URI] });
  const host = await OauthHost.open(proxy, { client_id });
  const connect = () => host.connect(new Browser(proxy), owner, { connectionId, scope: 'read' });
  const [one, other] = [await connect(), await connect()];
  await host.revoke(one.refresh_token);
  expect(await rpc('tools/list', {}, { key: one.access_token })).toMatchObject({ status: 401 });
  expect(await rpc('tools/list', {}, { key: other.access_token })).toMatchObject({ status: 200 });
});

it('lets a person allow less than was asked, narrowed further by rules for this app', async () => {
  const host = await registered('Narrowed');
  const answer = { connectionId, scope: 'write', approval: 'owner', limits: { maxOrderValue: 100 } };
  await host.connect(new Browser(proxy), owner, answer);
  const { body } = await api(owner, 'GET', '/apps');
  const { items } = z.object({ items: z.array(z.looseObject({ clientName: z.string() })) }).parse(body);
  expect(items.find(({ clientName }) => clientName === 'Narrowed')).toMatchObject({
    scope: 'write',
    approval: 'owner',
    limits: { maxOrderValue: 100 },
  });
});

it('has a person sign in again before orders are allowed', async () => {
  const token = await signInAs('long-ago');
  const earlier = await agedToken(token);
  const { body } = await api(token, 'POST', '/connections', { kind: 'sandbox' });
  const own = z.object({ connection: z.object({ id: z.string() }) }).parse(body).connection.id;
  const browser = new Browser(proxy);
  const { url } = await (await registered('Trader')).authorizationRequest();
  const uidOfRequest = await begin(browser, url);
  const yes = { decision: 'approve', connectionId: own };
  expect(await browser.consent(uidOfRequest, earlier, { ...yes, scope: 'write' })).toMatchObject({
    status: 403,
    body: { error: { code: 'sign_in_again' } },
  });
  expect(await browser.consent(uidOfRequest, earlier, { ...yes, scope: 'read' })).toMatchObject({
    status: 200,
  });
});

it('stores no code, token, cookie or id of a request where it can be read', async () => {
  const host = await registered('Traced');
  const browser = new Browser(proxy);
  const request = await host.authorizationRequest();
  const uid = await begin(browser, request.url);
  const cookie = browser.cookies.replace('__session=', '');
  const another = await host.authorizationRequest();
  const redirect = await approve(browser, owner, another.url, { connectionId, scope: 'read' });
  const tokens = await host.redeem(another, redirect);
  const refreshed = await host.refresh(tokens.refresh_token);
  const collections = await database().listCollections();
  const documents = await Promise.all(collections.map((collection) => collection.get()));
  const dump = JSON.stringify(documents.map(({ docs }) => docs.map((doc) => [doc.ref.path, doc.data()])));
  expect(dump).toContain('oidc_RefreshToken/');
  for (const secret of [
    uid,
    cookie,
    redirect.searchParams.get('code') ?? '',
    another.verifier,
    ...[tokens, refreshed].flatMap(({ access_token, refresh_token }) => [access_token, refresh_token]),
  ]) {
    expect(secret).not.toBe('');
    expect(dump).not.toContain(secret);
  }
});
