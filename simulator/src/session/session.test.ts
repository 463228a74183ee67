import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isResetting, lastReset, regionInDaytime } from '../market/region.ts';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control, placeOrders, readySandbox, TestClient } from '../test-client.ts';
import { gatewayProof } from './gateway-login.ts';

const INIT = { publish: true, compete: false };

let simulator: RunningSimulator;
let count = 0;
let sandbox: string;
let client: TestClient;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, warmUpMs: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => {
  sandbox = `s${++count}`;
  client = new TestClient(simulator, `/sandbox/${sandbox}/v1/api`);
});

describe('the way into a session', () => {
  test('leads over ssodh/init and accounts', async () => {
    const noBridge = await client.get('/iserver/accounts');
    expect(noBridge).toMatchObject({
      status: 400,
      body: { error: 'Bad Request: no bridge', statusCode: 400 },
    });
    expect((await client.post('/iserver/auth/status')).body).toMatchObject({
      authenticated: false,
      connected: true,
    });
    expect((await client.post('/iserver/auth/ssodh/init', INIT)).body).toMatchObject({ authenticated: true });
    const tooEarly = await client.get('/iserver/marketdata/snapshot?conids=265598');
    expect(tooEarly).toMatchObject({
      status: 400,
      body: { error: 'Bad Request: Please query /accounts first' },
    });
    const { body } = await client.get('/iserver/accounts');
    expect(body).toMatchObject({ accounts: [expect.stringMatching(/^DU\d{7}$/)], isPaper: true });
    expect((await client.get('/iserver/marketdata/snapshot?conids=265598')).status).toBe(200);
  });

  test('of the portfolio leads over portfolio/accounts, and an unknown account is a bare 401', async () => {
    const { account, client: ready } = await readySandbox(simulator, sandbox);
    expect((await ready.get(`/portfolio/${account}/ledger`)).status).toBe(200);
    expect(await ready.get('/portfolio/DU0/ledger')).toMatchObject({ status: 401, text: '' });
    const other = new TestClient(simulator, `/sandbox/${sandbox}-other/v1/api`);
    expect((await other.get(`/portfolio/${account}/ledger`)).status).toBe(400);
  });

  test('is each sandbox its own, with the same account every time', async () => {
    const one = await readySandbox(simulator, sandbox);
    const two = await readySandbox(simulator, `${sandbox}-two`);
    expect(one.account).not.toBe(two.account);
    expect((await readySandbox(simulator, sandbox)).account).toBe(one.account);
    expect((await one.client.post('/iserver/account', { acctId: two.account })).body).toEqual({
      error: 'Invalid account ID',
      statusCode: 500,
    });
  });

  test('is also under the older prefix', async () => {
    const older = new TestClient(simulator, `/sandbox/${sandbox}/v1/portal`);
    expect((await older.post('/tickle')).body).toMatchObject({
      hmds: { error: 'no bridge' },
      collission: false,
    });
  });
});

describe('the end of a session', () => {
  test('comes with another program, until one competes', async () => {
    const { client: ready } = await readySandbox(simulator, sandbox);
    await control(simulator).post('/faults', {
      match: { sandbox, path: '/iserver/*' },
      kind: 'competing',
      times: 1,
    });
    expect((await ready.get('/iserver/accounts')).body).toMatchObject({ error: 'Bad Request: no bridge' });
    expect((await ready.post('/iserver/auth/status')).body).toMatchObject({
      authenticated: false,
      competing: true,
    });
    expect((await ready.post('/iserver/auth/ssodh/init', INIT)).body).toMatchObject({
      authenticated: false,
      competing: true,
    });
    expect(
      (await ready.post('/iserver/auth/ssodh/init', { publish: true, compete: true })).body,
    ).toMatchObject({
      authenticated: true,
      competing: false,
    });
  });

  test('by logout is a 401 with an empty body', async () => {
    const { client: ready } = await readySandbox(simulator, sandbox);
    expect((await ready.post('/logout')).body).toEqual({ status: true });
    expect(await ready.post('/tickle')).toMatchObject({ status: 401, text: '' });
    expect((await ready.get('/no/such/path')).status).toBe(401);
  });
});

