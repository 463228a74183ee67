/** Real MCP clients connect by themselves, as the hosts that people use do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { oidcRecord } from '../../functions/src/store/oidc/oidc-records.ts';
import { api, signInAs } from '../console-client.ts';
import { database } from '../database.ts';
import { type HostingProxy, startHostingProxy } from '../hosting-proxy.ts';
import { callTool, rpc } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { type DocumentServer, startDocumentServer } from './clients/document-server.ts';
import { DOCUMENTS, REGISTRATIONS } from './clients/registrations.ts';
import { GENERATIONS, REDIRECT_URI, SdkHost } from './clients/sdk-host.ts';
import { approve, Browser, OauthHost } from './oauth-host.ts';

const generations = Object.keys(GENERATIONS) as (keyof typeof GENERATIONS)[];

let strict: HostingProxy;
let documents: DocumentServer;
let owner: string;
let connectionId: string;

beforeAll(async () => {
  strict = await startHostingProxy();
  documents = await startDocumentServer();
  owner = await signInAs('client-owner');
  const { body } = await api(owner, 'POST', '/connections', { kind: 'sandbox' });
  connectionId = z.object({ connection: z.object({ id: z.string() }) }).parse(body).connection.id;
});
afterAll(() => Promise.all([strict.stop(), documents.close()]));

/** The user says yes where the host sent them. @returns where the browser goes then. */
function allow(
  address: URL | undefined,
  scope: 'read' | 'write',
  browser = new Browser(strict),
): Promise<URL> {
  if (address === undefined) throw new Error('The user was not asked.');
  return approve(browser, owner, address, { connectionId, scope });
}

async function connected(host: SdkHost, scope: 'read' | 'write'): Promise<void> {
  await host.finishAuth(await allow(await host.connect(), scope));
  expect(await host.connect()).toBeUndefined();
}

async function toolNames(host: SdkHost): Promise<string[]> {
  return (await host.client.listTools()).tools.map(({ name }) => name);
}

const apps = z.object({ items: z.array(z.object({ grantId: z.string() })) });

/** The newest of the connected apps is revoked, as its owner does it. */
async function revokeNewestApp(): Promise<void> {
  const [newest] = apps.parse((await api(owner, 'GET', '/apps')).body).items;
  expect(await api(owner, 'DELETE', `/apps/${newest?.grantId}`)).toMatchObject({ status: 204 });
}

describe.each(generations)('%s', (generation) => {
  it('connects through Hosting, registering itself', async () => {
    const emulator = { origin: demo().origin, fetch, stop: async () => {} };
    const host = new SdkHost(generation, fetch);
    const redirect = await allow(await host.connect(), 'write', new Browser(emulator));
    await host.finishAuth(redirect);
    expect(await host.connect()).toBeUndefined();
    expect(await toolNames(host)).toContain('place_order');
    expect(host.memory.stored).toMatchObject({ scope: 'read write', refresh_token: expect.any(String) });
  });

  it('connects where only one cookie comes through, registering itself', async () => {
    const host = new SdkHost(generation, strict.fetch);
    await connected(host, 'read');
    expect(await toolNames(host)).not.toContain('place_order');
    expect(await callTool('get_current_account', {}, host.accessToken)).toMatchObject({ mode: 'paper' });
  });

  it('connects by what it publishes, without registering', async () => {
    const published = documents.publish({
      client_name: generation,
      redirect_uris: [REDIRECT_URI],
    });
    const host = new SdkHost(generation, strict.fetch, published);
    await connected(host, 'write');
    expect(host.memory.client?.client_id).toBe(published);
    expect(await toolNames(host)).toContain('place_order');
  });

  it('goes on by itself when its access token has expired', async () => {
    const host = new SdkHost(generation, strict.fetch);
    await connected(host, 'read');
    const expired = host.accessToken;
    await oidcRecord(database(), 'AccessToken', expired).update({ expireAt: new Date(Date.now() - 1) });
    expect(await toolNames(host)).toContain('get_quote');
    expect(host.accessToken).not.toBe(expired);
  });

  it('has to ask again at the first call after it was revoked', async () => {
    const host = new SdkHost(generation, strict.fetch);
    await connected(host, 'write');
    const revoked = host.accessToken;
    await revokeNewestApp();
    expect(await rpc('tools/list', {}, { key: revoked })).toMatchObject({ status: 401 });
    expect(await host.whereSent(() => host.client.listTools())).toBeInstanceOf(URL);
    expect(host.memory.stored).toBeUndefined();
  });
});

describe('a host that may only read', () => {
  it('asks its user again when a tool needs more, and goes on with what they grant', async () => {
    const host = new SdkHost('current client', strict.fetch);
    await connected(host, 'read');
    const reading = host.accessToken;
    const { account_id } = await callTool('get_current_account', {}, reading);
    const call = { name: 'set_current_account', arguments: { account_id } };
    const refused = await rpc('tools/call', call, { key: reading });
    expect(refused.status).toBe(403);
    expect(refused.headers['www-authenticate']).toContain('error="insufficient_scope"');

    const asked = await host.whereSent(() => host.client.callTool(call));
    expect(asked?.searchParams.get('scope')?.split(' ')).toEqual(expect.arrayContaining(['read', 'write']));
    await host.finishAuth(await allow(asked, 'write'));
    expect(await host.client.callTool(call)).toMatchObject({ structuredContent: { account_id } });

    expect(await rpc('tools/list', {}, { key: reading })).toMatchObject({ status: 200 });
    expect(await rpc('tools/call', call, { key: reading })).toMatchObject({ status: 403 });
  });
});

async function connects(host: OauthHost, redirectUri: string): Promise<void> {
  const answer = { connectionId, scope: 'read' };
  const tokens = await host.connect(new Browser(strict), owner, answer, { redirect_uri: redirectUri });
  expect(await callTool('get_current_account', {}, tokens.access_token)).toMatchObject({ mode: 'paper' });
  const refreshed = await host.refresh(tokens.refresh_token);
  expect(refreshed).toMatchObject({ scope: 'read', refresh_token: expect.any(String) });
}

it.each(Object.entries(REGISTRATIONS))(
  'a registration connects %s',
  async (_, { registers, redirectUri }) => {
    await connects(await OauthHost.open(strict, registers), redirectUri);
  },
);

it.each(Object.entries(DOCUMENTS))('a document connects %s', async (_, { publishes, redirectUri }) => {
  const clientId = documents.publish(publishes);
  await connects(await OauthHost.open(strict, { client_id: clientId }), redirectUri);
});
