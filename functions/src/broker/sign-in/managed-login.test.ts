/** Signing in to the simulated IBKR by name, password and authenticator app, and calling with that session. */

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../../../../simulator/src/server.ts';
import { closeAfterFile } from '../../testing/after-file.ts';
import { SIGN_INS } from '../../testing/config.ts';
import { inMemoryUnfinished, managedPeople } from '../../testing/people/managed-people.ts';
import { getAccounts } from '../accounts/accounts.ts';
import { inMemorySessionStore } from '../session/session-store.ts';
import { parseManagedCredentials } from './managed-credentials.ts';
import { letSignIn, managedSession } from './managed-login.ts';
import { codeAt, parseTotpSecret } from './one-time-code.ts';
import type { OwnersAct } from './second-factor.ts';

let simulator: RunningSimulator;
const { control, person } = managedPeople(() => simulator);

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false });
  closeAfterFile(() => simulator.close());
});

describe('a sign-in', () => {
  test.each([
    ['paper, by password', {}],
    ['live, with an authenticator app', { mode: 'live', secondFactors: ['4'] }],
    ['of a password of which eight characters count', { longPassword: false, password: 'abcdefghijkl' }],
    ['whose user id comes late', { userIdAfterMs: 1_500 }],
  ])('%s', async (_, settings) => {
    const { open, counts } = await person(settings);
    const { accounts } = await getAccounts(open().client());
    expect(accounts.length).toBeGreaterThan(0);
    expect(await counts()).toMatchObject({ attempts: 1, refused: 0, codesRefused: 0 });
  });

  test('is one for fifty cold instances', async () => {
    const { open, counts } = await person({ secondFactors: ['4'] });
    const store = inMemorySessionStore();
    await Promise.all(Array.from({ length: 50 }, () => getAccounts(open({ store }).client())));
    expect(await counts()).toMatchObject({ attempts: 1 });
  });

  test('is made anew when IBKR ended the session', async () => {
    const { open, counts, username } = await person();
    const connection = open();
    await getAccounts(connection.client());
    await control('DELETE', `sign-ins/sessions?user=${username}`);
    await getAccounts(connection.client());
    expect(await counts()).toMatchObject({ attempts: 2, refused: 0 });
  });
});