describe('time', () => {
  let timed: RunningSimulator;
  beforeEach(async () => {
    timed = await startSimulator({ port: 0, pacing: false, warmUpMs: 0 });
    await control(timed).post('/clock', { setTo: '2026-11-18T15:00:00Z' });
    return () => timed.close();
  });
  const isOpen = async (ready: TestClient) => (await ready.post('/iserver/auth/status')).body.authenticated;

  test('ends a session that is idle for more than six minutes, and keeps one that is tickled', async () => {
    const { client: ready } = await readySandbox(timed, 'idle');
    await control(timed).post('/clock', { advanceMs: 5 * 60_000 });
    await ready.post('/tickle');
    await control(timed).post('/clock', { advanceMs: 5 * 60_000 });
    expect(await isOpen(ready)).toBe(true);
    await control(timed).post('/clock', { advanceMs: 7 * 60_000 });
    expect(await isOpen(ready)).toBe(false);
    expect((await ready.post('/iserver/auth/ssodh/init', INIT)).body.authenticated).toBe(true);
  });

  test('resets every night at 01:00 in New York: down for two minutes, then to be opened anew', async () => {
    await control(timed).post('/clock', { setTo: '2026-11-19T05:58:00Z' });
    const { client: ready } = await readySandbox(timed, 'night');
    await control(timed).post('/clock', { setTo: '2026-11-19T06:00:30Z' });
    expect((await ready.get('/iserver/accounts')).status).toBe(503);
    expect((await ready.post('/iserver/auth/ssodh/init', INIT)).body.authenticated).toBe(false);
    await control(timed).post('/clock', { setTo: '2026-11-19T06:03:00Z' });
    expect(await isOpen(ready)).toBe(false);
    expect((await ready.get('/portfolio/accounts')).status).toBe(200);
    expect((await ready.post('/iserver/auth/ssodh/init', INIT)).body.authenticated).toBe(true);
    const { body } = await ready.get('/iserver/account/orders');
    expect(body.error).toBe('Bad Request: Please query /accounts first');
  });
});

test.each([
  ['europe', '2026-11-18T23:00:00Z', '2026-11-19T00:00:00Z'],
  ['asia', '2026-11-18T16:00:00Z', '2026-11-18T17:00:00Z'],
] as const)('nights are those of the region: %s', async (region, midnight, reset) => {
  const stopped = Date.parse(midnight) - 3_600_000;
  const timed = await startSimulator({ port: 0, pacing: false, warmUpMs: 0, region, now: () => stopped });
  const root = new TestClient(timed, '/v1/api');
  expect((await root.post('/tickle')).body.ssoExpires).toBe(3_600_000);
  await control(timed).post('/clock', { setTo: reset });
  const sandbox = new TestClient(timed, '/sandbox/a/v1/api');
  expect((await sandbox.post('/iserver/auth/ssodh/init', INIT)).body.authenticated).toBe(false);
  await control(timed).post('/clock', { advanceMs: 120_000 });
  expect((await sandbox.post('/iserver/auth/ssodh/init', INIT)).body.authenticated).toBe(true);
  await timed.close();
});

test('at every hour there is a region whose night is far away', () => {
  // Over the changes to summer time, and into each reset.
  for (let now = Date.parse('2026-03-05T00:00:30Z'); now < Date.parse('2026-04-01T00:00:00Z'); ) {
    const region = regionInDaytime(now);
    const isQuiet = !isResetting(region, now) && lastReset(region, now + 8 * 3_600_000) < now;
    expect([new Date(now).toISOString(), region, isQuiet]).toEqual([expect.anything(), region, true]);
    now += 600_000;
  }
});

