import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control, readySandbox, TestClient } from '../test-client.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, warmUpMs: 0 });
});
afterEach(() => simulator.close());

const fault = (body: object) => control(simulator).post('/faults', body);

describe('faults', () => {
  test('status: as often as told, then no more', async () => {
    const { client } = await readySandbox(simulator, 'a');
    const wanted = {
      match: { method: 'GET', path: '/iserver/accounts' },
      kind: 'status',
      status: 503,
      times: 2,
    };
    await fault({ ...wanted, body: { error: 'Service Unavailable' } });
    const seen = [];
    for (let i = 0; i < 3; i++) seen.push((await client.get('/iserver/accounts')).status);
    expect(seen).toEqual([503, 503, 200]);
  });

  test('match a method, a path with a wildcard and a sandbox', async () => {
    const [a, b] = [await readySandbox(simulator, 'a'), await readySandbox(simulator, 'b')];
    await fault({
      match: { method: 'GET', path: '/portfolio/*/ledger', sandbox: 'a' },
      kind: 'status',
      status: 500,
    });
    expect((await a.client.get(`/portfolio/${a.account}/ledger`)).status).toBe(500);
    expect((await b.client.get(`/portfolio/${b.account}/ledger`)).status).toBe(200);
    expect((await a.client.get(`/portfolio/${a.account}/summary`)).status).toBe(200);
    await control(simulator).delete('/faults');
    expect((await a.client.get(`/portfolio/${a.account}/ledger`)).status).toBe(200);
  });

  test('delay: the answer comes, later', async () => {
    const { client } = await readySandbox(simulator, 'a');
    await fault({ kind: 'delay', delayMs: 60, times: 1 });
    expect((await client.post('/tickle')).status).toBe(200);
  });

  test('reset: nothing is done', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    await fault({ match: { method: 'POST' }, kind: 'reset', times: 1 });
    const ticket = { conid: 265598, orderType: 'LMT', price: 1, side: 'BUY', quantity: 1, tif: 'GTC' };
    await client.post('/iserver/questions/suppress', { messageIds: ['o163'] }).catch(() => undefined);
    await client.post('/iserver/questions/suppress', { messageIds: ['o163'] });
    await fault({ match: { path: '*/orders' }, kind: 'reset', times: 1 });
    await expect(client.post(`/iserver/account/${account}/orders`, { orders: [ticket] })).rejects.toThrow();
    expect((await control(simulator).get('/orders')).body.orders).toHaveLength(0);
    await fault({ match: { path: '*/orders' }, kind: 'reset_after_accept', times: 1 });
    await expect(client.post(`/iserver/account/${account}/orders`, { orders: [ticket] })).rejects.toThrow();
    expect((await control(simulator).get('/orders')).body.orders).toHaveLength(1);
  });

  test('delay: what was sent is handled, even if nobody waits for the answer', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    await client.post('/iserver/questions/suppress', { messageIds: ['o163'] });
    const ticket = { conid: 265598, orderType: 'LMT', price: 1, side: 'BUY', quantity: 1, tif: 'GTC' };
    await fault({ match: { path: '*/orders' }, kind: 'delay', delayMs: 100, times: 1 });
    const url = `${simulator.url}/sandbox/a/v1/api/iserver/account/${account}/orders`;
    const body = JSON.stringify({ orders: [ticket] });
    const given = fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(30) });
    await expect(given).rejects.toThrow();
    await expect.poll(async () => (await control(simulator).get('/orders')).body.orders).toHaveLength(1);
  });

  test('late_answer: what was sent is handled before the answer comes', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    await client.post('/iserver/questions/suppress', { messageIds: ['o163'] });
    const ticket = { conid: 265598, orderType: 'LMT', price: 1, side: 'BUY', quantity: 1, tif: 'GTC' };
    await fault({ match: { path: '/tickle' }, kind: 'late_answer', delayMs: 1, times: 1 });
    expect((await client.post('/tickle')).status).toBe(200);
    await fault({ match: { path: '*/orders' }, kind: 'late_answer', delayMs: 3_600_000, times: 1 });
    const url = `${simulator.url}/sandbox/a/v1/api/iserver/account/${account}/orders`;
    const waiting = new AbortController();
    const body = JSON.stringify({ orders: [ticket] });
    const given = fetch(url, { method: 'POST', body, signal: waiting.signal });
    await expect.poll(async () => (await control(simulator).get('/orders')).body.orders).toHaveLength(1);
    waiting.abort();
    await expect(given).rejects.toThrow();
  });

  test('malformed: half of the answer with status 200', async () => {
    const { client } = await readySandbox(simulator, 'a');
    await fault({ kind: 'malformed', times: 1 });
    const answer = await client.get('/iserver/accounts');
    expect(answer.status).toBe(200);
    expect(() => JSON.parse(answer.text)).toThrow();
  });

  test('session_lost: 401 until a login', async () => {
    const root = new TestClient(simulator, '/v1/api');
    await root.post('/iserver/auth/ssodh/init');
    await fault({ match: { path: '/iserver/accounts' }, kind: 'session_lost', times: 1 });
    expect((await root.get('/iserver/accounts')).status).toBe(401);
    expect((await root.post('/iserver/auth/ssodh/init')).status).toBe(401);
    await control(simulator).post('/login');
    expect((await root.post('/iserver/auth/ssodh/init')).body.authenticated).toBe(true);
  });

  test('session_lost: a sandbox is logged in again by ssodh/init', async () => {
    const { client } = await readySandbox(simulator, 'a');
    await fault({ match: { path: '/iserver/accounts' }, kind: 'session_lost', times: 1 });
    expect((await client.get('/iserver/accounts')).status).toBe(401);
    expect((await client.post('/tickle')).status).toBe(401);
    expect((await client.post('/iserver/auth/ssodh/init')).body.authenticated).toBe(true);
    expect((await client.get('/iserver/accounts')).status).toBe(200);
  });

  test('question: the order is asked about in the given form first, and waits for the yes', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    const form = { message: ['one', 'two'], messageIds: ['o1', 'o2', 'o3'] };
    await fault({ match: { path: '*/orders' }, kind: 'question', body: form, times: 1 });
    const ticket = { conid: 265598, orderType: 'MKT', side: 'BUY', quantity: 1, tif: 'DAY' };
    const asked = await client.post(`/iserver/account/${account}/orders`, { orders: [ticket] });
    expect(asked.body).toMatchObject([form]);
    const next = await client.post(`/iserver/reply/${asked.body[0].id}`, { confirmed: true });
    expect(next.body).toMatchObject([{ messageIds: ['o10151'] }]);
    await client.post(`/iserver/reply/${next.body[0].id}`, { confirmed: true });
    expect((await control(simulator).get('/orders')).body.orders).toHaveLength(1);
    expect((await fault({ kind: 'question' })).status).toBe(400);
  });

  test('of no known kind are refused by name', async () => {
    const answer = await fault({ kind: 'explode' });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain('reset_after_accept');
  });
});

