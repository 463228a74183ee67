/** What a sign-in can come to other than a session. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control } from '../test-client.ts';
import { signInBrowser, TestBrowser, user } from './test-sign-in.ts';

let simulator: RunningSimulator;

beforeEach(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, warmUpMs: 0 });
});
afterEach(() => simulator.close());

const PAPER = { username: 'paper0001', password: 'correct horse battery' };
const WRONG = { ...PAPER, password: 'wrong horse' };

const counts = async () => (await control(simulator).get('/sign-ins')).body;

async function tried(credentials: { username: string; password: string; loginType?: string }) {
  const browser = new TestBrowser(simulator);
  return { browser, reply: await browser.signIn(credentials) };
}

describe('a password', () => {
  test('that is wrong is told, without a proof and without a session', async () => {
    await user(simulator, PAPER);
    const { browser, reply } = await tried(WRONG);
    expect(reply).toEqual({ reached_max_login: false, error: 'Invalid username password combination' });
    expect((await browser.dispatch()).text).toContain('failed');
    expect((await browser.call('GET', '/sso/validate')).status).toBe(401);
    expect(await counts()).toMatchObject({ attempts: 1, refused: 1, codesRefused: 0, lockedOut: [] });
  });

  test.each([
    ['nothing', { reached_max_login: false, error: '' }],
    ['other_proof', { M2: expect.any(String), reached_max_login: false, error: '' }],
  ])('that is wrong can be told by %s', async (wrongPassword, expected) => {
    await user(simulator, { ...PAPER, wrongPassword });
    const { browser, reply } = await tried(WRONG);
    expect(reply).toEqual(expected);
    expect(browser.trusts(reply.M2)).toBe(false);
  });

  test('of a name that nobody has is asked for all the same', async () => {
    const { reply } = await tried({ username: 'nobody', password: 'x' });
    expect(reply.error).toBe('Invalid username password combination');
    expect((await counts()).byUser.nobody).toMatchObject({ attempts: 1, refused: 1 });
  });

  test.each([
    [true, 'correct horse battery', true],
    [true, 'correct ', false],
    [false, 'correct horse battery', true],
    [false, 'correct otherwise', true],
    [false, 'correct', false],
  ])(
    'counts beyond its first eight characters where lp is %s: %s',
    async (longPassword, password, isRight) => {
      await user(simulator, { ...PAPER, longPassword });
      const { browser, reply } = await tried({ ...PAPER, password });
      expect(browser.trusts(reply.M2)).toBe(isRight);
    },
  );

  test('belongs to a name in whatever case', async () => {
    await user(simulator, PAPER);
    const { browser, reply } = await tried({ ...PAPER, username: 'Paper0001' });
    expect(browser.trusts(reply.M2)).toBe(true);
  });

  test('encrypted to another key is no sign-in, and no wrong password', async () => {
    await user(simulator, PAPER);
    const browser = new TestBrowser(simulator);
    const started = await browser.start(PAPER);
    const reply = await browser.prove(PAPER, { ...started, rsapub: `f${started.rsapub.slice(1)}` });
    expect(reply).toEqual({ error: 'failed' });
    expect((await counts()).refused).toBe(0);
  });
});

test.each([['XYZAB'], ['XYZAB_AM.LOGIN'], []])(
  'both cookies of the session key are needed, not %j',
  async (...names) => {
    await user(simulator, PAPER);
    const { browser } = await tried(PAPER);
    for (const name of names) browser.cookies.put(browser.host, name, browser.sessionKey);
    const form = new URLSearchParams({ loginType: '2', forwardTo: '22' });
    const { status, location } = await browser.send('POST', '/sso/Dispatcher', form);
    expect({ status, location }).toEqual({ status: expect.any(Number), location: null });
    expect((await counts()).byUser.paper0001.signedIn).toBe(0);
  },
);

describe('the exchange', () => {
  /** RFC 5054, appendix A: the group of 1024 bits. */
  const PRIME_1024 =
    'eeaf0ab9adb38dd69c33f80afa8fc5e86072618775ff3c0b9ea2314c9c256576d674df7496ea81d3383b4813d692c6e0e0d5d8e250b98be48e495c1d6089dad15dc7d7b46154d6b6ce8ef4ad69b15d4982559b297bcf1885c529f566660e57ec68edbc3c05726cc02fd4cbf4976eaa9afd5138fe8376435b9fc61d2fc0eb06e3';

  test.each([
    { proto: '3' },
    { proto: '6a' },
    { g: '5' },
    { hash: 'SHA256' },
    { N: PRIME_1024 },
    { N: PRIME_1024, g: '2', hash: 'SHA256', proto: '6a' },
  ])('can have other parameters: %j', async (parameters) => {
    await user(simulator, { ...PAPER, ...parameters });
    const browser = new TestBrowser(simulator);
    expect(await browser.start(PAPER)).toMatchObject(parameters);
    const again = await browser.start(PAPER, parameters.N, parameters.g);
    expect(browser.trusts((await browser.prove(PAPER, again)).M2)).toBe(true);
    expect((await counts()).byUser.paper0001.attempts).toBe(2);
  });

  test('refuses a public number that is none', async () => {
    await user(simulator, PAPER);
    const init = { ACTION: 'INIT', USER: 'paper0001', A: 'zz', RESP_TYPE: 'JSON' };
    expect(await new TestBrowser(simulator).post(init)).toEqual({ error: 'failed' });
  });

  test('is that of one browser: another one cannot go on with it', async () => {
    await user(simulator, PAPER);
    const [browser, other] = [new TestBrowser(simulator), new TestBrowser(simulator)];
    const started = await browser.start(PAPER);
    expect(await other.prove(PAPER, started)).toEqual({ error: 'failed' });
  });

  test('answers in XML where JSON is not asked for', async () => {
    await user(simulator, { ...PAPER, secondFactors: ['4', '4.2'] });
    const browser = new TestBrowser(simulator);
    const text = await browser.post({ ACTION: 'INIT', USER: 'paper0001', A: '2' });
    expect(text).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?><ib_auth_res><ini_params><B>[0-9a-f]+<\/B><s>[0-9a-f]{8}<\/s><rsapub>[0-9a-f]{252}<\/rsapub><N>[0-9a-f]{128}<\/N><g>2<\/g><hash>SHA1<\/hash><proto>6<\/proto><lp>true<\/lp><paper>true<\/paper><M2><\/M2><\/ini_params><\/ib_auth_res>$/,
    );
    const failed = await browser.post({
      ACTION: 'COMPLETEAUTH',
      USER: 'paper0001',
      M1: '1',
      EKX: '1',
      VERSION: '1',
    });
    expect(failed).toContain('<M2></M2></ini_params><auth_info><reached_max_login>false</reached_max_login>');
  });

  test('is stopped at the edge without User-Agent', async () => {
    const { host } = new TestBrowser(simulator);
    const answer = await fetch(`http://${host}/sso/Login`, { headers: { 'User-Agent': '' } });
    expect(answer.status).toBe(403);
  });
});

