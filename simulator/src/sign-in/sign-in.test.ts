import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { TestClient } from '../test-client.ts';
import { signedIn, TestBrowser, user } from './test-sign-in.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, warmUpMs: 0 });
});
afterEach(() => simulator.close());

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
    const browser = await signedIn(simulator, live);
    await browser.call('POST', '/iserver/auth/ssodh/init', { publish: true, compete: true });
    const { body } = await browser.call('GET', '/iserver/accounts');
    expect(body).toMatchObject({ isPaper: false, selectedAccount: expect.stringMatching(/^U\d{7}$/) });
    expect((await browser.call('GET', '/sso/validate')).body.LOGIN_TYPE).toBe(1);
    expect((await browser.call('GET', '/portfolio/accounts')).body).toMatchObject([{ type: 'INDIVIDUAL' }]);
  });
});