describe('counts', () => {
  test('are by method and path without the prefix', async () => {
    await readySandbox(simulator, 'a');
    await readySandbox(simulator, 'b');
    const { counts } = (await control(simulator).get('/requests')).body;
    expect(counts['GET /iserver/accounts']).toBe(2);
    expect((await control(simulator).get('/requests?sandbox=a')).body.counts['GET /iserver/accounts']).toBe(
      1,
    );
    await control(simulator).delete('/requests');
    expect((await control(simulator).get('/requests')).body.counts).toEqual({});
  });
});

describe('sandboxes', () => {
  test('may have several accounts and more positions than a page holds', async () => {
    await control(simulator).post('/sandboxes', { id: 'big', accounts: 3, positions: 230 });
    const { client, account } = await readySandbox(simulator, 'big');
    expect((await client.get('/portfolio/accounts')).body).toHaveLength(3);
    const pages = [];
    for (const page of [0, 1, 2, 3])
      pages.push((await client.get(`/portfolio/${account}/positions/${page}`)).body);
    expect(pages.map((rows) => rows.length)).toEqual([100, 100, 30, 0]);
    expect(new Set(pages.flat().map((row: { conid: number }) => row.conid)).size).toBe(230);
    const other = (await client.get('/iserver/accounts')).body.accounts[1];
    expect((await client.post('/iserver/account', { acctId: other })).body).toEqual({
      set: true,
      acctId: other,
    });
  });

  test('begin with a million', async () => {
    for (const id of ['x', 'y']) {
      const { client, account } = await readySandbox(simulator, id);
      const { netLiquidationValue } = (await client.get(`/iserver/account/${account}/summary`)).body;
      expect(netLiquidationValue).toBeGreaterThan(999_000);
      expect(netLiquidationValue).toBeLessThan(1_001_000);
      expect((await client.get(`/portfolio/${account}/positions/0`)).body).toHaveLength(5);
    }
  });
});

describe('the clock', () => {
  test('is set and moved', async () => {
    const set = await control(simulator).post('/clock', { setTo: '2030-01-02T03:04:05Z' });
    expect(set.body.now.slice(0, 19)).toBe('2030-01-02T03:04:05');
    const moved = await control(simulator).post('/clock', { advanceMs: 60_000 });
    expect(moved.body.epochMs - set.body.epochMs).toBeGreaterThanOrEqual(60_000);
    expect((await control(simulator).post('/clock', {})).status).toBe(400);
    expect((await control(simulator).get('/nothing')).status).toBe(404);
  });
});

