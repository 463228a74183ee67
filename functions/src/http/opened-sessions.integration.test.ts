import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { getTrades } from '../broker/orders/trades.ts';
import { type IbkrAccess, ibkrClientInUse, openConnection } from '../connections/pool.ts';
import { keepAlive } from '../jobs/keep-alive.ts';
import { enqueueKeepAlives } from '../jobs/schedule.ts';
import type { Service } from '../service.ts';
import type { Connection } from '../store/connections.ts';
import { useConsoleOwner } from '../testing/console/console-owner.ts';
import { logged } from '../testing/logged.ts';
import { newOAuthConnection } from '../testing/oauth-connection.ts';
import { firstAccount, simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { testService } from '../testing/service.ts';
import { lookAfterOpened } from './opened-sessions.ts';

let db: Firestore;
let access: IbkrAccess & Pick<Service, 'allowedEmails'>;
/** The connections that were given to tasks. */
let given: string[];
let enqueue: (connectionId: string) => Promise<void>;

useServers((opened) => {
  db = opened;
});
useConsoleOwner();
beforeAll(() => {
  access = testService(db, {
    simulatorUrl: simulatorUrl(),
    onSessionOpened: (connectionId) => lookAfterOpened(db, connectionId, enqueue),
  });
});
beforeEach(() => {
  given = [];
  enqueue = async (connectionId) => void given.push(connectionId);
});

async function due(): Promise<string[]> {
  const tasks: string[] = [];
  await enqueueKeepAlives(access, new Date(), async (task) => tasks.push(...task.connectionIds));
  return tasks;
}

async function lists(): Promise<number> {
  const answer = await fetch(`${simulatorUrl()}/sim/requests`);
  const { counts } = (await answer.json()) as { counts: Record<string, number> };
  return counts['GET /iserver/account/trades'] ?? 0;
}

/** How often IBKR is asked for the trades when another instance shows them. */
async function listsToShow(connection: Connection, accountId: string): Promise<number> {
  const other = await openConnection(access, connection);
  const before = await lists();
  await getTrades(other.client(), accountId, { since: Date.now() });
  await other.close();
  return (await lists()) - before;
}

it('is warm for all instances as soon as the task has had its turn, which it has once', async () => {
  const connection = await newOAuthConnection(access, simulatorUrl(), 'WARMTEST');
  const client = await ibkrClientInUse(access, connection);
  const accountId = await firstAccount(client);
  expect(given).toEqual([connection.id]);
  expect(await due()).not.toContain(connection.id);
  expect(await listsToShow(connection, accountId)).toBe(2);
  await keepAlive(access, connection.id, new Date());
  expect(await listsToShow(connection, accountId)).toBe(1);
  expect(given).toEqual([connection.id]);
});

it('has its turn by the schedule where no task could be enqueued', async () => {
  enqueue = () => Promise.reject(new Error('The queue is not there.'));
  const connection = await newOAuthConnection(access, simulatorUrl(), 'QUEUETEST');
  await firstAccount(await ibkrClientInUse(access, connection));
  expect(logged('WARNING')).toMatchObject([{ event: 'warm_up_not_at_once', connectionId: connection.id }]);
  expect(await due()).toContain(connection.id);
});

it('is given to nobody else when the task that has the turn opens it', async () => {
  const connection = await newOAuthConnection(access, simulatorUrl(), 'TASKTEST');
  await db.doc(`sessions/${connection.id}`).set({ lastUsedAt: new Date(), keepAliveAt: new Date() });
  expect(await due()).toContain(connection.id);
  await keepAlive(access, connection.id, new Date());
  expect(given).toEqual([]);
});
