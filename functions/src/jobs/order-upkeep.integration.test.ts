import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { cancelOrder, placeOrder } from '../broker/orders/orders.ts';
import { warmUp } from '../broker/orders/warm-lists.ts';
import { type IbkrAccess, ibkrClient } from '../connections/pool.ts';
import { type Connection, deleteConnection, findConnection, updateConnection } from '../store/connections.ts';
import { findIntent, takeDueIntents } from '../store/orders/order-intents.ts';
import { beginPanic } from '../store/orders/panics.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { scheduledActs } from '../testing/audit.ts';
import { logged } from '../testing/logged.ts';
import { isCountedBy } from '../testing/monitoring.ts';
import { riskInputsOf } from '../testing/orders/risk-inputs.ts';
import { firstAccount, setPrice, simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { testService } from '../testing/service.ts';
import type { OrderIntent } from '../trading/domain/intent.ts';
import { intendedOrder, namedTickets } from '../trading/domain/order.ts';
import { place, type SubmitContext } from '../trading/engine/submit.ts';
import { cancelAllOrders } from '../trading/kill-switch/kill-switch.ts';
import { enqueueOrderUpkeep, keepOrders } from './order-upkeep.ts';

let db: Firestore;
let access: IbkrAccess;
let connection: Connection;

useServers((opened) => {
  db = opened;
});
beforeAll(() => {
  access = testService(db, { simulatorUrl: simulatorUrl() });
});
/** A price near which orders raise no questions. */
beforeAll(() => setPrice(4815747, 100));
beforeEach(async () => {
  ({ connection } = await newSandboxConnection(db, { ownerUid: 'owner', acceptedWarnings: ['o163'] }));
});

const LATER_MS = 61_000;

async function stored(id: string): Promise<OrderIntent | null> {
  return findIntent(access.db, connection.id, id);
}

const acts = () => scheduledActs(access.db, connection.id);

async function panicNow() {
  return (await findConnection(access.db, 'owner', connection.id))?.panic;
}

async function placeResting(rules: { approval?: 'owner'; fills?: boolean } = {}): Promise<OrderIntent> {
  const ibkr = await ibkrClient(access, connection);
  const accountId = await firstAccount(ibkr);
  const trading: SubmitContext = {
    db: access.db,
    ibkr,
    connectionId: connection.id,
    accountMode: 'paper',
    ownerUid: 'owner',
    app: { id: 'app', label: 'app', name: 'app', source: 'api_key' },
    acceptedWarnings: connection.acceptedWarnings,
    limits: { connection: {}, app: {} },
    approval: rules.approval ?? 'none',
  };
  const ticket = {
    conid: 4815747,
    side: 'BUY',
    quantity: 1,
    orderType: 'LMT',
    limitPrice: rules.fills ? 101 : 98,
    tif: 'GTC',
  } as const;
  const contract = { conid: 4815747, symbol: 'NVDA', secType: 'STK', currency: 'USD' };
  const order = { accountId: accountId, contract, ticket };
  return place(trading, {
    order,
    inputs: [riskInputsOf()],
    preview: null,
    held: null,
    clientOrderId: null,
    duplicateMeant: true,
  });
}

/** IBKR's word for the latest order. */
async function stateAtIbkr(): Promise<string | undefined> {
  const answer = await fetch(`${simulatorUrl()}/sim/orders`);
  const { orders } = (await answer.json()) as { orders: { status: string }[] };
  return orders.at(-1)?.status;
}

async function fault(fields: {
  match: object;
  kind: string;
  status?: number;
  times?: number;
}): Promise<void> {
  const body = JSON.stringify({ ...fields, match: { ...fields.match, sandbox: connection.id } });
  expect((await fetch(`${simulatorUrl()}/sim/faults`, { method: 'POST', body })).ok).toBe(true);
}

async function dueAt(now: Date): Promise<string[]> {
  const due: string[] = [];
  await enqueueOrderUpkeep(access, now, async ({ connectionIds }) => due.push(...connectionIds));
  return due;
}

it('hears of every order that is due, and not of a part of them', async () => {
  const nextLookAt = new Date(Date.now() - 60_000);
  const ids = Array.from({ length: 250 }, (_, index) => `due-${index}`);
  const records = ids.map((connectionId) => access.db.doc(`orderIntents/${connectionId}`));
  await Promise.all(records.map((record, index) => record.set({ connectionId: ids[index], nextLookAt })));
  expect((await dueAt(new Date())).filter((id) => id.startsWith('due-')).toSorted()).toEqual(ids.toSorted());
  await Promise.all(records.map((record) => record.delete()));
});

it('gives twenty connections to a task, each in every run at the same second of its minute', async () => {
  const nextLookAt = new Date(Date.now() - 60_000);
  const ids = Array.from({ length: 400 }, (_, index) => `spread-${index}`);
  const records = ids.map((connectionId) => access.db.doc(`orderIntents/${connectionId}`));
  await Promise.all(records.map((record, index) => record.set({ connectionId: ids[index], nextLookAt })));
  const secondsOf = async () => {
    const seconds = new Map<string, number>();
    await enqueueOrderUpkeep(access, new Date(), async ({ connectionIds }, second) => {
      expect(connectionIds.length).toBeLessThanOrEqual(20);
      for (const id of connectionIds) if (id.startsWith('spread-')) seconds.set(id, second);
    });
    return seconds;
  };
  const seconds = await secondsOf();
  expect(seconds.size).toBe(400);
  expect(Math.max(...seconds.values())).toBeLessThan(20);
  expect(new Set(seconds.values()).size).toBeGreaterThan(10);
  await records[0]?.delete();
  seconds.delete('spread-0');
  expect(await secondsOf()).toEqual(seconds);
  await Promise.all(records.map((record) => record.delete()));
});

it('notices at the next run that IBKR filled an order, of which nobody asked', async () => {
  const { id } = await placeResting();
  await setPrice(4815747, 97);
  await expect.poll(stateAtIbkr).toBe('Filled');
  const nextRun = new Date(Date.now() + 60_000);
  expect(await dueAt(nextRun)).toContain(connection.id);
  await keepOrders(access, connection.id, nextRun);
  await setPrice(4815747, 100);
  expect(await stored(id)).toMatchObject({ state: 'filled' });
  const news = await access.db.collection('news').where('connectionId', '==', connection.id).get();
  expect(news.docs.map((one) => one.get('type'))).toEqual(['order.filled']);
});

it('looks at a working order at each run, so that its owner hears of a fill within 90 seconds', async () => {
  const { id, updatedAt } = await placeResting();
  // The worst moment: a run has just looked for what is due.
  const placedAt = updatedAt.getTime();
  let looked = placedAt;
  for (let run = 1; run <= 4; run++) {
    const begins = placedAt + 1 + (run - 1) * 60_000;
    let second: number | undefined;
    await enqueueOrderUpkeep(access, new Date(begins), async ({ connectionIds }, delay) => {
      if (connectionIds.includes(connection.id)) second = delay;
    });
    if (second === undefined) continue;
    const looks = begins + second * 1_000;
    expect(looks - looked).toBeLessThanOrEqual(80_000);
    looked = looks;
    await keepOrders(access, connection.id, new Date(looks));
    expect(await stored(id)).toMatchObject({ state: 'working' });
  }
  expect(looked).toBeGreaterThan(placedAt + 3 * 60_000);
});

it('looks at many working orders with one request, and at each that has changed', async () => {
  const orders: OrderIntent[] = [];
  for (let count = 0; count < 6; count++) orders.push(await placeResting());
  const ids = orders.map(({ id }) => id);
  const countReads = async () => {
    const answer = await fetch(`${simulatorUrl()}/sim/requests?sandbox=${connection.id}`);
    const { counts } = (await answer.json()) as { counts: Record<string, number> };
    const of = (start: string) =>
      Object.entries(counts).reduce((sum, [path, count]) => sum + (path.startsWith(start) ? count : 0), 0);
    return { list: of('GET /iserver/account/orders'), status: of('GET /iserver/account/order/status') };
  };
  const ibkr = await ibkrClient(access, connection);
  const accountId = await firstAccount(ibkr);
  await warmUp(ibkr, accountId);
  const before = await countReads();
  const run = new Date(Date.now() + 60_000);
  await keepOrders(access, connection.id, run);
  const after = await countReads();
  expect(after.status).toBe(before.status);
  expect(after.list - before.list).toBeLessThanOrEqual(2);
  const due = new Date(run.getTime() + 60_000);
  expect(await dueAt(due)).toContain(connection.id);
  const last = orders.at(-1);
  await cancelOrder(ibkr, accountId, last?.ibkrOrderId ?? '');
  await expect.poll(stateAtIbkr).toBe('Cancelled');
  await keepOrders(access, connection.id, due);
  const states = await Promise.all(ids.map(async (id) => (await stored(id))?.state));
  expect(states).toEqual(ids.map((id) => (id === last?.id ? 'cancelled' : 'working')));
});

it('finds out what became of an order whose answer was lost', async () => {
  await fault({
    match: { method: 'POST', path: '/iserver/account/*/orders' },
    kind: 'reset_after_accept',
    times: 1,
  });
  await fault({ match: { method: 'GET', path: '/iserver/account/*' }, kind: 'status', status: 503 });
  const lost = await placeResting();
  expect(lost.state).toBe('unknown');
  await fetch(`${simulatorUrl()}/sim/faults`, { method: 'DELETE' });

  expect(await dueAt(new Date())).not.toContain(connection.id);
  const later = new Date(Date.now() + 6 * LATER_MS);
  expect(await dueAt(later)).toContain(connection.id);
  await keepOrders(access, connection.id, later);
  expect(logged('ERROR').filter((line) => isCountedBy('order_unknown', line))).toMatchObject([
    { intentId: lost.id },
  ]);
  expect(await stored(lost.id)).toMatchObject({ state: 'working', reconciledAt: expect.any(Date) });
  expect(await dueAt(later)).not.toContain(connection.id);
  const args = { order: expect.stringContaining('NVDA'), from: 'unknown', to: 'working' };
  expect(await acts()).toEqual([{ act: 'order.find', args, intentId: lost.id, why: null }]);
});

it('looks at an order again later when IBKR cannot be asked', async () => {
  const { id } = await placeResting();
  await fault({ match: {}, kind: 'status', status: 503 });
  const hours = (count: number) => new Date(Date.now() + count * 3_600_000 + LATER_MS);
  await keepOrders(access, connection.id, hours(1));
  expect(await dueAt(hours(1))).not.toContain(connection.id);
  expect(await dueAt(hours(2))).toContain(connection.id);
  expect(await stored(id)).toMatchObject({ state: 'working' });
  await fetch(`${simulatorUrl()}/sim/faults`, { method: 'DELETE' });
  // Nor does it say that it looked at one that is as it was.
  await keepOrders(access, connection.id, hours(2));
  expect(await acts()).toEqual([]);
});

it('notes when IBKR filled an order', async () => {
  const before = new Date();
  const { id, state } = await placeResting({ fills: true });
  if (state !== 'filled') await keepOrders(access, connection.id, new Date(Date.now() + 3_700_000));
  expect(await stored(id)).toMatchObject({ state: 'filled', filledAt: null });
  const after = new Date();
  await keepOrders(access, connection.id, new Date(Date.now() + LATER_MS));
  const filledAt = (await stored(id))?.filledAt;
  // IBKR's record says it to the millisecond.
  expect(filledAt?.getTime()).toBeGreaterThanOrEqual(before.getTime());
  expect(filledAt?.getTime()).toBeLessThanOrEqual(after.getTime());
  expect(await dueAt(new Date(Date.now() + 86_400_000))).not.toContain(connection.id);
});

it('ends an order that nobody said yes to', async () => {
  const { id } = await placeResting({ approval: 'owner' });
  expect(await dueAt(new Date(Date.now() + 14 * 60_000))).not.toContain(connection.id);
  const past = new Date(Date.now() - 1_000);
  await access.db.collection('orderIntents').doc(id).update({ 'approval.expiresAt': past, nextLookAt: past });
  expect(await dueAt(new Date())).toContain(connection.id);
  await keepOrders(access, connection.id, new Date());
  expect(await stored(id)).toMatchObject({ state: 'not_placed', reason: 'Nobody said yes in time.' });
  expect(await acts()).toMatchObject([
    { act: 'order.find', args: { from: 'awaiting_approval', to: 'not_placed' }, intentId: id },
  ]);
  expect(await dueAt(new Date(Date.now() + 86_400_000))).not.toContain(connection.id);
});

it('leaves the orders of a deleted connection alone', async () => {
  await placeResting();
  const later = new Date(Date.now() + 7_200_000);
  expect(await dueAt(later)).toContain(connection.id);
  await deleteConnection(access.db, connection);
  await keepOrders(access, connection.id, later);
  expect(await dueAt(later)).not.toContain(connection.id);
});

it('goes on cancelling after a panic until nothing works any more', async () => {
  expect(await placeResting()).toMatchObject({ state: 'working' });
  await fault({ match: { method: 'DELETE', path: '*' }, kind: 'status', status: 503 });
  await beginPanic(access.db, connection.id);
  expect(await panicNow()).toMatchObject({ since: expect.any(Date), retrying: true, remaining: null });
  await keepOrders(access, connection.id, new Date());
  expect(await panicNow()).toMatchObject({ retrying: true, remaining: 1 });
  expect(await dueAt(new Date())).toContain(connection.id);
  expect(await acts()).toEqual([]);

  await fetch(`${simulatorUrl()}/sim/faults`, { method: 'DELETE' });
  await expect
    .poll(async () => {
      await keepOrders(access, connection.id, new Date());
      return (await panicNow())?.retrying;
    })
    .toBe(false);
  expect(await panicNow()).toMatchObject({ retrying: false, remaining: 0 });
  expect(await stateAtIbkr()).toBe('Cancelled');
  const runs = (await acts()).filter(({ act }) => act === 'stop.continue');
  expect(runs.flatMap(({ args }) => args.asked)).toHaveLength(1);
  expect(runs.at(-1)?.args).toMatchObject({ remaining: 0, accountsLeft: 0, isOver: true });
  const before = (await acts()).length;
  await keepOrders(access, connection.id, new Date());
  expect(await acts()).toHaveLength(before);
});

it('goes on cancelling when an order turns up that was not there when the stop ended', async () => {
  const match = { method: 'POST', path: '/iserver/account/*/orders' };
  await fault({ match, kind: 'reset', times: 1 });
  const lost = await placeResting();
  // It may have no time left to see for itself.
  await keepOrders(access, connection.id, new Date(Date.now() + LATER_MS));
  expect(await stored(lost.id)).toMatchObject({ state: 'not_placed', absentSince: expect.any(Date) });
  await beginPanic(access.db, connection.id);
  await keepOrders(access, connection.id, new Date());
  expect(await panicNow()).toMatchObject({ retrying: false, remaining: 0 });

  const ibkr = await ibkrClient(access, connection);
  const [ticket] = namedTickets(lost);
  await placeOrder(ibkr, intendedOrder(lost).accountId, ticket);
  const past = { nextLookAt: new Date(Date.now() - 1_000) };
  await access.db.collection('orderIntents').doc(lost.id).update(past);
  await keepOrders(access, connection.id, new Date());
  expect(await panicNow()).toMatchObject({ retrying: true, remaining: null });
  expect((await acts()).slice(-2)).toMatchObject([
    { act: 'order.find', args: { from: 'not_placed', to: 'working' }, intentId: lost.id },
    { act: 'stop.reopen', intentId: lost.id },
  ]);
  await keepOrders(access, connection.id, new Date());
  expect(await stateAtIbkr()).toBe('Cancelled');
  expect(await panicNow()).toMatchObject({ retrying: false, remaining: 0 });
});

it('cancels nothing more once the owner lets trading on again', async () => {
  await beginPanic(access.db, connection.id);
  await updateConnection(access.db, connection.id, { limits: { maxDailyOrders: 5 } });
  expect(await panicNow()).toMatchObject({ retrying: true });
  await expect(placeResting()).rejects.toMatchObject({ code: 'limit_exceeded' });
  await updateConnection(access.db, connection.id, { limits: { trading: true } });
  expect(await panicNow()).toBeNull();
  expect(await placeResting()).toMatchObject({ state: 'working' });
  expect(await dueAt(new Date())).not.toContain(connection.id);
  const ibkr = await ibkrClient(access, connection);
  expect(await cancelAllOrders(access.db, connection.id, ibkr)).toMatchObject({
    cancelling: [],
    retrying: false,
  });
  expect(await panicNow()).toBeNull();
  expect(await stateAtIbkr()).toBe('Submitted');
});

it('takes an order off the schedule that is over', async () => {
  const { id } = await placeResting({ fills: true });
  const record = access.db.collection('orderIntents').doc(id);
  const past = new Date(Date.now() - 1_000);
  await record.update({ nextLookAt: past, filledAt: new Date() });
  await keepOrders(access, connection.id, new Date());
  expect(await stored(id)).toMatchObject({ state: 'filled', nextLookAt: null });
});

it('has every order looked after by one run only', async () => {
  const { id } = await placeResting();
  const due = { nextLookAt: new Date(Date.now() - 1_000) };
  await access.db.collection('orderIntents').doc(id).update(due);
  const now = new Date();
  const take = () => takeDueIntents(access.db, connection.id, now, new Date(now.getTime() + LATER_MS));
  const taken = await Promise.all([take(), take(), take()]);
  expect(taken.flat().map((intent) => intent.id)).toEqual([id]);
});

it('takes first what has been due for longest, and what was tried in vain after all the others', async () => {
  const records = access.db.collection('orderIntents');
  const now = new Date();
  const ids: string[] = [];
  for (const minutes of [1, 3, 2]) {
    const { id } = await placeResting();
    await records.doc(id).update({ nextLookAt: new Date(now.getTime() - minutes * 60_000) });
    ids.push(id);
  }
  const [latest, first, second] = ids;
  const taken: (string | undefined)[] = [];
  for (let runs = 0; runs < 4; runs++) {
    const again = new Date(now.getTime() + LATER_MS);
    const [intent] = await takeDueIntents(access.db, connection.id, now, again, 1);
    taken.push(intent?.id);
  }
  expect(taken).toEqual([first, second, latest, undefined]);
});

it('looks after the others when one order cannot even be read', async () => {
  const { id } = await placeResting();
  const waiting = await placeResting({ approval: 'owner' });
  const records = access.db.collection('orderIntents');
  const past = new Date(Date.now() - 1_000);
  await records.doc(id).update({ order: 'not an order', nextLookAt: past });
  await records.doc(waiting.id).update({ 'approval.expiresAt': past, nextLookAt: past });
  await keepOrders(access, connection.id, new Date());
  expect(await stored(waiting.id)).toMatchObject({ state: 'not_placed' });
});

it('looks after the others when one order cannot be looked after', async () => {
  const filled = await placeResting({ fills: true });
  expect(filled.state).toBe('filled');
  const waiting = await placeResting({ approval: 'owner' });
  await fault({ match: { path: '/iserver/account/trades' }, kind: 'status', status: 400 });
  const later = new Date(Date.now() + 3_600_000);
  const records = access.db.collection('orderIntents');
  await records.doc(waiting.id).update({ 'approval.expiresAt': new Date() });
  await keepOrders(access, connection.id, later);
  expect(await stored(waiting.id)).toMatchObject({ state: 'not_placed' });
  expect(await stored(filled.id)).toMatchObject({ state: 'filled', filledAt: null });
  await fetch(`${simulatorUrl()}/sim/faults`, { method: 'DELETE' });
});

it('asks for no executions of an account that the login no longer has', async () => {
  const { id, order } = await placeResting({ fills: true });
  const elsewhere = JSON.stringify({ ...JSON.parse(order), accountId: 'DU0000001' });
  await access.db.collection('orderIntents').doc(id).update({ order: elsewhere });
  await keepOrders(access, connection.id, new Date(Date.now() + LATER_MS));
  const { filledAt, nextLookAt } = (await stored(id)) ?? {};
  expect(filledAt).toBeNull();
  expect(nextLookAt?.getTime()).toBeGreaterThan(Date.now() + 10 * LATER_MS);
});
