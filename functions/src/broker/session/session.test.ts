import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startSimulator } from '../../../../simulator/src/server.ts';
import {
  firstAccount,
  newSandbox,
  openConnection,
  type Sandbox,
  useSimulator,
} from '../../testing/sandbox.ts';
import { told } from '../../testing/told.ts';
import { getAccounts } from '../accounts/accounts.ts';
import { getLedger, getPositions } from '../accounts/portfolio.ts';
import { getLiveOrders } from '../orders/orders.ts';
import { sandboxTransport } from '../transport/sandbox-transport.ts';
import { IbkrConnection } from './connection.ts';
import { inMemorySessionStore } from './session-store.ts';

useSimulator();

const INIT = 'POST /iserver/auth/ssodh/init';

test('the first call opens the session, the second only asks what it wants to know', async () => {
  const sandbox = newSandbox();
  const first = sandbox.client();
  const accountId = await firstAccount(first);
  expect(accountId).toMatch(/^DU/);
  expect(first.upstreamCalls).toBe(5);
  const second = sandbox.client();
  await getLedger(second, accountId);
  expect(second.upstreamCalls).toBe(1);
  expect(await sandbox.requests()).toMatchObject({ [INIT]: 1, 'GET /portfolio/accounts': 1 });
});

test('fifty instances that start at once log in once', async () => {
  const { name, requests } = newSandbox();
  const store = inMemorySessionStore();
  const instances = Array.from({ length: 50 }, () => openConnection(name, { store }));
  const answers = await Promise.all(instances.map((instance) => getAccounts(instance.client())));
  expect(new Set(answers.map(({ accounts: [first] }) => first?.accountId)).size).toBe(1);
  expect(await requests()).toMatchObject({ [INIT]: 1, 'POST /iserver/auth/status': 1 });
});

test('identical reads at the same time share one request', async () => {
  const sandbox = newSandbox();
  const accountId = await firstAccount(sandbox.client());
  const ledgers = await Promise.all(Array.from({ length: 20 }, () => getLedger(sandbox.client(), accountId)));
  expect(ledgers[19]).toEqual(ledgers[0]);
  expect((await sandbox.requests())[`GET /portfolio/${accountId}/ledger`]).toBe(1);
});

test('a session that another program ended is opened again within the call', async () => {
  const sandbox = newSandbox();
  const accountId = await firstAccount(sandbox.client());
  await sandbox.control('clock', { advanceMs: 7 * 60_000 }); // idle too long
  const client = sandbox.client();
  expect(await firstAccount(client)).toBe(accountId);
  expect(await sandbox.requests()).toMatchObject({ [INIT]: 2 });
});

test('callers that find the session gone at the same time reopen it once', async () => {
  const sandbox = newSandbox();
  await getAccounts(sandbox.client());
  await sandbox.control('clock', { advanceMs: 7 * 60_000 });
  const calls = Array.from({ length: 10 }, (_, index) =>
    sandbox
      .client()
      .get('/iserver/secdef/search', z.unknown(), { query: { symbol: `S${index}` } })
      .catch(() => null),
  );
  await Promise.all(calls);
  expect(await sandbox.requests()).toMatchObject({ [INIT]: 2 });
});

test('a session that TWS holds is left alone, unless the owner allows the takeover', async () => {
  const sandbox = newSandbox();
  await getAccounts(sandbox.client());
  await sandbox.fault({ kind: 'competing', times: 1 });
  await expect(getAccounts(sandbox.client())).rejects.toMatchObject({ kind: 'competing' });
  await expect(getAccounts(sandbox.client())).rejects.toMatchObject({ kind: 'competing' });
  expect((await sandbox.client().sessionReport()).state).toBe('competing');
  expect(await sandbox.requests()).toMatchObject({ [INIT]: 1 });

  const pushy = openConnection(sandbox.name, { allowTakeover: true });
  expect((await getAccounts(pushy.client())).accounts).toHaveLength(1);
  expect((await sandbox.client().sessionReport()).state).toBe('open');
});

test('a lost login of a sandbox comes back by itself, that of a gateway needs a person', async () => {
  const lost = async (sandbox: Sandbox) => {
    const accountId = await firstAccount(sandbox.client());
    await sandbox.fault({ kind: 'session_lost', times: 1, match: { path: '/iserver/account/orders' } });
    return getLiveOrders(sandbox.client(), accountId);
  };
  const gateway = newSandbox();
  await expect(lost(gateway)).rejects.toMatchObject({ kind: 'signed_out' });
  expect((await gateway.client().sessionReport()).state).toBe('signed_out');
  await expect(getAccounts(gateway.client())).rejects.toMatchObject({ kind: 'signed_out' });
  const sandbox = newSandbox({ signsInByInit: true });
  expect(await lost(sandbox)).toMatchObject({ orders: [], unread: [] });
  await sandbox.fault({ kind: 'session_lost', times: 1, match: { path: '/tickle' } });
  await expect(sandbox.client().keepAlive()).resolves.toMatchObject({ state: 'closed' });
  expect((await getAccounts(sandbox.client())).accounts).toHaveLength(1);
});

test('an account the login does not have is not mistaken for a lost session', async () => {
  const sandbox = newSandbox();
  await getAccounts(sandbox.client());
  await expect(getPositions(sandbox.client(), 'DU0000000')).rejects.toMatchObject({ kind: 'not_found' });

  // An instance that never saw the list of accounts has to look once, and then knows.
  const cold = newSandbox();
  await expect(getLedger(cold.client(), 'DU0000000')).rejects.toMatchObject({ kind: 'not_found' });
  expect(await cold.requests()).toMatchObject({ [INIT]: 1, 'GET /portfolio/DU0000000/ledger': 1 });
});

test("IBKR's nightly reset is called by its name, and over some minutes later", async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-04-02T04:30:00Z') });
  const simulator = await startSimulator({ port: 0, pacing: false, now: () => Date.now() });
  const transport = sandboxTransport({ simulatorUrl: simulator.url, connectionId: 'night' });
  const connection = new IbkrConnection({ transport, store: inMemorySessionStore(), limits: [] });
  try {
    await getAccounts(connection.client());
    vi.setSystemTime(new Date('2026-04-02T05:00:30Z')); // 01:00:30 in New York
    await expect(getAccounts(connection.client())).rejects.toEqual(
      told({
        code: 'ibkr_unavailable',
        hint: expect.stringContaining('night'),
      }),
    );
    vi.setSystemTime(new Date('2026-04-02T05:05:00Z'));
    expect((await getAccounts(connection.client())).accounts).toHaveLength(1);
  } finally {
    vi.useRealTimers();
    await connection.close();
    await simulator.close();
  }
});
