/** What IBKR's answers and words mean for whether an order is over, against a played IBKR. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PLAYED_ACCOUNT, playedApp, useApps } from '../../../testing/app.ts';

useApps();

const CONID = 756733;
const ORDERS = `POST /iserver/account/${PLAYED_ACCOUNT}/orders`;
const LIST = 'GET /iserver/account/orders';
const STATUS = 'GET /iserver/account/order/status/*';
const ORDER = { conid: CONID, side: 'SELL', quantity: 10, order_type: 'LMT', limit_price: 100 };
const GONE = { __status: 503, error: 'Order 123 is not found', statusCode: 503 };

const status = (order_status: string, more: object = {}) => ({
  order_id: 123,
  account: PLAYED_ACCOUNT,
  conid: CONID,
  side: 'S',
  total_size: 10,
  size: 10,
  cum_fill: 0,
  order_status,
  ...more,
});

const listed = (word: string, order_ref: string) => ({
  orders: [
    {
      orderId: 123,
      order_ref,
      account: PLAYED_ACCOUNT,
      acct: PLAYED_ACCOUNT,
      conid: CONID,
      ticker: 'XYZ',
      secType: 'STK',
      side: 'SELL',
      totalSize: 10,
      filledQuantity: 0,
      remainingQuantity: 10,
      orderType: 'Limit',
      price: '100.00',
      timeInForce: 'CLOSE',
      status: word,
    },
  ],
  snapshot: true,
});

/** An app of a login that answers an order so; its names of the orders that were sent are in `sent`. */
async function app(answer: object, more: Record<string, object> = {}) {
  const sent: string[] = [];
  const definition = { conid: CONID, currency: 'USD', ticker: 'XYZ', name: 'XYZ', assetClass: 'STK' };
  const played = await playedApp(
    {
      'GET /trsrv/secdef': { secdef: [{ ...definition, listingExchange: 'ARCA' }] },
      'GET /iserver/secdef/search': [],
      'GET /iserver/marketdata/snapshot': [
        { conid: CONID, _updated: Date.now(), '6509': 'RpB', '31': '100', '84': '99.9', '86': '100.1' },
      ],
      [`GET /iserver/contract/${CONID}/info-and-rules`]: {
        con_id: CONID,
        symbol: 'XYZ',
        instrument_type: 'STK',
        currency: 'USD',
        rules: { orderTypes: ['limit', 'market'], tifTypes: ['GTC/o,a', 'DAY/o,a'], increment: 0.01 },
      },
      [ORDERS]: ({ body }) => {
        const { orders } = z.object({ orders: z.array(z.object({ cOID: z.string() })) }).parse(body);
        sent.push(...orders.map(({ cOID }) => cOID));
        return answer;
      },
      ...more,
    },
    { approval: 'none' },
  );
  return { ...played, sent };
}

function intentIdOf(answer: unknown): string {
  return z.object({ details: z.object({ intent_id: z.string() }) }).parse(answer).details.intent_id;
}

const TAKEN = [{ order_id: '123', order_status: 'Submitted' }];

describe.concurrent('an order that IBKR holds', () => {
  it.each([
    ['Inactive', 'inactive'],
    ['WarnState', 'unknown'],
    ['SomeNewWord', 'unknown'],
  ])('as %s is told as %s, keeps others back, and works again when IBKR says so', async (word, state) => {
    const { call, fail, ibkr, sent } = await app(TAKEN, { [STATUS]: status(word) });
    const placed = await call('place_order', { ...ORDER, client_order_id: 'a' });
    expect(placed).toMatchObject({ state, status: word });
    const other = { ...ORDER, quantity: 5, client_order_id: 'b' };
    expect(await fail('place_order', other)).toMatchObject({
      code: 'possible_duplicate',
      details: { intent_id: placed.intent_id },
      hint: expect.stringContaining('duplicate_ok'),
    });
    expect(sent).toHaveLength(1);
    ibkr.set({ [STATUS]: status('Submitted') });
    expect(await call('get_order_status', { intent_id: placed.intent_id })).toMatchObject({
      state: 'working',
    });
    expect(await call('place_order', other)).toMatchObject({ state: 'working' });
    expect(sent).toHaveLength(2);
  });

  it('does not keep one back that is meant besides it', async () => {
    const { call, sent } = await app(TAKEN, { [STATUS]: status('Inactive') });
    await call('place_order', ORDER);
    await call('place_order', { ...ORDER, quantity: 5, duplicate_ok: true });
    expect(sent).toHaveLength(2);
  });

  it('is over when IBKR has it in no list any more', async () => {
    const { call, fail, ibkr } = await app(TAKEN, {
      [STATUS]: status('Inactive', { order_status_description: 'No trading permission' }),
    });
    const { intent_id } = await call('place_order', { ...ORDER, client_order_id: 'a' });
    ibkr.set({ [STATUS]: GONE });
    expect(
      await call('get_order_status', { intent_id }).catch(() => fail('get_order_status', { intent_id })),
    ).toBeDefined();
    expect(await fail('place_order', { ...ORDER, client_order_id: 'a' })).toMatchObject({
      code: 'order_rejected',
      message: expect.stringContaining('No trading permission'),
    });
    expect(await call('place_order', { ...ORDER, client_order_id: 'b' }).catch(String)).toBeDefined();
  });
});

