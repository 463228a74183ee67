/** How orders are shown: under the names of those who read them, with their exits and all their terms. */
import { beforeAll, describe, expect, it } from 'vitest';
import { newApp, useApps } from '../../../testing/app.ts';
import { setPrice } from '../../../testing/sandbox.ts';

useApps();

const NVDA = 4815747;
const RESTING = { symbol: 'NVDA', side: 'BUY', quantity: 3, order_type: 'LMT', limit_price: 98, tif: 'GTC' };
const BRACKET = { ...RESTING, take_profit_price: 110, stop_loss_price: 90, client_order_id: 'b-1' };
const TRAIL = { symbol: 'NVDA', side: 'SELL', quantity: 3, order_type: 'TRAIL', trailing_percent: 5 };
const STATUS = { method: 'GET', path: '/iserver/account/order/status/*' };
const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };

beforeAll(() => setPrice(NVDA, 100));

interface Row {
  order_id: string;
  exit: string | null;
  parent_order_id: string | null;
}

describe.concurrent('an order', () => {
  it('has the name that its caller gave it wherever it is shown, and that of IBKR apart', async () => {
    const app = await newApp();
    const filled = await app.call('place_order', {
      symbol: 'NVDA',
      side: 'BUY',
      quantity: 1,
      order_type: 'MKT',
      client_order_id: 'c-1',
    });
    expect(filled).toMatchObject({ client_order_id: 'c-1' });
    const names = {
      client_order_id: 'c-1',
      intent_id: filled.intent_id,
      order_ref: `ig-${String(filled.intent_id)}`,
    };
    expect(await app.call('get_order_status', { order_id: filled.order_id })).toMatchObject(names);
    expect(await app.call('get_orders', {})).toMatchObject({ orders: [names] });
    expect(await app.call('get_trades', {})).toMatchObject({ trades: [names] });
    expect(await app.call('cancel_order', { order_id: filled.order_id })).toMatchObject(names);
  });

  it('tells how it trails, until when it is open and whether outside regular hours, also when that was changed', async () => {
    const app = await newApp();
    await app.call('place_order', { symbol: 'NVDA', side: 'BUY', quantity: 10, order_type: 'MKT' });
    const trail = await app.call('place_order', TRAIL);
    const at = new Date(Date.now() + 86_400_000).toISOString();
    const until = await app.call('place_order', {
      ...RESTING,
      tif: 'GTD',
      good_till_date: at,
      outside_rth: true,
    });
    const rows = async () => (await app.call('get_orders', { status: 'OPEN' })).orders as Row[];
    const row = async ({ order_id }: Record<string, unknown>) =>
      (await rows()).find((one) => one.order_id === order_id);
    expect(await row(trail)).toMatchObject({
      trailing_percent: 5,
      trailing_amount: null,
      good_till_date: null,
      outside_rth: false,
    });
    expect(await row(until)).toMatchObject({
      trailing_percent: null,
      tif: 'GTD',
      good_till_date: at,
      outside_rth: true,
    });
    await app.call('modify_order', { order_id: trail.order_id, trailing_amount: 3 });
    expect(await row(trail)).toMatchObject({ trailing_percent: null, trailing_amount: 3 });
    expect(await app.call('get_order_status', { order_id: trail.order_id })).toMatchObject({
      trailing_amount: 3,
    });
  });

  it('for an amount of money tells how much of it was used', async () => {
    const app = await newApp();
    const order = { symbol: 'NVDA', side: 'BUY', cash_quantity: 1_000, order_type: 'MKT' };
    const bought = await app.call('place_order', order);
    const { filled_quantity, average_price, traded_amount } = bought as Record<string, number>;
    const amount = Number((Number(filled_quantity) * Number(average_price)).toFixed(2));
    expect(traded_amount).toEqual({ amount, currency: 'USD' });
    expect(amount).toBeGreaterThan(0);
    expect(bought.order).toMatch(/^BUY 1000 USD of NVDA MKT DAY, adds to the position of 150, in DU/);
  });

  it('tells what IBKR says of its state', async () => {
    const app = await newApp();
    const { order_id, intent_id } = await app.call('place_order', RESTING);
    const status = {
      order_id: Number(order_id),
      conid: NVDA,
      account: (await app.call('get_current_account', {})).account_id,
      side: 'B',
      total_size: '3.0',
      size: '3.0',
      order_type: 'LIMIT',
      limit_price: '98.00',
      order_status: 'Inactive',
      order_status_description: 'Rejected: <b>no trading permission</b> for account U1234567',
      tif: 'GTC',
    };
    await app.sandbox.fault({ kind: 'status', status: 200, body: status, match: STATUS });
    const said = {
      status: 'Inactive',
      status_description: expect.stringMatching(/^Rejected: no trading permission for account (?!U1234567)/),
    };
    expect(await app.call('get_order_status', { order_id })).toMatchObject(said);
    // Whoever asks by the intent reads it too, whether the order is over by then or not.
    const asked = app.call('get_order_status', { intent_id }).then(JSON.stringify, String);
    expect(await asked).toContain('Rejected: no trading permission');
  });
});

