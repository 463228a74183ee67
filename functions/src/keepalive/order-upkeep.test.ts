import { randomBytes } from 'node:crypto';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type FirestoreServer, startFirestoreServer } from '../../../local/src/firestore/server.ts';
import { type RunningSimulator, startSimulator } from '../../../simulator/src/server.ts';
import { getAccounts } from '../ibkr/accounts.ts';
import { place, type TradingDesk } from '../orders/placing.ts';
import { type Connection, createConnection } from '../store/connections.ts';
import { findIntent, type OrderIntent } from '../store/order-intents.ts';
import { isInPanic, notePanic } from '../store/panics.ts';
import { Vault } from '../store/vault.ts';
import { type IbkrAccess, ibkrClient } from '../tools/ibkr-connections.ts';
import { enqueueOrderUpkeep, keepOrders } from './order-upkeep.ts';

let database: FirestoreServer;
let simulator: RunningSimulator;
let access: IbkrAccess;
let connection: Connection;

beforeAll(async () => {
  database = await startFirestoreServer({ port: 0 });
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false });
  vi.stubEnv('FIRESTORE_EMULATOR_HOST', `127.0.0.1:${database.port}`);
  access = {
    db: getFirestore(initializeApp({ projectId: 'demo-upkeep' })),
    vault: new Vault(`test:${randomBytes(32).toString('base64')}`),
    simulatorUrl: simulator.url,
    localMode: true,
  };
});
/** A price near which orders raise no questions. */
beforeAll(async () => {
  const body = JSON.stringify({ conid: 4815747, last: 100, bid: 99.9, ask: 100.1 });
  expect((await fetch(`${simulator.url}/sim/prices`, { method: 'POST', body })).ok).toBe(true);
});
afterAll(async () => {
  await access.db.terminate();
  await database.stop();
  await simulator.close();
});
beforeEach(async () => {
  const fields = { ownerUid: 'owner', kind: 'sandbox', mode: 'paper', label: 'Sandbox' } as const;
  ({ connection } = await createConnection(access.db, { ...fields, acceptedWarnings: ['o163'] }));
});

async function placeResting(): Promise<OrderIntent> {
  const ibkr = await ibkrClient(access, connection);
  const { selected } = await getAccounts(ibkr);
  const desk: TradingDesk = {
    db: access.db,
    ibkr,
    connectionId: connection.id,
    ownerUid: 'owner',
    app: { id: 'app', name: 'app', source: 'api_key' },
    acceptedWarnings: connection.acceptedWarnings,
    limits: { connection: {}, app: {} },
    approval: 'none',
  };
  const facts = {
    symbol: 'NVDA',
    assetClasses: ['STK'],
    sales: [],
    value: 1,
    limitPrice: 1,
    lastPrice: null,
    quoteAgeSeconds: null,
    withinRegularHours: null,
  } as const;
  const ticket = {
    conid: 4815747,
    side: 'BUY',
    quantity: 1,
    orderType: 'LMT',
    limitPrice: 98,
    tif: 'GTC',
  } as const;
  const contract = { conid: 4815747, symbol: 'NVDA', secType: 'STK', currency: 'USD' };
  const order = { accountId: selected, contract, ticket };
  return place(desk, { order, facts, preview: null, clientOrderId: null, duplicateMeant: true });
}

async function fault(fields: {
  match: object;
  kind: string;
  status?: number;
  times?: number;
}): Promise<void> {
  const body = JSON.stringify({ ...fields, match: { ...fields.match, sandbox: connection.id } });
  expect((await fetch(`${simulator.url}/sim/faults`, { method: 'POST', body })).ok).toBe(true);
}

async function dueAt(now: Date): Promise<string[]> {
  const due: string[] = [];
  await enqueueOrderUpkeep(access, now, async ({ connectionId }) => due.push(connectionId));
  return due;
}

it('finds out what became of an order whose answer was lost', async () => {
  await fault({
    match: { method: 'POST', path: '/iserver/account/*/orders' },
    kind: 'reset_after_accept',
    times: 1,
  });
  await fault({ match: { method: 'GET', path: '/iserver/account/*' }, kind: 'status', status: 503 });
  const lost = await placeResting();
  expect(lost.state).toBe('unknown');
  await fetch(`${simulator.url}/sim/faults`, { method: 'DELETE' });

  expect(await dueAt(new Date())).not.toContain(connection.id);
  expect(await dueAt(new Date(Date.now() + 61_000))).toContain(connection.id);
  await keepOrders(access, connection.id);
  const found = await findIntent(access.db, connection.id, lost.id);
  expect(found).toMatchObject({ state: 'working', reconciledAt: expect.any(Date) });
  expect(await dueAt(new Date(Date.now() + 61_000))).not.toContain(connection.id);
}, 60_000);

it('goes on cancelling after a panic until nothing works any more', async () => {
  expect(await placeResting()).toMatchObject({ state: 'working' });
  await fault({ match: { method: 'DELETE', path: '*' }, kind: 'status', status: 503 });
  await notePanic(access.db, connection.id, true);
  await keepOrders(access, connection.id);
  expect(await dueAt(new Date())).toContain(connection.id);

  await fetch(`${simulator.url}/sim/faults`, { method: 'DELETE' });
  await expect
    .poll(
      async () => {
        await keepOrders(access, connection.id);
        return isInPanic(access.db, connection.id);
      },
      { timeout: 20_000 },
    )
    .toBe(false);
  const orders = (await (await fetch(`${simulator.url}/sim/orders`)).json()) as {
    orders: { status: string; cOID: string }[];
  };
  expect(orders.orders.at(-1)).toMatchObject({ status: 'Cancelled' });
}, 60_000);
