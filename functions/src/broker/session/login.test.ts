/** Connections that log themselves in: one exchange for all instances, in time, and never with refused credentials. */

import { describe, expect, test } from 'vitest';
import { newSandbox, openConnection, useSimulator } from '../../testing/sandbox.ts';
import { getAccounts } from '../accounts/accounts.ts';
import { BrokerError } from '../errors.ts';
import type { LiveSession, Login } from '../transport/login.ts';
import { rateLimited } from '../wire/ibkr-error.ts';
import { inMemorySessionStore } from './session-store.ts';

useSimulator();

const HOUR_MS = 60 * 60_000;

/** A login whose tokens count up, and what became of them. */
function countingLogin(lifetimeMs = 24 * HOUR_MS) {
  const used: LiveSession[] = [];
  let exchanges = 0;
  const login: Login = {
    exchange: async () => {
      exchanges += 1;
      return { token: Uint8Array.of(exchanges), expiresAt: Date.now() + lifetimeMs };
    },
    use: (session) => used.push(session),
  };
  return { login, used, exchanges: () => exchanges };
}

test('fifty cold instances exchange once and all sign with that token', async () => {
  const store = inMemorySessionStore();
  const { name } = newSandbox();
  const { login, used, exchanges } = countingLogin();
  const instances = Array.from({ length: 50 }, () => openConnection(name, { store, login }));
  await Promise.all(instances.map((instance) => getAccounts(instance.client())));
  expect(exchanges()).toBe(1);
  expect(used).toHaveLength(50);
  expect(new Set(used.map(({ token }) => token[0]))).toEqual(new Set([1]));
});

test('a token is kept even if the brokerage session does not open', async () => {
  const store = inMemorySessionStore();
  const sandbox = newSandbox();
  await sandbox.fault({ kind: 'competing', times: 1 });
  const { login, exchanges } = countingLogin();
  const instances = Array.from({ length: 10 }, () => openConnection(sandbox.name, { store, login }));
  const outcomes = await Promise.allSettled(instances.map((instance) => getAccounts(instance.client())));
  expect(outcomes.map(({ status }) => status)).toEqual(Array(10).fill('rejected'));
  expect(exchanges()).toBe(1);
});

test('nobody logs in while IBKR has asked to wait, nor again where it refused a login so', async () => {
  const store = inMemorySessionStore();
  const { name } = newSandbox();
  let exchanges = 0;
  const exchange = async () => {
    exchanges += 1;
    throw rateLimited(600_000, 429);
  };
  const login: Login = { exchange, use: () => {} };
  const instances = Array.from({ length: 3 }, () => openConnection(name, { store, login }));
  for (const instance of [...instances, ...instances]) {
    await expect(getAccounts(instance.client())).rejects.toMatchObject({ kind: 'rate_limited' });
  }
  expect(exchanges).toBe(1);
});

test('a later instance takes the stored token and logs in nowhere', async () => {
  const store = inMemorySessionStore();
  const { name } = newSandbox();
  await getAccounts(openConnection(name, { store, login: countingLogin().login }).client());
  const second = countingLogin();
  const client = openConnection(name, { store, login: second.login }).client();
  await getAccounts(client);
  expect(second.exchanges()).toBe(0);
  expect(second.used.map(({ token }) => token)).toEqual([Uint8Array.of(1)]);
});

test('a session that was logged in to can be ended by any instance, and none is opened for that', async () => {
  const store = inMemorySessionStore();
  const sandbox = newSandbox();
  const { login, exchanges } = countingLogin();
  const client = () => openConnection(sandbox.name, { store, login }).client();
  await client().logOut();
  expect([exchanges(), (await sandbox.requests())['POST /logout']]).toEqual([0, undefined]);
  await getAccounts(client());
  await client().logOut();
  expect([exchanges(), (await sandbox.requests())['POST /logout']]).toEqual([1, 1]);
  expect((await store.read()).liveSession).toBeNull();
});

test('a gateway that a person logged in to is left logged in', async () => {
  const sandbox = newSandbox();
  await getAccounts(sandbox.client());
  await sandbox.client().logOut();
  expect((await sandbox.requests())['POST /logout']).toBeUndefined();
});

test('a token in its last hour is replaced before IBKR refuses it', async () => {
  for (const [lifetimeMs, exchangesOfTwoCalls] of [
    [HOUR_MS / 2, 2],
    [2 * HOUR_MS, 1],
  ] as const) {
    const { login, exchanges } = countingLogin(lifetimeMs);
    const sandbox = newSandbox({ login });
    await getAccounts(sandbox.client());
    await getAccounts(sandbox.client());
    expect(exchanges()).toBe(exchangesOfTwoCalls);
  }
});

