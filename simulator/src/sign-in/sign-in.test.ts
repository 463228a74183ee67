/** From a password to a session, and what becomes of that. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control, TestClient } from '../test-client.ts';
import { signInBrowser, TestBrowser, user } from './test-sign-in.ts';

/** Half an hour before midnight in New York. */
const EVENING = Date.UTC(2026, 10, 30, 4, 30);

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await startSimulator({ port: 0, pacing: false, now: () => EVENING });
});
afterEach(() => simulator.close());

const ADA = { username: 'ada', password: 'correct horse battery' };
const advance = (minutes: number) => control(simulator).post('/clock', { advanceMs: minutes * 60_000 });
const init = (browser: TestBrowser) =>
  browser.call('POST', '/iserver/auth/ssodh/init', { publish: true, compete: true });

const PAPER = { username: 'paper0001', password: 'correct horse battery' };

describe('a sign-in by name and password', () => {
  test('leads from the page over two hosts to a session of its own account', async () => {
    await user(simulator, PAPER);
    const browser = new TestBrowser(simulator);
    expect((await browser.openPage()).status).toBe(200);
    expect(browser.cookies.names(browser.host)).toEqual([]);
    expect(browser.cookies.names(browser.host, '/sso/Login')).toEqual(['JSESSIONID']);
    const reply = await browser.signIn(PAPER);
    expect(reply).toEqual({ M2: expect.any(String), reached_max_login: false, error: '' });
    expect(browser.trusts(reply.M2)).toBe(true);
    const page = await browser.dispatch();
    expect(page.text).toBe('Client login succeeds');
    expect(browser.hops).toEqual([
      `127.0.0.1:${simulator.port}/sso/Dispatcher`,
      `127.0.0.1:${simulator.port}/portal`,
    ]);
    const { body: validated } = await browser.call('GET', '/sso/validate');
    expect(validated).toMatchObject({ RESULT: true, USER_NAME: 'paper0001', LOGIN_TYPE: 2 });
    const { body: init } = await browser.call('POST', '/iserver/auth/ssodh/init', {
      publish: true,
      compete: true,
    });
    expect(init).toMatchObject({ authenticated: true });
    const { body } = await browser.call('GET', '/iserver/accounts');
    expect(body).toMatchObject({ isPaper: true, selectedAccount: expect.stringMatching(/^DU\d{7}$/) });
    const atRoot = new TestClient(simulator, '/v1/api');
    await atRoot.post('/iserver/auth/ssodh/init', { publish: true, compete: true });
    expect((await atRoot.get('/iserver/accounts')).body.selectedAccount).not.toBe(body.selectedAccount);
  });

  test('a live user has a live account', async () => {
    const live = { username: 'live0001', password: 'correct horse', loginType: '1' };
    await user(simulator, { username: live.username, password: live.password, mode: 'live' });
    const browser = await signInBrowser(simulator, live);
    await browser.call('POST', '/iserver/auth/ssodh/init', { publish: true, compete: true });
    const { body } = await browser.call('GET', '/iserver/accounts');
    expect(body).toMatchObject({ isPaper: false, selectedAccount: expect.stringMatching(/^U\d{7}$/) });
    expect((await browser.call('GET', '/sso/validate')).body.LOGIN_TYPE).toBe(1);
    expect((await browser.call('GET', '/portfolio/accounts')).body).toMatchObject([{ type: 'INDIVIDUAL' }]);
  });
});