describe('a login at the page', () => {
  const LOGGED_IN_AT = '2026-11-18T15:00:00Z';
  let timed: RunningSimulator;
  let root: TestClient;
  beforeEach(async () => {
    const stopped = Date.parse(LOGGED_IN_AT);
    timed = await startSimulator({ port: 0, pacing: false, warmUpMs: 0, now: () => stopped });
    root = new TestClient(timed, '/v1/api');
    return () => timed.close();
  });
  const setTime = (setTo: string) => control(timed).post('/clock', { setTo });

  test('ends at midnight in New York, and begins again with the next one', async () => {
    await root.post('/iserver/auth/ssodh/init', INIT);
    const untilMidnight = Date.parse('2026-11-19T05:00:00Z') - Date.parse(LOGGED_IN_AT);
    expect((await root.post('/tickle')).body.ssoExpires).toBe(untilMidnight);
    expect((await root.get('/sso/validate')).body.EXPIRES).toBe(untilMidnight);
    await setTime('2026-11-19T04:59:59Z');
    expect((await root.post('/tickle')).status).toBe(200);
    await setTime('2026-11-19T05:00:00Z');
    for (const path of ['/sso/validate', '/portfolio/accounts', '/iserver/accounts'])
      expect(await root.get(path)).toMatchObject({ status: 401, text: '' });
    expect((await root.post('/tickle')).status).toBe(401);
    expect((await root.post('/iserver/auth/ssodh/init', INIT)).status).toBe(401);
    await control(timed).post('/login');
    expect((await root.post('/tickle')).body.ssoExpires).toBe(86_400_000);
    expect((await root.post('/iserver/auth/ssodh/init', INIT)).body.authenticated).toBe(true);
  });

  test('ends where nights end nothing only by logout; that of a sandbox does not end with the day', async () => {
    await readySandbox(timed, 'a');
    await setTime('2026-11-20T15:00:00Z');
    const sandboxClient = new TestClient(timed, '/sandbox/a/v1/api');
    expect((await sandboxClient.post('/tickle')).body.iserver.authStatus.authenticated).toBe(false);
    const endless = await startSimulator({ port: 0, pacing: false, nightlyReset: false });
    const endlessRoot = new TestClient(endless, '/v1/api');
    await endlessRoot.post('/tickle');
    await control(endless).post('/clock', { advanceMs: 3 * 86_400_000 });
    expect((await endlessRoot.post('/tickle')).status).toBe(200);
    await endless.close();
  });

  test('through a gateway is that program’s alone, and gone with it', async () => {
    const response = await fetch(`${timed.url}/sso/Login`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ username: 'paper', password: 'right' }),
    });
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    const ask = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(`${timed.url}/v1/api${path}`, { headers })).status;
    // Without a gateway no caller has a cookie.
    expect(await ask('/portfolio/accounts')).toBe(200);
    expect(await ask('/sso/validate?gw=1', { Cookie: `x=1; ${cookie}` })).toBe(200);
    expect(await ask('/portfolio/subaccounts', { Cookie: cookie })).toBe(200);
    for (const headers of [{}, { Cookie: 'api=other' }])
      expect(await ask('/portfolio/subaccounts', headers as Record<string, string>)).toBe(401);
    await control(timed).post('/login');
    expect(await ask('/portfolio/subaccounts')).toBe(200);
  });
});

describe('what a brokerage session knows of orders', () => {
  const ticket = { conid: 265598, orderType: 'LMT', price: 1, side: 'BUY', quantity: 1 };
  let timed: RunningSimulator;
  beforeEach(async () => {
    const stopped = Date.parse('2026-11-18T15:00:00Z');
    timed = await startSimulator({
      port: 0,
      pacing: false,
      nightlyReset: false,
      hours: 'market',
      now: () => stopped,
    });
    return () => timed.close();
  });
  const open = (id: string) => readySandbox(timed, id);
  const list = async (ready: TestClient): Promise<{ orderId: number; status: string }[]> => {
    await ready.get('/iserver/account/orders?force=true');
    return (await ready.get('/iserver/account/orders')).body.orders;
  };
  const advanceHours = (hours: number) => control(timed).post('/clock', { advanceMs: hours * 3_600_000 });

  test('is the status of its own; the list has those of the day whoever placed them', async () => {
    const { client: ready, account } = await open('a');
    const { body } = await placeOrders(ready, account, [{ ...ticket, tif: 'GTC' }]);
    const id = body[0].order_id;
    expect((await ready.get(`/iserver/account/order/status/${id}`)).status).toBe(200);
    await ready.post('/iserver/auth/ssodh/init', { publish: true, compete: true });
    await ready.get('/iserver/accounts');
    expect(await ready.get(`/iserver/account/order/status/${id}`)).toMatchObject({
      status: 503,
      body: { error: `Order ${id} is not found`, statusCode: 503 },
    });
    expect(await list(ready)).toMatchObject([{ orderId: Number(id), status: 'Submitted' }]);
    expect((await ready.delete(`/iserver/account/${account}/order/${id}`)).status).toBe(200);
  });

  test('includes an order that it has changed', async () => {
    const { client: ready, account } = await open('a');
    const { body } = await placeOrders(ready, account, [{ ...ticket, tif: 'GTC' }]);
    const id = body[0].order_id;
    await open('a');
    const path = `/iserver/account/${account}/order/${id}`;
    const asked = await ready.post(path, { ...ticket, tif: 'GTC', quantity: 2 });
    await ready.post(`/iserver/reply/${asked.body[0].id}`, { confirmed: true });
    expect((await ready.get(`/iserver/account/order/status/${id}`)).body).toMatchObject({
      total_size: '2.0',
    });
  });

  test('on the next day is what still works, and what ended that day', async () => {
    const { client: ready, account } = await open('a');
    const ids: Record<string, number> = {};
    for (const [name, tif] of [
      ['day', 'DAY'],
      ['kept', 'GTC'],
      ['cancelled', 'GTC'],
    ] as const) {
      const { body } = await placeOrders(ready, account, [{ ...ticket, tif }]);
      ids[name] = Number(body[0].order_id);
    }
    await advanceHours(24);
    const { client: next } = await open('a');
    expect((await list(next)).map(({ orderId }) => orderId).toSorted()).toEqual([ids.kept, ids.cancelled]);
    await next.delete(`/iserver/account/${account}/order/${ids.cancelled}`);
    await control(timed).post('/clock', { advanceMs: 2_000 });
    expect(await list(next)).toContainEqual(
      expect.objectContaining({ orderId: ids.cancelled, status: 'Cancelled' }),
    );
    await advanceHours(24);
    const { client: later } = await open('a');
    expect((await list(later)).map(({ orderId }) => orderId)).toEqual([ids.kept]);
  });
});