test('a renewal that fails does no harm while the old token holds', async () => {
  const { login, used } = countingLogin(HOUR_MS / 2);
  const flaky: Login = {
    ...login,
    exchange: () => {
      if (used.length === 0) return login.exchange();
      throw new BrokerError({ name: 'unreachable' });
    },
  };
  const sandbox = newSandbox({ login: flaky });
  await getAccounts(sandbox.client());
  expect((await getAccounts(sandbox.client())).accounts).toHaveLength(1);
});

describe('a 401', () => {
  test('that means expiry costs one exchange', async () => {
    const { login, exchanges } = countingLogin();
    const sandbox = newSandbox({ login });
    await getAccounts(sandbox.client());
    const body = { type: '/simple', title: 'Unauthorized', status: 401, detail: 'Access token expired' };
    // The call itself, then the look at the status.
    await sandbox.fault({ kind: 'status', status: 401, body, times: 2, match: { path: '/iserver/a*' } });
    await getAccounts(sandbox.client());
    expect(exchanges()).toBe(2);
  });

  test('of a session that is fine costs none', async () => {
    const { login, exchanges } = countingLogin();
    const sandbox = newSandbox({ login });
    await getAccounts(sandbox.client());
    await sandbox.fault({
      kind: 'status',
      status: 401,
      body: '',
      times: 1,
      match: { path: '/iserver/accounts' },
    });
    await getAccounts(sandbox.client());
    expect(exchanges()).toBe(1);
  });
});

describe('credentials that IBKR refused', () => {
  const refusing = () => {
    let exchanges = 0;
    const login: Login = {
      exchange: async () => {
        exchanges += 1;
        throw new BrokerError({ name: 'credentials_refused' });
      },
      use: () => {},
    };
    return { login, exchanges: () => exchanges };
  };

  test('are tried once, by all instances together', async () => {
    const store = inMemorySessionStore();
    const { name } = newSandbox();
    const { login, exchanges } = refusing();
    const instances = Array.from({ length: 10 }, () => openConnection(name, { store, login }));
    const outcomes = await Promise.allSettled(instances.map((instance) => getAccounts(instance.client())));
    await expect(getAccounts(openConnection(name, { store, login }).client())).rejects.toMatchObject({
      kind: 'credentials_rejected',
    });
    expect(outcomes.map(({ status }) => status)).toEqual(Array(10).fill('rejected'));
    expect(exchanges()).toBe(1);
    expect(await store.read()).toMatchObject({ credentialRejections: { count: 1, at: expect.any(Number) } });
  });

  test('are reported without a call, and tried again once they were changed', async () => {
    const store = inMemorySessionStore();
    const { name } = newSandbox();
    const client = openConnection(name, { store, login: refusing().login }).client();
    await expect(getAccounts(client)).rejects.toMatchObject({ kind: 'credentials_rejected' });
    const asked = openConnection(name, { store, login: refusing().login }).client();
    expect(await asked.sessionReport()).toMatchObject({ state: 'credentials_rejected' });
    expect(asked.upstreamCalls).toBe(0);

    await store.write({ credentialRejections: null });
    const { login, exchanges } = countingLogin();
    await getAccounts(openConnection(name, { store, login }).client());
    expect(exchanges()).toBe(1);
  });
});

test('an exchange that failed on the way is not held against the credentials', async () => {
  const store = inMemorySessionStore();
  const { name } = newSandbox();
  const failing: Login = {
    exchange: async () => {
      throw new BrokerError({ name: 'unreachable' });
    },
    use: () => {},
  };
  await expect(getAccounts(openConnection(name, { store, login: failing }).client())).rejects.toMatchObject({
    kind: 'unavailable',
  });
  expect((await store.read()).credentialRejections).toBeNull();
  const { login, exchanges } = countingLogin();
  await getAccounts(openConnection(name, { store, login }).client());
  expect(exchanges()).toBe(1);
});

test('keeping alive asks once and opens nothing', async () => {
  const sandbox = newSandbox();
  expect(await sandbox.client().keepAlive()).toMatchObject({ state: 'closed', openedAt: null });
  await getAccounts(sandbox.client());
  expect(await sandbox.client().keepAlive()).toMatchObject({ state: 'open', openedAt: expect.any(Number) });
  expect(await sandbox.requests()).toMatchObject({ 'POST /tickle': 2, 'POST /iserver/auth/ssodh/init': 1 });
});
