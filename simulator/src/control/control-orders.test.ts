import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control, placeOrders, readySandbox, type TestClient } from '../test-client.ts';

const AAPL = 265598;
const MSFT = 272093;

let simulator: RunningSimulator;
let sim: TestClient;

beforeEach(async () => {
  const started = Date.now();
  simulator = await startSimulator({
    port: 0,
    nightlyReset: false,
    pacing: false,
    warmUpMs: 0,
    // Stands still, so that nothing happens but what a test says.
    now: () => started,
  });
  sim = control(simulator);
});
afterEach(() => simulator.close());

const buy = (quantity: number, fields: object = {}) => ({
  conid: AAPL,
  orderType: 'LMT',
  price: 1,
  side: 'BUY',
  quantity,
  tif: 'GTC',
  ...fields,
});
const advance = (advanceMs: number) => sim.post('/clock', { advanceMs });
const orders = async (query = '') => (await sim.get(`/orders${query}`)).body.orders;
const executions = async (query = '') => (await sim.get(`/executions${query}`)).body.executions;

/** As the API lists them. */
async function listed(client: TestClient): Promise<Record<string, unknown>[]> {
  await client.get('/iserver/account/orders?force=true');
  return (await client.get('/iserver/account/orders')).body.orders;
}

describe('orders and executions', () => {
  test('of every kind are told in full', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    await placeOrders(client, account, [
      { ...buy(10), cOID: 'parent' },
      {
        conid: AAPL,
        parentId: 'parent',
        orderType: 'LMT',
        price: 500,
        side: 'SELL',
        quantity: 10,
        tif: 'GTC',
      },
    ]);
    const goodTillDate = '20991224-21:00:00';
    const gtd = { tif: 'GTD', goodTillDate, outsideRTH: true };
    await placeOrders(client, account, [{ ...buy(1), ...gtd }]);
    const trail = { conid: MSFT, orderType: 'TRAIL', side: 'SELL', quantity: 2, tif: 'DAY' };
    await placeOrders(client, account, [{ ...trail, trailingAmt: 5, trailingType: '%', price: 100 }]);
    const combo = { conidex: `28812380;;;${AAPL}/1,${MSFT}/-1`, orderType: 'LMT', price: -900, side: 'BUY' };
    await placeOrders(client, account, [{ ...combo, quantity: 1, tif: 'DAY' }]);
    const [parent, child, dated, trailing, spread] = await orders();
    expect(parent).toMatchObject({
      cOID: 'parent',
      account,
      sandbox: 'a',
      origin: 'api',
      conid: AAPL,
      symbol: 'AAPL',
      legs: null,
      side: 'BUY',
      orderType: 'LMT',
      tif: 'GTC',
      goodTillDate: null,
      outsideRth: false,
      quantity: 10,
      cashQty: null,
      limitPrice: 1,
      stopPrice: null,
      trailing: null,
      parentId: null,
      ocaGroup: null,
      status: 'Submitted',
      reason: null,
      wasHeld: false,
      filledQuantity: 0,
      remainingQuantity: 10,
      averagePrice: null,
    });
    expect(child).toMatchObject({ cOID: null, parentId: parent.orderId, ocaGroup: parent.orderId });
    expect(dated).toMatchObject({ tif: 'GTD', goodTillDate: '2099-12-24T21:00:00.000Z', outsideRth: true });
    expect(trailing).toMatchObject({
      orderType: 'TRAIL',
      stopPrice: 100,
      trailing: { amount: 5, unit: '%' },
    });
    expect(spread.legs).toEqual([
      { conid: AAPL, ratio: 1 },
      { conid: MSFT, ratio: -1 },
    ]);
    expect(await executions()).toEqual([]);
  });

  test('of one sandbox, or all', async () => {
    for (const id of ['a', 'b']) {
      const { client, account } = await readySandbox(simulator, id);
      await placeOrders(client, account, [buy(1, { orderType: 'MKT', cOID: `c-${id}`, tif: 'DAY' })]);
    }
    expect(await orders()).toHaveLength(2);
    expect(await orders('?sandbox=b')).toMatchObject([{ cOID: 'c-b', sandbox: 'b' }]);
    expect(await executions()).toHaveLength(2);
    const [order] = await orders('?sandbox=a');
    expect(await executions('?sandbox=a')).toMatchObject([
      {
        orderId: order.orderId,
        cOID: 'c-a',
        account: order.account,
        sandbox: 'a',
        conid: AAPL,
        symbol: 'AAPL',
        side: 'BUY',
        quantity: 1,
        price: order.averagePrice,
        commission: 1,
      },
    ]);
  });
});

describe('fills', () => {
  test('in parts, at prices of their own', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    await placeOrders(client, account, [buy(10, { cOID: 'c' })]);
    const [{ orderId }] = await orders();
    await sim.post(`/orders/${orderId}`, { fill: { quantity: 3, price: 0.9 } });
    const second = await sim.post(`/orders/${orderId}`, { fill: { quantity: 1 } });
    expect(second.body).toMatchObject({ status: 'Submitted', filledQuantity: 4, remainingQuantity: 6 });
    expect(second.body.averagePrice).toBeCloseTo(0.925, 6);
    expect(await executions()).toMatchObject([
      { quantity: 3, price: 0.9, cOID: 'c' },
      { quantity: 1, price: 1, cOID: 'c' },
    ]);
    expect((await sim.post(`/orders/${orderId}`, { fill: { quantity: 7 } })).status).toBe(400);
    await sim.post(`/orders/${orderId}`, { fill: { quantity: 6 } });
    expect(await orders()).toMatchObject([{ status: 'Filled', filledQuantity: 10 }]);
    expect((await sim.post(`/orders/${orderId}`, { fill: { quantity: 1 } })).status).toBe(400);
  });
});