describe('pacing', () => {
  test('refuses what exceeds a limit, then everything of that session for the penalty', async () => {
    const stopped = Date.now();
    const paced = await startSimulator({
      port: 0,
      nightlyReset: false,
      pacing: true,
      penaltyMs: 3_000,
      now: () => stopped,
    });
    const a = new TestClient(paced, '/sandbox/a/v1/api');
    const b = new TestClient(paced, '/sandbox/b/v1/api');
    expect((await a.get('/portfolio/accounts')).status).toBe(200);
    expect((await a.get('/portfolio/accounts')).status).toBe(429);
    expect((await a.get('/trsrv/stocks?symbols=AAPL')).status).toBe(429);
    expect((await b.get('/portfolio/accounts')).status).toBe(200);
    const refused = async (query: string) => (await control(paced).get(`/requests${query}`)).body.refused;
    const ofA = { 'GET /portfolio/accounts': 1, 'GET /trsrv/stocks': 1 };
    expect([await refused(''), await refused('?sandbox=a'), await refused('?sandbox=b')]).toEqual([
      ofA,
      ofA,
      {},
    ]);
    for (let i = 0; i < 3; i++) expect((await b.get('/sso/validate?gw=1')).status).toBe(200);
    await control(paced).post('/clock', { advanceMs: 3_100 });
    expect((await a.get('/trsrv/stocks?symbols=AAPL')).status).toBe(200);
    for (let i = 0; i < 49; i++) await a.get('/trsrv/stocks?symbols=AAPL');
    expect((await a.get('/trsrv/stocks?symbols=AAPL')).status).toBe(429);
    await paced.close();
  });

  test('counts every path for itself where IBKR does, by the simulated time', async () => {
    const stopped = Date.now();
    const paced = await startSimulator({ port: 0, nightlyReset: false, pacing: true, now: () => stopped });
    const { client, account } = await readySandbox(paced, 'a');
    const body = { acctIds: [account], period: '1M', conids: [265598], currency: 'USD', days: 30 };
    const ask = async (path: string) =>
      (await (path.startsWith('/pa/') ? client.post(path, body) : client.get(path))).status;
    const analyses = ['/pa/performance', '/pa/allperiods', '/pa/transactions'];
    const notices = ['/fyi/unreadnumber', '/fyi/settings'];
    for (const path of [...analyses, ...notices]) expect([path, await ask(path)]).toEqual([path, 200]);
    expect(await ask('/fyi/settings')).toBe(429);
    // Past the penalty, not yet past a quarter of an hour.
    await control(paced).post('/clock', { advanceMs: 6_000 });
    for (const path of analyses) {
      for (const notice of notices) expect([notice, await ask(notice)]).toEqual([notice, 200]);
      expect([path, await ask(path)]).toEqual([path, 429]);
      await control(paced).post('/clock', { advanceMs: 6_000 });
    }
    expect(await ask('/pa/performance')).toBe(429);
    await control(paced).post('/clock', { advanceMs: 15 * 60_000 });
    for (const path of analyses) expect([path, await ask(path)]).toEqual([path, 200]);
    await paced.close();
  });

  test('allows ten histories a second and fifty a minute', async () => {
    const stopped = Date.now();
    const paced = await startSimulator({ port: 0, nightlyReset: false, pacing: true, now: () => stopped });
    const { client } = await readySandbox(paced, 'a');
    const ask = async () => (await client.get('/iserver/marketdata/history?conid=265598&period=1d')).status;
    const second = () => control(paced).post('/clock', { advanceMs: 1_000 });
    for (let i = 0; i < 50; i++) {
      if (i % 10 === 0) await second();
      expect(await ask()).toBe(200);
    }
    await second();
    expect(await ask()).toBe(429);
    await control(paced).post('/clock', { advanceMs: 60_000 });
    for (let i = 0; i < 10; i++) expect(await ask()).toBe(200);
    expect(await ask()).toBe(429);
    await paced.close();
  });

  test('a clock that is set back ends a penalty', async () => {
    const stopped = Date.now();
    const paced = await startSimulator({ port: 0, nightlyReset: false, pacing: true, now: () => stopped });
    const a = new TestClient(paced, '/sandbox/a/v1/api');
    await control(paced).post('/clock', { advanceMs: 3_600_000 });
    await a.get('/portfolio/accounts');
    expect((await a.get('/portfolio/accounts')).status).toBe(429);
    await control(paced).post('/clock', { advanceMs: -3_600_000 });
    expect((await a.get('/portfolio/accounts')).status).toBe(200);
    await paced.close();
  });
});
