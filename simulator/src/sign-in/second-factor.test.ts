import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control } from '../test-client.ts';
import { TestBrowser, user } from './test-sign-in.ts';
import { codeOf, windowOf } from './totp.ts';

/** In the middle of a window of the app. */
const NOON = Date.UTC(2026, 10, 29, 12, 0, 10);

let simulator: RunningSimulator;
let now: number;

beforeEach(async () => {
  now = NOON;
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, now: () => now });
});
afterEach(() => simulator.close());

const ADA = { username: 'ada', password: 'correct horse battery' };
/** That of RFC 6238, appendix B, in base32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

const told = async () => (await control(simulator).get('/sign-ins?user=ada')).body.byUser.ada;
const lastCode = async () => (await told()).sent.at(-1);

/** Past the password, with what is wanted next. */
async function pastPassword(device?: string) {
  const browser = new TestBrowser(simulator, device);
  const { sftypes } = await browser.signIn(ADA);
  return { browser, sftypes };
}

test.each([
  [59_000, '287082'],
  [1_111_111_109_000, '081804'],
  [1_111_111_111_000, '050471'],
  [1_234_567_890_000, '005924'],
  [2_000_000_000_000, '279037'],
  [20_000_000_000_000, '353130'],
])('the code at %d is that of RFC 6238', (time, code) => {
  expect(codeOf(SECRET, windowOf(time))).toBe(code);
  expect(codeOf('gezd gnbv-gy3t qojq gezd gnbv gy3t qojq', windowOf(time))).toBe(code);
});

describe('an authenticator app', () => {
  const code = (time: number) => codeOf(SECRET, windowOf(time));
  beforeEach(() => user(simulator, { ...ADA, secondFactors: ['4'], totpSecret: SECRET }));

  async function asked() {
    const { browser, sftypes } = await pastPassword();
    expect(sftypes).toEqual(['4']);
    expect(await browser.askSecondFactor('ada', '4')).toMatchObject({
      two_factor: { type: 'SWTK' },
      error: '',
    });
    return browser;
  }

  test('lets in, and nothing before it does', async () => {
    const browser = await asked();
    expect((await browser.dispatch()).text).toContain('failed');
    expect(await browser.showCode('ada', '4', code(now))).toEqual({ auth_res: true, error: '' });
    expect((await browser.dispatch()).text).toBe('Client login succeeds');
  });

  test.each([-30_000, 30_000])('counts in its own window alone, not %d ms away', async (away) => {
    const browser = await asked();
    const answer = await browser.showCode('ada', '4', code(now + away));
    expect(answer).toEqual({ auth_res: false, error: 'Incorrect security code' });
    expect(await told()).toMatchObject({ refused: 0, codesRefused: 1 });
    expect(await browser.showCode('ada', '4', code(now))).toMatchObject({ auth_res: true });
  });

  test('has codes that work once', async () => {
    await (await asked()).showCode('ada', '4', code(now));
    const again = await asked();
    expect(await again.showCode('ada', '4', code(now))).toMatchObject({ error: 'Incorrect security code' });
    now += 30_000;
    expect(await again.showCode('ada', '4', code(now))).toMatchObject({ auth_res: true });
  });

  test('can go wrong with the clock', async () => {
    await user(simulator, { username: 'ada', clockDriftMs: 30_000 });
    const browser = await asked();
    expect(await browser.showCode('ada', '4', code(now))).toMatchObject({ auth_res: false });
    expect(await browser.showCode('ada', '4', code(now + 30_000))).toMatchObject({ auth_res: true });
  });

  test('counts by the clock of this machine, whatever the simulated time', async () => {
    await control(simulator).post('/clock', { advanceMs: 3_600_000 });
    expect(await (await asked()).showCode('ada', '4', code(now))).toMatchObject({ auth_res: true });
  });

  test('locks the user at the tenth wrong code', async () => {
    const browser = await asked();
    for (let i = 0; i < 10; i++) await browser.showCode('ada', '4', 'wrong');
    expect(await browser.showCode('ada', '4', code(now))).toMatchObject({
      auth_res: false,
      reached_max_login: true,
    });
    expect(await told()).toMatchObject({ codesRefused: 10, isLocked: true });
  });

  test('answers in XML where JSON is not asked for', async () => {
    const browser = await asked();
    const shown = { ACTION: 'COMPLETETWOFACT', USER: 'ada', VERSION: '1', SF: '4' };
    expect(await browser.post({ ...shown, RESPONSE: '1' })).toContain(
      '<ib_auth_res><auth_res>false</auth_res><error>Incorrect security code</error></ib_auth_res>',
    );
    expect(await browser.post({ ...shown, RESPONSE: code(now) })).toContain('<auth_res>true</auth_res>');
  });
});