describe('a status that changes by itself', () => {
  test('inactive for a while: cannot fill meanwhile, then works again', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    const reason = 'No trading permission.';
    const changes = [
      { afterMs: 0, status: 'Inactive', reason },
      { afterMs: 5_000, status: 'Submitted' },
    ];
    await sim.post('/order-plans', { sandbox: 'a', changes });
    const placed = await placeOrders(client, account, [buy(1, { orderType: 'MKT', tif: 'DAY' })]);
    expect(placed.body[0].order_status).toBe('PreSubmitted');
    const { order_id } = placed.body[0];
    expect((await client.get(`/iserver/account/order/status/${order_id}`)).body).toMatchObject({
      order_status: 'Inactive',
      order_status_description: reason,
    });
    expect(await listed(client)).toMatchObject([{ status: 'Inactive' }]);
    expect((await client.delete(`/iserver/account/${account}/order/${order_id}`)).body).toEqual({
      error: 'Order is inactive',
    });
    await advance(4_000);
    expect(await orders()).toMatchObject([{ status: 'Inactive', filledQuantity: 0, reason }]);
    await advance(1_000);
    expect(await orders()).toMatchObject([
      { status: 'Filled', filledQuantity: 1, reason: null, wasHeld: true },
    ]);
  });

  test('plans hold for as many orders as told, of that sandbox only', async () => {
    const [a, b] = [await readySandbox(simulator, 'a'), await readySandbox(simulator, 'b')];
    await sim.post('/order-plans', { sandbox: 'a', times: 2, changes: [{ status: 'Cancelled' }] });
    await placeOrders(b.client, b.account, [buy(1)]);
    for (let i = 0; i < 3; i++) await placeOrders(a.client, a.account, [buy(1)]);
    const statuses = async (id: string) =>
      (await orders(`?sandbox=${id}`)).map(({ status }: { status: string }) => status);
    expect(await statuses('a')).toEqual(['Cancelled', 'Cancelled', 'Submitted']);
    expect(await statuses('b')).toEqual(['Submitted']);
    await sim.post('/order-plans', { changes: [{ status: 'Inactive' }] });
    await sim.delete('/order-plans');
    await placeOrders(b.client, b.account, [buy(1)]);
    expect(await statuses('b')).toEqual(['Submitted', 'Submitted']);
  });

  test('a working order is rejected late, and one that has ended stays as it is', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    await placeOrders(client, account, [buy(1)]);
    const [{ orderId }] = await orders();
    await sim.post(`/orders/${orderId}`, { status: 'Cancelled', reason: 'Margin.', afterMs: 10_000 });
    await advance(9_000);
    expect(await orders()).toMatchObject([{ status: 'Submitted' }]);
    await advance(1_000);
    expect(await orders()).toMatchObject([{ status: 'Cancelled', reason: 'Margin.' }]);
    await sim.post(`/orders/${orderId}`, { status: 'Submitted' });
    expect(await orders()).toMatchObject([{ status: 'Cancelled' }]);
    expect((await sim.post(`/orders/${orderId}`, { status: 'Odd' })).status).toBe(400);
    expect((await sim.post('/orders/7', { status: 'Cancelled' })).status).toBe(404);
  });
});

describe('another program of the user', () => {
  test('places, changes and cancels orders that the API lists without a name', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    const placed = (await sim.post('/orders', { account, orders: [buy(7)] })).body.orders;
    expect(placed).toMatchObject([{ origin: 'elsewhere', account, quantity: 7, cOID: null }]);
    const [row] = await listed(client);
    expect(row).toMatchObject({ orderId: Number(placed[0].orderId), totalSize: 7, status: 'Submitted' });
    expect(row).not.toHaveProperty('order_ref');
    await sim.post(`/orders/${placed[0].orderId}`, { ticket: buy(9) });
    expect(await orders()).toMatchObject([{ quantity: 9 }]);
    await sim.delete(`/orders/${placed[0].orderId}`);
    await advance(1_000);
    expect(await orders()).toMatchObject([{ status: 'Cancelled' }]);
    expect((await sim.post('/orders', { account: 'U1', orders: [buy(1)] })).status).toBe(400);
  });
});

describe('prices of one sandbox', () => {
  test('hold there alone, over those that hold for all', async () => {
    const [a, b] = [await readySandbox(simulator, 'a'), await readySandbox(simulator, 'b')];
    const last = async ({ client }: { client: TestClient }) => {
      await client.get(`/iserver/marketdata/snapshot?conids=${AAPL}&fields=31`);
      return (await client.get(`/iserver/marketdata/snapshot?conids=${AAPL}&fields=31`)).body[0]['31'];
    };
    await sim.post('/prices', { conid: AAPL, last: 200 });
    await sim.post('/prices', { conid: AAPL, last: 50, sandbox: 'a' });
    expect([await last(a), await last(b)]).toEqual(['50.00', '200.00']);
    for (const { client, account } of [a, b]) await placeOrders(client, account, [buy(1, { price: 60 })]);
    expect(await orders()).toMatchObject([
      { sandbox: 'a', status: 'Filled' },
      { sandbox: 'b', status: 'Submitted' },
    ]);
    await sim.post('/prices', { conid: AAPL, sandbox: 'b', bid: 54, ask: 55 });
    expect(await orders('?sandbox=b')).toMatchObject([{ status: 'Filled', averagePrice: 55 }]);
    await sim.delete('/prices?sandbox=a');
    expect([await last(a), await last(b)]).toEqual(['200.00', '54.50']);
    await sim.delete('/prices');
    expect(await last(a)).toBe(await last(b));
  });
});
