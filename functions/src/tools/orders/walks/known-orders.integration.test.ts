/** Orders are reached by any of their names, in whichever account they are, with or without a status at IBKR. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { getAccounts } from '../../../broker/accounts/accounts.ts';
import { placeOrder, replyToQuestion } from '../../../broker/orders/orders.ts';
import { newApp, type TestApp, useApps } from '../../../testing/app.ts';
import { setPrice, simulatorUrl } from '../../../testing/sandbox.ts';

useApps();

const NVDA = 4815747;
const RESTING = { symbol: 'NVDA', side: 'BUY', quantity: 3, order_type: 'LMT', limit_price: 98, tif: 'GTC' };
const NAMED = { ...RESTING, client_order_id: 'c-1' };
const STATUS = { method: 'GET', path: '/iserver/account/order/status/*' };
const LIST = { method: 'GET', path: '/iserver/account/orders' };
const NO_STATUS = { kind: 'status', status: 503, match: STATUS };
/** As IBKR answers of orders of another session. */
const FORGOTTEN = { ...NO_STATUS, body: { error: 'Order ID is not found', statusCode: 503 } };
const WAIT = { timeout: 60_000 };

beforeAll(() => setPrice(NVDA, 100));

async function accountsOf(app: TestApp): Promise<[string, string]> {
  const [first, second] = (await getAccounts(app.sandbox.client())).accounts;
  return [first?.accountId ?? '', second?.accountId ?? ''];
}

/** What the simulator has of an order. */
async function trueOrder(orderId: unknown): Promise<{ status: string; quantity: number } | undefined> {
  const answer = await fetch(`${simulatorUrl()}/sim/orders`);
  const { orders } = (await answer.json()) as {
    orders: { orderId: number; status: string; quantity: number }[];
  };
  return orders.find((order) => String(order.orderId) === orderId);
}

/** An order that TWS or another program placed. */
async function orderedElsewhere(app: TestApp, accountId: string, fields = {}): Promise<string> {
  const client = app.sandbox.client();
  const ticket = {
    conid: NVDA,
    side: 'BUY',
    quantity: 3,
    orderType: 'LMT',
    limitPrice: 98,
    tif: 'GTC',
    clientOrderId: `tws-${accountId}`,
    ...fields,
  } as const;
  let outcome = await placeOrder(client, accountId, ticket);
  while (outcome.kind === 'question') outcome = await replyToQuestion(client, outcome.replyId, true);
  if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
  return outcome.orderId;
}

