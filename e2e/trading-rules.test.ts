/** What owners decide about orders: who has to say yes, limits, and the stop. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { api, signIn } from './console-client.ts';
import { database } from './database.ts';
import { callTool, failTool, rpc } from './mcp-endpoint.ts';
import { demo } from './own-stack.ts';

const BUY = { symbol: 'MSFT', side: 'BUY', quantity: 3, order_type: 'MKT' };

let owner: string;
let stranger: string;

beforeAll(async () => {
  [owner, stranger] = await Promise.all([
    signIn({ sub: 'trader', email: 'trader@example.com' }),
    signIn({ sub: 'stranger', email: 'stranger@example.com' }),
  ]);
});

async function sandbox(key: object = {}): Promise<{ id: string; key: string }> {
  const made = await api(owner, 'POST', '/connections', { kind: 'sandbox' });
  const { connection } = z.object({ connection: z.object({ id: z.string() }) }).parse(made.body);
  const minted = await api(owner, 'POST', `/connections/${connection.id}/keys`, { label: 'bot', ...key });
  return { id: connection.id, key: z.object({ apiKey: z.string() }).parse(minted.body).apiKey };
}

/** Orders of the tools' making that the simulator really has. */
async function ordersAt(key: string): Promise<{ status: string }[]> {
  const { account_id } = await callTool('get_current_account', {}, key);
  const answer = await fetch(`http://${demo().simulator}/sim/orders`);
  const { orders } = (await answer.json()) as { orders: { account: string; status: string }[] };
  return orders.filter(({ account }) => account === account_id);
}

const waiting = z.object({
  intent_id: z.string(),
  approval_url: z.string().optional(),
  preview: z.unknown(),
});

async function awaiting(tool: string, args: object, key: string) {
  const error = await failTool(tool, { ...args }, key);
  expect(error).toMatchObject({ code: 'approval_required' });
  return waiting.parse(error.details);
}

