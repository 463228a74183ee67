import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control, placeOrders, readySandbox, type TestClient } from '../test-client.ts';

const AAPL = 265598;

let simulator: RunningSimulator;
let client: TestClient;
let account: string;
let count = 0;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, warmUpMs: 0 });
  await control(simulator).post('/prices', { conid: AAPL, last: 200, bid: 199.99, ask: 200.01 });
});
afterAll(() => simulator.close());
beforeEach(async () => {
  ({ client, account } = await readySandbox(simulator, `orders${++count}`));
});

const limit = (price: number, more: object = {}) => ({
  conid: AAPL,
  orderType: 'LMT',
  price,
  side: 'BUY',
  quantity: 10,
  tif: 'GTC',
  ...more,
});
const place = (...tickets: object[]) =>
  client.post(`/iserver/account/${account}/orders`, { orders: tickets });
const status = async (id: string) => (await client.get(`/iserver/account/order/status/${id}`)).body;
async function liveOrders(query = '') {
  await client.get('/iserver/account/orders');
  return (await client.get(`/iserver/account/orders${query}`)).body.orders;
}

describe('placing', () => {
  test('a limit near the market is taken without a question', async () => {
    const { body } = await place(limit(199, { cOID: 'near' }));
    expect(body).toEqual([
      {
        order_id: expect.stringMatching(/^\d+$/),
        local_order_id: 'near',
        order_status: 'Submitted',
        encrypt_message: '1',
      },
    ]);
    expect(Number(body[0].order_id)).toBeGreaterThan(2 ** 31);
  });

  test('a market order asks one question and fills', async () => {
    const asked = await place({ ...limit(0), orderType: 'MKT', tif: 'DAY' });
    expect(asked.body[0]).toMatchObject({
      messageIds: ['o10151'],
      isSuppressed: false,
      messageOptions: ['Yes', 'No'],
    });
    const { body } = await client.post(`/iserver/reply/${asked.body[0].id}`, { confirmed: true });
    expect(await status(body[0].order_id)).toMatchObject({
      order_status: 'Filled',
      side: 'B',
      size: '0.0',
      total_size: '10.0',
      cum_fill: '10.0',
      average_price: '200.01',
    });
  });

  test('far through the market it asks twice, and goes live only after the second yes', async () => {
    const first = await place(limit(220));
    expect(first.body[0].messageIds).toEqual(['o163']);
    const second = await client.post(`/iserver/reply/${first.body[0].id}`, { confirmed: true });
    expect(second.body[0].messageIds).toEqual(['o10153']);
    expect(await liveOrders()).toEqual([]);
    await client.post(`/iserver/reply/${second.body[0].id}`, { confirmed: true });
    expect(await liveOrders()).toHaveLength(1);
  });

  test('a suppressed question is not asked', async () => {
    await client.post('/iserver/questions/suppress', { messageIds: ['o163', 'o10153'] });
    expect((await place(limit(220))).body[0].order_id).toBeDefined();
  });

  test('a no drops the order', async () => {
    const asked = await place(limit(150));
    const refused = await client.post(`/iserver/reply/${asked.body[0].id}`, { confirmed: false });
    expect(refused.body).toEqual({ error: 'Order not confirmed ' });
    expect(await liveOrders()).toEqual([]);
  });

  test('an order call in between voids the question', async () => {
    const asked = await place(limit(150));
    await place(limit(199));
    const late = await client.post(`/iserver/reply/${asked.body[0].id}`, { confirmed: true });
    expect(late).toMatchObject({ status: 503, body: { error: 'Service Unavailable', statusCode: 503 } });
    const unknown = await client.post('/iserver/reply/nonsense', { confirmed: true });
    expect(unknown).toMatchObject({ status: 200, body: { error: "reply id not found: 'nonsense'" } });
  });

  test('a client order id works once a day', async () => {
    await place(limit(199, { cOID: 'once' }));
    expect(await place(limit(198, { cOID: 'once' }))).toMatchObject({
      status: 200,
      body: { error: "Order couldn't be submitted: Local order ID=once is already registered" },
    });
    expect(await liveOrders()).toHaveLength(1);
  });

  test.each([
    ['no order type of IBKR', { orderType: 'STP_LMT' }, 500],
    ['conid and conidex', { conidex: '265598@SMART' }, 500],
    ['a side in lower case', { side: 'buy' }, 500],
    ['no quantity', { quantity: undefined }, 500],
    ['a limit without price', { price: undefined }, 500],
    ['a price off the tick', { price: 199.123 }, 200],
    ['a price that is not positive', { price: -1 }, 200],
    ['more than the account can pay', { quantity: 9_000_000 }, 200],
    ['an unknown parent', { parentId: 'nobody' }, 200],
  ])('%s is refused', async (_what, change, code) => {
    const answer = await place(limit(199, change));
    expect(answer.status).toBe(code);
    const text = answer.body.error ?? answer.body[0].text;
    expect(text).toEqual(expect.any(String));
    expect(await liveOrders()).toEqual([]);
  });

  test('a body that is no order, no JSON or without length is refused', async () => {
    const path = `/iserver/account/${account}/orders`;
    expect((await client.post(path, {})).status).toBe(400);
    expect((await client.sendRaw('POST', path, '{"orders":')).status).toBe(400);
    expect((await client.sendRaw('POST', path, '{"a":"b >= c"}')).text).toContain('Access Denied');
    expect((await client.post('/iserver/account/DU0/orders', { orders: [limit(1)] })).body.error).toContain(
      'DU0',
    );
  });

  test('cash quantity buys whole shares', async () => {
    const { body } = await placeOrders(client, account, [
      { ...limit(0), orderType: 'MKT', tif: 'DAY', quantity: undefined, cashQty: 1_050 },
    ]);
    expect(await status(body[0].order_id)).toMatchObject({ total_size: '5.0' });
  });
});

