/** Two orders of which one cancels the other. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callTool, failTool } from '../mcp-endpoint.ts';
import { newSandbox, ordersAt, type SandboxConnection, setPrice } from '../sandbox.ts';

const AMD = 4391;

let sandbox: SandboxConnection;

beforeAll(() => setPrice(AMD, { last: 200, bid: 199.9, ask: 200.1 }));
beforeEach(async () => {
  sandbox = await newSandbox();
});

/** Sells at a profit or at a loss, whichever comes first. */
const pair = {
  conid: AMD,
  side: 'SELL',
  quantity: 5,
  order_type: 'LMT',
  limit_price: 210,
  tif: 'GTC',
  oca: { order_type: 'STP', stop_price: 190 },
};

const two = z.object({ order_id: z.string(), oca_order_id: z.string(), intent_id: z.string() });

it('are placed together under one intent', async () => {
  const placed = await callTool('place_order', pair, sandbox.key);
  expect(placed).toMatchObject({ state: 'working', filled_quantity: 0 });
  const { order_id, oca_order_id } = two.parse(placed);
  expect(await ordersAt(sandbox.key)).toMatchObject([
    { orderId: order_id, side: 'SELL', quantity: 5 },
    { orderId: oca_order_id, side: 'SELL', quantity: 5 },
  ]);
});

it('end together: one fills, the other is cancelled, and the intent tells which', async () => {
  const { order_id, oca_order_id, intent_id } = two.parse(await callTool('place_order', pair, sandbox.key));
  await setPrice(AMD, { last: 189, bid: 188.9, ask: 189.1 });
  const status = (id: string) => callTool('get_order_status', { order_id: id }, sandbox.key);
  expect(await status(order_id)).toMatchObject({ state: 'cancelled' });
  expect(await status(oca_order_id)).toMatchObject({ state: 'filled', order_type: 'STP' });
  expect(await callTool('get_order_status', { intent_id }, sandbox.key)).toMatchObject({
    order_id: oca_order_id,
    state: 'filled',
    average_price: 188.9,
  });
  await setPrice(AMD, { last: 200, bid: 199.9, ask: 200.1 });
});

it('are one order to whoever repeats it, and another with another second half', async () => {
  const named = { ...pair, client_order_id: 'pair-1' };
  const first = await callTool('place_order', named, sandbox.key);
  expect(await callTool('place_order', named, sandbox.key)).toMatchObject({ intent_id: first.intent_id });
  expect(
    await failTool('place_order', { ...named, oca: { ...pair.oca, stop_price: 180 } }, sandbox.key),
  ).toMatchObject({ code: 'idempotency_conflict' });
  expect(await ordersAt(sandbox.key)).toHaveLength(2);
});

it('wait for one yes, read back in words, and go out with it', async () => {
  await sandbox.patch({ approval: 'model' });
  const waits = await callTool('place_order', pair, sandbox.key);
  expect(waits).toMatchObject({ state: 'awaiting_approval' });
  expect(waits.order).toMatch(
    /^SELL 5 AMD LMT limit 210 GTC.*; one cancelling the other with SELL 5 AMD STP stop 190 GTC; in /,
  );
  expect(await ordersAt(sandbox.key)).toEqual([]);
  const { intent_id } = z.object({ intent_id: z.string() }).parse(waits);
  expect(await callTool('confirm_order', { intent_id }, sandbox.key)).toMatchObject({ state: 'working' });
  expect(await ordersAt(sandbox.key)).toHaveLength(2);
});

it('change one by one', async () => {
  const { oca_order_id } = two.parse(await callTool('place_order', pair, sandbox.key));
  await callTool('modify_order', { order_id: oca_order_id, stop_price: 185 }, sandbox.key);
  expect(await callTool('get_order_status', { order_id: oca_order_id }, sandbox.key)).toMatchObject({
    stop_price: 185,
    state: 'working',
  });
});

describe('limits', () => {
  it.each<[string, object, object]>([
    ['count both', { maxDailyOrders: 1 }, pair],
    ['count the value of both', { maxDailyValue: 1_500 }, pair],
    ['hold for the second', { maxOrderValue: 1_200 }, { ...pair, oca: { ...pair.oca, quantity: 50 } }],
    [
      'hold for the price of the second',
      { priceCollarPercent: 6 },
      { ...pair, oca: { order_type: 'LMT', limit_price: 250 } },
    ],
    [
      'hold for what the second sells',
      { shortSelling: false },
      { ...pair, side: 'BUY', limit_price: 150, oca: { ...pair.oca, side: 'SELL' } },
    ],
  ])('%s', async (_, limits, order) => {
    await sandbox.patch({ limits });
    expect(await failTool('place_order', { ...order }, sandbox.key)).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: Object.keys(limits)[0] },
    });
    expect(await ordersAt(sandbox.key)).toEqual([]);
  });

  it('give the day back what counted, both of it', async () => {
    await sandbox.patch({ limits: { maxDailyOrders: 2 } });
    await callTool('place_order', pair, sandbox.key);
    const { trading } = z
      .object({ trading: z.object({ orders_left_today: z.number() }) })
      .parse(await callTool('get_connection_status', {}, sandbox.key));
    expect(trading.orders_left_today).toBe(0);
  });
});

it.each<[string, object, string]>([
  ['a price its type has not', { ...pair, oca: { order_type: 'STP', limit_price: 5 } }, '"oca.limit_price"'],
  [
    'a price beside the steps',
    { ...pair, oca: { order_type: 'STP', stop_price: 190.001 } },
    '"oca.stop_price"',
  ],
  ['an unknown argument', { ...pair, oca: { ...pair.oca, tif: 'DAY' } }, 'tif'],
  ['no type', { ...pair, oca: { stop_price: 190 } }, '"oca.order_type"'],
  ['exits', { ...pair, take_profit_price: 150 }, '"take_profit_price"'],
  ['an amount of money', { ...pair, quantity: undefined, cash_quantity: 500 }, '"cash_quantity"'],
])('with %s are refused before they are sent', async (_, order, named) => {
  const error = await failTool('place_order', { ...order }, sandbox.key);
  expect(error).toMatchObject({ code: 'invalid_arguments' });
  expect(error.message).toContain(named);
  expect(await ordersAt(sandbox.key)).toEqual([]);
});