describe('a yes of the owner', () => {
  it('is given on a page, for exactly one order, once', async () => {
    const { id, key } = await sandbox({ approval: 'owner' });
    const { intent_id, approval_url, preview } = await awaiting('place_order', BUY, key);
    expect(approval_url).toBe(`${demo().origin}/approve/${intent_id}`);
    expect(preview).toMatchObject({ commission: { currency: 'USD' } });
    expect((await awaiting('place_order', BUY, key)).intent_id).toBe(intent_id);
    expect((await awaiting('confirm_order', { intent_id }, key)).intent_id).toBe(intent_id);
    expect(await ordersAt(key)).toEqual([]);

    const path = `/intents/${intent_id}`;
    expect(await api(stranger, 'GET', path)).toMatchObject({ status: 404 });
    expect(
      await api(stranger, 'POST', path, { decision: 'approve', orderHash: 'a'.repeat(64) }),
    ).toMatchObject({ status: 404 });
    const { body } = await api(owner, 'GET', path);
    const { intent } = z.object({ intent: z.looseObject({ orderHash: z.string() }) }).parse(body);
    expect(intent).toMatchObject({
      state: 'awaiting_approval',
      sentence: expect.stringMatching(/^BUY 3 MSFT MKT DAY in DU\d+$/),
    });

    const lists = async (query = '') =>
      z
        .object({ items: z.array(z.looseObject({ id: z.string() })) })
        .parse((await api(owner, 'GET', `/connections/${id}/intents${query}`)).body)
        .items.map((item) => item.id);
    expect([await lists(), await lists('?waiting=true')]).toEqual([[intent_id], [intent_id]]);

    const approve = (orderHash: string) => api(owner, 'POST', path, { decision: 'approve', orderHash });
    expect(await approve('a'.repeat(64))).toMatchObject({
      status: 400,
      body: { error: { code: 'approval_expired' } },
    });
    expect(await ordersAt(key)).toEqual([]);
    expect(await approve(intent.orderHash)).toMatchObject({
      status: 200,
      body: { intent: { state: 'filled', filledQuantity: 3, approval: { by: 'trader@example.com' } } },
    });
    expect(await approve(intent.orderHash)).toMatchObject({
      status: 400,
      body: { error: { code: 'approval_expired' } },
    });
    expect([await lists(), await lists('?waiting=true')]).toEqual([[intent_id], []]);
    expect(await ordersAt(key)).toHaveLength(1);
    expect(await callTool('get_order_status', { intent_id }, key)).toMatchObject({ state: 'filled' });

    const calls = await database().collection('audit').where('intentId', '==', intent_id).get();
    expect(calls.docs.map((call) => call.get('tool')).sort()).toEqual([
      'confirm_order',
      'get_order_status',
      'order.approve',
      'order.approve',
      'order.approve',
      'place_order',
      'place_order',
    ]);
    const life = await database().collection('orderIntents').doc(intent_id).get();
    const states = life.data()?.history.map(({ state }: { state: string }) => state);
    expect(states).toEqual(['awaiting_approval', 'sending', 'working', 'filled']);
    expect(life.get('app')).toMatchObject({ label: 'bot', source: 'api_key' });
  });

  it.each([
    ['price', { limit_price: 399 }],
    ['quantity', { quantity: 4 }],
    ['side', { side: 'SELL' }],
    ['connection', {}],
  ])('for one order releases no other of another %s', async (field, change) => {
    const limit = { ...BUY, order_type: 'LMT', limit_price: 400 };
    const { key } = await sandbox({ approval: 'owner' });
    const other = field === 'connection' ? await sandbox({ approval: 'owner' }) : { key };
    const approved = await awaiting('place_order', limit, key);
    const waiting = await awaiting('place_order', { ...limit, ...change }, other.key);
    const { body } = await api(owner, 'GET', `/intents/${approved.intent_id}`);
    const { intent } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body);
    const yes = { decision: 'approve', orderHash: intent.orderHash };
    expect(await api(owner, 'POST', `/intents/${waiting.intent_id}`, yes)).toMatchObject({
      status: 400,
      body: { error: { code: 'approval_expired' } },
    });
    expect(await ordersAt(other.key)).toEqual([]);
    expect((await awaiting('get_order_status', { intent_id: waiting.intent_id }, other.key)).intent_id).toBe(
      waiting.intent_id,
    );
  });

  it('that comes too late sends nothing', async () => {
    const { key } = await sandbox({ approval: 'owner' });
    const { intent_id } = await awaiting('place_order', BUY, key);
    const path = `/intents/${intent_id}`;
    const { body } = await api(owner, 'GET', path);
    const { intent } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body);
    const record = database().collection('orderIntents').doc(intent_id);
    await record.update({ 'approval.expiresAt': new Date(Date.now() - 1_000) });
    const yes = { decision: 'approve', orderHash: intent.orderHash };
    expect(await api(owner, 'POST', path, yes)).toMatchObject({
      status: 400,
      body: { error: { code: 'approval_expired' } },
    });
    expect(await failTool('get_order_status', { intent_id }, key)).toMatchObject({ code: 'not_placed' });
    expect(await ordersAt(key)).toEqual([]);
  });

  it('or a no answers IBKR’s question', async () => {
    const { id, key } = await sandbox({ approval: 'owner' });
    await api(owner, 'PATCH', `/connections/${id}`, { acceptedWarnings: [] });
    const { intent_id } = await awaiting('place_order', BUY, key);
    const path = `/intents/${intent_id}`;
    const { body } = await api(owner, 'GET', path);
    const { intent } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body);
    const asked = await api(owner, 'POST', path, { decision: 'approve', orderHash: intent.orderHash });
    expect(asked).toMatchObject({
      body: { intent: { state: 'needs_reply', question: { expiresAt: expect.any(String) } } },
    });
    expect(await failTool('get_order_status', { intent_id }, key)).toMatchObject({
      code: 'order_needs_reply',
      details: { expires_at: expect.any(String) },
    });
    expect(await api(stranger, 'POST', path, { decision: 'reject' })).toMatchObject({ status: 404 });
    expect(await api(owner, 'POST', path, { decision: 'reject' })).toMatchObject({
      body: { intent: { state: 'not_placed', reason: 'Declined.' } },
    });
    expect(await ordersAt(key)).toEqual([]);
  });

  it('is needed as soon as the owner asks for it', async () => {
    const { id, key } = await sandbox({ approval: 'model' });
    const { intent_id } = await awaiting('place_order', BUY, key);
    await api(owner, 'PATCH', `/connections/${id}`, { approval: 'owner' });
    expect(await awaiting('confirm_order', { intent_id }, key)).toMatchObject({
      approval_url: expect.any(String),
    });
    expect(await ordersAt(key)).toEqual([]);
  });

  it('is refused when the key that asked has been revoked', async () => {
    const { id, key } = await sandbox({ approval: 'owner' });
    const { intent_id } = await awaiting('place_order', BUY, key);
    const path = `/intents/${intent_id}`;
    const { intent } = z
      .object({ intent: z.object({ orderHash: z.string(), app: z.object({ id: z.string() }) }) })
      .parse((await api(owner, 'GET', path)).body);
    const other = await api(owner, 'POST', `/connections/${id}/keys`, { label: 'other' });
    const { apiKey } = z.object({ apiKey: z.string() }).parse(other.body);
    expect(await api(owner, 'DELETE', `/keys/${intent.app.id}`)).toMatchObject({ status: 204 });
    const yes = { decision: 'approve', orderHash: intent.orderHash };
    expect(await api(owner, 'POST', path, yes)).toMatchObject({
      status: 400,
      body: { error: { code: 'approval_expired', message: expect.stringContaining('bot, was revoked') } },
    });
    expect(await api(owner, 'POST', path, { decision: 'reject' })).toMatchObject({
      body: { intent: { state: 'not_placed' } },
    });
    expect(await ordersAt(apiKey)).toEqual([]);
  });

  it('is held to the limits as they are by then', async () => {
    const { id, key } = await sandbox({ approval: 'owner' });
    const { intent_id } = await awaiting('place_order', BUY, key);
    const path = `/intents/${intent_id}`;
    const { body } = await api(owner, 'GET', path);
    const { intent } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body);
    const yes = { decision: 'approve', orderHash: intent.orderHash };
    await api(owner, 'PATCH', `/connections/${id}`, { limits: { maxOrderValue: 10 } });
    expect(await api(owner, 'POST', path, yes)).toMatchObject({
      status: 400,
      body: { error: { code: 'limit_exceeded', message: expect.stringContaining('maxOrderValue') } },
    });
    expect(await ordersAt(key)).toEqual([]);
    await api(owner, 'PATCH', `/connections/${id}`, { limits: { maxOrderValue: null } });
    expect(await api(owner, 'POST', path, yes)).toMatchObject({ body: { intent: { state: 'filled' } } });
  });

  it('may be a no', async () => {
    const { key } = await sandbox({ approval: 'owner' });
    const { intent_id } = await awaiting('place_order', BUY, key);
    expect(await api(owner, 'POST', `/intents/${intent_id}`, { decision: 'reject' })).toMatchObject({
      body: { intent: { state: 'not_placed' } },
    });
    expect(await failTool('get_order_status', { intent_id }, key)).toMatchObject({ code: 'not_placed' });
    expect(await ordersAt(key)).toEqual([]);
  });
});

