import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control, placeOrders, readySandbox, type TestClient } from '../test-client.ts';

const AAPL = 265598;
const MSFT = 272093;
const USD_COMBOS = '28812380;;;';

let simulator: RunningSimulator;
let client: TestClient;
let account: string;
let count = 0;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, warmUpMs: 0 });
  await control(simulator).post('/prices', { conid: AAPL, last: 200, bid: 199.9, ask: 200.1 });
  await control(simulator).post('/prices', { conid: MSFT, last: 500, bid: 499.8, ask: 500.2 });
});
afterAll(() => simulator.close());
beforeEach(async () => {
  ({ client, account } = await readySandbox(simulator, `combos${++count}`));
});

const combo = (more: object = {}) => ({
  conidex: `${USD_COMBOS}${AAPL}/-2,${MSFT}/1`,
  orderType: 'LMT',
  price: 101,
  side: 'BUY',
  quantity: 3,
  tif: 'DAY',
  cOID: 'pair',
  ...more,
});
const status = async (id: string) => (await client.get(`/iserver/account/order/status/${id}`)).body;

describe('a combo', () => {
  test('fills at the net price of its legs and books each of them', async () => {
    const { body } = await placeOrders(client, account, [combo()]);
    expect(await status(body[0].order_id)).toMatchObject({
      order_status: 'Filled',
      sec_type: 'BAG',
      conidex: `${USD_COMBOS}${AAPL}/-2,${MSFT}/1`,
      average_price: '100.40',
      cum_fill: '3.0',
    });
    await client.get('/iserver/account/trades');
    const { body: trades } = await client.get('/iserver/account/trades');
    const ours = trades.filter((trade: { order_ref: string }) => trade.order_ref === 'pair');
    expect(ours).toHaveLength(2);
    expect(ours).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ conid: AAPL, side: 'S', size: 6, price: 199.9 }),
        expect.objectContaining({ conid: MSFT, side: 'B', size: 3, price: 500.2 }),
      ]),
    );
  });

  test('rests at a worse limit, and may have a negative one', async () => {
    const { body } = await placeOrders(client, account, [combo({ price: 99 })]);
    expect((await status(body[0].order_id)).order_status).toBe('Submitted');
    const credit = combo({ conidex: `${USD_COMBOS}${AAPL}/2,${MSFT}/-1`, price: -105, cOID: 'credit' });
    const { body: second } = await placeOrders(client, account, [credit]);
    expect(await status(second[0].order_id)).toMatchObject({
      order_status: 'Submitted',
      limit_price: '-105.00',
    });
  });

  test('is previewed as one order', async () => {
    const { body } = await client.post(`/iserver/account/${account}/orders/whatif`, { orders: [combo()] });
    expect(body).toMatchObject({ amount: { amount: '303 USD (3 Shares)' }, error: null });
  });

  test.each([
    ['an unknown leg', { conidex: `${USD_COMBOS}1/1,${AAPL}/-1` }, /unknown contract/],
    ['a ratio of nothing', { conidex: `${USD_COMBOS}${MSFT}/0,${AAPL}/-1` }, /unknown contract/],
    ['one leg twice', { conidex: `${USD_COMBOS}${AAPL}/1,${AAPL}/-1` }, /Duplicate/],
    ['a stop', { orderType: 'STP' }, /not supported for combinations/],
  ])('with %s is refused', async (_, more, reason) => {
    const { body } = await client.post(`/iserver/account/${account}/orders`, { orders: [combo(more)] });
    expect(body.error).toMatch(reason);
  });
});

describe('good till date', () => {
  const order = (goodTillDate: unknown) => ({
    conid: AAPL,
    orderType: 'LMT',
    price: 195,
    side: 'BUY',
    quantity: 1,
    tif: 'GTD',
    ...(goodTillDate === undefined ? {} : { goodTillDate }),
  });

  test('is listed as such', async () => {
    const { body } = await placeOrders(client, account, [order('20991231-21:00:00')]);
    expect(await status(body[0].order_id)).toMatchObject({ order_status: 'Submitted', tif: 'GTD' });
  });

  test.each([
    [undefined, 500],
    ['tomorrow', 500],
    ['20200101-00:00:00', 200],
  ])('%s is refused', async (goodTillDate, expected) => {
    const { status: code, body } = await client.post(`/iserver/account/${account}/orders`, {
      orders: [order(goodTillDate)],
    });
    expect(code).toBe(expected);
    expect(body.error).toMatch(/good ?till ?date/i);
  });
});
