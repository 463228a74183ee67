/** Whose orders an app may cancel and change: its own always, those of others as the owner allows. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Limits } from '../../contract/rules/limits.ts';
import { newApp, type TestApp, useApps } from '../../testing/app.ts';
import { firstAccount, setPrice, simulatorUrl } from '../../testing/sandbox.ts';

useApps();

const NVDA = 4815747;
const RESTING = { symbol: 'NVDA', side: 'BUY', quantity: 10, order_type: 'LMT', limit_price: 98, tif: 'GTC' };

beforeAll(() => setPrice(NVDA, 100));

interface TrueOrder {
  orderId: number;
  account: string;
  quantity: number;
  status: string;
}

async function trueOrders(app: TestApp): Promise<TrueOrder[]> {
  const accountId = await firstAccount(app.sandbox.client());
  const answer = await fetch(`${simulatorUrl()}/sim/orders`);
  const { orders } = (await answer.json()) as { orders: TrueOrder[] };
  return orders.filter(({ account }) => account === accountId);
}

const working = async (app: TestApp) =>
  (await trueOrders(app)).filter(({ status }) => !['Cancelled', 'Filled'].includes(status));

/** An order that the owner placed with another program than this gateway. */
async function orderFromElsewhere(app: TestApp): Promise<string> {
  const account = await firstAccount(app.sandbox.client());
  const ticket = {
    conid: NVDA,
    orderType: 'LMT',
    side: 'BUY',
    quantity: 3,
    price: 95,
    tif: 'GTC',
    cOID: `tws-${account}`,
  };
  await app.sandbox.control('orders', { account, orders: [ticket] });
  const [order] = await trueOrders(app);
  return String(order?.orderId);
}

/** How the owner says that other's orders are out of reach, and how they allow them. */
const RULES: { says: string; approval: 'none' | 'owner'; limits: Limits; mayCancel: boolean }[] = [
  { says: 'nothing', approval: 'none', limits: {}, mayCancel: true },
  { says: 'that they are out of reach', approval: 'none', limits: { othersOrders: false }, mayCancel: false },
  { says: 'that every order waits for them', approval: 'owner', limits: {}, mayCancel: false },
  { says: 'both', approval: 'owner', limits: { othersOrders: false }, mayCancel: false },
  {
    says: 'that it may, though every order waits',
    approval: 'owner',
    limits: { othersOrders: true },
    mayCancel: true,
  },
];

describe.concurrent.each(RULES)('of an app whose owner says $says', ({ approval, limits, mayCancel }) => {
  it('a cancellation reaches its own orders, by every name, with their exits', async ({ expect }) => {
    const app = await newApp();
    const bracket = { ...RESTING, take_profit_price: 120, stop_loss_price: 80 };
    const first = await app.call('place_order', { ...bracket, client_order_id: 'first' });
    const second = await app.call('place_order', { ...RESTING, quantity: 2 });
    await app.call('place_order', { ...RESTING, quantity: 1, client_order_id: 'third' });
    const [exit] = (first as { exits: { order_id: string }[] }).exits;
    await app.set({ approval, limits });
    for (const named of [
      { order_id: exit?.order_id },
      { order_id: first.order_id },
      { intent_id: second.intent_id },
      { client_order_id: 'third' },
    ]) {
      expect(await app.call('cancel_order', named), JSON.stringify(named)).toMatchObject({
        state: 'cancelled',
      });
    }
    expect(await working(app)).toEqual([]);
  });

  it('a cancellation reaches those of others only if they allow it', async ({ expect }) => {
    const app = await newApp();
    const elsewhere = await orderFromElsewhere(app);
    const bracket = { ...RESTING, stop_loss_price: 80 };
    const placed = await app.call('place_order', bracket, 'other');
    const [exit] = (placed as { exits: { order_id: string }[] }).exits;
    await app.set({ approval, limits });
    const before = await trueOrders(app);
    for (const named of [
      { order_id: elsewhere },
      { order_id: exit?.order_id },
      { order_id: placed.order_id },
      { intent_id: placed.intent_id },
    ]) {
      const what = JSON.stringify(named);
      if (mayCancel) {
        expect(await app.call('cancel_order', named), what).toMatchObject({ state: 'cancelled' });
      } else {
        expect(await app.fail('cancel_order', named), what).toMatchObject({
          code: 'limit_exceeded',
          message: expect.stringContaining('“Orders it did not place”'),
          details: { limit: 'othersOrders' },
        });
      }
    }
    if (mayCancel) expect(await working(app)).toEqual([]);
    else expect(await trueOrders(app)).toEqual(before);
  });
});

it('an order from elsewhere is no app’s own for having been changed by it', async () => {
  const app = await newApp();
  const order_id = await orderFromElsewhere(app);
  const { intent_id } = await app.call('modify_order', { order_id, quantity: 4 });
  await app.set({ limits: { othersOrders: false } });
  for (const named of [{ order_id }, { intent_id }]) {
    expect(await app.fail('cancel_order', named)).toMatchObject({ details: { limit: 'othersOrders' } });
  }
  expect(await app.fail('modify_order', { order_id, quantity: 5 })).toMatchObject({
    code: 'limit_exceeded',
    details: { limit: 'othersOrders' },
  });
  expect(await trueOrders(app)).toMatchObject([{ quantity: 4, status: 'Submitted' }]);
});

it('an order that was sent and not answered is known to be its own by its name', async () => {
  const app = await newApp();
  const orders = { method: 'POST', path: '/iserver/account/*/orders' };
  await app.sandbox.fault({ kind: 'reset_after_accept', times: 1, match: orders });
  for (const path of ['/iserver/account/orders', '/iserver/account/trades']) {
    await app.sandbox.fault({ kind: 'status', status: 500, match: { method: 'GET', path } });
  }
  expect(await app.fail('place_order', RESTING)).toMatchObject({ code: 'order_state_unknown' });
  await app.sandbox.endFaults();
  await app.set({ limits: { othersOrders: false } });
  const [order] = await working(app);
  expect(await app.call('cancel_order', { order_id: String(order?.orderId) })).toMatchObject({
    state: 'cancelled',
  });
});

it('others’ orders are changed as the limit says, which holds at the yes, too', async () => {
  const app = await newApp();
  const { order_id } = await app.call('place_order', RESTING, 'other');
  const own = await app.call('place_order', { ...RESTING, quantity: 1 });
  await app.set({ approval: 'model' });
  const { state, intent_id } = await app.call('modify_order', { order_id, quantity: 9 });
  expect(state).toBe('awaiting_approval');
  const waiting = await app.call('modify_order', { order_id: own.order_id, quantity: 2 });
  await app.set({ limits: { othersOrders: false } });
  expect(await app.fail('confirm_order', { intent_id })).toMatchObject({
    code: 'limit_exceeded',
    details: { limit: 'othersOrders' },
  });
  expect(await app.call('confirm_order', { intent_id: waiting.intent_id })).toMatchObject({
    state: 'working',
  });
  expect((await working(app)).map(({ quantity }) => quantity).toSorted()).toEqual([10, 2]);
});

it('where it cannot be read whose an order is, it is not cancelled', async () => {
  const app = await newApp();
  const order_id = await orderFromElsewhere(app);
  await app.set({ limits: { othersOrders: false } });
  const match = { method: 'GET', path: '/iserver/account/orders' };
  await app.sandbox.fault({ kind: 'status', status: 500, match });
  const { message } = await app.fail('cancel_order', { order_id });
  expect(message).toContain(`IBKR was not asked to cancel order ${order_id}`);
  await app.sandbox.endFaults();
  expect(await working(app)).toHaveLength(1);
});
