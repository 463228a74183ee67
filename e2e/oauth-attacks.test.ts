/** What must not work: hostile registrations, requests, answers and tokens, against the stack as it is deployed. */
import { createHash } from 'node:crypto';
import { Timestamp } from 'firebase-admin/firestore';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { api, signIn } from './console-client.ts';
import { database } from './database.ts';
import { type HostingProxy, startHostingProxy } from './hosting-proxy.ts';
import { rpc, send } from './mcp-endpoint.ts';
import { type DocumentServer, startDocumentServer } from './oauth-clients/document-server.ts';
import { approve, Browser, begin, OauthHost, REDIRECT_URI, resume, type Tokens } from './oauth-host.ts';

let proxy: HostingProxy;
let documents: DocumentServer;
let host: OauthHost;
let owner: string;
let connectionId: string;
const origin = inject('demo').origin;
/** The emulator answers preflights itself, with the origin that asks. */
const ANY_ORIGIN = { 'access-control-allow-origin': expect.stringMatching(/^(\*|https?:.+)$/) };

beforeAll(async () => {
  [proxy, documents] = await Promise.all([startHostingProxy(), startDocumentServer()]);
  owner = await signIn({ sub: 'attacked', email: 'attacked@example.com' });
  const { body } = await api(owner, 'POST', '/connections', { kind: 'sandbox' });
  connectionId = z.object({ connection: z.object({ id: z.string() }) }).parse(body).connection.id;
  host = await OauthHost.open(proxy);
});
afterAll(() => Promise.all([proxy.stop(), documents.close()]));

function connect(scope: 'read' | 'write' = 'read', as = host): Promise<Tokens> {
  return as.connect(new Browser(proxy), owner, { connectionId, scope });
}

function register(body: unknown): Promise<Response> {
  return proxy.fetch(`${origin}/oauth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function post(path: string, fields: Record<string, string>) {
  const answer = await proxy.fetch(origin + path, { method: 'POST', body: new URLSearchParams(fields) });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: z.record(z.string(), z.unknown()).parse(text === '' ? {} : JSON.parse(text)),
  };
}

function refresh(refreshToken: string, more: Record<string, string> = {}) {
  return post('/oauth/token', {
    grant_type: 'refresh_token',
    client_id: host.client.client_id,
    refresh_token: refreshToken,
    ...more,
  });
}

/** What a host is told by a redirect, or the page that a person sees instead. */
async function authorize(parameters: Record<string, string>, as = host) {
  const { url, state } = await as.authorizationRequest(parameters);
  const answer = await new Browser(proxy).send(url);
  // An error of a response type with tokens comes behind `#`.
  const location = answer.headers.get('location')?.replace('#', '?') ?? null;
  return {
    answer,
    state,
    told: location === null ? null : Object.fromEntries(new URL(location, origin).searchParams),
  };
}

async function statusAtMcp(token: string): Promise<number> {
  return (await rpc('tools/list', {}, { key: token })).status;
}

/** Makes a record of the authorization server look as old as it would be later. */
async function age(model: string, id: string, field: string, milliseconds: number): Promise<void> {
  const name = createHash('sha256').update(`${model}:${id}`).digest('hex');
  const record = database().collection(`oidc_${model}`).doc(name);
  const was = (await record.get()).get(field) as Timestamp;
  await record.update({ [field]: Timestamp.fromMillis(was.toMillis() - milliseconds) });
}

describe('metadata', () => {
  const documents = [
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/mcp',
    '/.well-known/openid-configuration',
    '/.well-known/openid-configuration/mcp',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/mcp',
  ];

  it.each(documents)('does not change with what a caller says of hosts: %s (attack 1)', async (path) => {
    const clean = await send({ method: 'GET', path });
    const forged = await send({
      method: 'GET',
      path,
      headers: {
        Host: 'evil.example',
        'X-Forwarded-Host': 'evil.example',
        'X-Forwarded-Proto': 'https',
        'X-Original-Url': 'https://evil.example/',
      },
    });
    expect(clean.status).toBe(200);
    expect(forged.text).toBe(clean.text);
    const addresses = clean.text.match(/https?:[^"]+/g) ?? [];
    expect(addresses.filter((address) => !address.startsWith(origin))).toEqual([]);
    expect(addresses.length).toBeGreaterThan(0);
    expect(clean.headers).toMatchObject({
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    });
    expect(clean.headers).not.toHaveProperty('set-cookie');
  });

  it('says exactly this of the server', async () => {
    const { text } = await send({ method: 'GET', path: '/.well-known/oauth-authorization-server' });
    expect(JSON.parse(text.replaceAll(origin, 'https://gateway.example'))).toMatchSnapshot();
  });

  it('says exactly this of the endpoint', async () => {
    const { text } = await send({ method: 'GET', path: '/.well-known/oauth-protected-resource/mcp' });
    expect(JSON.parse(text)).toEqual({
      resource: `${origin}/mcp`,
      authorization_servers: [origin],
      scopes_supported: ['read', 'write'],
      bearer_methods_supported: ['header'],
      resource_name: 'IBKR Gateway',
    });
  });

  it.each(documents)('takes HEAD and preflights, and nothing else: %s', async (path) => {
    expect(await send({ method: 'HEAD', path })).toMatchObject({ status: 200, text: '' });
    const preflight = { Origin: 'https://inspector.example', 'Access-Control-Request-Method': 'GET' };
    const allowed = await send({ method: 'OPTIONS', path, headers: preflight });
    expect(allowed).toMatchObject({ status: 204, headers: ANY_ORIGIN });
    expect(allowed.headers).not.toHaveProperty('access-control-allow-credentials');
    for (const method of ['POST', 'PUT', 'DELETE']) {
      expect(await send({ method, path })).toMatchObject({
        status: 405,
        headers: { allow: expect.stringContaining('GET') },
      });
    }
  });

  it.each(['/.well-known/nothing', '/oauth/nothing', '/oauth/end-session/confirm', '/oauth/register/abc'])(
    'does not have what is missing cached: %s',
    async (path) => {
      expect(await send({ method: 'GET', path })).toMatchObject({
        status: 404,
        headers: { 'cache-control': 'no-store', 'content-type': 'application/json' },
      });
    },
  );

  it('shows public members of its keys only', async () => {
    const { text } = await send({ method: 'GET', path: '/oauth/jwks' });
    const { keys } = z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).parse(JSON.parse(text));
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
    ]);
  });
});

