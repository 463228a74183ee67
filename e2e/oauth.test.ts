/** Hosts connect: from the address of the MCP endpoint to tokens, through Hosting as it is when deployed. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { api, signIn } from './console-client.ts';
import { type HostingProxy, startHostingProxy } from './hosting-proxy.ts';
import { callTool } from './mcp-endpoint.ts';
import { Browser, OauthHost } from './oauth-host.ts';

let proxy: HostingProxy;
let owner: string;
let connectionId: string;

beforeAll(async () => {
  proxy = await startHostingProxy();
  owner = await signIn({ sub: 'host-owner', email: 'host-owner@example.com' });
  const { body } = await api(owner, 'POST', '/connections', { kind: 'sandbox' });
  connectionId = z.object({ connection: z.object({ id: z.string() }) }).parse(body).connection.id;
});
afterAll(() => proxy.stop());

it('connects a host that registers itself', async () => {
  const host = await OauthHost.open(proxy, {
    redirect_uris: ['http://127.0.0.1/callback'],
    client_name: 'Probe',
  });
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
  expect(inject('demo').origin).toBe(host.server.issuer);
});
