/** What must not come of a close, or of IBKR's question about an order, by a call about something else. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { getHoldings } from '../../../broker/accounts/holdings.ts';
import { newApp, type TestApp, useApps } from '../../../testing/app.ts';
import { firstAccount, setPrice } from '../../../testing/sandbox.ts';

useApps();

const NVDA = 4815747;
const HELD = 150;
const BUY = { symbol: 'INTC', side: 'BUY', quantity: 1, order_type: 'MKT' };
const SELL = { symbol: 'NVDA', side: 'SELL', order_type: 'LMT', limit_price: 102, tif: 'GTC' };

beforeAll(() => setPrice(NVDA, 100));

async function heldOf(app: TestApp): Promise<number> {
  const client = app.sandbox.client();
  const { held } = await getHoldings(client, await firstAccount(client));
  return held.get(NVDA) ?? 0;
}

describe.concurrent('a change of an order that closes a position', () => {
  it('never makes it larger than the position, less what others sell', async () => {
    const others = fc.integer({ min: 0, max: 100 });
    await fc.assert(
      fc.asyncProperty(others, fc.integer({ min: 1, max: 300 }), async (sold, quantity) => {
        const app = await newApp();
        if (sold > 0) await app.call('place_order', { ...SELL, quantity: sold }, 'another');
        const first = { symbol: 'NVDA', quantity: 20, limit_price: 103 };
        const { order_id } = await app.call('close_position', first);
        const change = { order_id, quantity };
        if (quantity <= HELD - sold) {
          const order = expect.stringMatching(new RegExp(`^change order .* to SELL ${quantity} NVDA LMT`));
          expect(await app.call('modify_order', change)).toMatchObject({ state: 'working', order });
        } else {
          expect(await app.fail('modify_order', change)).toMatchObject({ code: 'not_placed' });
        }
      }),
      {
        numRuns: 8,
        examples: [
          [0, HELD],
          [0, HELD + 1],
          [3, HELD - 2],
        ],
      },
    );
  });

  it('counts what it has filled, and lets it become smaller whatever else is sold', async () => {
    const app = await newApp();
    const { order_id } = await app.call('close_position', { symbol: 'NVDA', limit_price: 103 });
    const sale = { symbol: 'NVDA', side: 'SELL', quantity: 100, order_type: 'MKT', duplicate_ok: true };
    await app.call('place_order', sale, 'another');
    expect(await app.fail('modify_order', { order_id, limit_price: 102.5 })).toMatchObject({
      code: 'not_placed',
      message: expect.stringContaining('would open a position the other way: there are 50'),
    });
    expect(await app.call('modify_order', { order_id, quantity: 60 })).toMatchObject({ quantity: 60 });
    expect(await app.call('modify_order', { order_id, quantity: 50 })).toMatchObject({ quantity: 50 });
    expect(await app.call('modify_order', { order_id, limit_price: 104 })).toMatchObject({
      state: 'working',
    });
  });
});

describe.concurrent('a close that IBKR asks about', () => {
  it('says that nothing guards the position, and what was cancelled', async () => {
    const app = await newApp();
    const resting = await app.call('place_order', { ...SELL, quantity: 3 });
    await app.set({ acceptedWarnings: [] });
    const unguarded = expect.stringContaining('stands without this app’s other orders');
    const asked = await app.call('close_position', { symbol: 'NVDA' });
    expect(asked).toMatchObject({
      ...{ state: 'needs_reply', next_step: unguarded },
      cancelled: [{ order_id: resting.order_id, outcome: 'cancelled' }],
    });
    expect(await app.call('get_orders', { status: 'OPEN' })).toMatchObject({
      waiting: [{ state: 'needs_reply', next_step: unguarded }],
    });
    const { intent_id } = asked;
    expect(await app.call('confirm_order', { intent_id })).toMatchObject({ state: 'filled' });
    expect(await heldOf(app)).toBe(0);
  });
});

describe.concurrent('a preview', () => {
  it('does not cost another order its question', async () => {
    const app = await newApp({ acceptedWarnings: [] });
    expect(await app.call('preview_order', BUY)).toMatchObject({ symbol: 'INTC' });
    const { intent_id, state } = await app.call('place_order', BUY);
    expect(state).toBe('needs_reply');
    for (const key of ['key', 'another']) {
      expect(await app.fail('preview_order', { ...BUY, quantity: 2 }, key)).toMatchObject({
        ...{ code: 'not_placed', message: expect.stringMatching(/^Nothing was previewed: .*BUY 1 INTC MKT/) },
        ...{ hint: expect.stringContaining('confirm_order'), details: { intent_id } },
      });
    }
    expect(await app.call('confirm_order', { intent_id })).toMatchObject({ state: 'filled' });
    expect(await app.call('preview_order', BUY)).toMatchObject({ symbol: 'INTC' });
  });
});
