/** Keys that IBKR's answers have in a given state, as its OpenAPI document and real accounts show them. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from './server.ts';
import { placeOrders, readySandbox, type TestClient } from './test-client.ts';

let simulator: RunningSimulator;
let client: TestClient;
let account: string;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, warmUpMs: 0 });
  ({ client, account } = await readySandbox(simulator, 'answers'));
});
afterAll(() => simulator.close());

const statusOf = async (ticket: object) => {
  const order = { conid: 265598, side: 'BUY', tif: 'DAY', ...ticket };
  const { body } = await placeOrders(client, account, [order]);
  return (await client.get(`/iserver/account/order/status/${body[0].order_id}`)).body;
};

test('the status of a filled order offers its exit, that of a resting one does not', async () => {
  const filled = await statusOf({ orderType: 'MKT', quantity: 2 });
  const price = filled.average_price;
  expect(filled).toMatchObject({
    order_status: 'Filled',
    available_chart_periods: '#R|1',
    order_clearing_account: account,
    exit_strategy_display_price: price,
    exit_strategy_chart_description: `Bought 2 @ ${price}`,
    exit_strategy_tool_availability: '1',
    allowed_duplicate_opposite: true,
  });
  const resting = await statusOf({ orderType: 'LMT', price: 1, quantity: 1 });
  expect(resting).toMatchObject({ order_status: 'Submitted', order_clearing_account: account });
  for (const key of ['average_price', 'exit_strategy_display_price']) expect(resting).not.toHaveProperty(key);
});

test('an order by amount of money is listed with the amount', async () => {
  await statusOf({ orderType: 'LMT', price: 1, cashQty: 250 });
  await client.get('/iserver/account/orders?force=true');
  const { orders } = (await client.get('/iserver/account/orders')).body;
  expect(orders[0]).toMatchObject({ totalCashSize: 250, totalSize: 250 });
  expect(orders.at(-1)).not.toHaveProperty('totalCashSize');
});

test('the ledger has crypto, and its last currency says that it is the last', async () => {
  const { body } = await client.get(`/portfolio/${account}/ledger`);
  for (const entry of Object.values(body)) expect(entry).toMatchObject({ cryptocurrencyvalue: 0 });
  const ends = Object.values(body).filter((entry) => Object.hasOwn(entry as object, 'endofbundle'));
  expect(ends).toHaveLength(1);
  expect(body.BASE).not.toHaveProperty('endofbundle');
});

test('the status of the session has an empty failure', async () => {
  expect((await client.post('/iserver/auth/status')).body).toMatchObject({ authenticated: true, fail: '' });
});

test('the summary of an account is in whole amounts', async () => {
  const { body } = await client.get(`/iserver/account/${account}/summary`);
  const amounts = Object.values(body).filter((value) => typeof value === 'number');
  expect(amounts.length).toBeGreaterThan(10);
  for (const amount of [...amounts, body.cashBalances[0].balance])
    expect(Number.isInteger(amount)).toBe(true);
});
