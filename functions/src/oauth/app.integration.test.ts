/** What is answered whatever is stored: to other origins, to too many requests, and while storage is away. */
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { newOauthKeys } from '../../../local/src/data/secret-keys.ts';
import { failure } from '../contract/failure.ts';
import { newService, send } from '../testing/oauth/oauth-host.ts';

/** Firestore as its client reports it to be unreachable, with gRPC's code for that. */
const gone = {
  collection() {
    throw Object.assign(new Error('14 UNAVAILABLE: no connection'), { code: 14 });
  },
} as unknown as Firestore;

const registration = { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } };
const authorization = '/oauth/authorize?client_id=someone&response_type=code';

it('answers 429 to who asks for too much, and when to come back', async () => {
  const service = newService({ db: gone, oauthKeys: newOauthKeys() });
  for (let i = 0; i < 260; i++)
    expect((await send(service, '/oauth/register', registration)).status).not.toBe(429);
  const refused = await send(service, '/oauth/register', registration);
  expect(refused.status).toBe(429);
  const seconds = refused.headers.get('retry-after');
  expect(Number(seconds)).toBeGreaterThan(0);
  expect(await refused.json()).toEqual({
    error: 'too_many_requests',
    error_description: `Too many requests. Try again in ${seconds} s.`,
  });
  expect((await send(service, '/oauth/register', registration, '203.0.113.2')).status).not.toBe(429);
});

it.each([
  ['POST', '/oauth/register'],
  ['GET', authorization],
])(
  'goes on answering others behind a proxy when one machine floods %s %s through it',
  async (method, path) => {
    const service = newService({ db: gone, oauthKeys: newOauthKeys() });
    const proxy = '151.101.1.57';
    const from = async (caller: string, address = proxy) => {
      const headers = { ...registration.headers, 'X-Forwarded-For': `${caller}, ${address}` };
      const body = method === 'POST' ? { body: '{}' } : {};
      return (await send(service, path, { method, headers, ...body }, address)).status;
    };
    for (let i = 0; i < 700; i += 1) await from('198.51.100.1');
    expect(await from('198.51.100.1')).toBe(429);
    expect(await from('198.51.100.2')).not.toBe(429);
    // Calling the function itself, it can say that it forwards for anybody.
    for (let i = 0; i < 700; i += 1) await from(`198.51.${i % 100}.${i % 250}`, '203.0.113.66');
    expect(await from('198.51.100.2')).not.toBe(429);
  },
);

it('answers 503 while storage cannot be reached, so that nobody throws tokens away', async () => {
  const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'someone', refresh_token: 'x' });
  const refused = await send(newService({ db: gone, oauthKeys: newOauthKeys() }), '/oauth/token', {
    method: 'POST',
    body,
  });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('10');
  expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' });
});

it('answers a person with a page then', async () => {
  const refused = await send(newService({ db: gone, oauthKeys: newOauthKeys() }), authorization);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('content-type')).toMatch(/^text\/html/);
  expect(await refused.text()).toContain('cannot answer at the moment');
});

it('does not start without keys, and does not say so to strangers', async () => {
  const refused = await send(newService({ db: gone, oauthKeys: undefined }), authorization);
  expect(refused.status).toBe(500);
  expect(await refused.text()).not.toContain('OAUTH_KEYS');
});

it.each(
  ['oauth-protected-resource', 'oauth-authorization-server', 'openid-configuration'].flatMap((name) =>
    ['', '/mcp', '/mcp/'].map((suffix) => [`/.well-known/${name}${suffix}`]),
  ),
)('describes itself at %s', async (path) => {
  const service = newService({ db: gone, oauthKeys: newOauthKeys() });
  expect((await send(service, path)).status).toBe(200);
  expect((await send(service, path, { method: 'HEAD' })).status).toBe(200);
  expect((await send(service, path, { method: 'POST' })).status).toBe(405);
  expect((await send(service, `${path}x`)).status).toBe(404);
});

const publicPaths = [
  ['GET', '/.well-known/oauth-authorization-server'],
  ['GET', '/.well-known/oauth-protected-resource/mcp'],
  ['GET', '/oauth/jwks'],
  ['POST', '/oauth/token'],
  ['POST', '/oauth/register'],
  ['POST', '/oauth/revoke'],
] as const;

it.each(publicPaths)('lets pages of any origin send %s %s, without cookies', async (method, path) => {
  const service = newService({ db: gone, oauthKeys: newOauthKeys() });
  const headers = { Origin: 'https://inspector.example', 'Access-Control-Request-Method': method };
  const preflight = await send(service, path, { method: 'OPTIONS', headers });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
  for (const answer of [preflight, await send(service, path, { method, headers })]) {
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
  }
});

it.each([
  ['GET', '/oauth/authorize'],
  ['GET', '/oauth/authorize/uid'],
  ['GET', '/api/consent/uid'],
  ['POST', '/api/consent/uid'],
])('lets no page of another origin read %s %s', async (method, path) => {
  const service = newService({ db: gone, oauthKeys: newOauthKeys() });
  const headers = { Origin: 'https://inspector.example', 'Access-Control-Request-Method': method };
  const preflight = await send(service, path, { method: 'OPTIONS', headers });
  expect(preflight.status).toBe(405);
  for (const answer of [preflight, await send(service, path, { method, headers })]) {
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  }
});

it.each([
  ['POST', '/api/consent/uid', 413, 'body_too_large', 'x'.repeat(17_000)],
  ['PUT', '/api/consent/uid', 405, 'method_not_allowed', ''],
  ['POST', '/api/consent/uid/client', 405, 'method_not_allowed', ''],
  ['GET', '/api/consent/uid/other', 404, 'not_found', null],
])(
  'says to the page of a consent as the console’s API does: %s %s is %i',
  async (method, path, status, code, body) => {
    const service = newService({ db: gone, oauthKeys: newOauthKeys() });
    const refused = await send(service, path, { method, body });
    expect(refused.status).toBe(status);
    expect(failure.parse(await refused.json())).toMatchObject({ error: { code } });
  },
);