describe.concurrent('an order of this service', () => {
  it.each(['order_id', 'intent_id', 'client_order_id'] as const)(
    'is read, changed and cancelled by its %s',
    async (name) => {
      const app = await newApp();
      const placed = await app.call('place_order', NAMED);
      const by = { [name]: placed[name] };
      const ids = { order_id: placed.order_id, intent_id: placed.intent_id, client_order_id: 'c-1' };
      expect(await app.call('get_order_status', by)).toMatchObject({ ...ids, state: 'working', quantity: 3 });
      expect(await app.call('modify_order', { ...by, quantity: 5 })).toMatchObject({
        order_id: placed.order_id,
      });
      expect(await trueOrder(placed.order_id)).toMatchObject({ quantity: 5 });
      expect(await app.call('cancel_order', by)).toMatchObject({
        ...ids,
        state: 'cancelled',
        outcome: 'cancelled',
      });
      expect(await trueOrder(placed.order_id)).toMatchObject({ status: 'Cancelled' });
    },
  );

  it('that is asked for again is told with fills as IBKR has them, or as not known', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', NAMED);
    await app.sandbox.control(`orders/${order_id}`, { fill: { quantity: 2, price: 98 } });
    await app.sandbox.fault({ ...NO_STATUS, status: 500 });
    const known = { order_id, state: 'working', filled_quantity: 2, average_price: 98 };
    expect(await app.call('place_order', NAMED)).toMatchObject(known);
    await app.sandbox.control(`orders/${order_id}`, { fill: { quantity: 1, price: 98 } });
    await app.sandbox.fault({ kind: 'status', status: 500, match: LIST });
    const untold = { order_id, filled_quantity: null, average_price: null };
    expect(await app.call('place_order', NAMED)).toMatchObject(untold);
    await app.sandbox.endFaults();
    expect(await app.call('place_order', NAMED)).toMatchObject({ state: 'filled', filled_quantity: 3 });
  });

  it('in another account than the current one is reached without naming that account', async () => {
    const app = await newApp({}, 2);
    const [first, second] = await accountsOf(app);
    await app.set({ currentAccountId: first });
    const { order_id } = await app.call('place_order', { ...RESTING, account_id: second });
    const at = { order_id, account_id: second };
    expect(await app.call('get_order_status', { order_id })).toMatchObject({ ...at, state: 'working' });
    expect(await app.call('modify_order', { order_id, quantity: 4 })).toMatchObject(at);
    expect(await app.call('cancel_order', { order_id })).toMatchObject({ ...at, state: 'cancelled' });
  });

  it('is not looked for in another account than it is in', async () => {
    const app = await newApp({}, 2);
    const [first, second] = await accountsOf(app);
    const placed = await app.call('place_order', { ...NAMED, account_id: second });
    for (const tool of ['get_order_status', 'cancel_order', 'modify_order']) {
      for (const name of ['order_id', 'intent_id', 'client_order_id']) {
        const args = {
          [name]: placed[name],
          account_id: first,
          ...(tool === 'modify_order' ? { quantity: 9 } : {}),
        };
        const { code, message } = await app.fail(tool, args);
        expect({ code, message }, tool).toEqual({
          code: 'invalid_arguments',
          message: expect.stringContaining(`is in account ${second}, not in ${first}.`),
        });
      }
    }
    // The number of an account may be written in any case.
    const lower = second.toLowerCase();
    expect(await app.call('cancel_order', { order_id: placed.order_id, account_id: lower })).toMatchObject({
      state: 'cancelled',
    });
  });

  it.each([
    ['is forgotten', FORGOTTEN],
    ['fails for a while', NO_STATUS],
  ])('whose status %s at IBKR is read, changed and cancelled by the list', async (_, fault) => {
    const app = await newApp();
    const { order_id, intent_id } = await app.call('place_order', RESTING);
    await app.sandbox.fault(fault);
    expect(await app.call('get_order_status', { order_id })).toMatchObject({ state: 'working', as_of: null });
    expect(await app.call('get_order_status', { intent_id })).toMatchObject({
      state: 'working',
      as_of: null,
    });
    expect(await app.call('modify_order', { order_id, quantity: 5 })).toMatchObject({ order_id });
    expect(await trueOrder(order_id)).toMatchObject({ quantity: 5 });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({ state: 'cancelled', intent_id });
    expect(await trueOrder(order_id)).toMatchObject({ status: 'Cancelled' });
  });

  it('whose status hangs is told and cancelled by the list', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', RESTING);
    await app.sandbox.fault({ kind: 'delay', delayMs: 30_000, match: STATUS });
    expect(await app.call('get_order_status', { order_id })).toMatchObject({ state: 'working', quantity: 3 });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({ state: 'cancelled' });
  });

  it('is cancelled also while IBKR shows neither its status nor the list', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', RESTING);
    await app.sandbox.fault(NO_STATUS);
    await app.sandbox.fault({ kind: 'status', status: 503, match: LIST });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({
      order_id,
      symbol: 'NVDA',
      quantity: 3,
      state: 'unknown',
      outcome: 'requested',
      message: expect.stringContaining(`IBKR has the request to cancel order ${String(order_id)}.`),
    });
    await vi.waitFor(
      async () => expect(await trueOrder(order_id)).toMatchObject({ status: 'Cancelled' }),
      WAIT,
    );
  });

  it('is not changed while IBKR does not show it, and is not told to be unknown', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', RESTING);
    await app.sandbox.fault(FORGOTTEN);
    await app.sandbox.fault({
      kind: 'status',
      status: 200,
      body: { orders: [], snapshot: true },
      match: LIST,
    });
    const { code, message } = await app.fail('modify_order', { order_id, quantity: 5 });
    expect(code).toBe('order_not_cancellable');
    expect(message).toContain('BUY 3 NVDA');
    expect(message).toContain('Nothing was changed.');
    expect(await trueOrder(order_id)).toMatchObject({ quantity: 3 });
  });

  it('is not reached by another app’s name for its own', async () => {
    const app = await newApp();
    const mine = await app.call('place_order', NAMED);
    const other = await app.call('place_order', { ...NAMED, quantity: 4 }, 'another');
    expect(await app.call('get_order_status', { client_order_id: 'c-1' })).toMatchObject({
      order_id: mine.order_id,
    });
    const seen = await app.call('get_order_status', { client_order_id: 'c-1' }, 'another');
    expect(seen).toMatchObject({ order_id: other.order_id, client_order_id: 'c-1' });
    // By IBKR's id every app of the connection reaches it, without taking its name for one of its own.
    expect(await app.call('get_order_status', { order_id: mine.order_id }, 'another')).toMatchObject({
      intent_id: mine.intent_id,
      client_order_id: null,
    });
    expect(await app.fail('cancel_order', { client_order_id: 'c-2' })).toMatchObject({
      code: 'not_found',
      message: 'This app has asked for no order with the client_order_id c-2 on this connection.',
    });
  });
});