describe('old clients', () => {
  test('may ask for reauthentication of a session that is there, and lose nothing', async () => {
    const { client: ready } = await readySandbox(simulator, sandbox);
    expect((await ready.post('/iserver/reauthenticate')).body).toEqual({ message: 'triggered' });
    expect((await ready.get('/iserver/account/orders')).status).toBe(200);
    await control(simulator).post('/faults', {
      match: { sandbox, path: '/iserver/*' },
      kind: 'competing',
      times: 1,
    });
    await ready.post('/iserver/auth/status');
    expect((await ready.post('/iserver/auth/status')).body.authenticated).toBe(false);
  });
});

describe('questions', () => {
  test('are void after any other order call, a preview too', async () => {
    const { client: ready, account } = await readySandbox(simulator, sandbox);
    const orders = [{ conid: 265598, orderType: 'LMT', price: 1, side: 'BUY', quantity: 1, tif: 'DAY' }];
    const asked = await ready.post(`/iserver/account/${account}/orders`, { orders });
    await ready.post(`/iserver/account/${account}/orders/whatif`, { orders });
    expect(await ready.post(`/iserver/reply/${asked.body[0].id}`, { confirmed: true })).toMatchObject({
      status: 503,
      body: { error: 'Service Unavailable' },
    });
  });

  test('can be suppressed by a list, not by nothing', async () => {
    const { client: ready } = await readySandbox(simulator, sandbox);
    expect((await ready.post('/iserver/questions/suppress', { messageIds: [] })).status).toBe(500);
    expect((await ready.post('/iserver/questions/suppress', { messageIds: ['o163'] })).body).toEqual({
      status: 'submitted',
    });
    expect((await ready.post('/iserver/questions/suppress/reset')).body).toEqual({ status: 'submitted' });
  });
});

describe('a gateway in between', () => {
  test('proves that it may have the brokerage session', async () => {
    expect((await client.get('/sso/validate?gw=1')).body).toMatchObject({ RESULT: true });
    expect((await client.get('/one/user')).status).toBe(200);
    expect((await client.get('/ssodh/init')).body).toEqual({ success: true });
    const key = (await client.get('/ssodh/st')).body.st;
    const begin = { username: 'paper', machineId: '0a1b2c3d', compete: true };
    const { challenge } = (await client.post('/iserver/auth/ssodh/init', begin)).body;
    expect((await client.post('/iserver/auth/status')).body.authenticated).toBe(false);
    const response = gatewayProof(challenge, key);
    const proven = await client.post('/iserver/auth/ssodh/response', { response });
    expect(proven.body).toMatchObject({ passed: true, authenticated: true });
    expect((await client.post('/iserver/auth/ssodh/response', { response })).status).toBe(401);
    expect((await client.get('/iserver/accounts')).status).toBe(200);
  });
});

describe('the login page', () => {
  test('logs the session at the root in, as a browser in front of a gateway does', async () => {
    const closed = await startSimulator({ port: 0, login: 'page' });
    const page = new TestClient(closed, '');
    expect((await page.get('/v1/api/iserver/accounts')).status).toBe(401);
    expect((await page.get('/')).status).toBe(302);
    expect((await page.get('/sso/Login?forwardTo=22&RL=1&ip2loc=US')).text).toContain('name="username"');
    const submit = (password: string) =>
      fetch(`${closed.url}/sso/Login`, {
        method: 'POST',
        redirect: 'follow',
        body: new URLSearchParams({ username: 'paper', password }),
      }).then((response) => response.text());
    expect(await submit('wrong')).toContain('Invalid username password combination');
    expect((await page.get('/sso/Dispatcher?forwardTo=22')).status).toBe(200);
    expect(await submit('right')).toBe('Client login succeeds');
    expect((await page.get('/sso/Dispatcher?forwardTo=22')).status).toBe(302);
    expect((await page.get('/v1/api/sso/validate?gw=1')).body).toMatchObject({ RESULT: true, LOGIN_TYPE: 2 });
    expect((await page.get('/v1/api/one/user')).status).toBe(200);
    await closed.close();
  });
});