describe('a refusal', () => {
  test.each(['text', 'nothing', 'other_proof'])(
    'of the password, told by %s, is met once',
    async (wrongPassword) => {
      const { open, counts } = await person({ wrongPassword });
      const store = inMemorySessionStore();
      for (let call = 0; call < 3; call += 1) {
        const client = open({ store, password: 'wrong' }).client();
        await expect(getAccounts(client)).rejects.toMatchObject({ kind: 'credentials_rejected' });
      }
      // An instance that knows nothing of the session does not try it either.
      await expect(getAccounts(open({ password: 'wrong' }).client())).rejects.toMatchObject({
        problem: { name: 'credentials_refused_before' },
      });
      expect(await counts()).toMatchObject({ refused: 1 });
    },
  );

  test('of the mode is met once, until the owner changes it', async () => {
    const { open, counts, attempts, username } = await person({ mode: 'paper' });
    for (let call = 0; call < 2; call += 1) {
      await expect(getAccounts(open({ mode: 'live' }).client())).rejects.toMatchObject({
        kind: 'wrong_mode',
      });
    }
    expect(await counts()).toMatchObject({ attempts: 1 });
    await letSignIn(attempts, username, 'owner');
    expect((await getAccounts(open().client())).isPaper).toBe(true);
  });

  test('of a code is met twice at most', async () => {
    const { open, counts, attempts } = await person({ secondFactors: ['4'] });
    const wrong = { totpSecret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' };
    await expect(getAccounts(open(wrong).client())).rejects.toMatchObject({
      problem: { name: 'wrong_code' },
    });
    await expect(getAccounts(open(wrong).client())).rejects.toMatchObject({
      problem: { name: 'sign_in_waits', why: 'back_off' },
    });
    const waited = Object.entries(attempts.known.connections).map(([id, each]) => [
      id,
      { ...each, notBefore: 0 },
    ]);
    attempts.known = { ...attempts.known, connections: Object.fromEntries(waited), codeWindow: -1 };
    for (let call = 0; call < 2; call += 1) {
      await expect(getAccounts(open(wrong).client())).rejects.toMatchObject({
        problem: { name: 'codes_refused' },
      });
    }
    expect(await counts()).toMatchObject({ codesRefused: 2 });
  });

  test.each([
    ['a user that is locked', { reachedMaxLogin: true }, 'user_locked'],
    ['another protocol', { proto: '6a' }, 'sign_in_changed'],
    ['another hash', { hash: 'SHA256' }, 'sign_in_changed'],
    ['another generator', { g: '5' }, 'sign_in_changed'],
    ['only a push on the phone', { secondFactors: ['5.2i'] }, 'approval_wanted'],
    ['only a text message', { secondFactors: ['4.2'] }, 'sent_code_wanted'],
  ])('because of %s ends it until the owner acts', async (_, settings, kind) => {
    const { open, counts } = await person(settings);
    for (let call = 0; call < 3; call += 1) {
      await expect(getAccounts(open().client())).rejects.toMatchObject({ kind });
    }
    expect(await counts()).toMatchObject({ attempts: 1, refused: 0 });
  });

  test('by a redirect to somebody else’s host is a changed sign-in', async () => {
    const { open } = await person();
    await control('POST', 'sign-ins', { redirectTo: 'http://ibkr.com.example.net/sso/Dispatcher' });
    await expect(getAccounts(open().client())).rejects.toMatchObject({ kind: 'sign_in_changed' });
    await control('POST', 'sign-ins', { redirectTo: null });
  });
});

test('what is closed for maintenance is no refusal, and is tried again later', async () => {
  const { open, counts, attempts, username } = await person();
  await control('POST', 'sign-ins', { isClosed: true });
  await expect(getAccounts(open().client())).rejects.toMatchObject({ kind: 'unavailable' });
  await control('POST', 'sign-ins', { isClosed: false });
  await expect(getAccounts(open().client())).rejects.toMatchObject({
    problem: { name: 'sign_in_waits', why: 'back_off' },
  });
  await letSignIn(attempts, username, 'owner');
  await getAccounts(open().client());
  expect(await counts()).toMatchObject({ attempts: 1, refused: 0 });
});

test('passwords whose answer is lost are two at most, and no refusal', async () => {
  const { open, attempts } = await person();
  const path = '/sso/Authenticator/COMPLETEAUTH';
  await control('POST', 'faults', { kind: 'reset_after_accept', match: { path } });
  const sent = async () => {
    const { counts } = (await control('GET', 'requests')) as { counts: Record<string, number> };
    return counts[`POST ${path}`] ?? 0;
  };
  for (const [kind, passwords] of [
    ['unavailable', 1],
    ['signed_out', 1],
    ['signed_out', 0],
  ] as const) {
    const before = await sent();
    await expect(getAccounts(open().client())).rejects.toMatchObject({ kind });
    expect((await sent()) - before, 'of one call').toBe(passwords);
    const waited = Object.entries(attempts.known.connections).map(([id, each]) => [
      id,
      { ...each, notBefore: 0 },
    ]);
    attempts.known = { ...attempts.known, connections: Object.fromEntries(waited) };
  }
  await control('DELETE', 'faults');
});

test('without a secret the owner is asked, and their code opens the session for all', async () => {
  const { open, user, attempts, username } = await person({ secondFactors: ['4'] });
  const store = inMemorySessionStore();
  const unattended = { store, totpSecret: '' };
  await expect(getAccounts(open(unattended).client())).rejects.toMatchObject({ kind: 'code_wanted' });
  await letSignIn(attempts, username, 'owner');
  const secret = parseTotpSecret(user.totpSecret);
  if (secret === null) throw new Error('no secret');
  await getAccounts(open({ ...unattended, act: { act: 'code', code: codeAt(secret, Date.now()) } }).client());
  expect((await getAccounts(open(unattended).client())).accounts.length).toBeGreaterThan(0);
});

describe('an owner who is there', () => {
  /** What the simulated IBKR sent to the person, oldest first. */
  const sentTo = async (username: string) => {
    const { byUser } = (await control('GET', 'sign-ins')) as {
      byUser: Record<string, { sent: { by: string; code: string }[] }>;
    };
    return byUser[username]?.sent ?? [];
  };
  const wanted = (name: string, details: object) => ({
    problem: { name, isSent: true, isRefused: false, ...details },
  });

  /** Each act as a call of its own, of an instance that knows nothing but what is stored. */
  async function dialogue(settings: object) {
    const someone = await person(settings);
    const store = inMemorySessionStore();
    const does = async (act: OwnersAct) => {
      await letSignIn(someone.attempts, someone.username, 'owner');
      return getAccounts(someone.open({ store, totpSecret: '', act }).client());
    };
    return { ...someone, store, does };
  }

  test('is mailed a code the first time, and texted one when IBKR knows the device, and told of either', async () => {
    const { does, username, counts, store, open, attempts } = await dialogue({
      secondFactors: ['4.2'],
      mailsCodeToNewDevice: true,
    });
    await expect(getAccounts(open({ store }).client())).rejects.toMatchObject({ kind: 'sent_code_wanted' });
    expect(await sentTo(username)).toEqual([]);
    await letSignIn(attempts, username, 'owner');
    const name = 'sent_code_wanted';
    for (const by of ['mail', 'sms'] as const) {
      await expect(does({ act: 'ask' })).rejects.toMatchObject(wanted(name, { offered: ['message'] }));
      const sent = (await sentTo(username)).at(-1);
      expect(sent).toMatchObject({ by });
      const wrong = sent?.code === '000000' ? '000001' : '000000';
      await expect(does({ act: 'code', code: wrong })).rejects.toMatchObject(
        wanted(name, { isRefused: true }),
      );
      await does({ act: 'code', code: String(sent?.code) });
      expect((await getAccounts(open({ store }).client())).accounts.length).toBeGreaterThan(0);
      await control('DELETE', `sign-ins/sessions?user=${username}`);
      await store.write({ liveSession: null, epoch: 0 });
    }
    expect(await counts()).toMatchObject({ refused: 0, codesRefused: 2, signedIn: 2 });
  });

  test('approves on the phone, and is not asked again for looking', async () => {
    const { does, change, counts } = await dialogue({ secondFactors: ['5.2i'] });
    await expect(does({ act: 'look' })).rejects.toMatchObject({
      problem: { name: 'approval_wanted', isSent: false },
    });
    const waits = wanted('approval_wanted', { challenge: null });
    await expect(does({ act: 'ask' })).rejects.toMatchObject(waits);
    const { attempts: before = 0 } = (await counts()) ?? {};
    for (let look = 0; look < 3; look += 1) await expect(does({ act: 'look' })).rejects.toMatchObject(waits);
    await change({ push: 'approved' });
    await does({ act: 'look' });
    expect(await counts()).toMatchObject({ attempts: before, codesRefused: 0, signedIn: 1 });
  });

  test('who says no on the phone ends it', async () => {
    const { does, change, counts } = await dialogue({ secondFactors: ['5.2a'] });
    await expect(does({ act: 'ask' })).rejects.toMatchObject({ kind: 'approval_wanted' });
    await change({ push: 'denied' });
    await expect(does({ act: 'look' })).rejects.toMatchObject({
      problem: { name: 'approval_wanted', isSent: false, isRefused: true },
    });
    await expect(does({ act: 'look' })).rejects.toMatchObject({
      problem: { isSent: false, isRefused: false },
    });
    expect(await counts()).toMatchObject({ codesRefused: 1, signedIn: 0 });
  });

  test('answers the challenge of IB Key', async () => {
    const { does, username } = await dialogue({ secondFactors: ['5.2i'], asksChallenge: true });
    await expect(does({ act: 'ask' })).rejects.toMatchObject(
      wanted('approval_wanted', { challenge: expect.stringMatching(/^\d{6}$/) }),
    );
    const code = String((await sentTo(username)).at(-1)?.code);
    await does({ act: 'code', code });
  });

  describe('chooses among several factors', () => {
    const several = { secondFactors: ['4', '4.2', '5.2a', '5.2i'] };
    const offered = ['app', 'phone', 'message'];

    test('on the page, and is asked that way the next time', async () => {
      const { does, change, open, store, username, attempts, counts } = await dialogue(several);
      const unattended = () => getAccounts(open({ store, totpSecret: '' }).client());
      await expect(unattended()).rejects.toMatchObject({ problem: { name: 'code_wanted', offered } });
      await expect(does({ act: 'ask', by: 'phone' })).rejects.toMatchObject(
        wanted('approval_wanted', { offered }),
      );
      await change({ push: 'approved' });
      await does({ act: 'look' });
      await control('DELETE', `sign-ins/sessions?user=${username}`);
      await store.write({ liveSession: null, epoch: 0 });
      await letSignIn(attempts, username, 'owner');
      await expect(unattended()).rejects.toMatchObject({
        problem: { name: 'approval_wanted', isSent: false },
      });
      await expect(does({ act: 'ask', by: 'message' })).rejects.toMatchObject(wanted('sent_code_wanted', {}));
      await does({ act: 'code', code: String((await sentTo(username)).at(-1)?.code) });
      expect(await counts()).toMatchObject({ refused: 0, codesRefused: 0, signedIn: 2 });
    });

    test('and types a code of the app after all', async () => {
      const { does, user, counts } = await dialogue(several);
      await expect(does({ act: 'ask', by: 'message' })).rejects.toMatchObject({ kind: 'sent_code_wanted' });
      await expect(does({ act: 'ask', by: 'app' })).rejects.toMatchObject({
        problem: { name: 'code_wanted', isRefused: false },
      });
      const secret = parseTotpSecret(user.totpSecret);
      if (secret === null) throw new Error('no secret');
      await does({ act: 'code', code: codeAt(secret, Date.now()) });
      expect(await counts()).toMatchObject({ codesRefused: 0, signedIn: 1 });
    });

    test('but not one that IBKR does not offer, which sends nothing', async () => {
      const { does, username, counts } = await dialogue({ secondFactors: ['4.2'] });
      await expect(does({ act: 'ask', by: 'phone' })).rejects.toMatchObject({
        problem: { name: 'sent_code_wanted', isSent: false, offered: ['message'], notOffered: 'phone' },
      });
      expect(await sentTo(username)).toEqual([]);
      expect(await counts()).toMatchObject({ codesRefused: 0 });
    });

    test('and the secret of the app, where it is stored, comes before what was chosen', async () => {
      const { does, open, store, username, attempts } = await dialogue(several);
      await expect(does({ act: 'ask', by: 'phone' })).rejects.toMatchObject({ kind: 'approval_wanted' });
      await letSignIn(attempts, username, 'owner');
      await getAccounts(open({ store }).client());
    });
  });

  test('asks four times in vain in a day, and no more', async () => {
    const { does, counts } = await dialogue({ secondFactors: ['5.2i'] });
    for (let ask = 0; ask < 4; ask += 1) {
      await expect(does({ act: 'ask' })).rejects.toMatchObject({ kind: 'approval_wanted' });
    }
    await expect(does({ act: 'ask' })).rejects.toMatchObject({ problem: { why: 'many_failures' } });
    expect(await counts()).toMatchObject({ attempts: 4 });
  });
});

test('sign-ins agree with IBKR’s side whoever it is, leading zeros included', {
  timeout: 1_200_000,
}, async () => {
  const anyPassword = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 });
  const passwords = fc.sample(anyPassword, { numRuns: SIGN_INS, seed: 7 });
  for (const password of passwords) {
    const { attempts, username, user } = await person({ password, longPassword: true });
    const input = { username, password: user.password, signInUrl: simulator.url };
    const options = { attempts, connectionId: username, owner: 'owner', unfinished: inMemoryUnfinished() };
    const session = await managedSession(parseManagedCredentials(input, true, { localMode: true }), options);
    expect(Buffer.from(session.token).toString(), password).toContain('USERID');
  }
  expect(await control('GET', 'sign-ins')).toMatchObject({ lockedOut: [] });
});