describe.concurrent('a pair', () => {
  const PAIR = { ...RESTING, oca: { order_type: 'LMT', limit_price: 97 } };

  it.each([
    ['IBKR fails', { kind: 'status', status: 500, times: 1 }],
    ['IBKR is silent', { kind: 'delay', delayMs: 30_000, times: 1 }],
  ])('is told by the one that fills, also where %s when that is read', async (_, fault) => {
    const app = await newApp();
    const { intent_id, oca_order_id } = await app.call('place_order', PAIR);
    await app.sandbox.control(`orders/${oca_order_id}`, { fill: { quantity: 2, price: 97 } });
    const path = `/iserver/account/order/status/${oca_order_id}`;
    await app.sandbox.fault({ ...fault, match: { method: 'GET', path } });
    expect(await app.call('get_order_status', { intent_id })).toMatchObject({
      order_id: oca_order_id,
      filled_quantity: 2,
      as_of: null,
    });
  });

  it('is not told by the other one where neither its status nor the list can be read', async () => {
    const app = await newApp();
    const { intent_id, oca_order_id } = await app.call('place_order', PAIR);
    await app.sandbox.control(`orders/${oca_order_id}`, { fill: { quantity: 2, price: 97 } });
    const path = `/iserver/account/order/status/${oca_order_id}`;
    await app.sandbox.fault({ kind: 'status', status: 500, match: { method: 'GET', path } });
    await app.sandbox.fault({ kind: 'status', status: 500, match: { path: '/iserver/account/orders' } });
    expect(await app.fail('get_order_status', { intent_id })).toMatchObject({ code: 'ibkr_unavailable' });
  });

  it('of which one filled in part and is over is told by what works, with what has filled', async () => {
    const app = await newApp();
    const { intent_id, order_id, oca_order_id } = await app.call('place_order', PAIR);
    await app.sandbox.control(`orders/${oca_order_id}`, { fill: { quantity: 2, price: 97 } });
    await app.call('cancel_order', { order_id: oca_order_id });
    const told = { order_id, state: 'working', oca_order_id, pair_filled_quantity: 2 };
    expect(await app.call('get_order_status', { intent_id })).toMatchObject(told);
    await app.sandbox.control(`orders/${order_id}`, { fill: { quantity: 1, price: 98 } });
    expect(await app.call('get_order_status', { intent_id })).toMatchObject({
      ...{ order_id, state: 'filled', filled_quantity: 1, pair_filled_quantity: 3 },
    });
  });

  it('of which one was cancelled is told by the other one', async () => {
    const app = await newApp();
    const { intent_id, order_id, oca_order_id } = await app.call('place_order', PAIR);
    await app.call('cancel_order', { order_id });
    expect(await app.call('get_order_status', { order_id })).toMatchObject({ state: 'cancelled' });
    expect(await app.call('get_order_status', { intent_id })).toMatchObject({
      order_id: oca_order_id,
      state: 'working',
    });
  });
});