describe('a yes of the model', () => {
  it('takes a second call', async () => {
    const { key } = await sandbox({ approval: 'model' });
    const { intent_id } = await awaiting('place_order', BUY, key);
    expect(await ordersAt(key)).toEqual([]);
    expect(await callTool('confirm_order', { intent_id }, key)).toMatchObject({ state: 'filled', intent_id });
    expect(await callTool('confirm_order', { intent_id }, key)).toMatchObject({ state: 'filled', intent_id });
    expect(await ordersAt(key)).toHaveLength(1);
  });

  it('of one app does not count for another’s order', async () => {
    const { id, key } = await sandbox({ approval: 'model' });
    const { intent_id } = await awaiting('place_order', BUY, key);
    const other = await api(owner, 'POST', `/connections/${id}/keys`, { label: 'other' });
    const { apiKey } = z.object({ apiKey: z.string() }).parse(other.body);
    expect(await failTool('confirm_order', { intent_id }, apiKey)).toMatchObject({ code: 'not_found' });
    expect(await ordersAt(key)).toEqual([]);
  });
});

describe('names and duplicates', () => {
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

describe('limits', () => {
  it.each([
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
    expect(error.message).toContain(limit);
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

describe('kinds of orders', () => {
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

describe('a change of a working order', () => {
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
    const placed = await awaiting('place_order', resting, key);
    const { order_id } = await callTool('confirm_order', { intent_id: placed.intent_id }, key);
    const { intent_id } = await awaiting('modify_order', { order_id, quantity: 4 }, key);
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
    const { intent_id } = await awaiting('place_order', BUY, key);
    const account = await callTool('get_current_account', {}, key);
    const { body } = await api(owner, 'GET', `/intents/${intent_id}`);
    const { orderHash } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body).intent;
    expect(await api(owner, 'POST', `/connections/${id}/panic`)).toMatchObject({ body: { declined: 1 } });
    expect(
      await api(owner, 'POST', `/intents/${intent_id}`, { decision: 'approve', orderHash }),
    ).toMatchObject({
      status: 400,
    });
    const answer = await fetch(`http://${demo().simulator}/sim/orders`);
    const { orders } = (await answer.json()) as { orders: { account: string }[] };
    expect(orders.filter((order) => order.account === account.account_id)).toEqual([]);
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
        remaining: 0,
        accountsLeft: 0,
        retrying: false,
      },
    });
    expect((await rpc('tools/list', {}, { key })).status).toBe(401);
    const minted = await api(owner, 'POST', `/connections/${id}/keys`, { label: 'after' });
    const { apiKey } = z.object({ apiKey: z.string() }).parse(minted.body);
    await expect
      .poll(async () => (await ordersAt(apiKey)).map(({ status }) => status))
      .toEqual(['Cancelled', 'Cancelled']);
    const { body } = await api(owner, 'GET', `/connections/${id}`);
    const since = expect.stringMatching(/^\d{4}-/);
    expect(body).toMatchObject({ connection: { limits: { trading: false } } });
    expect(Object(Object(body).connection).panic).toEqual({
      since,
      retrying: false,
      remaining: 0,
      accountsLeft: 0,
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