describe('registration', () => {
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

  it('gives a secret to who asks for one', async () => {
    const confidential = await OauthHost.open(proxy, {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'client_secret_post',
    });
    const tokens = await connect('read', confidential);
    expect(await statusAtMcp(tokens.access_token)).toBe(200);
    expect(
      await post('/oauth/token', {
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
      'a sector identifier',
      { redirect_uris: [REDIRECT_URI], sector_identifier_uri: 'https://127.0.0.1/' },
      400,
      'invalid_client_metadata',
    ],
    [
      'keys elsewhere',
      { redirect_uris: [REDIRECT_URI], jwks_uri: 'https://a.example/' },
      400,
      'invalid_client_metadata',
    ],
    [
      'an unknown scope',
      { redirect_uris: [REDIRECT_URI], scope: 'read admin' },
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
    expect((await connect('write', stepping)).scope).toBe('read write');
  });

  it('tidies names that deceive', async () => {
    const answer = await register({
      redirect_uris: [REDIRECT_URI],
      client_name: `Cl\u202Eaude\u0000\n<b>${'x'.repeat(200)}`,
    });
    const { client_name } = z.object({ client_name: z.string() }).parse(await answer.json());
    expect(client_name).toMatch(/^Cl aude <b>x+$/);
    expect(client_name).toHaveLength(100);
  });
});

describe('a request for consent', () => {
  it.each([
    ['a longer path', `${REDIRECT_URI}/x`],
    ['a query', `${REDIRECT_URI}?a=1`],
    ['another name of this machine', REDIRECT_URI.replace('127.0.0.1', 'localhost')],
    ['markup', `${REDIRECT_URI}"><script>alert(1)</script>`],
  ])('is not answered at a redirect URI with %s (attack 7)', async (_, redirect_uri) => {
    const { answer, told } = await authorize({ redirect_uri });
    const page = await answer.text();
    expect(answer.status).toBe(400);
    expect(told).toBeNull();
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(page).toContain('invalid_redirect_uri');
    expect(page).not.toContain('script');
    expect(page).not.toContain('callback');
  });

  it('is not answered on another port of a web site', async () => {
    const web = await OauthHost.open(proxy, { redirect_uris: ['https://app.example/cb'] });
    const { answer } = await authorize({ redirect_uri: 'https://app.example:8443/cb' }, web);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  it('is answered on any port of the user’s machine', async () => {
    const { url } = await host.authorizationRequest({ redirect_uri: 'http://127.0.0.1:50999/callback' });
    expect(await begin(new Browser(proxy), url)).toMatch(/\w/);
  });

  it('of an unknown client is a page', async () => {
    const { answer, told } = await authorize({ client_id: 'nobody' });
    expect(answer.status).toBe(400);
    expect(told).toBeNull();
    expect(await answer.text()).toContain('invalid_client');
  });

  it.each([
    ['the address of another', { client_id: 'https://other.example/client.json' }, 'invalid_client_metadata'],
    ['a secret', { client_secret: 'x' }, 'invalid_client_metadata'],
    ['a secret to come', { token_endpoint_auth_method: 'client_secret_post' }, 'invalid_client_metadata'],
    ['keys elsewhere', { token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
    ['a redirect to plain http', { redirect_uris: ['http://evil.example/cb'] }, 'invalid_redirect_uri'],
    ['6 KB', { client_name: 'x'.repeat(6 * 1024) }, 'invalid_client'],
  ])('of a client whose document has %s is a page (attack 19)', async (_, members, error) => {
    const client_id = documents.publish({ redirect_uris: [REDIRECT_URI], ...members });
    const { answer, told } = await authorize({ client_id });
    expect(answer.status).toBe(400);
    expect(told).toBeNull();
    expect(await answer.text()).toContain(`<code>${error}</code>`);
  });

  it.each([
    'https://127.0.0.1/',
    'https://10.0.0.1/c.json',
    'https://8.8.8.8/c.json',
    'http://localhost/c.json',
  ])('of a client at %s is a page, and nobody is called', async (client_id) => {
    const { answer } = await authorize({ client_id });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<code>invalid_client</code>');
  });

  it.each([
    ['no challenge', { code_challenge: '', code_challenge_method: '' }],
    ['a plain one', { code_challenge_method: 'plain' }],
    ['one of no method', { code_challenge_method: '' }],
    ['a short one', { code_challenge: 'x'.repeat(10) }],
  ])('needs PKCE, and not %s (attack 8)', async (_, parameters) => {
    const { answer, state, told } = await authorize(parameters);
    expect(answer.status).toBe(303);
    expect(told).toMatchObject({ error: 'invalid_request', state, iss: origin });
  });

  it.each([
    ['somebody else’s resource', 'https://other.example/'],
    ['a slash behind', `${origin}/mcp/`],
    ['no resource at all', 'mcp'],
  ])('is for the one resource, not %s (attack 9)', async (_, resource) => {
    const { answer, state, told } = await authorize({ resource });
    expect(answer.status).toBe(303);
    expect(told).toMatchObject({ error: 'invalid_target', state, iss: origin });
  });

  it('is for one resource', async () => {
    const { url, state } = await host.authorizationRequest();
    url.searchParams.append('resource', 'https://other.example/');
    const answer = await new Browser(proxy).send(url);
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_target');
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('state')).toBe(state);
  });

  it('that names neither scope nor resource gets the least (attack 10)', async () => {
    const tokens = await host.connect(
      new Browser(proxy),
      owner,
      { connectionId, scope: 'read' },
      { scope: '', resource: '' },
    );
    expect(tokens.scope).toBe('read');
    expect(await statusAtMcp(tokens.access_token)).toBe(200);
  });

  it('for a refresh token alone gets the least', async () => {
    const tokens = await host.connect(
      new Browser(proxy),
      owner,
      { connectionId, scope: 'read' },
      { scope: 'offline_access' },
    );
    expect(tokens.scope).toBe('read');
  });

  it('for unknown scopes alone is denied, and beside known ones they are left out', async () => {
    const { told } = await authorize({ scope: 'admin root' });
    expect(told).toMatchObject({ error: 'access_denied' });
    const browser = new Browser(proxy);
    const { url } = await host.authorizationRequest({ scope: 'read admin openid' });
    expect(await browser.consent(await begin(browser, url), owner)).toMatchObject({
      status: 200,
      body: { requestedScopes: ['read'] },
    });
  });

  it('is shown again to who said yes before, and never passed over (attack 11)', async () => {
    const browser = new Browser(proxy);
    await host.connect(browser, owner, { connectionId, scope: 'read' });
    const { url } = await host.authorizationRequest();
    expect(await begin(browser, url)).toMatch(/\w/);
    url.searchParams.set('prompt', 'none');
    const told = new URL((await browser.send(url)).headers.get('location') ?? '').searchParams;
    expect(told.get('error')).toBe('consent_required');
    expect(told.has('code')).toBe(false);
  });

  it.each([
    ['response_mode', 'form_post', 'unsupported_response_mode'],
    ['response_mode', 'fragment', 'unsupported_response_mode'],
    ['request', 'x.y.z', 'request_not_supported'],
    ['request_uri', 'https://a.example/', 'request_uri_not_supported'],
    ['registration', '{}', 'registration_not_supported'],
    ['response_type', 'token', 'unsupported_response_type'],
  ])('does not take %s=%s', async (name, value, error) => {
    const { answer, state, told } = await authorize({ [name]: value });
    expect(answer.status).toBe(303);
    expect(told).toMatchObject({ error, state, iss: origin });
  });
});

describe('consent', () => {
  async function pending(browser = new Browser(proxy), parameters: Record<string, string> = {}) {
    const request = await host.authorizationRequest(parameters);
    return { browser, request, uid: await begin(browser, request.url) };
  }
  const yes = () => ({ decision: 'approve', connectionId, scope: 'read' });
  const grants = async () => (await database().collection('grants').get()).size;

  it('takes an ID token, the cookie, our own origin, POST and JSON, all of them (attack 12)', async () => {
    const { browser, uid } = await pending();
    const before = await grants();
    expect(await browser.consent(uid, null, yes())).toMatchObject({
      status: 401,
      body: { error: { code: 'signed_out' } },
    });
    expect(await browser.consent(uid, owner, yes(), { Cookie: '' })).toMatchObject({
      status: 400,
      body: { error: { code: 'interaction_expired' } },
    });
    for (const Origin of ['https://evil.example', 'null', '']) {
      expect(await browser.consent(uid, owner, yes(), { Origin })).toMatchObject({
        status: 403,
        body: { error: { code: 'foreign_origin' } },
      });
    }
    expect(await browser.consent(uid, owner, yes(), { 'Content-Type': 'text/plain' })).toMatchObject({
      status: 415,
    });
    const put = await browser.send(`/api/consent/${uid}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${owner}` },
    });
    expect(put.status).toBe(405);
    expect(await grants()).toBe(before);
    expect(await browser.consent(uid, owner, yes())).toMatchObject({ status: 200 });
  });

  it('of another browser is refused with nothing told (attack 13)', async () => {
    const { uid } = await pending();
    const other = new Browser(proxy);
    await pending(other);
    for (const browser of [new Browser(proxy), other]) {
      const answer = await browser.consent(uid, owner);
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'interaction_expired' } } });
      expect(JSON.stringify(answer.body)).not.toContain(host.client.client_id);
      const page = await browser.send(`/oauth/authorize/${uid}`);
      expect(page.status).toBe(400);
      expect(await page.text()).toContain('invalid_request');
    }
  });

  it('with a cookie of our form that another key made is refused', async () => {
    const { browser, uid } = await pending();
    const cookie = browser.cookies.replace(/.{6}$/, 'AAAAAA');
    expect(await browser.consent(uid, owner, undefined, { Cookie: cookie })).toMatchObject({ status: 400 });
  });

  it('that has expired says so', async () => {
    const { browser, uid } = await pending();
    await age('Interaction', uid, 'expireAt', 11 * 60_000);
    expect(await browser.consent(uid, owner)).toMatchObject({
      status: 400,
      body: { error: { code: 'interaction_expired' } },
    });
  });

  it('is given once, however often it is sent', async () => {
    const { browser, uid } = await pending();
    const before = await grants();
    const answers = await Promise.all(Array.from({ length: 4 }, () => browser.consent(uid, owner, yes())));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
    expect(await grants()).toBe(before + 1);
  });

  it('never gives more than was asked for', async () => {
    const { browser, uid } = await pending(new Browser(proxy), { scope: 'read' });
    expect(await browser.consent(uid, owner, { ...yes(), scope: 'write' })).toMatchObject({ status: 400 });
  });

  it('is for connections of one’s own', async () => {
    const { browser, uid } = await pending();
    const stranger = await signIn({ sub: 'stranger', email: 'stranger@example.com' });
    expect(await browser.consent(uid, stranger, yes())).toMatchObject({ status: 404 });
    expect(await browser.consent(uid, stranger)).toMatchObject({
      body: { connections: [], earlierGrants: [] },
    });
    // Whoever sits at the browser may sign in as somebody else before they answer.
    expect(await browser.consent(uid, owner, yes())).toMatchObject({ status: 200 });
  });

  it('can be refused', async () => {
    const { browser, request, uid } = await pending();
    const { body } = await browser.consent(uid, owner, { decision: 'deny' });
    const { redirectTo } = z.object({ redirectTo: z.string() }).parse(body);
    const told = Object.fromEntries((await resume(browser, redirectTo)).searchParams);
    expect(told).toMatchObject({ error: 'access_denied', state: request.state, iss: origin });
  });

  it('works in two tabs with two hosts', async () => {
    const browser = new Browser(proxy);
    const other = await OauthHost.open(proxy);
    const [one, two] = [await host.authorizationRequest(), await other.authorizationRequest()];
    const uids = [await begin(browser, one.url), await begin(browser, two.url)];
    for (const [index, [as, request]] of (
      [
        [host, one],
        [other, two],
      ] as const
    ).entries()) {
      const { body } = await browser.consent(uids[index] ?? '', owner, yes());
      const { redirectTo } = z.object({ redirectTo: z.string() }).parse(body);
      const tokens = await as.redeem(request, await resume(browser, redirectTo));
      expect(await statusAtMcp(tokens.access_token)).toBe(200);
    }
  });

  it('offers to take back what the host was given before', async () => {
    const once = await OauthHost.open(proxy, {
      redirect_uris: [REDIRECT_URI],
      client_name: 'Connected twice',
    });
    const first = await connect('read', once);
    const browser = new Browser(proxy);
    const { url } = await once.authorizationRequest();
    const uid = await begin(browser, url);
    const shown = await browser.consent(uid, owner);
    expect(shown).toMatchObject({ body: { earlierGrants: [{ connectionId, scope: 'read' }] } });
    await browser.consent(uid, owner, { ...yes(), revokeEarlier: true });
    expect(await statusAtMcp(first.access_token)).toBe(401);
  });

  it('sets one sealed cookie, in an answer that is private', async () => {
    const { url } = await host.authorizationRequest();
    const answer = await proxy.fetch(url, { redirect: 'manual' });
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__session=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    const uid = answer.headers.get('location')?.split('/').at(-1) ?? '';
    expect(answer.headers.getSetCookie().join()).not.toContain(uid);
  });
});

