import { describe, expect, test } from 'vitest';
import { listedExpirations, optionConid } from '../../../../simulator/src/contracts/option-contracts.ts';
import {
  AAPL,
  ticket as newTicket,
  placeAccepted,
  sandboxWithAccount,
} from '../../testing/orders/broker-orders.ts';
import { playIbkr, type Routes } from '../../testing/played/played-ibkr.ts';
import { simulatorUrl, useSimulator } from '../../testing/sandbox.ts';
import { liveOrdersSchema } from './order-answers.ts';
import { findOrderByClientId, findOrderById } from './order-lookup.ts';
import { cancelOrder, type OrderTicket, placeOrder, replyToQuestion } from './orders.ts';

useSimulator();

const ticket = (clientOrderId: string, fields: Partial<OrderTicket> = {}) =>
  newTicket({ ...fields, clientOrderId });

const MARKET = { orderType: 'MKT', limitPrice: undefined, tif: 'DAY' } as const;

describe('an order is found', () => {
  test('that works, at the first look of a session', async () => {
    const sandbox = await sandboxWithAccount();
    const orderId = await placeAccepted(sandbox, ticket('resting'));
    expect(await findOrderByClientId(sandbox.client(), sandbox.accountId, 'resting')).toMatchObject({
      kind: 'found',
      order: { orderId, status: 'Submitted', clientOrderId: 'resting' },
    });
  });

  test('by IBKR’s own id, and no other one', async () => {
    const sandbox = await sandboxWithAccount();
    const orderId = await placeAccepted(sandbox, ticket('first'));
    await placeAccepted(sandbox, ticket('second', { limitPrice: 2 }));
    expect(await findOrderById(sandbox.client(), sandbox.accountId, orderId)).toMatchObject({
      order: { orderId, limitPrice: 1 },
    });
    expect(await findOrderById(sandbox.client(), sandbox.accountId, '1')).toEqual({ kind: 'absent' });
  });

  test('whose answer was lost', async () => {
    const sandbox = await sandboxWithAccount();
    const path = `/iserver/reply/*`;
    await sandbox.fault({ kind: 'reset_after_accept', match: { path }, times: 1 });
    await expect(placeAccepted(sandbox, ticket('lost'))).rejects.toMatchObject({ kind: 'outcome_unknown' });
    expect(await findOrderByClientId(sandbox.client(), sandbox.accountId, 'lost')).toMatchObject({
      kind: 'found',
    });
  });

  test('that was cancelled or filled', async () => {
    const sandbox = await sandboxWithAccount();
    const orderId = await placeAccepted(sandbox, ticket('cancelled'));
    await cancelOrder(sandbox.client(), sandbox.accountId, orderId);
    await placeAccepted(sandbox, ticket('filled', MARKET));
    for (const id of ['cancelled', 'filled']) {
      expect(await findOrderByClientId(sandbox.client(), sandbox.accountId, id)).toMatchObject({
        kind: 'found',
        order: { clientOrderId: id },
      });
    }
  });

  test('by its executions once it is no longer listed', async () => {
    const sandbox = await sandboxWithAccount();
    const orderId = await placeAccepted(sandbox, ticket('executed', MARKET));
    await sandbox.fault({
      kind: 'status',
      status: 200,
      body: { orders: [], snapshot: true },
      match: { path: '/iserver/account/orders' },
    });
    expect(await findOrderByClientId(sandbox.client(), sandbox.accountId, 'executed')).toMatchObject({
      kind: 'found',
      order: { orderId, status: 'Filled', filledQuantity: 10 },
    });
    await sandbox.fault({
      kind: 'status',
      status: 503,
      body: { error: `Order ${orderId} is not found`, statusCode: 503 },
      match: { path: '/iserver/account/order/status/*' },
    });
    expect(await findOrderByClientId(sandbox.client(), sandbox.accountId, 'executed')).toMatchObject({
      kind: 'executed',
      order: { orderId, clientOrderId: 'executed', status: 'Filled', quantity: 10, conid: AAPL, side: 'BUY' },
    });
  });

  test('with what it had filled before the executions of which IBKR tells', async () => {
    const sandbox = await sandboxWithAccount();
    const day = (number: number, hour = 12) => new Date(Date.UTC(2026, 9, number, hour));
    const executions = [10, 12].map((number, index) => ({
      execution_id: `e${index}`,
      order_id: 77,
      conid: AAPL,
      symbol: 'AAPL',
      side: 'B',
      size: 20,
      price: '110',
      account: sandbox.accountId,
      trade_time_r: day(number).getTime(),
    }));
    const answers = [
      { path: '/iserver/account/orders', status: 200, body: { orders: [], snapshot: true } },
      { path: '/iserver/account/trades', status: 200, body: executions },
      { path: '/iserver/account/order/status/*', status: 503, body: { error: 'Order 77 is not found' } },
    ];
    for (const { path, ...answer } of answers) {
      await sandbox.fault({ kind: 'status', ...answer, match: { path } });
    }
    const find = async (...known: { quantity: number; averagePrice: number | null; at: Date }[]) => {
      const found = await findOrderById(sandbox.client(), sandbox.accountId, '77', undefined, ...known);
      if (found.kind !== 'executed') throw new Error(`It is ${found.kind}.`);
      const { quantity, filledQuantity, averagePrice } = found.order;
      expect(filledQuantity).toBe(quantity);
      return { quantity, averagePrice };
    };
    expect(await find()).toEqual({ quantity: 40, averagePrice: 110 });
    // Read before all of which IBKR tells, between these, right before the last, and after it.
    expect(await find({ quantity: 60, averagePrice: 100, at: day(2) })).toEqual({
      quantity: 100,
      averagePrice: 104,
    });
    expect(await find({ quantity: 60, averagePrice: 100, at: day(11) })).toEqual({
      quantity: 80,
      averagePrice: 102.5,
    });
    expect(await find({ quantity: 60, averagePrice: null, at: day(11) })).toEqual({
      quantity: 80,
      averagePrice: null,
    });
    expect(await find({ quantity: 60, averagePrice: 100, at: new Date(day(12).getTime() - 5_000) })).toEqual({
      quantity: 60,
      averagePrice: 100,
    });
    expect(await find({ quantity: 40, averagePrice: 110, at: day(13) })).toEqual({
      quantity: 40,
      averagePrice: 110,
    });
    // It had been read too early to know of all.
    expect(await find({ quantity: 5, averagePrice: 110, at: day(11) })).toEqual({
      quantity: 40,
      averagePrice: 110,
    });
  });

  test('by the executions of its legs, a combo', async () => {
    const sandbox = await sandboxWithAccount();
    const [expiry = ''] = listedExpirations(Date.now()).slice(2);
    const legs = [
      { conid: optionConid(AAPL, expiry, 260, 'C'), ratio: 1 },
      { conid: optionConid(AAPL, expiry, 270, 'C'), ratio: -2 },
    ];
    const combo = ticket('combo', { ...MARKET, conid: 28812380, legs, quantity: 3 });
    const orderId = await placeAccepted(sandbox, combo);
    const placed = await findOrderByClientId(sandbox.client(), sandbox.accountId, 'combo', combo);
    await sandbox.fault({
      kind: 'status',
      status: 200,
      body: { orders: [], snapshot: true },
      match: { path: '/iserver/account/orders' },
    });
    await sandbox.fault({
      kind: 'status',
      status: 503,
      body: { error: `Order ${orderId} is not found`, statusCode: 503 },
      match: { path: '/iserver/account/order/status/*' },
    });
    const executed = await findOrderByClientId(sandbox.client(), sandbox.accountId, 'combo', combo);
    expect(executed).toMatchObject({ kind: 'executed', order: { orderId, quantity: 3 } });
    if (placed.kind === 'absent' || executed.kind === 'absent') throw new Error('The combo is lost.');
    expect(executed.order.averagePrice).toBeCloseTo(placed.order.averagePrice ?? 0, 2);
  });
});

