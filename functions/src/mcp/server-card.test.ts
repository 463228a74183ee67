import { expect, it } from 'vitest';
import { testService } from '../testing/service.ts';
import { handleMcp } from './handler.ts';

// No storage is asked.
const service = testService(null as never, { publicOrigin: 'https://gateway.example.com', localMode: false });
const ask = (path: string, init: RequestInit = {}) =>
  handleMcp(new Request(`https://gateway.example.com${path}`, init), service, '203.0.113.7');

it('tells everybody, pages of others too, where the server is and what it is called', async () => {
  const answer = await ask('/mcp/server-card', { headers: { Origin: 'https://directory.example' } });
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/mcp-server-card+json',
    'access-control-allow-origin': '*',
    'cache-control': 'public, max-age=3600',
  });
  const card = (await answer.json()) as { description: string };
  expect(card).toMatchObject({
    name: 'com.example.gateway/ibkr-gateway',
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    remotes: [{ type: 'streamable-http', url: 'https://gateway.example.com/mcp' }],
  });
  expect(card.description.length).toBeLessThanOrEqual(100);
});

it('has no other page beside the endpoint', async () => {
  expect((await ask('/mcp/server-cards')).status).toBe(404);
});

it('is asked for like other metadata, and changed by nobody', async () => {
  const headers = { Origin: 'https://directory.example', 'Access-Control-Request-Method': 'GET' };
  const preflight = await ask('/mcp/server-card', { method: 'OPTIONS', headers });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  const head = await ask('/mcp/server-card', { method: 'HEAD' });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/mcp-server-card+json']);
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const refused = await ask('/mcp/server-card', { method });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  }
});
