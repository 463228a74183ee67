/** What clients find out by themselves, whatever they pretend to be. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { send } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';

const origin = demo().origin;

const documents = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/mcp',
  '/.well-known/openid-configuration',
  '/.well-known/openid-configuration/mcp',
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/oauth-protected-resource/mcp/',
  '/.well-known/oauth-authorization-server/mcp/',
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

it('names the URL that it was asked about, as RFC 9728 section 3.3 has it', async () => {
  const { text } = await send({ method: 'GET', path: '/.well-known/oauth-protected-resource/mcp/' });
  expect(JSON.parse(text)).toMatchObject({ resource: `${origin}/mcp/`, authorization_servers: [origin] });
});

it.each(documents)('takes HEAD and nothing that writes: %s', async (path) => {
  expect(await send({ method: 'HEAD', path })).toMatchObject({ status: 200, text: '' });
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
  expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
});

it('refuses what no handler can be given', async () => {
  expect((await send({ method: 'TRACE', path: documents[0] ?? '' })).status).toBe(405);
  expect((await send({ method: 'GET', path: '/oauth//[' })).status).toBe(404);
});