describe('a bracket', () => {
  const bracket = [
    limit(199, { cOID: 'brk' }),
    limit(210, { side: 'SELL', parentId: 'brk' }),
    { conid: AAPL, orderType: 'STP', price: 190, side: 'SELL', quantity: 10, tif: 'GTC', parentId: 'brk' },
  ];

  test('answers not in the order of the tickets', async () => {
    const { body } = await placeOrders(client, account, bracket);
    expect(body).toHaveLength(3);
    const parent = body.find((row: { local_order_id?: string }) => row.local_order_id === 'brk');
    const children = body.filter(
      (row: { parent_order_id?: string }) => row.parent_order_id === parent.order_id,
    );
    expect(children).toHaveLength(2);
    expect(body[0]).not.toBe(parent);
  });

  test('of several orders without links is refused', async () => {
    expect((await place(limit(199), limit(198))).status).toBe(500);
    expect(
      (await place(limit(199, { isSingleGroup: true }), limit(198, { isSingleGroup: true }))).body,
    ).toHaveLength(2);
  });
});

describe('changing and cancelling', () => {
  async function openOrder(): Promise<string> {
    return (await place(limit(199))).body[0].order_id;
  }

  test('a modification is one bare ticket that repeats everything', async () => {
    const path = `/iserver/account/${account}/order/${await openOrder()}`;
    expect((await client.post(path, { orders: [limit(198)] })).status).toBe(400);
    expect((await client.post(path, { price: 198 })).status).toBe(400);
    expect((await client.post(path, limit(198, { side: 'SELL' }))).body.error).toContain('side');
    expect((await client.post(path, limit(198, { quantity: 5 }))).body[0].order_status).toBe('Submitted');
    expect((await liveOrders())[0]).toMatchObject({ price: '198.00', totalSize: 5 });
  });

  test('a cancellation is acknowledged before it is one', async () => {
    const id = await openOrder();
    const { body } = await client.delete(`/iserver/account/${account}/order/${id}`);
    expect(body).toEqual({ msg: 'Request was submitted', order_id: Number(id), conid: -1, account: null });
    expect((await status(id)).order_status).toBe('PendingCancel');
    await control(simulator).post('/clock', { advanceMs: 1_000 });
    expect((await status(id)).order_status).toBe('Cancelled');
    expect(await client.delete(`/iserver/account/${account}/order/${id}`)).toMatchObject({
      status: 400,
      body: { error: 'Order is inactive' },
    });
  });

  test('of no order is refused, of -1 means all', async () => {
    await openOrder();
    await openOrder();
    expect(await client.delete(`/iserver/account/${account}/order/1`)).toMatchObject({
      status: 400,
      body: { error: "OrderID 1 doesn't exist" },
    });
    await client.delete(`/iserver/account/${account}/order/-1`);
    await control(simulator).post('/clock', { advanceMs: 1_000 });
    const states = (await liveOrders()).map((order: { status: string }) => order.status);
    expect(states).toEqual(['Cancelled', 'Cancelled']);
  });
});