describe('the mode', () => {
  test.each([
    ['paper', '1', /selected the Live Account Mode, but the specified user is a Paper Trading user/],
    ['live', '2', /selected the Paper Account Mode/],
  ])('of a %s user is not %s', async (mode, loginType, text) => {
    await user(simulator, { ...PAPER, mode });
    const { reply } = await tried({ ...PAPER, loginType });
    expect(reply).toEqual({ error: expect.stringMatching(text) });
    expect((await counts()).refused).toBe(0);
  });

  test('cannot be changed once there is an account', async () => {
    await user(simulator, PAPER);
    await signInBrowser(simulator, PAPER);
    const change = { ...PAPER, mode: 'live' };
    expect((await control(simulator).post('/sign-ins/users', change)).status).toBe(400);
  });
});

describe('lockouts', () => {
  test('ten failures in a day lock for a day, and are told of', async () => {
    await user(simulator, PAPER);
    const replies = [];
    for (let i = 0; i < 10; i++) replies.push((await tried(WRONG)).reply.reached_max_login);
    expect(replies).toEqual([...Array(9).fill(false), true]);
    expect((await tried(PAPER)).reply).toEqual({ reached_max_login: true, error: '' });
    expect(await counts()).toMatchObject({ attempts: 11, refused: 10, lockedOut: ['paper0001'] });
    await control(simulator).post('/clock', { advanceMs: 86_400_000 });
    const { browser, reply } = await tried(PAPER);
    expect(browser.trusts(reply.M2)).toBe(true);
    await control(simulator).delete('/sign-ins');
    expect(await counts()).toMatchObject({ attempts: 0, refused: 0, lockedOut: [] });
  });

  test('failures of other days do not count', async () => {
    await user(simulator, PAPER);
    for (let i = 0; i < 9; i++) await tried(WRONG);
    await control(simulator).post('/clock', { advanceMs: 86_400_000 });
    await tried(WRONG);
    expect((await counts()).lockedOut).toEqual([]);
  });

  test('can be had without them', async () => {
    await user(simulator, { ...PAPER, reachedMaxLogin: true });
    expect((await tried(PAPER)).reply).toEqual({ reached_max_login: true, error: '' });
    expect((await counts()).lockedOut).toEqual([]);
  });
});

describe('faults', () => {
  const fault = (body: object) => control(simulator).post('/faults', body);

  test('hit one step of one user', async () => {
    await user(simulator, PAPER);
    await fault({
      match: { user: 'paper0001', path: '/sso/Authenticator/COMPLETEAUTH' },
      kind: 'reset_after_accept',
    });
    await fault({ match: { user: 'another', path: '/sso/*' }, kind: 'status', status: 500 });
    const browser = new TestBrowser(simulator);
    const started = await browser.start(PAPER);
    await expect(browser.prove(PAPER, started)).rejects.toThrow('fetch failed');
    await control(simulator).delete('/faults');
    expect((await browser.dispatch()).text).toBe('Client login succeeds');
    const { body } = await control(simulator).get('/requests?user=paper0001');
    expect(body.counts).toMatchObject({
      'POST /sso/Authenticator/INIT': 1,
      'POST /sso/Authenticator/COMPLETEAUTH': 1,
    });
  });

  test('hit calls of one user', async () => {
    await user(simulator, PAPER);
    const browser = await signInBrowser(simulator, PAPER);
    await fault({ match: { user: 'paper0001' }, kind: 'status', status: 503, times: 1 });
    expect((await browser.call('GET', '/tickle')).status).toBe(503);
    expect((await browser.call('GET', '/tickle')).status).toBe(200);
  });
});
