import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from './server.ts';
import { TestClient } from './test-client.ts';

let simulator: RunningSimulator;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false });
});
afterAll(() => simulator.close());

/** A request with exactly these headers; `fetch` adds some. */
function send(
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: simulator.port, host: '127.0.0.1', method, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('HTTP', () => {
  test('a POST without Content-Length is 411', async () => {
    const answer = await send('POST', '/v1/api/tickle', { 'Transfer-Encoding': 'chunked' });
    expect(answer.status).toBe(411);
    expect((await send('POST', '/v1/api/tickle', { 'Content-Length': '0' })).status).toBe(200);
  });

  test('a signed call without User-Agent is stopped at the edge', async () => {
    const answer = await send('GET', '/v1/api/portfolio/accounts', {
      Authorization: 'OAuth realm="limited_poa"',
    });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('Access Denied');
  });

  test('an unknown path is 404, a broken one 400, a huge body 413', async () => {
    const root = new TestClient(simulator, '/v1/api');
    const missing = await root.get('/no/such/thing');
    expect([missing.status, missing.text]).toEqual([
      404,
      '<html><body><h1>Resource not found</h1></body></html>',
    ]);
    expect((await send('GET', '/elsewhere', {})).status).toBe(404);
    await root.post('/iserver/auth/ssodh/init');
    expect((await send('GET', '/v1/api/iserver/contract/%E0%A4%A/info', {})).status).toBe(400);
    expect((await root.post('/tickle', { filler: 'x'.repeat(1_100_000) })).status).toBe(413);
  });

  test('what controls it is for programs, and for no page of a browser', async () => {
    const json = { 'Content-Length': '0', 'Content-Type': 'text/plain' };
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Host: 'evil.example' },
      { Host: `localhost.evil.example:${simulator.port}` },
    ]) {
      for (const [method, path] of [
        ['POST', '/sim/clock'],
        ['GET', '/sim/orders'],
      ] as const) {
        expect((await send(method, path, { ...json, ...headers })).status).toBe(403);
      }
    }
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      expect((await send('GET', '/sim/orders', { Host: `${host}:${simulator.port}` })).status).toBe(200);
    }
  });

  test('a slash at the end of a path changes nothing', async () => {
    const sandbox = new TestClient(simulator, '/sandbox/slashes/v1/api');
    expect((await sandbox.post('/iserver/auth/ssodh/init/')).body.authenticated).toBe(true);
    expect((await sandbox.get('/iserver/accounts/')).status).toBe(200);
    expect((await sandbox.get('/iserver/account/trades/?days=3')).body).toEqual([]);
    expect((await sandbox.get('/iserver/contract/265598/info/')).body.con_id).toBe(265598);
    const { counts } = (await new TestClient(simulator, '/sim').get('/requests?sandbox=slashes')).body;
    expect(counts['GET /iserver/accounts']).toBe(1);
  });

  test('nothing that comes in brings it down', async () => {
    const root = new TestClient(simulator, '/v1/api');
    await root.get('/iserver/accounts');
    const bodies = [
      '[]',
      'null',
      '"x"',
      '{"orders":[null]}',
      '{"orders":[[]]}',
      '{"orders":{}}',
      '{"conid":{}}',
      '{"messageIds":[{}]}',
    ];
    const paths = [
      '/iserver/account/DU1/orders',
      '/iserver/contract/rules',
      '/iserver/questions/suppress',
      '/iserver/watchlist',
      '/pa/performance',
      '/iserver/scanner/run',
      '/iserver/account',
      '/iserver/auth/ssodh/init',
    ];
    for (const path of paths) {
      for (const body of bodies) {
        const { status, text } = await root.sendRaw('POST', path, body);
        expect(text, `${path} ${body}`).not.toContain('internal error');
        expect([200, 400, 500, 503], `${path} ${body}`).toContain(status);
      }
    }
    for (const query of ['conids=', 'conids=x', 'conids=1e99', 'conids=-1', 'conids=265598@SMART,;']) {
      expect([200, 400]).toContain((await root.get(`/iserver/marketdata/snapshot?${query}`)).status);
    }
    expect((await root.post('/tickle')).status).toBe(200);
  });
});
