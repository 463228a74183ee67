/** Requests for consent: which are put to a person, and where the others are answered. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HostingProxy, startHostingProxy } from '../hosting-proxy.ts';
import { demo } from '../own-stack.ts';
import { type DocumentServer, startDocumentServer } from './clients/document-server.ts';
import { newOwner, type Owner, postForm, statusAtMcp } from './oauth-calls.ts';
import { Browser, begin, OauthHost, REDIRECT_URI } from './oauth-host.ts';

let proxy: HostingProxy;
let documents: DocumentServer;
let host: OauthHost;
let owner: Owner;
const origin = demo().origin;

beforeAll(async () => {
  [proxy, documents, owner] = await Promise.all([
    startHostingProxy(),
    startDocumentServer(),
    newOwner('requested'),
  ]);
  host = await OauthHost.open(proxy);
});
afterAll(() => Promise.all([proxy.stop(), documents.close()]));

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
  ['no resource at all', 'mcp'],
])('is for the one resource, not %s (attack 9)', async (_, resource) => {
  const { answer, state, told } = await authorize({ resource });
  expect(answer.status).toBe(303);
  expect(told).toMatchObject({ error: 'invalid_target', state, iss: origin });
});

it.each([
  `${origin}/mcp/`,
  `${origin}/`,
  origin,
  `${origin.toUpperCase().replace('LOCALHOST', 'LocalHost')}/mcp`,
])('is for the one resource spelled %s, at the token endpoint too', async (resource) => {
  const tokens = await host.connect(
    new Browser(proxy),
    owner.idToken,
    { connectionId: owner.connectionId, scope: 'read' },
    { resource },
  );
  expect(await statusAtMcp(tokens.access_token)).toBe(200);
  const { client_id } = host.client;
  const { refresh_token } = tokens;
  const again = await postForm(proxy, '/oauth/token', {
    grant_type: 'refresh_token',
    client_id,
    refresh_token,
    resource,
  });
  expect(again).toMatchObject({ status: 200 });
});

it.each([
  `${origin}/mcp/../mcp//`,
  `${origin}/mcp?x=1`,
  `${origin}/mcp#x`,
  `${origin}/mcpx`,
  `${origin}/api`,
  origin.replace('//', '//user@'),
  origin.replace('localhost', 'localhost.'),
])('is not for %s', async (resource) => {
  const { told } = await authorize({ resource });
  expect(told).toMatchObject({ error: 'invalid_target' });
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
    owner.idToken,
    { connectionId: owner.connectionId, scope: 'read' },
    { scope: '', resource: '' },
  );
  expect(tokens.scope).toBe('read');
  expect(await statusAtMcp(tokens.access_token)).toBe(200);
});

it('for a refresh token alone gets the least', async () => {
  const tokens = await host.connect(
    new Browser(proxy),
    owner.idToken,
    { connectionId: owner.connectionId, scope: 'read' },
    { scope: 'offline_access' },
  );
  expect(tokens.scope).toBe('read');
});

it('for unknown scopes alone is refused, and beside known ones they are left out', async () => {
  const { told } = await authorize({ scope: 'admin root' });
  expect(told).toMatchObject({ error: 'invalid_scope' });
  const browser = new Browser(proxy);
  const { url } = await host.authorizationRequest({ scope: 'read admin openid' });
  expect(await browser.consent(await begin(browser, url), owner.idToken)).toMatchObject({
    status: 200,
    body: { requestedScopes: ['read'] },
  });
});

it('is shown again to who said yes before, and never passed over (attack 11)', async () => {
  const browser = new Browser(proxy);
  await host.connect(browser, owner.idToken, { connectionId: owner.connectionId, scope: 'read' });
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
