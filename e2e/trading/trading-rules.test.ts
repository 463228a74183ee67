/** What owners decide about orders: limits, and the stop. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LIMIT_NAMES } from '../../functions/src/contract/rules/limit-names.ts';
import { api } from '../console-client.ts';
import { callTool, failTool, rpc } from '../mcp-endpoint.ts';
import { ordersAt, ordersOf } from '../sandbox.ts';
import { askAndWait, BUY, sandboxOf, useTraderAndStranger } from './asked-orders.ts';

let owner: string;
let stranger: string;
useTraderAndStranger((signedIn) => {
  ({ owner, stranger } = signedIn);
});

const sandbox = (key: object = {}) => sandboxOf(owner, key);

describe.concurrent('names and duplicates', () => {
  it('make the same order the same, and another one a conflict', async () => {
    const { key } = await sandbox();
    const named = { ...BUY, client_order_id: 'monday-1' };
    const first = await callTool('place_order', named, key);
    expect(await callTool('place_order', named, key)).toMatchObject({
      intent_id: first.intent_id,
      order_id: first.order_id,
    });
    expect(await failTool('place_order', { ...named, quantity: 4 }, key)).toMatchObject({
      code: 'idempotency_conflict',
    });
    expect(await ordersAt(key)).toHaveLength(1);
  });

  it('hold an identical order back until it is meant', async () => {
    const { key } = await sandbox();
    await callTool('place_order', BUY, key);
    expect(await failTool('place_order', BUY, key)).toMatchObject({ code: 'possible_duplicate' });
    expect(await ordersAt(key)).toHaveLength(1);
    expect(await callTool('place_order', { ...BUY, duplicate_ok: true }, key)).toMatchObject({
      state: 'filled',
    });
    expect(await ordersAt(key)).toHaveLength(2);
  });
});

describe.concurrent('limits', () => {
  it.each<[object, Record<string, unknown>, keyof typeof LIMIT_NAMES]>([
    [{ trading: false }, BUY, 'trading'],
    [{ maxOrderValue: 100 }, BUY, 'maxOrderValue'],
    [{ maxDailyValue: 100 }, BUY, 'maxDailyValue'],
    [{ maxDailyOrders: 0 }, BUY, 'maxDailyOrders'],
    [{ symbols: ['AAPL'] }, BUY, 'symbols'],
    [{ assetClasses: ['OPT'] }, BUY, 'assetClasses'],
    [{ shortSelling: false }, { ...BUY, side: 'SELL', quantity: 100_000 }, 'shortSelling'],
    [{ priceCollarPercent: 5 }, { ...BUY, order_type: 'LMT', limit_price: 1 }, 'priceCollarPercent'],
    [
      { regularHoursOnly: true },
      { ...BUY, outside_rth: true, order_type: 'LMT', limit_price: 400 },
      'regularHoursOnly',
    ],
  ])('%j refuse %j, naming %s', async (limits, order, limit) => {
    const { id, key } = await sandbox();
    expect(await api(owner, 'PATCH', `/connections/${id}`, { limits })).toMatchObject({ status: 200 });
    const error = await failTool('place_order', order, key);
    expect(error).toMatchObject({ code: 'limit_exceeded', details: { limit } });
    expect(error.message).toContain(`“${LIMIT_NAMES[limit]}”`);
    expect(await ordersAt(key)).toEqual([]);
    expect(await callTool('preview_order', order, key)).toHaveProperty('approval', 'none');
  });

  it('of a key hold within those of its connection', async () => {
    const { key } = await sandbox({ limits: { maxDailyOrders: 1 } });
    await callTool('place_order', BUY, key);
    expect(await failTool('place_order', { ...BUY, quantity: 1 }, key)).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: 'maxDailyOrders', value: 1 },
    });
  });

  it('of a key say whether it cancels what it did not place; the owner always does', async () => {
    const { id, key } = await sandbox();
    const limits = { othersOrders: false };
    const made = await api(owner, 'POST', `/connections/${id}/keys`, { label: 'watcher', limits });
    const minted = z.object({ apiKey: z.string(), key: z.object({ id: z.string() }) }).parse(made.body);
    const watcher = minted.apiKey;
    const resting = { ...BUY, order_type: 'LMT', limit_price: 1, tif: 'GTC' };
    const first = await callTool('place_order', resting, key);
    const second = await callTool('place_order', { ...resting, quantity: 1 }, key);
    const own = await callTool('place_order', resting, watcher);
    const { order_id } = first;
    expect(await failTool('cancel_order', { order_id }, watcher)).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: 'othersOrders' },
    });
    const ofOwn = await callTool('cancel_order', { order_id: own.order_id }, watcher);
    expect(ofOwn).toMatchObject({ state: 'cancelled' });
    await api(owner, 'PATCH', `/connections/${id}`, { approval: 'owner' });
    await api(owner, 'PATCH', `/keys/${minted.key.id}`, { limits: { othersOrders: null } });
    expect(await failTool('cancel_order', { order_id }, watcher)).toMatchObject({ code: 'limit_exceeded' });
    await api(owner, 'PATCH', `/keys/${minted.key.id}`, { limits: { othersOrders: true } });
    expect(await callTool('cancel_order', { order_id }, watcher)).toMatchObject({ state: 'cancelled' });
    await api(owner, 'PATCH', `/connections/${id}`, { limits });
    const path = `/connections/${id}/orders/${second.order_id}/cancel`;
    expect(await api(owner, 'POST', path, {})).toMatchObject({ body: { result: { state: 'cancelled' } } });
  });

  it('are refused when they make no sense', async () => {
    const { id } = await sandbox();
    for (const limits of [{ maxOrderValue: -1 }, { maxDailyOrders: 1.5 }, { maximum: 5 }]) {
      expect(await api(owner, 'PATCH', `/connections/${id}`, { limits })).toMatchObject({ status: 400 });
    }
    const limits = { assetClasses: ['STOCK'] };
    expect(await api(owner, 'PATCH', `/connections/${id}`, { limits })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('"STOCK" is no asset class of IBKR') } },
    });
  });

  it('are kept in one spelling', async () => {
    const { id } = await sandbox();
    const limits = { symbols: ['aapl'], assetClasses: ['stk'] };
    await api(owner, 'PATCH', `/connections/${id}`, { limits });
    expect(await api(owner, 'GET', `/connections/${id}`)).toMatchObject({
      body: { connection: { limits: { symbols: ['AAPL'], assetClasses: ['STK'] } } },
    });
  });
});

describe.concurrent('kinds of orders', () => {
  const sell = { symbol: 'SPY', side: 'SELL', quantity: 1 };
  const soon = new Date(Date.now() + 3 * 86_400_000).toISOString();

  it('are all taken', async () => {
    const { key } = await sandbox();
    const kinds = [
      { ...sell, order_type: 'STP', stop_price: 100 },
      { ...sell, order_type: 'STP_LIMIT', stop_price: 100, limit_price: 99 },
      { ...sell, order_type: 'MIT', stop_price: 5_000 },
      { ...sell, order_type: 'LIT', stop_price: 5_000, limit_price: 4_999 },
      { ...sell, order_type: 'TRAIL', trailing_percent: 5 },
      { ...sell, order_type: 'TRAIL_LIMIT', trailing_amount: 50, stop_price: 100, limit_price: 99 },
      { ...sell, order_type: 'LMT', limit_price: 5_000, tif: 'GTD', good_till_date: soon },
      { ...sell, order_type: 'LOC', limit_price: 5_000 },
      { ...sell, order_type: 'MOC' },
      { ...BUY, order_type: 'LMT', limit_price: 1, take_profit_price: 2, stop_loss_price: 0.5, tif: 'GTC' },
    ];
    for (const order of kinds) {
      const placed = await callTool('place_order', order, key);
      expect(placed, JSON.stringify(order)).toMatchObject({ state: 'working', order_type: order.order_type });
    }
    // The bracket brings two exits with it.
    expect(await ordersAt(key)).toHaveLength(kinds.length + 2);
  });

  it.each([
    [{ ...sell, order_type: 'MOC', limit_price: 5 }, 'limit_price'],
    [{ ...sell, order_type: 'TRAIL' }, 'trailing_amount'],
    [{ ...sell, order_type: 'LMT', limit_price: 500, tif: 'GTD' }, 'good_till_date'],
    [{ ...sell, order_type: 'LMT', limit_price: 500.001 }, 'limit_price'],
    [{ ...sell, order_type: 'MKT', cash_quantity: 100 }, 'quantity'],
    [{ symbol: 'EUR.USD', side: 'BUY', quantity: 1000, order_type: 'MIDPRICE' }, 'order_type'],
    [{ ...BUY, order_type: 'LMT', limit_price: 10, take_profit_price: 5 }, 'take_profit_price'],
  ])('that IBKR would refuse are refused first: %j names %s', async (order, field) => {
    const { key } = await sandbox();
    const error = await failTool('place_order', order, key);
    expect(error).toMatchObject({ code: 'invalid_arguments' });
    expect(error.message).toContain(`"${field}"`);
    expect(await ordersAt(key)).toEqual([]);
  });
});

describe.concurrent('a change of a working order', () => {
  const resting = { ...BUY, order_type: 'LMT', limit_price: 1, tif: 'GTC' };

  it('keeps what it does not name', async () => {
    const { key } = await sandbox();
    const { order_id } = await callTool('place_order', resting, key);
    const changed = await callTool('modify_order', { order_id, limit_price: 1.5 }, key);
    expect(changed).toMatchObject({ order_id, state: 'working' });
    expect(await callTool('get_order_status', { order_id }, key)).toMatchObject({
      quantity: 3,
      limit_price: 1.5,
      state: 'working',
    });
    await callTool('modify_order', { order_id, quantity: 5 }, key);
    expect(await callTool('get_order_status', { order_id }, key)).toMatchObject({
      quantity: 5,
      limit_price: 1.5,
    });
    expect(await ordersAt(key)).toHaveLength(1);
  });

  it('obeys limits and approvals', async () => {
    const { id, key } = await sandbox({ approval: 'model' });
    const placed = await askAndWait('place_order', resting, key);
    const { order_id } = await callTool('confirm_order', { intent_id: placed.intent_id }, key);
    const { intent_id } = await askAndWait('modify_order', { order_id, quantity: 4 }, key);
    expect(await callTool('get_order_status', { order_id }, key)).toMatchObject({ quantity: 3 });
    await callTool('confirm_order', { intent_id }, key);
    expect(await callTool('get_order_status', { order_id }, key)).toMatchObject({ quantity: 4 });
    await api(owner, 'PATCH', `/connections/${id}`, { limits: { maxOrderValue: 10 } });
    expect(await failTool('modify_order', { order_id, quantity: 50 }, key)).toMatchObject({
      code: 'limit_exceeded',
    });
  });

  it('is refused with a reason', async () => {
    const { key } = await sandbox();
    const { order_id } = await callTool('place_order', BUY, key);
    expect(await failTool('modify_order', { order_id, quantity: 4 }, key)).toMatchObject({
      code: 'order_not_cancellable',
    });
    expect(await failTool('modify_order', { order_id }, key)).toMatchObject({ code: 'invalid_arguments' });
    expect(await failTool('modify_order', { order_id: '1', quantity: 4 }, key)).toMatchObject({
      code: 'not_found',
    });
  });
});

describe('panic', () => {
  it('ends what waits for a yes, so that no later yes can send it', async () => {
    const { id, key } = await sandbox({ approval: 'owner' });
    const { intent_id } = await askAndWait('place_order', BUY, key);
    const account = await callTool('get_current_account', {}, key);
    const { body } = await api(owner, 'GET', `/intents/${intent_id}`);
    const { orderHash } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body).intent;
    expect(await api(owner, 'POST', `/connections/${id}/panic`)).toMatchObject({ body: { declined: 1 } });
    expect(
      await api(owner, 'POST', `/intents/${intent_id}`, { decision: 'approve', orderHash }),
    ).toMatchObject({
      status: 400,
    });
    expect(await ordersOf(String(account.account_id))).toEqual([]);
  });

  it('cancels what works, refuses orders and ends the keys', async () => {
    const { id, key } = await sandbox();
    const resting = { ...BUY, order_type: 'LMT', limit_price: 1, tif: 'GTC' };
    await callTool('place_order', resting, key);
    await callTool('place_order', { ...resting, quantity: 7 }, key);
    expect(await api(stranger, 'POST', `/connections/${id}/panic`)).toMatchObject({ status: 404 });

    const before = await ordersAt(key);
    expect(before).toHaveLength(2);
    expect(await api(owner, 'POST', `/connections/${id}/panic`)).toMatchObject({
      status: 200,
      body: {
        trading: false,
        revokedKeys: 2,
        cancelling: [{}, {}],
        failed: [],
      },
    });
    expect((await rpc('tools/list', {}, { key })).status).toBe(401);
    const minted = await api(owner, 'POST', `/connections/${id}/keys`, { label: 'after' });
    const { apiKey } = z.object({ apiKey: z.string() }).parse(minted.body);
    await expect
      .poll(async () => (await ordersAt(apiKey)).map(({ status }) => status))
      .toEqual(['Cancelled', 'Cancelled']);
    // On a busy machine its call had no time left for a last look, and the schedule has it.
    const since = expect.stringMatching(/^\d{4}-/);
    await expect
      .poll(async () => (await api(owner, 'GET', `/connections/${id}`)).body)
      .toMatchObject({
        connection: {
          limits: { trading: false },
          panic: { since, retrying: false, remaining: 0, accountsLeft: 0 },
        },
      });
    expect(await failTool('place_order', BUY, apiKey)).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: 'trading' },
    });

    const limits = { trading: true };
    expect(await api(owner, 'PATCH', `/connections/${id}`, { limits })).toMatchObject({
      body: { connection: { panic: null } },
    });
    expect(await callTool('place_order', BUY, apiKey)).toMatchObject({ state: 'filled' });
  });
});
