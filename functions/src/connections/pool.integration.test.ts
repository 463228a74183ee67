import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startSimulator } from '../../../simulator/src/server.ts';
import { getAccounts } from '../broker/accounts/accounts.ts';
import { getPerformance } from '../broker/accounts/performance.ts';
import { addressPauses } from '../store/address-pauses.ts';
import { type Connection, findConnection, updateConnection } from '../store/connections.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { newOAuthConnection } from '../testing/oauth-connection.ts';
import { firstAccount, simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { testService } from '../testing/service.ts';
import { type IbkrAccess, ibkrClient, openConnection } from './pool.ts';

let db: Firestore;
let access: IbkrAccess;

useServers((opened) => {
  db = opened;
});
beforeAll(() => {
  access = testService(db, { simulatorUrl: simulatorUrl() });
});

async function requests(path: string): Promise<number> {
  const answer = await fetch(`${simulatorUrl()}/sim/requests`);
  const { counts } = (await answer.json()) as { counts: Record<string, number> };
  return counts[path] ?? 0;
}

const logins = () => requests('POST /oauth/live_session_token');

const oauthConnection = (consumerKey: string) => newOAuthConnection(access, simulatorUrl(), consumerKey);

it('logs in and lists the accounts once for fifty instances that start at the same time', async () => {
  const connection = await oauthConnection('FIFTYTEST');
  const before = await logins();
  const listed = await requests('GET /portfolio/accounts');
  const instances = await Promise.all(Array.from({ length: 50 }, () => openConnection(access, connection)));
  // However slow the machine is.
  const budgetMs = 120_000;
  const lists = await Promise.all(instances.map((instance) => getAccounts(instance.client({ budgetMs }))));
  expect(new Set(lists.map(({ accounts: [first] }) => first?.accountId)).size).toBe(1);
  expect((await logins()) - before).toBe(1);
  expect((await requests('GET /portfolio/accounts')) - listed).toBe(1);
  await Promise.all(instances.map((instance) => instance.close()));
});

it('asks for the performance of an account once for all instances, of which IBKR tells in 15 minutes once', async () => {
  const connection = await oauthConnection('CHARTTEST');
  const instances = await Promise.all(Array.from({ length: 5 }, () => openConnection(access, connection)));
  const [first] = instances;
  if (first === undefined) throw new Error('No instance was opened.');
  const account = await firstAccount(first.client());
  const before = await requests('POST /pa/allperiods');
  const charts = await Promise.all(instances.map((instance) => getPerformance(instance.client(), account)));
  const late = await openConnection(access, connection);
  charts.push(await getPerformance(late.client(), account));
  expect(charts[0]?.periods.length).toBeGreaterThan(0);
  for (const chart of charts) expect(chart).toEqual(charts[0]);
  expect((await requests('POST /pa/allperiods')) - before).toBe(1);
  await Promise.all([...instances, late].map((instance) => instance.close()));
});

it('keeps one open connection for all calls of a process, until the record changes', async () => {
  const connection = await oauthConnection('CHANGETEST');
  const before = await logins();
  await Promise.all(
    Array.from({ length: 10 }, async () => getAccounts(await ibkrClient(access, connection))),
  );
  expect((await logins()) - before).toBe(1);

  await updateConnection(access.db, connection.id, { allowTakeover: true });
  const changed = await findConnection(access.db, 'owner', connection.id);
  expect(changed).toMatchObject({ allowTakeover: true, version: 2 });
});

it('goes on counting for IBKR when a connection is changed', async () => {
  const paced = await startSimulator({ port: 0, nightlyReset: false });
  try {
    const { sandboxLimits: _, ...unlimited } = access;
    const pacedAccess = { ...unlimited, simulatorUrl: paced.url };
    const { connection } = await newSandboxConnection(db, { ownerUid: 'owner' });
    await getAccounts(await ibkrClient(pacedAccess, connection));
    for (const allowTakeover of [true, false, true]) {
      await updateConnection(access.db, connection.id, { allowTakeover });
      const changed = await findConnection(access.db, 'owner', connection.id);
      if (changed === null) throw new Error('The connection is gone.');
      const client = await ibkrClient(pacedAccess, changed);
      const reads = Array.from({ length: 8 }, (_, position) => ({
        conids: '265598',
        fields: String(position),
      }));
      await Promise.all(
        reads.map((query) => client.get('/iserver/marketdata/snapshot', z.unknown(), { query })),
      );
    }
    const answer = await fetch(`${paced.url}/sim/requests`);
    expect(await answer.json()).toMatchObject({ refused: {} });
  } finally {
    await paced.close();
  }
});

it('stops every instance when one was told to slow down', async () => {
  const connection = await oauthConnection('PAUSETEST');
  const paused = { ...connection, pacedUntil: Date.now() + 60_000 };
  await getAccounts(await ibkrClient(access, connection));
  await expect(getAccounts(await ibkrClient(access, paused))).rejects.toMatchObject({
    kind: 'rate_limited',
    retryAfter: expect.any(Number),
  });
});

it('shows the simulator its key, and whose a sandbox is', async () => {
  const simulatorKey = 'k'.repeat(32);
  const kept = await startSimulator({ port: 0, nightlyReset: false, key: simulatorKey, sandboxes: 21 });
  try {
    const keptAccess = { ...access, simulatorUrl: kept.url };
    const { connection } = await newSandboxConnection(db, { ownerUid: 'keyless' });
    await expect(getAccounts(await ibkrClient(keptAccess, connection))).rejects.toThrow();
    const { connection: other } = await newSandboxConnection(db, { ownerUid: 'other' });
    const open = async (connection: Connection) =>
      (await getAccounts(await ibkrClient({ ...keptAccess, simulatorKey }, connection))).accounts;
    expect(await open(other)).toHaveLength(1);
    // Somebody who makes and deletes them without end has their own give way, and nobody else's.
    for (let n = 0; n < 25; n += 1) {
      const { connection: churned } = await newSandboxConnection(db, { ownerUid: 'churns' });
      expect(await open(churned)).toHaveLength(1);
      await db.doc(`connections/${churned.id}`).delete();
    }
    expect(await open(other)).toHaveLength(1);
  } finally {
    await kept.close();
  }
});

it('says so where there is no simulator', async () => {
  const { connection } = await newSandboxConnection(db);
  await expect(ibkrClient({ ...access, simulatorUrl: undefined }, connection)).rejects.toMatchObject({
    code: 'ibkr_unavailable',
  });
});

it('waits with all that leave by the same address, and with no others', async () => {
  const connection = await oauthConnection('ADDRESSES');
  const client = await ibkrClient(access, connection);
  await getAccounts(client);
  const until = Date.now() + 10 * 60_000;
  await addressPauses(db).write({ since: until, until });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
  try {
    const waitS = () =>
      client.sessionReport().then(
        () => 0,
        ({ retryAfter }) => retryAfter,
      );
    await expect.poll(waitS).toBeGreaterThan(60);
    const { connection: sandbox } = await newSandboxConnection(db, { ownerUid: 'owner' });
    expect(await getAccounts(await ibkrClient(access, sandbox))).toMatchObject({ isPaper: true });
  } finally {
    vi.useRealTimers();
  }
});