describe.concurrent('an order from elsewhere', () => {
  it('is looked for in the lists of all accounts', async () => {
    const app = await newApp({}, 2);
    const [first, second] = await accountsOf(app);
    await app.set({ currentAccountId: first });
    const order_id = await orderedElsewhere(app, second);
    const known = {
      order_id,
      account_id: second,
      intent_id: null,
      client_order_id: null,
      order_ref: `tws-${second}`,
    };
    expect(await app.call('get_order_status', { order_id })).toMatchObject({ ...known, state: 'working' });
    expect(await app.call('modify_order', { order_id, quantity: 4 })).toMatchObject({ account_id: second });
    expect(await app.call('cancel_order', { order_id })).toMatchObject({
      account_id: second,
      state: 'cancelled',
    });
  });

  it('that is not in the only account, or the one named, is said not to be there', async () => {
    const app = await newApp();
    const [account_id] = await accountsOf(app);
    for (const args of [{ order_id: '12345' }, { order_id: '12345', account_id }]) {
      expect(await app.fail('get_order_status', args)).toMatchObject({
        code: 'not_found',
        message: `IBKR lists no order 12345 in ${account_id}, neither open nor of today.`,
      });
    }
  });

  it('that is nowhere is said not to be in the accounts that were looked at', async () => {
    const app = await newApp({}, 2);
    const [first, second] = await accountsOf(app);
    for (const tool of ['get_order_status', 'cancel_order']) {
      expect(await app.fail(tool, { order_id: '12345' })).toMatchObject({
        code: 'not_found',
        message: `IBKR lists no order 12345 in ${first}, ${second}, neither open nor of today.`,
      });
    }
    expect(await app.sandbox.requests()).not.toHaveProperty('DELETE /iserver/account/{id}/order/12345');
  });

  it('may be in the account whose orders could not be read', async () => {
    const app = await newApp({}, 2);
    const [first, second] = await accountsOf(app);
    await app.call('get_orders', { account_id: first });
    await app.sandbox.fault({
      kind: 'status',
      status: 200,
      body: { orders: [{ acct: second, status: 'Submitted' }], snapshot: true },
      match: LIST,
    });
    const { code, message, retryable } = await app.fail('cancel_order', { order_id: '12345' });
    expect({ code, retryable }).toEqual({ code: 'ibkr_unavailable', retryable: true });
    expect(message).toBe(
      `IBKR lists no order 12345 in ${first}, neither open nor of today. The orders of ${second} could not be read in time.`,
    );
  });

  it('is cancelled though neither its status nor the list can be read', async () => {
    const app = await newApp();
    const [accountId] = await accountsOf(app);
    const order_id = await orderedElsewhere(app, accountId);
    await app.sandbox.fault(NO_STATUS);
    await app.sandbox.fault({ kind: 'status', status: 503, match: LIST });
    const answer = await app.call('cancel_order', { order_id });
    expect(answer).toMatchObject({ order_id, account_id: accountId, state: 'unknown', outcome: 'requested' });
    await vi.waitFor(
      async () => expect(await trueOrder(order_id)).toMatchObject({ status: 'Cancelled' }),
      WAIT,
    );
  });

  it('on a future is cancelled with what its exchange asks', async () => {
    const app = await newApp();
    const [accountId] = await accountsOf(app);
    const { results } = (await app.call('search_security', { query: 'ES', futures: true })) as {
      results: { conid: number }[];
    };
    const conid = results[0]?.conid ?? 0;
    const { last } = await app.call('get_quote', { conid });
    const order_id = await orderedElsewhere(app, accountId, {
      conid,
      quantity: 1,
      limitPrice: Math.floor(Number(last) * 0.99),
      futuresOperator: { id: 'trader', isManual: true },
    });
    await app.sandbox.fault(FORGOTTEN);
    expect(await app.call('cancel_order', { order_id })).toMatchObject({ state: 'cancelled' });
  });
});

describe.concurrent('ids', () => {
  it('are echoed as they were given', async () => {
    const app = await newApp();
    for (const tool of ['get_order_status', 'cancel_order']) {
      const { code, message } = await app.fail(tool, { order_id: 'Order-7' });
      expect({ code, message }).toEqual({
        code: 'not_found',
        message: "There is no order Order-7: IBKR's ids of orders are digits.",
      });
    }
    expect(await app.fail('cancel_order', { order_id: -1 })).toMatchObject({ code: 'not_found' });
    expect(await app.fail('get_order_status', { intent_id: 'No-Such' })).toMatchObject({
      message: 'There is no order with the intent_id No-Such on this connection.',
    });
  });

  it('of this service are taken in the place of IBKR’s', async () => {
    const app = await newApp();
    const { intent_id, order_id } = await app.call('place_order', RESTING);
    const by = { order_id: intent_id };
    expect(await app.call('get_order_status', by)).toMatchObject({ order_id, state: 'working' });
    expect(await app.call('cancel_order', by)).toMatchObject({ order_id, state: 'cancelled' });
  });

  it('are taken one at a time', async () => {
    const app = await newApp();
    for (const args of [{}, { order_id: '1', intent_id: 'a' }, { intent_id: 'a', client_order_id: 'b' }]) {
      expect(await app.fail('cancel_order', args)).toMatchObject({ code: 'invalid_arguments' });
    }
  });
});
