import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AccountBook } from '../accounts/account-book.ts';
import { toMicros } from '../accounts/money.ts';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control, placeOrders, readySandbox, type TestClient } from '../test-client.ts';
import { instrumentOf } from './catalog.ts';
import { listedFutures } from './futures-contracts.ts';

/** It stands still: what else the account holds would change its worth meanwhile. */
const NOW = Date.now();
const [{ conid: ES } = { conid: 0 }] = listedFutures(NOW);
const OPERATOR = { manualIndicator: false, extOperator: 'test' };

let simulator: RunningSimulator;
let client: TestClient;
let account: string;
let count = 0;

beforeAll(async () => {
  simulator = await startSimulator({
    port: 0,
    now: () => NOW,
    nightlyReset: false,
    pacing: false,
    warmUpMs: 0,
  });
});
afterAll(() => simulator.close());
beforeEach(async () => {
  ({ client, account } = await readySandbox(simulator, `futures${++count}`));
  await control(simulator).post('/prices', { conid: ES, last: 6000, bid: 5999.75, ask: 6000.25 });
});

const order = (more: object = {}) => ({
  conid: ES,
  orderType: 'LMT',
  price: 6000.5,
  side: 'BUY',
  quantity: 1,
  tif: 'DAY',
  ...OPERATOR,
  ...more,
});
const cash = async () => {
  await client.get('/portfolio/accounts');
  const { body } = await client.get(`/portfolio/${account}/ledger`);
  return { cash: body.USD.cashbalance, total: body.USD.netliquidationvalue };
};

test('the next four quarters are listed, the known ones under their own conids', () => {
  const listed = listedFutures(Date.UTC(2026, 10, 20)).filter(({ symbol }) => symbol === 'ES');
  expect(listed).toEqual([
    { conid: 515416632, symbol: 'ES', underlyingConid: 11004968, expiry: '20261218' },
    expect.objectContaining({ expiry: '20270319' }),
    expect.objectContaining({ expiry: '20270618' }),
    expect.objectContaining({ expiry: '20270917' }),
  ]);
});

test('corn is listed by its own months, and its price is in cents', async () => {
  const corn = listedFutures(Date.UTC(2026, 10, 20)).filter(({ symbol }) => symbol === 'ZC');
  expect(corn.map(({ expiry }) => expiry)).toEqual(['20261214', '20270312', '20270514', '20270714']);
  const conid = corn[1]?.conid;
  const { body } = await client.get(`/iserver/contract/${conid}/info-and-rules`);
  expect(body).toMatchObject({ symbol: 'ZC', multiplier: '5000', currency: 'USD', exchange: 'CBOT' });
  expect(body.rules).toMatchObject({ priceMagnifier: 100, increment: 0.25 });
  await control(simulator).post('/prices', { conid, last: 430, bid: 429.75, ask: 430 });
  const before = await cash();
  const ticket = { conid, orderType: 'LMT', price: 430, side: 'BUY', quantity: 2, tif: 'DAY', ...OPERATOR };
  const preview = await client.post(`/iserver/account/${account}/orders/whatif`, { orders: [ticket] });
  expect(preview.body.amount.amount).toBe('43,000 USD (2 Contracts)');
  await placeOrders(client, account, [ticket]);
  await control(simulator).post('/prices', { conid, last: 440 });
  const [position] = (await client.get(`/portfolio/${account}/position/${conid}`)).body;
  expect(position).toMatchObject({ position: 2, mktPrice: 4.4, mktValue: 44_000 });
  expect((await cash()).total - before.total).toBeCloseTo(10 * 2 * 50 - 4.5, 2);
});

describe('a future', () => {
  test('is not paid for; what it gains is there at once and cash when it is closed', async () => {
    const before = await cash();
    await placeOrders(client, account, [order()]);
    await control(simulator).post('/prices', { conid: ES, last: 6010, bid: 6010, ask: 6010.25 });
    const open = await cash();
    expect(open.cash).toBe(before.cash);
    expect(open.total - before.total).toBeCloseTo((6010 - 6000.25) * 50 - 2.25, 2);
    await placeOrders(client, account, [order({ side: 'SELL', price: 6009 })]);
    expect((await cash()).cash - before.cash).toBeCloseTo((6010 - 6000.25) * 50 - 4.5, 2);
  });

  test('trades in steps of a quarter, in whole contracts, and not by amount', async () => {
    for (const wrong of [{ price: 6000.1 }, { quantity: 0.5 }, { quantity: undefined, cashQty: 1000 }]) {
      const { body } = await client.post(`/iserver/account/${account}/orders`, { orders: [order(wrong)] });
      expect(body.error).toEqual(expect.any(String));
    }
  });

  test('is ordered, changed and cancelled by somebody who says who they are', async () => {
    const nameless = { manualIndicator: undefined, extOperator: undefined };
    const path = `/iserver/account/${account}`;
    const refused = { error: 'manualIndicator and extOperator are required for US futures.' };
    const resting = order({ price: 5900 });
    expect((await client.post(`${path}/orders`, { orders: [{ ...resting, ...nameless }] })).body).toEqual(
      refused,
    );
    const { body } = await placeOrders(client, account, [resting]);
    const id = body[0].order_id;
    expect((await client.post(`${path}/order/${id}`, { ...resting, ...nameless })).body).toEqual(refused);
    expect((await client.delete(`${path}/order/${id}`)).body).toEqual(refused);
    const named = '?manualIndicator=false&extOperator=test';
    expect((await client.delete(`${path}/order/${id}${named}`)).body).toMatchObject({ order_id: Number(id) });
  });
});

test('money is neither made nor lost by booking futures', () => {
  const future = instrumentOf(ES);
  if (!future) throw new Error('no future');
  const trade = fc.record({
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    quantity: fc.integer({ min: 1, max: 5 }),
    ticks: fc.integer({ min: 20_000, max: 28_000 }),
  });
  fc.assert(
    fc.property(fc.array(trade, { minLength: 1, maxLength: 20 }), (trades) => {
      const book = new AccountBook('DU1', 'test', 0);
      let paid = 0;
      for (const { side, quantity, ticks } of trades) {
        const value = toMicros((ticks / 4) * 50 * quantity);
        const netAmount = (side === 'BUY' ? -value : value) - toMicros(2.25 * quantity);
        paid += netAmount;
        const rest = { executionId: 'x', orderId: 1, conid: ES, price: ticks / 4, commission: 0, time: 0 };
        book.book(future, { ...rest, side, quantity, netAmount });
      }
      const position = book.positions.get(ES);
      expect((book.cash.get('USD') ?? 0) - (position?.cost ?? 0)).toBe(paid);
      expect(book.cash.get('USD') ?? 0).toBe(position?.realized);
    }),
  );
});