describe('reading', () => {
  test('the first list is empty, and a forced one; a day order is listed as CLOSE', async () => {
    await place(limit(199, { tif: 'DAY' }));
    expect((await client.get('/iserver/account/orders')).body).toEqual({ orders: [], snapshot: false });
    const { body } = await client.get('/iserver/account/orders');
    expect(body).toMatchObject({
      snapshot: true,
      orders: [{ timeInForce: 'CLOSE', status: 'Submitted', price: '199.00' }],
    });
    expect((await client.get('/iserver/account/orders?force=true')).body.orders).toEqual([]);
  });

  test('filters take both spellings', async () => {
    await place(limit(199));
    expect(await liveOrders('?filters=submitted,pre_submitted')).toHaveLength(1);
    expect(await liveOrders('?filters=Filled')).toHaveLength(0);
  });

  test('an unknown order is 400 or 503', async () => {
    expect((await client.get('/iserver/account/order/status/0')).status).toBe(400);
    expect(await client.get('/iserver/account/order/status/77')).toMatchObject({
      status: 503,
      body: { error: 'Order 77 is not found' },
    });
  });

  test('trades come with the second call', async () => {
    await placeOrders(client, account, [limit(201, { cOID: 'traded' })]);
    expect((await client.get('/iserver/account/trades')).body).toEqual([]);
    expect((await client.get('/iserver/account/trades')).body).toMatchObject([
      { symbol: 'AAPL', side: 'B', size: 10, price: 200.01, order_ref: 'traded', commission: '1', account },
    ]);
  });

  test('a preview orders nothing', async () => {
    const { body } = await client.post(`/iserver/account/${account}/orders/whatif`, { orders: [limit(199)] });
    expect(body).toMatchObject({
      amount: { amount: '1,990 USD (10 Shares)', commission: '1 USD', total: '1,991 USD' },
      position: { current: '120', change: '10', after: '130' },
      error: null,
    });
    expect(await liveOrders()).toEqual([]);
  });

  test('cash and positions show a fill', async () => {
    const before = (await client.get(`/portfolio/${account}/ledger`)).body.USD.cashbalance;
    await placeOrders(client, account, [limit(201)]);
    const after = (await client.get(`/portfolio/${account}/ledger`)).body.USD.cashbalance;
    expect(before - after).toBeCloseTo(10 * 200.01 + 1, 2);
    expect((await client.get(`/portfolio/${account}/position/${AAPL}`)).body[0].position).toBe(130);
    const { body } = await client.get('/iserver/account/pnl/partitioned');
    expect(body).toEqual({ upnl: {} });
    expect((await client.get('/iserver/account/pnl/partitioned')).body.upnl[`${account}.Core`]).toMatchObject(
      { rowType: 1 },
    );
  });

  test('the truth is under /sim', async () => {
    await placeOrders(client, account, [limit(201, { cOID: 'truth' })]);
    const { body } = await control(simulator).get('/orders');
    const own = body.orders.filter((order: { account: string }) => order.account === account);
    expect(own).toMatchObject([
      {
        orderId: expect.any(String),
        cOID: 'truth',
        account,
        conid: AAPL,
        symbol: 'AAPL',
        side: 'BUY',
        quantity: 10,
        status: 'Filled',
        filledQuantity: 10,
        createdAt: expect.stringMatching(/Z$/),
      },
    ]);
  });
});
