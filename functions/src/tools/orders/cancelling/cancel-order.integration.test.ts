/** What cancel_order says of an order: only what is known of it, and never less. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { newApp, type TestApp, useApps } from '../../../testing/app.ts';
import { setPrice, simulatorUrl } from '../../../testing/sandbox.ts';

useApps();

const NVDA = 4815747;
const MSFT = 272093;
const RESTING = { symbol: 'NVDA', side: 'BUY', quantity: 10, order_type: 'LMT', limit_price: 98, tif: 'GTC' };
const CANCELLATIONS = { method: 'DELETE', path: '/iserver/account/*/order/*' };
const STATUS = { method: 'GET', path: '/iserver/account/order/status/*' };
const LIST = { method: 'GET', path: '/iserver/account/orders' };
const WAIT = { timeout: 60_000 };

beforeAll(() => setPrice(NVDA, 100));

async function trueStatus(orderId: unknown): Promise<string | undefined> {
  const answer = await fetch(`${simulatorUrl()}/sim/orders`);
  const { orders } = (await answer.json()) as { orders: { orderId: number; status: string }[] };
  return orders.find((order) => String(order.orderId) === orderId)?.status;
}

async function resting(app: TestApp): Promise<{ order_id: string; intent_id: string }> {
  const { order_id, intent_id } = await app.call('place_order', RESTING);
  return { order_id: String(order_id), intent_id: String(intent_id) };
}

describe.concurrent('a request to cancel', () => {
  it('that was acknowledged is said to be, though the order cannot be read afterwards', async ({
    expect,
  }) => {
    const app = await newApp();
    const { order_id } = await resting(app);
    // IBKR has taken the request when everything that tells of the order begins to fail.
    await app.sandbox.fault({ kind: 'status', status: 500, match: STATUS });
    await app.sandbox.fault({ kind: 'status', status: 500, match: LIST });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({
      outcome: 'requested',
      state: 'unknown',
      message: expect.stringMatching(
        `^IBKR has the request to cancel order ${order_id}. What it is now could not be read: .* ask get_order_status.$`,
      ),
    });
    await vi.waitFor(async () => expect(await trueStatus(order_id)).toBe('Cancelled'), WAIT);
    await app.sandbox.endFaults();
    expect(await app.call('get_order_status', { order_id })).toMatchObject({ state: 'cancelled' });
  });

  it('that never arrived is said not to be known of, and is asked for again', async () => {
    const app = await newApp();
    const { order_id } = await resting(app);
    await app.sandbox.fault({ kind: 'reset', times: 1, match: CANCELLATIONS });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({
      outcome: 'unconfirmed',
      state: 'working',
      message: `No clear answer came to the request to cancel order ${order_id}, so it is not known whether IBKR has it. IBKR shows it as Submitted. Call cancel_order again: asking twice does no harm.`,
    });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({
      outcome: 'cancelled',
      state: 'cancelled',
    });
  });

  it('whose answer was lost is found made', async () => {
    const app = await newApp();
    const { order_id } = await resting(app);
    await app.sandbox.fault({ kind: 'reset_after_accept', times: 1, match: CANCELLATIONS });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({
      outcome: 'cancelled',
      state: 'cancelled',
    });
  });

  it.each([500, 503])('answered with a %i of IBKR is not refused for good', async (status) => {
    const app = await newApp();
    const { order_id } = await resting(app);
    const body = { error: 'Internal failure, please retry' };
    await app.sandbox.fault({ kind: 'status', status, body, times: 1, match: CANCELLATIONS });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({
      outcome: 'unconfirmed',
      state: 'working',
      message: expect.stringContaining('IBKR answered with an error (Internal failure, please retry)'),
    });
    expect(await trueStatus(order_id)).toBe('Submitted');
  });

  it('that IBKR refuses of a working order is told with its reason', async () => {
    const app = await newApp();
    const { order_id } = await resting(app);
    const body = { error: 'Order is held by the desk' };
    await app.sandbox.fault({ kind: 'status', status: 400, body, times: 1, match: CANCELLATIONS });
    expect(await app.fail('cancel_order', { order_id })).toMatchObject({
      code: 'order_not_cancellable',
      message: `IBKR does not cancel order ${order_id}: Order is held by the desk. IBKR shows it as Submitted.`,
      details: { order_id, state: 'working' },
    });
  });

  it('that did not leave is not told as one that did', async () => {
    const app = await newApp();
    const { order_id } = await resting(app);
    await app.sandbox.fault({ kind: 'session_lost', times: 1, match: CANCELLATIONS });
    const { message, details } = await app.fail('cancel_order', { order_id });
    expect(message).toContain(`IBKR was not asked to cancel order ${order_id}: `);
    expect(details).toMatchObject({ order_id });
    expect(await trueStatus(order_id)).toBe('Submitted');
  });

  it('of an order that is over says which way', async () => {
    const app = await newApp();
    const bought = await app.call('place_order', {
      ...RESTING,
      order_type: 'MKT',
      limit_price: undefined,
      tif: 'DAY',
    });
    for (const name of ['order_id', 'intent_id']) {
      expect(await app.call('cancel_order', { [name]: bought[name] })).toMatchObject({
        outcome: 'filled',
        state: 'filled',
        filled_quantity: 10,
        message: `Order ${String(bought.order_id)} had filled before it could be cancelled.`,
      });
    }
    const { order_id } = await resting(app);
    await app.call('cancel_order', { order_id });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({
      outcome: 'cancelled',
      state: 'cancelled',
    });
  });

  it('tells what had filled of an order that is cancelled', async () => {
    const app = await newApp();
    await setPrice(MSFT, 100, { liquidity: 1 });
    const order = { ...RESTING, symbol: 'MSFT', quantity: 300, limit_price: 100.1 };
    const { order_id, filled_quantity } = await app.call('place_order', order);
    expect(filled_quantity).toBeGreaterThan(0);
    const { outcome, message, filled_quantity: filled } = await app.call('cancel_order', { order_id });
    expect(outcome).toBe('cancelled');
    expect(message).toBe(
      `Order ${String(order_id)} is cancelled, and ${String(filled)} of 300 had filled at 100.1.`,
    );
  });

  it('tells of an order that IBKR does not have any more what is written down of it', async () => {
    const app = await newApp();
    const { order_id } = await resting(app);
    await app.call('cancel_order', { order_id });
    await app.sandbox.fault({
      kind: 'status',
      status: 400,
      body: { error: `OrderID ${order_id} doesn't exist` },
      match: CANCELLATIONS,
    });
    await app.sandbox.fault({
      kind: 'status',
      status: 503,
      body: { error: 'Order ID is not found' },
      match: STATUS,
    });
    await app.sandbox.fault({
      kind: 'status',
      status: 200,
      body: { orders: [], snapshot: true },
      match: LIST,
    });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({
      outcome: 'cancelled',
      state: 'cancelled',
      quantity: 10,
    });
  });

  it('waits until the question about another order is answered, which it would void', async () => {
    const app = await newApp();
    const { order_id } = await resting(app);
    const match = { method: 'POST', path: '/iserver/reply/*' };
    await app.sandbox.fault({ kind: 'delay', delayMs: 1_500, times: 1, match });
    const placing = app.call('place_order', { ...RESTING, limit_price: 60 });
    await vi.waitFor(async () => {
      const seen = Object.keys(await app.sandbox.requests());
      expect(seen.some((name) => name.includes('/reply/'))).toBe(true);
    }, WAIT);
    await delay(100);
    expect(await app.call('cancel_order', { order_id })).toMatchObject({ state: 'cancelled' });
    expect(await placing).toMatchObject({ state: 'working' });
  });

  it('of a pair by its intent reaches the one though IBKR refuses the other', async () => {
    const app = await newApp();
    const oca = { order_type: 'LMT', limit_price: 97.5 };
    const pair = await app.call('place_order', { ...RESTING, oca });
    const match = { method: 'DELETE', path: `/iserver/account/*/order/${String(pair.order_id)}` };
    await app.sandbox.fault({ kind: 'status', status: 400, body: { error: 'Order is held' }, match });
    expect(await app.call('cancel_order', { intent_id: pair.intent_id })).toMatchObject({
      order_id: pair.oca_order_id,
      state: 'cancelled',
      others: [
        {
          order_id: pair.order_id,
          outcome: 'unconfirmed',
          message: expect.stringContaining('Order is held'),
        },
      ],
    });
  });

  it('of a filled entry says that its exits are orders of their own', async () => {
    const app = await newApp();
    const bracket = { ...RESTING, order_type: 'MKT', limit_price: undefined, take_profit_price: 110 };
    const { intent_id } = await app.call('place_order', bracket);
    expect(await app.call('cancel_order', { intent_id })).toMatchObject({
      outcome: 'filled',
      message: expect.stringContaining('cancel_order with their order_id cancels them'),
    });
  });

  it('of a pair by its intent is for both orders', async () => {
    const app = await newApp();
    const oca = { order_type: 'LMT', limit_price: 97.5 };
    const pair = await app.call('place_order', { ...RESTING, oca });
    expect(await app.call('cancel_order', { intent_id: pair.intent_id })).toMatchObject({
      order_id: pair.order_id,
      state: 'cancelled',
      others: [{ order_id: pair.oca_order_id, state: 'cancelled' }],
    });
    expect(await app.call('get_order_status', { intent_id: pair.intent_id })).toMatchObject({
      state: 'cancelled',
    });
  });
});
