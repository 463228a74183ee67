/** A hundred calls at the same moment, spread over several instances. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Answer } from './floor/instances.ts';
import { TradingFloor } from './floor/trading-floor.ts';

const CALLS = 100;
/** Far from the market, so that it rests, yet near enough for IBKR to ask nothing. */
const RESTING = { symbol: 'AAPL', side: 'BUY', order_type: 'LMT' };

let floor: TradingFloor;
let limitPrice: number;

beforeAll(async () => {
  floor = await TradingFloor.open(3, { program: inject('instanceProgram') });
  const { key } = await floor.openAccount({ approval: 'none' });
  const quote = await floor.instances.call(0, key, 'get_quote', { symbol: 'AAPL' });
  limitPrice = Math.floor(0.98 * Number(succeeded(quote).last));
});
afterAll(() => floor.close());

function succeeded(answer: Answer): Record<string, unknown> {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer));
  return answer.value;
}

/** What a hundred calls to `place_order` answer, and the orders there are then. */
async function placeAtOnce(key: string, argsOf: (call: number) => Record<string, unknown>) {
  const before = (await floor.orders()).length;
  const answers = await Promise.all(
    Array.from({ length: CALLS }, (_, call) => {
      const args = { ...RESTING, limit_price: limitPrice, ...argsOf(call) };
      return floor.instances.call(call, key, 'place_order', args);
    }),
  );
  return { answers, orders: (await floor.orders()).slice(before) };
}

it('makes one order of a hundred calls with one client order id', async () => {
  const { key } = await floor.openAccount({ approval: 'none' });
  const { answers, orders } = await placeAtOnce(key, () => ({ quantity: 1, client_order_id: 'the-one' }));
  expect(orders).toHaveLength(1);
  const [order] = orders;
  const said = new Set(answers.map((answer) => succeeded(answer)).map((value) => JSON.stringify(value)));
  expect([...said].map((text) => JSON.parse(text))).toEqual([
    expect.objectContaining({ order_id: order?.orderId, state: 'working', client_order_id: 'the-one' }),
  ]);
  expect(order?.cOID).toBe(`ig-${succeeded(answers[0] as Answer).intent_id}`);
});

it('makes one waiting order of a hundred calls without a client order id', async () => {
  const { key } = await floor.openAccount({ approval: 'model' });
  const { answers, orders } = await placeAtOnce(key, () => ({ quantity: 1 }));
  expect(orders).toEqual([]);
  const waiting = answers.map((answer) => succeeded(answer));
  expect(new Set(waiting.map(({ intent_id }) => intent_id)).size).toBe(1);
  expect(waiting.every(({ state }) => state === 'awaiting_approval')).toBe(true);
});

it('lets exactly as many orders out as the owner allows in a day', async () => {
  const { key } = await floor.openAccount({ approval: 'none', limits: { maxDailyOrders: 10 } });
  const { answers, orders } = await placeAtOnce(key, (call) => ({ quantity: call + 1 }));
  expect(orders).toHaveLength(10);
  const placed = answers.filter(({ kind }) => kind === 'ok').map((answer) => succeeded(answer).order_id);
  expect(placed.sort()).toEqual(orders.map(({ orderId }) => orderId).sort());
  const refusals = answers.filter((answer) => answer.kind === 'error');
  expect(refusals).toHaveLength(90);
  expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['limit_exceeded']));
  expect(refusals[0]?.details).toMatchObject({ limit: 'maxDailyOrders', value: 10 });
});

it('releases a waiting order once, however many say yes', async () => {
  const { key } = await floor.openAccount({ approval: 'model' });
  const args = { ...RESTING, limit_price: limitPrice, quantity: 1 };
  const { intent_id: intentId } = succeeded(await floor.instances.call(0, key, 'place_order', args));
  const before = (await floor.orders()).length;
  await Promise.all(
    Array.from({ length: CALLS }, (_, call) =>
      floor.instances.call(call, key, 'confirm_order', { intent_id: intentId }),
    ),
  );
  const orders = (await floor.orders()).slice(before);
  expect(orders.map(({ cOID }) => cOID)).toEqual([`ig-${intentId}`]);
});