describe('tokens', () => {
  it('are given for a code once, and taken back when it comes again (attack 14)', async () => {
    const browser = new Browser(proxy);
    const request = await host.authorizationRequest();
    const redirect = await approve(browser, owner, request.url, { connectionId, scope: 'read' });
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
    const redirect = await approve(new Browser(proxy), owner, request.url, {
      connectionId,
      scope: 'read',
    });
    const all = await Promise.allSettled(Array.from({ length: 3 }, () => host.redeem(request, redirect)));
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(2);
    for (const each of all)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ error: 'invalid_grant' });
  });

  it.each([
    ['verifier', { code_verifier: 'x'.repeat(43) }],
    ['redirect URI', { redirect_uri: 'http://127.0.0.1:1/callback' }],
  ])('are not given for a code with another %s', async (_, wrong) => {
    const request = await host.authorizationRequest();
    const redirect = await approve(new Browser(proxy), owner, request.url, {
      connectionId,
      scope: 'read',
    });
    const answer = await post('/oauth/token', {
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
    const name = createHash('sha256').update(`AccessToken:${access_token}`).digest('hex');
    const record = database().collection('oidc_AccessToken').doc(name);
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

  it('are revoked by their owner, from the next call on', async () => {
    const own = await OauthHost.open(proxy, { redirect_uris: [REDIRECT_URI], client_name: 'To be revoked' });
    const tokens = await connect('read', own);
    const { body } = await api(owner, 'GET', '/apps');
    const { items } = z
      .object({ items: z.array(z.object({ grantId: z.string(), clientName: z.string() })) })
      .parse(body);
    const grant = items.find(({ clientName }) => clientName === 'To be revoked');
    expect(await api(owner, 'DELETE', `/apps/${grant?.grantId}`)).toMatchObject({ status: 204 });
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

  it('can be asked for by pages of any origin', async () => {
    for (const path of ['/oauth/token', '/oauth/register', '/oauth/revoke']) {
      const answer = await send({
        method: 'OPTIONS',
        path,
        headers: { Origin: 'http://localhost:6274', 'Access-Control-Request-Method': 'POST' },
      });
      expect(answer).toMatchObject({ status: 204, headers: ANY_ORIGIN });
      const called = await send({ path, headers: { Origin: 'http://localhost:6274' } });
      expect(called).toMatchObject({ status: 400, headers: ANY_ORIGIN });
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });
});

describe('revocation', () => {
  it.each([
    ['an unknown token', { token: 'x'.repeat(43) }, 200, undefined],
    ['no token', {}, 400, 'invalid_request'],
    ['a JWT', { token: 'eyJhbGciOiJub25lIn0.e30.' }, 400, 'unsupported_token_type'],
  ])('of %s', async (_, fields, status, error) => {
    const answer = await post('/oauth/revoke', { client_id: host.client.client_id, ...fields });
    expect(answer.status).toBe(status);
    expect(answer.body.error).toBe(error);
    expect(answer.headers.get('cache-control')).toContain('no-store');
  });
});
