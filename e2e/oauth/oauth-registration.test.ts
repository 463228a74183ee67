/** What hosts register as, and what nobody may. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type HostingProxy, startHostingProxy } from '../hosting-proxy.ts';
import { demo } from '../own-stack.ts';
import { newOwner, type Owner, postForm, statusAtMcp } from './oauth-calls.ts';
import { Browser, begin, OauthHost, REDIRECT_URI, type Tokens } from './oauth-host.ts';

let proxy: HostingProxy;
let owner: Owner;

beforeAll(async () => {
  [proxy, owner] = await Promise.all([startHostingProxy(), newOwner('registering')]);
});
afterAll(() => proxy.stop());

function register(body: unknown): Promise<Response> {
  return proxy.fetch(`${demo().origin}/oauth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

function connect(host: OauthHost, scope: 'read' | 'write'): Promise<Tokens> {
  const { idToken, connectionId } = owner;
  return host.connect(new Browser(proxy), idToken, { connectionId, scope });
}

it.each([
  ['plain http on another machine', 'http://evil.example/cb'],
  ['a user name', 'https://claude.ai@evil.example/cb'],
  ['a fragment', 'https://a.example/cb#x'],
  ['an empty fragment', 'https://a.example/cb#'],
  ['a wildcard', 'https://*.example/cb'],
  ['a script', 'javascript:alert(1)'],
  ['data', 'data:text/html,x'],
  ['a file', 'file:///etc/passwd'],
  ['no scheme', '/cb'],
  ['513 characters', `https://a.example/${'x'.repeat(495)}`],
])('refuses a redirect URI with %s (attack 2)', async (_, uri) => {
  const answer = await register({ redirect_uris: [uri] });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: 'invalid_redirect_uri' });
});

it('stores what Cursor registers as native, and all three work (attack 3)', async () => {
  const redirect_uris = [
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'https://www.cursor.com/agents/mcp/oauth/callback',
    'http://localhost:8787/callback',
  ];
  const answer = await register({ redirect_uris, application_type: 'web', client_name: 'Cursor' });
  const registered = z.looseObject({ client_id: z.string() }).parse(await answer.json());
  expect(answer.status).toBe(201);
  expect(registered).toMatchObject({ application_type: 'native', redirect_uris });
  const cursor = await OauthHost.open(proxy, { client_id: registered.client_id });
  for (const redirect_uri of redirect_uris) {
    const { url } = await cursor.authorizationRequest({ redirect_uri });
    expect(await begin(new Browser(proxy), url)).toMatch(/\w/);
  }
});

it.each([
  [
    'Claude',
    { redirect_uris: ['https://claude.ai/api/mcp/auth_callback'], token_endpoint_auth_method: 'none' },
  ],
  ['Claude Code', { redirect_uris: ['http://localhost:51234/callback'], application_type: 'native' }],
  ['ChatGPT', { redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'] }],
  [
    'VS Code',
    {
      redirect_uris: [
        'https://vscode.dev/redirect',
        'https://insiders.vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      application_type: 'native',
    },
  ],
  ['OpenCode', { redirect_uris: ['http://127.0.0.1:19876/mcp/oauth/callback'] }],
  [
    'Inspector',
    { redirect_uris: ['http://localhost:6274/oauth/callback'], scope: 'read write offline_access' },
  ],
])('takes what %s sends', async (client_name, body) => {
  expect((await register({ ...body, client_name })).status).toBe(201);
});

it('gives the least there is no word about: no secret, both grant types (attack 4)', async () => {
  const answer = await register({
    redirect_uris: [REDIRECT_URI],
    client_id: 'mine',
    client_secret: 's',
    extra: 1,
  });
  const body = z.record(z.string(), z.unknown()).parse(await answer.json());
  expect(answer.status).toBe(201);
  expect(answer.headers.get('cache-control')).toContain('no-store');
  expect(body).toMatchObject({
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  });
  expect(body.client_id).not.toBe('mine');
  for (const name of ['client_secret', 'registration_access_token', 'extra'])
    expect(body).not.toHaveProperty(name);
});

it.each([
  ['keys elsewhere', { jwks_uri: 'https://a.example/', sector_identifier_uri: 'https://127.0.0.1/' }],
  ['unknown scopes', { scope: 'openid profile' }],
  ['nulls', { jwks_uri: null, client_name: null, logo_uri: null, scope: null }],
  ['a statement', { software_statement: 'x.y.z' }],
  [
    'grants that do not exist here beside those that do',
    {
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code', 'implicit'],
      response_types: ['code', 'token'],
    },
  ],
])('leaves out %s, as a server may', async (_, members) => {
  const answer = await register({ redirect_uris: [REDIRECT_URI], ...members });
  const body = z.record(z.string(), z.unknown()).parse(await answer.json());
  expect(answer.status).toBe(201);
  expect(body).toMatchObject({ response_types: ['code'], token_endpoint_auth_method: 'none' });
  for (const name of ['jwks_uri', 'scope', 'sector_identifier_uri', 'software_statement'])
    expect(body[name] ?? null).toBeNull();
});

it('gives a secret to who asks for one', async () => {
  const confidential = await OauthHost.open(proxy, {
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: 'client_secret_post',
  });
  const tokens = await connect(confidential, 'read');
  expect(await statusAtMcp(tokens.access_token)).toBe(200);
  expect(
    await postForm(proxy, '/oauth/token', {
      grant_type: 'refresh_token',
      client_id: confidential.client.client_id,
      client_secret: 'wrong',
      refresh_token: tokens.refresh_token,
    }),
  ).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
});

it.each([
  ['60 KB', { redirect_uris: [REDIRECT_URI], client_name: 'x'.repeat(60_000) }, 413, 'invalid_request'],
  [
    '11 URIs',
    { redirect_uris: Array.from({ length: 11 }, (_, i) => `https://a.example/${i}`) },
    400,
    'invalid_redirect_uri',
  ],
  [
    'signing at the token endpoint',
    {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://a.example/',
    },
    400,
    'invalid_client_metadata',
  ],
  [
    'the implicit grant',
    { redirect_uris: [REDIRECT_URI], grant_types: ['implicit'], response_types: ['token'] },
    400,
    'invalid_client_metadata',
  ],
  [
    'an unknown grant',
    { redirect_uris: [REDIRECT_URI], grant_types: ['password'] },
    400,
    'invalid_client_metadata',
  ],
  ['no redirect URI', {}, 400, 'invalid_redirect_uri'],
  ['an array', [], 400, 'invalid_request'],
  ['no JSON (attack 6)', '{bad', 400, 'invalid_request'],
])('refuses %s (attack 5)', async (_, body, status, error) => {
  const answer = await register(body);
  const text = await answer.text();
  expect(answer.status).toBe(status);
  expect(text).not.toMatch(/\bat .+\.(js|ts):\d/);
  if (typeof body !== 'string') expect(JSON.parse(text)).toMatchObject({ error });
});

it('does not freeze the scope that was registered', async () => {
  const answer = await register({ redirect_uris: [REDIRECT_URI], scope: 'read' });
  const { client_id } = z.object({ client_id: z.string() }).parse(await answer.json());
  const stepping = await OauthHost.open(proxy, { client_id });
  expect((await connect(stepping, 'write')).scope).toBe('read write');
});

it('tidies names that deceive', async () => {
  const answer = await register({
    redirect_uris: [REDIRECT_URI],
    client_name: `Cl\u202Eaude\u0000\n<b>${'x'.repeat(200)}`,
  });
  const { client_name } = z.object({ client_name: z.string() }).parse(await answer.json());
  expect(client_name).toMatch(/^Claude x+…$/);
  expect(client_name).toHaveLength(100);
});