describe.concurrent('exits', () => {
  it('are told with the order, and are listed as its own', async () => {
    const app = await newApp();
    const placed = await app.call('place_order', BRACKET);
    const exits = placed.exits as { order_id: string; type: string }[];
    expect(exits.toSorted((a, b) => (a.type > b.type ? -1 : 1))).toEqual([
      {
        order_id: expect.any(String),
        type: 'take_profit',
        price: 110,
        quantity: 3,
        tif: 'GTC',
        state: 'working',
      },
      {
        order_id: expect.any(String),
        type: 'stop_loss',
        price: 90,
        quantity: 3,
        tif: 'GTC',
        state: 'working',
      },
    ]);
    expect(await app.call('get_order_status', { client_order_id: 'b-1' })).toMatchObject({
      exits: placed.exits,
    });
    const { orders } = (await app.call('get_orders', {})) as { orders: Row[] };
    for (const { order_id, type: exit } of exits) {
      const own = { exit, parent_order_id: placed.order_id, intent_id: placed.intent_id };
      expect(orders.find((row) => row.order_id === order_id)).toMatchObject(own);
      const { exits: none, ...status } = await app.call('get_order_status', { order_id });
      expect(status).toMatchObject(own);
      expect(none).toBeUndefined();
    }
    expect(orders.find((row) => row.order_id === placed.order_id)).toMatchObject({
      exit: null,
      parent_order_id: null,
    });
  });

  it('are the order’s own also when its answer was lost', async () => {
    const app = await newApp();
    await app.sandbox.fault({ kind: 'reset_after_accept', times: 1, match: ORDERS });
    // Nothing that IBKR would ask about first.
    const placed = await app.call('place_order', { ...RESTING, take_profit_price: 101 });
    // The call that lost the answer may have no time left to look for them.
    expect(await app.call('get_order_status', { intent_id: placed.intent_id })).toMatchObject({
      exits: [{ type: 'take_profit', price: 101, tif: 'GTC' }],
    });
    const { orders } = (await app.call('get_orders', {})) as { orders: Row[] };
    expect(orders.filter(({ exit }) => exit !== null)).toMatchObject([
      { exit: 'take_profit', parent_order_id: placed.order_id, intent_id: placed.intent_id },
    ]);
  });

  it.each([
    ['take_profit', { limit_price: 111 }, { limit_price: 111 }],
    ['stop_loss', { stop_price: 91 }, { stop_price: 91 }],
  ])('of the kind %s are changed and cancelled by their own ids', async (kind, change, changed) => {
    const app = await newApp();
    const placed = await app.call('place_order', { ...BRACKET, order_type: 'MKT', limit_price: undefined });
    const exit = (placed.exits as { order_id: string; type: string }[]).find((one) => one.type === kind);
    const order_id = exit?.order_id;
    expect(await app.call('modify_order', { order_id, ...change })).toMatchObject({
      order_id,
      state: 'working',
    });
    const after = { ...changed, exit: kind, parent_order_id: placed.order_id, quantity: 3, tif: 'GTC' };
    expect(await app.call('get_order_status', { order_id })).toMatchObject(after);
    expect(await app.call('cancel_order', { order_id })).toMatchObject({
      order_id,
      exit: kind,
      state: 'cancelled',
    });
    // The entry has filled, whatever becomes of its exits.
    expect(await app.call('get_order_status', { intent_id: placed.intent_id })).toMatchObject({
      state: 'filled',
    });
  });

  it('that IBKR has no status of are changed and cancelled all the same', async () => {
    const app = await newApp();
    const placed = await app.call('place_order', BRACKET);
    await app.sandbox.fault({
      kind: 'status',
      status: 503,
      body: { error: 'Order ID is not found' },
      match: STATUS,
    });
    const exits = placed.exits as { order_id: string; type: string }[];
    const stop = exits.find(({ type }) => type === 'stop_loss')?.order_id;
    await app.call('modify_order', { order_id: stop, stop_price: 91 });
    expect(await app.call('get_order_status', { order_id: stop })).toMatchObject({
      exit: 'stop_loss',
      stop_price: 91,
    });
    expect(await app.call('cancel_order', { order_id: stop })).toMatchObject({ state: 'cancelled' });
  });
});
