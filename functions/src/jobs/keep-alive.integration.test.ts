import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { type RunningSimulator, startSimulator } from '../../../simulator/src/server.ts';
import type { IbkrAccess } from '../connections/pool.ts';
import type { Service } from '../service.ts';
import { createConnection } from '../store/connections.ts';
import { markSessionUsed } from '../store/sessions.ts';
import { scheduledActs } from '../testing/audit.ts';
import { useConsoleOwner } from '../testing/console/console-owner.ts';
import { useFirestore } from '../testing/firestore.ts';
import { testService } from '../testing/service.ts';
import { keepAlive, keepAllAlive } from './keep-alive.ts';
import { enqueueKeepAlives } from './schedule.ts';

const MINUTE = 60_000;
/** Accounts are known for a minute, by whichever file of tests asked about them first. */
const OWNER_UID = 'keeps-alive';

let db: Firestore;
let simulator: RunningSimulator;
let access: IbkrAccess & Pick<Service, 'allowedEmails'>;
let connectionId: string;
let now: Date;

useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();
beforeAll(async () => {
  access = testService(db);
});

beforeEach(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false });
  const fields = { ownerUid: OWNER_UID, kind: 'gateway', mode: 'paper', label: 'Gateway' } as const;
  const secrets = { vault: access.vault, value: { url: simulator.url } };
  ({ connectionId } = await createConnection(access.db, fields, secrets).then(({ connection }) => ({
    connectionId: connection.id,
  })));
  now = new Date();
  await markSessionUsed(access.db, connectionId, now);
  return () => simulator.close();
});

async function requests(name: string): Promise<number> {
  const answer = await fetch(`${simulator.url}/sim/requests`);
  const { counts } = (await answer.json()) as { counts: Record<string, number> };
  return counts[name] ?? 0;
}

const tickles = () => requests('POST /tickle');