describe('a session', () => {
  test('is nobody else’s: other cookies are none, not the session at the root', async () => {
    await user(simulator, ADA);
    const browser = await signInBrowser(simulator, ADA);
    const stranger = new TestBrowser(simulator);
    stranger.sessionKey = '0'.repeat(40);
    expect((await stranger.dispatch()).text).toContain('failed');
    expect((await stranger.call('GET', '/tickle')).status).toBe(401);
    for (const cookie of ['XYZAB_AM.LOGIN=0', 'USERID=1'])
      expect((await fetch(`${simulator.url}/v1/api/tickle`, { headers: { cookie } })).status).toBe(401);
    expect((await browser.call('GET', '/tickle')).status).toBe(200);
  });

  test('is under the prefix of IBKR’s web sites too', async () => {
    await user(simulator, ADA);
    const browser = await signInBrowser(simulator, ADA);
    const { body } = await browser.call('GET', '/sso/validate', undefined, '/portal.proxy/v1/portal');
    expect(body).toMatchObject({ USER_NAME: 'ada' });
  });

  test('needs USERID, which can come late', async () => {
    await user(simulator, { ...ADA, userIdAfterMs: 20_000 });
    const browser = await signInBrowser(simulator, ADA);
    expect(browser.cookies.names(browser.host)).not.toContain('USERID');
    expect((await browser.call('GET', '/sso/validate')).status).toBe(401);
    expect((await init(browser)).status).toBe(401);
    await control(simulator).post('/clock', { advanceMs: 20_000 });
    expect((await browser.call('GET', '/sso/validate')).status).toBe(401);
    expect(browser.cookies.names(browser.host)).toContain('USERID');
    expect((await browser.call('GET', '/sso/validate')).status).toBe(200);
  });

  test('is over when the user signs in again', async () => {
    await user(simulator, ADA);
    const [first, second] = [await signInBrowser(simulator, ADA), await signInBrowser(simulator, ADA)];
    expect((await first.call('GET', '/tickle')).status).toBe(401);
    expect((await second.call('GET', '/tickle')).status).toBe(200);
  });

  test('is over when IBKR says so', async () => {
    await user(simulator, ADA);
    const browser = await signInBrowser(simulator, ADA);
    await control(simulator).delete('/sign-ins/sessions?user=ada');
    expect((await browser.call('GET', '/tickle')).status).toBe(401);
  });

  test('ends at midnight, and nobody can sign in during the nightly reset', async () => {
    await user(simulator, ADA);
    const browser = await signInBrowser(simulator, ADA);
    await init(browser);
    await advance(29);
    expect((await browser.call('GET', '/tickle')).status).toBe(200);
    await advance(1);
    expect((await browser.call('GET', '/tickle')).status).toBe(401);
    await advance(60);
    expect((await new TestBrowser(simulator).openPage()).status).toBe(503);
    await advance(2);
    expect((await init(await signInBrowser(simulator, ADA))).body).toMatchObject({ authenticated: true });
  });

  test('keeps its account', async () => {
    await user(simulator, ADA);
    const accounts = async () =>
      (await (await signInBrowser(simulator, ADA)).call('GET', '/portfolio/accounts')).body;
    expect(await accounts()).toEqual(await accounts());
  });

  test('has a WebSocket', async () => {
    await user(simulator, ADA);
    const browser = await signInBrowser(simulator, ADA);
    await init(browser);
    const { body } = await browser.call('GET', '/tickle');
    const cookie = `${browser.cookies.header(browser.host, '/')}; api=${body.session}`;
    const socket = new WebSocket(`ws://${browser.host}/v1/api/ws`, {
      headers: { cookie, 'user-agent': 'test' },
    });
    const first = await new Promise((resolve, reject) => {
      socket.once('message', (data) => resolve(JSON.parse(String(data))));
      socket.once('error', reject);
    });
    socket.terminate();
    expect(first).toMatchObject({ topic: 'system', success: 'ada', isPaper: true });
  });
});

describe('arranged for all', () => {
  const arrange = (body: object) => control(simulator).post('/sign-ins', body);

  test('maintenance: no step is answered', async () => {
    await user(simulator, ADA);
    await arrange({ isClosed: true });
    expect((await new TestBrowser(simulator).openPage()).status).toBe(503);
    await arrange({ isClosed: false });
    expect((await new TestBrowser(simulator).openPage()).status).toBe(200);
  });

  test('a redirection to a host that is not IBKR’s', async () => {
    await user(simulator, ADA);
    await arrange({ redirectTo: 'http://thief.example/sso/Dispatcher' });
    expect((await signInBrowser(simulator, ADA)).hops).toEqual(['thief.example/sso/Dispatcher']);
    await arrange({ redirectTo: null });
    expect((await signInBrowser(simulator, ADA)).hops).toHaveLength(2);
  });
});

test('what a user cannot be is said', async () => {
  for (const wrong of [{ mode: 'demo' }, { secondFactors: ['7'] }, { totpSecret: '1!' }, { color: 'red' }]) {
    const { status, body } = await control(simulator).post('/sign-ins/users', { ...ADA, ...wrong });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/is not valid$/) },
    });
  }
});