describe.concurrent('a refusal that may not be one', () => {
  it.each([
    [{ __status: 400, error: "reply id not found: '1'" }],
    [{ __status: 404, error: "reply id not found: '1'" }],
    [{ __status: 500, error: "reply id not found: '1'" }],
    [{ __status: 200, error: "reply id not found: '1'" }],
    [[{ error: "reply id not found: '1'" }]],
    [[{ order_id: '-1', order_status: 'Failed', text: "reply id not found: '1'" }]],
    [{ __status: 403, error: 'Forbidden' }],
    [{ __status: 400, error: 'Request timed out' }],
    [{ __status: 200, error: 'Service Unavailable' }],
    [{ __status: 400, message: 'odd' }],
    [{ __status: 409, error: 'conflict' }],
  ])('%j is looked up, and the order that is there is found at once', async (answer) => {
    const { call, ibkr, sent } = await app(answer, { [STATUS]: status('Submitted') });
    ibkr.set({ [LIST]: () => listed('Submitted', sent[0] ?? '') });
    expect(await call('place_order', { ...ORDER, client_order_id: 'a' })).toMatchObject({
      state: 'working',
      order_id: '123',
    });
    expect(sent).toHaveLength(1);
  });

  it.each([
    [{ __status: 200, error: 'No.' }],
    [{ __status: 400, error: 'No.' }],
    [[{ order_id: '-1', order_status: 'Failed', text: 'No.' }]],
  ])('%j is one, for good', async (answer) => {
    const { fail, sent } = await app(answer);
    expect(await fail('place_order', ORDER)).toMatchObject({
      code: 'order_rejected',
      message: expect.stringContaining('No.'),
    });
    expect(sent).toHaveLength(1);
  });

  it('after a yes to a question is looked at, and again when somebody asks', async () => {
    const question = [{ id: 'q', message: ['far?'], messageIds: ['o163'], isSuppressed: false }];
    const { call, fail, ibkr, sent, set } = await app(question, {
      'POST /iserver/reply/*': { __status: 400, error: 'Not enough funds.' },
      [STATUS]: status('Submitted'),
    });
    await set({ acceptedWarnings: ['o163'] });
    const refused = await fail('place_order', { ...ORDER, client_order_id: 'a' });
    expect(refused).toMatchObject({
      code: 'order_rejected',
      message: expect.stringContaining('Not enough funds.'),
    });
    ibkr.set({ [LIST]: () => listed('Submitted', sent[0] ?? '') });
    expect(await call('get_order_status', { intent_id: intentIdOf(refused) })).toMatchObject({
      state: 'working',
    });
    expect(await call('place_order', { ...ORDER, client_order_id: 'a' })).toMatchObject({ state: 'working' });
    const second = await app(question, {
      'POST /iserver/reply/*': { error: 'Order not confirmed ' },
      [STATUS]: status('Submitted'),
    });
    await second.set({ acceptedWarnings: ['o163'] });
    second.ibkr.set({ [LIST]: () => listed('Submitted', second.sent[0] ?? '') });
    expect(await second.call('place_order', ORDER)).toMatchObject({ state: 'working' });
  });
});

describe.concurrent('an order that was changed, and of which only executions are left', () => {
  it.each([
    [20, 20, 'filled'],
    [4, 4, 'filled'],
    [20, 12, 'cancelled'],
  ])('to %d, %d executed, is %s', async (quantity, executed, state) => {
    const { call, ibkr, sent } = await app(TAKEN, {
      [STATUS]: status('Submitted', { order_type: 'LIMIT', limit_price: '100.00', tif: 'DAY' }),
    });
    const { intent_id } = await call('place_order', { ...ORDER, client_order_id: 'a' });
    ibkr.set({ [`POST /iserver/account/${PLAYED_ACCOUNT}/order/123`]: TAKEN });
    await call('modify_order', { order_id: '123', quantity });
    ibkr.set({
      [STATUS]: GONE,
      'GET /iserver/account/trades': [
        {
          execution_id: 'x1',
          symbol: 'XYZ',
          side: 'S',
          trade_time_r: Date.now(),
          size: executed,
          price: '100',
          order_ref: sent[0],
          account: PLAYED_ACCOUNT,
          conid: CONID,
          sec_type: 'STK',
          order_id: 123,
        },
      ],
    });
    const told = await call('get_order_status', { intent_id });
    expect(told).toMatchObject({ state, filled_quantity: executed });
    expect(told.remaining_quantity).toBeGreaterThanOrEqual(0);
    expect(told.remaining_quantity).toBe(quantity - executed);
  });
});