async function control(path: string, body: object): Promise<void> {
  const answer = await fetch(`${simulator.url}/sim/${path}`, { method: 'POST', body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
}

async function due(at: Date): Promise<string[]> {
  const tasks: string[] = [];
  await enqueueKeepAlives(access, at, async (task, delaySeconds) => {
    expect(delaySeconds).toBeGreaterThanOrEqual(0);
    expect(delaySeconds).toBeLessThan(60);
    tasks.push(...task.connectionIds);
  });
  return tasks;
}

/** The session's turn: a task is given it, and has it. */
async function haveTurn(at = now): Promise<void> {
  await access.db.doc(`sessions/${connectionId}`).update({ keepAliveAt: at });
  expect(await due(at)).toContain(connectionId);
  await keepAlive(access, connectionId, at);
}

async function plan(): Promise<{ failures: number; minutes: number | null }> {
  const session = await access.db.collection('sessions').doc(connectionId).get();
  const { keepAliveAt, keepAliveFailures: failures } = session.data() ?? {};
  return {
    failures,
    minutes: keepAliveAt === null ? null : (keepAliveAt.toMillis() - now.getTime()) / MINUTE,
  };
}

const acts = async () => (await scheduledActs(access.db, connectionId, OWNER_UID)).map(({ act }) => act);

it('enqueues a session that was used, once', async () => {
  expect(await due(now)).toContain(connectionId);
  expect(await due(now)).not.toContain(connectionId);
  expect(await due(new Date(now.getTime() + 9 * MINUTE))).not.toContain(connectionId);
});

it('gives a turn to another task when the first has not come for ten minutes, and only one of them has it', async () => {
  await due(now);
  expect(await due(new Date(now.getTime() + 10 * MINUTE))).toContain(connectionId);
  await keepAlive(access, connectionId, now);
  await keepAlive(access, connectionId, now);
  await keepAllAlive(access, [connectionId, 'no-such-connection', connectionId], now);
  expect(await tickles()).toBe(1);
  expect(await plan()).toEqual({ failures: 0, minutes: 4 });
});

it('gives every session that is due to a task, also where there are more than a page holds', async () => {
  const writer = access.db.bulkWriter({ throttling: false });
  const fields = { lastUsedAt: now, keepAliveAt: now };
  const ids = Array.from({ length: 1_234 }, (_, index) => `many-${index}`);
  for (const id of ids) void writer.set(access.db.doc(`sessions/${id}`), fields);
  await writer.close();
  const given = await due(now);
  expect(given.length).toBe(new Set(given).size);
  expect(given.toSorted()).toEqual([...ids, connectionId].toSorted());
  expect(await due(now)).toEqual([]);
});

it('has a turn again at the next run when its task could not be enqueued', async () => {
  const refuse = async () => {
    throw new Error('The queue is away.');
  };
  await expect(enqueueKeepAlives(access, now, refuse)).rejects.toThrow('The queue is away.');
  expect(await due(now)).toContain(connectionId);
});

it('tickles an open session every four minutes', async () => {
  await haveTurn();
  expect(await plan()).toEqual({ failures: 0, minutes: 4 });
  await haveTurn();
  expect(await tickles()).toBe(2);
});

it('keeps a session open that is planned, found by the schedule and tickled as late as can be', async () => {
  await haveTurn();
  for (let turn = 0; turn < 3; turn++) {
    const { minutes } = await plan();
    const [schedule, spread] = [1, 0.5];
    await control('clock', { advanceMs: ((minutes ?? 0) + schedule + spread) * MINUTE });
    const status = await fetch(`${simulator.url}/v1/api/iserver/auth/status`, { method: 'POST', body: '{}' });
    expect(await status.json()).toMatchObject({ authenticated: true, connected: true });
    await haveTurn();
  }
});

it('opens a session again that idled out or that the night has ended', async () => {
  await haveTurn();
  await haveTurn();
  const before = await acts();
  await control('clock', { advanceMs: 10 * MINUTE });
  await haveTurn();
  expect(await plan()).toEqual({ failures: 0, minutes: 4 });
  expect(await acts()).toEqual([...before, 'session.open']);
  const status = await fetch(`${simulator.url}/v1/api/iserver/auth/status`, { method: 'POST', body: '{}' });
  expect(await status.json()).toMatchObject({ authenticated: true, connected: true });
});

it('reads once after each opening what IBKR first answers empty, so that nobody waits for it', async () => {
  const lists = ['orders', 'trades', 'pnl/partitioned'].map((list) => `GET /iserver/account/${list}`);
  const read = () => Promise.all(lists.map(requests));
  await haveTurn();
  expect(await read()).toEqual([1, 1, 1]);
  await haveTurn();
  await haveTurn();
  expect(await read()).toEqual([1, 1, 1]);
  // Where IBKR does not give one of them, all are read again; the session is well all the same.
  await control('clock', { advanceMs: 10 * MINUTE });
  await control('faults', {
    match: { path: '/iserver/account/trades' },
    kind: 'status',
    status: 400,
    times: 1,
  });
  await haveTurn();
  expect(await plan()).toEqual({ failures: 0, minutes: 4 });
  await haveTurn();
  await haveTurn();
  expect(await read()).toEqual([3, 3, 3]);
});

it('comes back later and later while IBKR is down, and as usual again when it is up', async () => {
  await control('faults', { match: {}, kind: 'status', status: 503 });
  await haveTurn();
  expect(await plan()).toEqual({ failures: 1, minutes: 2 });
  for (let i = 0; i < 7; i++) await haveTurn();
  expect(await plan()).toEqual({ failures: 8, minutes: 60 });
  await fetch(`${simulator.url}/sim/faults`, { method: 'DELETE' });
  await haveTurn();
  expect(await plan()).toEqual({ failures: 0, minutes: 4 });
});

it('leaves a session alone that another program holds', async () => {
  await haveTurn();
  await control('faults', { match: {}, kind: 'competing', times: 1 });
  await haveTurn();
  await haveTurn();
  expect((await plan()).failures).toBeGreaterThan(0);
  const status = await fetch(`${simulator.url}/v1/api/iserver/auth/status`, { method: 'POST', body: '{}' });
  expect(await status.json()).toMatchObject({ competing: true });
});

it('tells the owner once that a session needs them, and once that it is back', async () => {
  const news = async () => {
    const { docs } = await access.db.collection('news').where('connectionId', '==', connectionId).get();
    return docs.map((one) => [one.get('type'), one.get('state'), one.get('ownerUid')]).toSorted();
  };
  await haveTurn();
  await control('faults', { match: {}, kind: 'competing' });
  await haveTurn();
  await haveTurn();
  const needed = ['session.needs_person', 'held_elsewhere', OWNER_UID];
  expect(await news()).toEqual([needed]);
  // While IBKR does not answer, nobody knows.
  await fetch(`${simulator.url}/sim/faults`, { method: 'DELETE' });
  await control('faults', { match: {}, kind: 'status', status: 503 });
  await haveTurn();
  expect(await news()).toEqual([needed]);
  await fetch(`${simulator.url}/sim/faults`, { method: 'DELETE' });
  await fetch(`${simulator.url}/v1/api/iserver/auth/ssodh/init`, {
    method: 'POST',
    body: JSON.stringify({ publish: true, compete: true }),
  });
  await haveTurn();
  await haveTurn();
  expect(await news()).toEqual([needed, ['session.restored', 'connected', OWNER_UID]]);
});

it('stops after a day without use, and when the connection is gone', async () => {
  await haveTurn(new Date(now.getTime() + 25 * 60 * MINUTE));
  expect(await plan()).toMatchObject({ minutes: null });
  expect(await tickles()).toBe(0);
  await keepAlive(access, connectionId, new Date(now.getTime() + 26 * 60 * MINUTE));
  expect(await acts()).toEqual(['session.leave']);
  await keepAlive(access, 'no-such-connection', now);
  // Nothing is left of a connection because its task came late.
  expect((await access.db.doc('sessions/no-such-connection').get()).exists).toBe(false);
});

it('stops for somebody who may not use the gateway any more', async () => {
  await due(now);
  await keepAlive({ ...access, allowedEmails: ['@elsewhere.example'] }, connectionId, now);
  expect(await plan()).toMatchObject({ minutes: null });
  expect(await tickles()).toBe(0);
});