describe('an SMS', () => {
  test('has the code, which nobody can guess', async () => {
    await user(simulator, { ...ADA, secondFactors: ['4.2', '5.2a'] });
    const { browser, sftypes } = await pastPassword();
    expect(sftypes).toEqual(['4.2', '5.2a']);
    expect((await told()).sent).toEqual([]);
    expect(await browser.askSecondFactor('ada', '4.2')).toMatchObject({ two_factor: { type: 'SWTK' } });
    const { by, code } = await lastCode();
    expect(by).toBe('sms');
    expect(await browser.showCode('ada', '4.2', '')).toMatchObject({ error: 'Incorrect security code' });
    expect(await browser.showCode('ada', '4.2', code)).toMatchObject({ auth_res: true });
  });

  test('is not for those who have an app', async () => {
    await user(simulator, { ...ADA, secondFactors: ['4'] });
    const { browser } = await pastPassword();
    expect(await browser.askSecondFactor('ada', '4.2')).toEqual({ error: 'failed' });
  });
});

describe('IB Key', () => {
  const push = (to: string) => user(simulator, { username: 'ada', push: to });

  test('lets in once the push is approved', async () => {
    await user(simulator, { ...ADA, secondFactors: ['5.2i'] });
    const { browser } = await pastPassword();
    expect(await browser.askSecondFactor('ada', '5.2i')).toMatchObject({ two_factor: { type: 'IBTK' } });
    expect(await browser.showCode('ada', '5.2i', '')).toEqual({ auth_res: false, error: '' });
    await push('approved');
    expect(await browser.showCode('ada', '5.2i', '')).toEqual({ auth_res: true, error: '' });
    expect(await told()).toMatchObject({ codesRefused: 0 });
  });

  test('does not once it is denied', async () => {
    await user(simulator, { ...ADA, secondFactors: ['5.2a'], push: 'denied' });
    const { browser } = await pastPassword();
    await browser.askSecondFactor('ada', '5.2a');
    expect(await browser.showCode('ada', '5.2a', '')).toEqual({ auth_res: false, error: 'failed' });
    expect(await told()).toMatchObject({ codesRefused: 1 });
  });

  test('may ask for the answer to a challenge', async () => {
    await user(simulator, { ...ADA, secondFactors: ['5.2a'], asksChallenge: true });
    const { browser } = await pastPassword();
    const { two_factor } = await browser.askSecondFactor('ada', '5.2a');
    expect(two_factor).toEqual({ type: 'SWCR', challenge: expect.stringMatching(/^\d{6}$/) });
    const { by, code } = await lastCode();
    expect(by).toBe('challenge');
    expect(await browser.showCode('ada', '5.2a', code)).toMatchObject({ auth_res: true });
  });
});

describe('a new device', () => {
  beforeEach(() => user(simulator, { ...ADA, mailsCodeToNewDevice: true }));

  test('needs a code that is mailed, until it is known', async () => {
    const { browser, sftypes } = await pastPassword('device1');
    expect(sftypes).toEqual(['4.2']);
    await browser.askSecondFactor('ada', '4.2');
    const { by, code } = await lastCode();
    expect(by).toBe('mail');
    expect(await browser.showCode('ada', '4.2', code)).toMatchObject({ auth_res: true });
    expect((await pastPassword('device1')).sftypes).toBeUndefined();
    expect((await pastPassword('device2')).sftypes).toEqual(['4.2']);
  });

  test('is every one without the cookie that names it', async () => {
    for (let i = 0; i < 2; i++) {
      const { browser, sftypes } = await pastPassword();
      expect(sftypes).toEqual(['4.2']);
      await browser.askSecondFactor('ada', '4.2');
      expect(await browser.showCode('ada', '4.2', (await lastCode()).code)).toMatchObject({ auth_res: true });
    }
  });
});
