/** What place_order answers to an order that was asked for before, and when something of ours fails. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { updateConnection } from '../../store/connections.ts';
import { callAs } from '../../testing/orders/tool-calls.ts';
import { newTrader, type Trader, useOrders } from '../../testing/orders/trader.ts';
import { unpacked } from '../../testing/unpacked.ts';
import { getOrdersTool } from './get-orders.ts';
import { getTradesTool } from './get-trades.ts';
import { placeOrderTool } from './place-order.ts';

useOrders();

const NEAR = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 99 };
const NAMED = { ...NEAR, client_order_id: 'monday' };
const FAR = { ...NEAR, limit_price: 60 };

async function stopTrading(trader: Trader): Promise<void> {
  const { db, connectionId } = trader.context();
  await updateConnection(db, connectionId, { limits: { trading: false } });
}

describe.concurrent('an order that was asked for before', () => {
  it('under the same name is answered as it stands, whatever limits hold by now', async () => {
    const trader = await newTrader();
    const placed = await callAs(trader, placeOrderTool, NAMED);
    expect(placed).toMatchObject({ state: 'working' });
    await stopTrading(trader);
    expect(await callAs(trader, placeOrderTool, NAMED)).toEqual(placed);
    expect(await callAs(trader, placeOrderTool, { ...NAMED, quantity: 2 })).toMatchObject({
      code: 'idempotency_conflict',
    });
  });

  it('a moment ago is a duplicate, whatever limits hold by now', async () => {
    const trader = await newTrader();
    const placed = await callAs(trader, placeOrderTool, NEAR);
    await stopTrading(trader);
    expect(await callAs(trader, placeOrderTool, NEAR)).toMatchObject({
      code: 'possible_duplicate',
      details: { intent_id: 'intent_id' in placed && placed.intent_id },
    });
    expect(await callAs(trader, placeOrderTool, { ...NEAR, duplicate_ok: true })).toMatchObject({
      code: 'limit_exceeded',
    });
  });

  it('and that IBKR asks about, is answered with the question again', async () => {
    const trader = await newTrader();
    const asked = await callAs(trader, placeOrderTool, FAR);
    expect(asked).toMatchObject({ state: 'needs_reply', warnings: [{ id: 'o163' }] });
    expect(await callAs(trader, placeOrderTool, FAR)).toEqual(asked);
    expect(await trader.orders()).toEqual([]);
  });

  it('by another app under the same name, is another one', async () => {
    const trader = await newTrader();
    await callAs(trader, placeOrderTool, NAMED);
    expect(await callAs(trader, placeOrderTool, NAMED, { key: 'another' })).toMatchObject({
      state: 'working',
    });
    expect(await trader.orders()).toHaveLength(2);
  });
});

it('is told by its intent wherever the order is shown', async () => {
  const trader = await newTrader();
  const { intent_id } = z
    .object({ intent_id: z.string() })
    .parse(await callAs(trader, placeOrderTool, { ...NEAR, limit_price: 101 }));
  for (const tool of [getOrdersTool, getTradesTool]) {
    const [shown] = Object.values(unpacked(await callAs(trader, tool, {}))).find(Array.isArray) ?? [];
    expect(shown).toMatchObject({ intent_id });
  }
});

it('tells what a fault of ours means for the order, and reports it', async () => {
  const trader = await newTrader();
  let transactions = 0;
  const failing = new Proxy(trader.context().db, {
    get(target, name) {
      // The first transaction lets the order in; what became of it is written by a batch, or another transaction.
      if (name === 'batch' || (name === 'runTransaction' && ++transactions > 1))
        throw new Error('contention');
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const faults: unknown[] = [];
  expect(await callAs(trader, placeOrderTool, NEAR, { db: failing, faults })).toMatchObject({
    code: 'order_state_unknown',
    retryable: false,
    details: { intent_id: expect.any(String) },
  });
  expect(faults).toEqual([new Error('contention')]);
  expect(await trader.orders()).toHaveLength(1);
});