describe('an order is absent', () => {
  test('when others are there and when none is', async () => {
    const sandbox = await sandboxWithAccount();
    expect(await findOrderByClientId(sandbox.client(), sandbox.accountId, 'never')).toEqual({
      kind: 'absent',
    });
    await placeAccepted(sandbox, ticket('other'));
    expect(await findOrderByClientId(sandbox.client(), sandbox.accountId, 'never')).toEqual({
      kind: 'absent',
    });
  });

  test('when its question was answered with no', async () => {
    const sandbox = await sandboxWithAccount();
    const question = await placeOrder(sandbox.client(), sandbox.accountId, ticket('declined'));
    if (question.kind !== 'question') throw new Error('no question');
    await replyToQuestion(sandbox.client(), question.replyId, false);
    expect(await findOrderByClientId(sandbox.client(), sandbox.accountId, 'declined')).toEqual({
      kind: 'absent',
    });
  });
});

describe('it is never called absent', () => {
  test('because of an empty answer that means nothing', async () => {
    const sandbox = await sandboxWithAccount();
    await placeAccepted(sandbox, ticket('there'));
    const empty = { kind: 'status', status: 200, body: { orders: [], snapshot: false } };
    await sandbox.fault({ ...empty, match: { path: '/iserver/account/orders' }, times: 1 });
    expect(await findOrderByClientId(sandbox.client(), sandbox.accountId, 'there')).toMatchObject({
      kind: 'found',
    });
  });

  test('because of a filter that the session kept', async () => {
    const sandbox = await sandboxWithAccount();
    await placeAccepted(sandbox, ticket('there'));
    await sandbox.client().read(
      {
        method: 'GET',
        path: '/iserver/account/orders',
        query: { accountId: sandbox.accountId, filters: 'Filled' },
      },
      liveOrdersSchema,
    );
    expect(await findOrderByClientId(sandbox.client(), sandbox.accountId, 'there')).toMatchObject({
      kind: 'found',
    });
  });

  test.each([
    ['/iserver/account/orders', 'status', { status: 503 }],
    ['/iserver/account/orders', 'malformed', {}],
    ['/iserver/account/trades', 'status', { status: 500 }],
    ['/iserver/account/trades', 'malformed', {}],
    ['/iserver/account/orders', 'session_lost', {}],
  ])('when %s fails with %s %o', async (path, kind, details) => {
    const sandbox = await sandboxWithAccount();
    await placeAccepted(sandbox, ticket('there', { limitPrice: 1 }));
    await sandbox.fault({ kind, ...details, match: { path } });
    await expect(findOrderByClientId(sandbox.client(), sandbox.accountId, 'nowhere')).rejects.toHaveProperty(
      'kind',
    );
  });

  test('when IBKR lists such an order without its name', async () => {
    const sandbox = await sandboxWithAccount();
    const order = ticket('nameless');
    const row = {
      orderId: 1,
      conid: AAPL,
      side: 'BUY',
      totalSize: 10,
      filledQuantity: 0,
      remainingQuantity: 10,
      status: 'Submitted',
    };
    const listed = (orders: object[]) =>
      sandbox.fault({
        kind: 'status',
        status: 200,
        body: { orders, snapshot: true },
        match: { path: '/iserver/account/orders' },
      });
    await listed([row]);
    const look = (like: OrderTicket) =>
      findOrderByClientId(sandbox.client(), sandbox.accountId, 'nameless', like);
    await expect(look(order)).rejects.toMatchObject({ kind: 'outcome_unknown' });
    expect(await look({ ...order, side: 'SELL' })).toEqual({ kind: 'absent' });
    await fetch(`${simulatorUrl()}/sim/faults`, { method: 'DELETE' });
    // A server that names others would have named this one.
    await listed([row, { ...row, order_ref: 'other', conid: 1 }]);
    expect(await look(order)).toEqual({ kind: 'absent' });
  });

  test('in an account the login does not have', async () => {
    const sandbox = await sandboxWithAccount();
    await expect(findOrderByClientId(sandbox.client(), 'DU0000000', 'any')).rejects.toMatchObject({
      kind: 'not_found',
    });
  });
});

