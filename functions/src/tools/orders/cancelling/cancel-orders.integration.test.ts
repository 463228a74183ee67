import { beforeAll, describe, expect, it } from 'vitest';
import { newApp, useApps } from '../../../testing/app.ts';
import { setPrice } from '../../../testing/sandbox.ts';

useApps();

const NVDA = 4815747;
const AAPL = 265598;
const RESTING = { symbol: 'NVDA', side: 'BUY', quantity: 3, order_type: 'LMT', limit_price: 98, tif: 'GTC' };
const OTHER = { ...RESTING, symbol: 'AAPL', quantity: 4 };

beforeAll(async () => {
  await setPrice(NVDA, 100);
  await setPrice(AAPL, 100);
});

interface Cancelled {
  orders: { order_id: string | null; intent_id: string; order: string; state: string }[];
}

const cancelled = (answer: Record<string, unknown>) => answer as unknown as Cancelled;

describe.concurrent('cancel_orders', () => {
  it('cancels what this app placed, exits included, and leaves what others did', async () => {
    const app = await newApp();
    const bracket = { ...RESTING, order_type: 'MKT', limit_price: undefined, stop_loss_price: 90 };
    const bought = await app.call('place_order', bracket);
    const resting = await app.call('place_order', OTHER);
    const others = await app.call('place_order', { ...OTHER, quantity: 5 }, 'another');
    const { orders } = cancelled(await app.call('cancel_orders', {}));
    const [exit] = bought.exits as { order_id: string }[];
    expect(orders.map(({ order_id, state }) => [order_id, state]).toSorted()).toEqual(
      [
        [exit?.order_id, 'cancelled'],
        [resting.order_id, 'cancelled'],
      ].toSorted(),
    );
    expect(orders.find(({ order_id }) => order_id === exit?.order_id)).toMatchObject({
      intent_id: bought.intent_id,
      order: `SELL 3 NVDA STP stop 90 GTC, exit of order ${String(bought.order_id)}`,
    });
    expect(await app.call('get_orders', { status: 'OPEN' })).toMatchObject({
      orders: [{ order_id: others.order_id }],
    });
    expect(cancelled(await app.call('cancel_orders', {})).orders).toEqual([]);
  });

  it('takes back what waits, and on one instrument leaves the others', async () => {
    const app = await newApp();
    const working = await app.call('place_order', RESTING);
    await app.set({ approval: 'model' });
    const waits = await app.call('place_order', { ...RESTING, quantity: 7 });
    const kept = await app.call('place_order', OTHER);
    const strangers = await app.call('place_order', { ...RESTING, quantity: 8 }, 'another');
    const { orders } = cancelled(await app.call('cancel_orders', { symbol: 'NVDA' }));
    expect(orders).toMatchObject([
      { intent_id: waits.intent_id, order_id: null, state: 'withdrawn' },
      { intent_id: working.intent_id, order_id: working.order_id, state: 'cancelled' },
    ]);
    const { waiting } = await app.call('get_orders', {});
    expect((waiting as { intent_id: string }[]).map(({ intent_id }) => intent_id).toSorted()).toEqual(
      [kept.intent_id, strangers.intent_id].toSorted(),
    );
    expect(await app.fail('confirm_order', { intent_id: waits.intent_id })).toMatchObject({
      code: 'not_placed',
    });
  });

  it('goes on where one order cannot be cancelled, and says so of it', async () => {
    const app = await newApp();
    const first = await app.call('place_order', RESTING);
    const second = await app.call('place_order', OTHER);
    const match = { method: 'DELETE', path: `/iserver/account/*/order/${String(first.order_id)}` };
    await app.sandbox.fault({ kind: 'status', status: 200, body: { error: 'No.' }, match });
    const { orders } = cancelled(await app.call('cancel_orders', {}));
    const stateOf = (id: unknown) => orders.find(({ order_id }) => order_id === id)?.state;
    expect(stateOf(second.order_id)).toBe('cancelled');
    expect(stateOf(first.order_id)).not.toBe('cancelled');
    await app.sandbox.endFaults();
    expect(cancelled(await app.call('cancel_orders', {})).orders).toMatchObject([
      { order_id: first.order_id, state: 'cancelled' },
    ]);
  });
});