describe('a row that is not understood', () => {
  const named = { order_ref: 'lost', conid: AAPL };
  const odd = { ...named, orderId: 7, side: 'ODD', status: 'Submitted' };
  const execution = {
    ...{ execution_id: '1', order_ref: 'lost', conid: AAPL, symbol: 'AAPL', side: 'B', size: 6, price: 10 },
  };
  const status = {
    ...{ order_id: 7, account: 'DU1', conid: AAPL, side: 'B', total_size: 10, order_status: 'Submitted' },
  };
  const working = { kind: 'found', order: { orderId: '7', status: 'Submitted' } };
  const undecided = { kind: 'outcome_unknown' };

  const ask = async (routes: Routes) => {
    const { connection } = await playIbkr({ accounts: ['DU1'] }, routes);
    return findOrderByClientId(connection.client(), 'DU1', 'lost', ticket('lost')).catch((error) => error);
  };
  const listed = (...orders: unknown[]): Routes => ({
    'GET /iserver/account/orders': { orders, snapshot: true },
  });
  const executed = (...trades: unknown[]): Routes => ({ 'GET /iserver/account/trades': trades });
  const withStatus: Routes = { 'GET /iserver/account/order/status/7': status };
  const withoutStatus: Routes = {
    'GET /iserver/account/order/status/*': { __status: 503, error: 'Order 7 is not found' },
  };

  test.concurrent.each<[string, Routes, object]>([
    ['is known by its name', { ...listed(odd), ...withStatus }, working],
    ['is the order, of which nothing more is told', { ...listed(odd), ...withoutStatus }, undecided],
    ['may be the order', listed({ ...odd, order_ref: undefined }), undecided],
    ['may be anything', listed(null), undecided],
    ['is another order', listed({ ...odd, order_ref: 'other' }), { kind: 'absent' }],
    ['is of another contract', listed({ ...odd, order_ref: {}, conid: 1 }), { kind: 'absent' }],
    ['is an execution of it', executed({ ...execution, size: 'N/A' }), undecided],
    [
      'is an execution of it, with an id',
      { ...executed({ ...execution, size: {}, order_id: 7 }), ...withStatus },
      working,
    ],
    ['is a part of what was executed', executed(execution, { ...execution, size: 'N/A' }), undecided],
    ['may be a part of what was executed', executed(execution, { conid: AAPL }), undecided],
    [
      'is an execution of another',
      executed({ ...execution, order_ref: 'other', size: {} }),
      { kind: 'absent' },
    ],
  ])('%s', async (_, routes, outcome) => {
    expect(await ask(routes)).toMatchObject(outcome);
  });
});
