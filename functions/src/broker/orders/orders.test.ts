import { describe, expect, test } from 'vitest';
import {
  AAPL,
  place,
  placeAccepted,
  sandboxWithAccount,
  ticket,
} from '../../testing/orders/broker-orders.ts';
import { firstAccount, newSandbox, useSimulator } from '../../testing/sandbox.ts';
import { getAccounts } from '../accounts/accounts.ts';
import { getPnl } from '../accounts/pnl.ts';
import { previewOrder } from './order-preview.ts';
import {
  cancelOrder,
  getLiveOrders,
  getOrderStatus,
  modifyOrder,
  type OrderTicket,
  placeOrder,
  replyToQuestion,
} from './orders.ts';
import { getTrades } from './trades.ts';

useSimulator();

const MSFT = 272093;

describe('placing', () => {
  test('a market order asks, is confirmed and fills', async () => {
    const sandbox = await sandboxWithAccount();
    const order: OrderTicket = {
      conid: AAPL,
      side: 'BUY',
      quantity: 10,
      orderType: 'MKT',
      tif: 'DAY',
      clientOrderId: 'market',
    };
    const client = sandbox.client();
    const question = await placeOrder(client, sandbox.accountId, order);
    expect(question).toMatchObject({ kind: 'question', messageIds: ['o10151'] });
    if (question.kind !== 'question') return;
    const accepted = await replyToQuestion(client, question.replyId, true);
    if (accepted.kind !== 'accepted') throw new Error('not accepted');
    await expect
      .poll(() => getOrderStatus(sandbox.client(), sandbox.accountId, accepted.orderId))
      .toMatchObject({
        orderType: 'MKT',
        side: 'BUY',
        tif: 'DAY',
        quantity: 10,
        filledQuantity: 10,
        remainingQuantity: 0,
        status: 'Filled',
        limitPrice: null,
        stopPrice: null,
      });
    const { trades } = await getTrades(sandbox.client(), sandbox.accountId);
    expect(trades.filter(({ clientOrderId }) => clientOrderId === 'market')).toMatchObject([
      { side: 'BUY', quantity: 10, symbol: 'AAPL', accountId: sandbox.accountId },
    ]);
  });

  test('a question answered with no leaves no order', async () => {
    const sandbox = await sandboxWithAccount();
    const client = sandbox.client();
    const { limitPrice: _, ...market } = ticket({ orderType: 'MKT', tif: 'DAY' });
    const question = await placeOrder(client, sandbox.accountId, market);
    if (question.kind !== 'question') throw new Error('no question');
    expect((await replyToQuestion(client, question.replyId, false)).kind).toBe('rejected');
    const { orders: live } = await getLiveOrders(sandbox.client(), sandbox.accountId);
    expect(live.filter(({ status }) => ['Filled', 'Submitted'].includes(status))).toEqual([]);
  });

  test('a second order with the same client id is refused with the reason', async () => {
    const sandbox = await sandboxWithAccount();
    const order = ticket();
    await placeAccepted(sandbox, order);
    expect(await place(sandbox, order)).toMatchObject({
      kind: 'duplicate',
      reason: expect.stringContaining('already registered'),
    });
  });

  test('an answer that was lost is not an order that was not placed', async () => {
    const sandbox = await sandboxWithAccount();
    const order = ticket({ orderType: 'LMT', limitPrice: 250 });
    const path = `/iserver/account/${sandbox.accountId}/orders`;
    await sandbox.fault({ kind: 'reset_after_accept', match: { path }, times: 1 });
    await expect(placeOrder(sandbox.client(), sandbox.accountId, order)).rejects.toMatchObject({
      kind: 'outcome_unknown',
    });
    expect((await sandbox.requests())[`POST ${path}`]).toBe(1);
  });

  test.each([
    ['status', { status: 503 }, 'outcome_unknown'],
    ['status', { status: 500, body: '<html>' }, 'outcome_unknown'],
    ['malformed', {}, 'outcome_unknown'],
    ['reset', {}, 'outcome_unknown'],
    ['status', { status: 429 }, 'rate_limited'],
    ['status', { status: 401, body: '' }, 'unavailable'],
    ['session_lost', {}, 'signed_out'],
    ['competing', {}, 'competing'],
  ])('with %s %o it is sent once and ends as %s', async (kind, details, ending) => {
    const sandbox = await sandboxWithAccount();
    const path = `/iserver/account/${sandbox.accountId}/orders`;
    await sandbox.fault({ kind, ...details, match: { path }, times: 1 });
    await expect(placeOrder(sandbox.client(), sandbox.accountId, ticket())).rejects.toMatchObject({
      kind: ending,
    });
    expect((await sandbox.requests())[`POST ${path}`]).toBe(1);
  });

  test.each([
    ['reset', {}, 'unavailable'],
    ['status', { status: 500 }, 'unavailable'],
    ['malformed', {}, 'unexpected_answer'],
    ['delay', { delayMs: 2_000 }, 'timed_out'],
  ])('a session check that ends with %s %o leaves it unsent', async (kind, details, ending) => {
    const sandbox = await sandboxWithAccount();
    await sandbox.fault({ kind, ...details, match: { path: '/iserver/auth/*' } });
    const client = sandbox.connection.client({ budgetMs: 1_000 });
    const failed = placeOrder(client, sandbox.accountId, ticket());
    await expect(failed).rejects.toMatchObject({ kind: ending, maybeApplied: false });
    expect(await sandbox.requests()).not.toHaveProperty([
      `POST /iserver/account/${sandbox.accountId}/orders`,
    ]);
  });

  test('a turn that does not come in time leaves it unsent', async () => {
    const perOrder = { path: /\/orders$/, calls: 1, perMs: 5_000 };
    const sandbox = newSandbox({ limits: [perOrder] });
    const accountId = await firstAccount(sandbox.client());
    await placeOrder(sandbox.client(), accountId, ticket());
    const hasty = sandbox.connection.client({ budgetMs: 1_000 });
    await expect(placeOrder(hasty, accountId, ticket())).rejects.toMatchObject({
      kind: 'rate_limited',
      maybeApplied: false,
    });
    expect((await sandbox.requests())[`POST /iserver/account/${accountId}/orders`]).toBe(1);
  });
});

describe('reading', () => {
  test('the list is there at the first call of a session, by account and status', async () => {
    const sandbox = await sandboxWithAccount();
    const orderId = await placeAccepted(sandbox, ticket({ limitPrice: 200 }));
    const stopId = await placeAccepted(
      sandbox,
      ticket({ side: 'SELL', orderType: 'STP_LIMIT', limitPrice: 99.5, stopPrice: 100 }),
    );
    const { orders } = await getLiveOrders(sandbox.client(), sandbox.accountId);
    expect(orders.map((order) => order.orderId).sort()).toEqual([orderId, stopId].sort());
    expect(orders.find((order) => order.orderId === stopId)).toMatchObject({
      orderType: 'STP_LIMIT',
      side: 'SELL',
      limitPrice: 99.5,
      stopPrice: 100,
      tif: 'GTC',
      accountId: sandbox.accountId,
    });
    const { orders: live } = await getLiveOrders(sandbox.client(), sandbox.accountId);
    expect(live.filter(({ status }) => status === 'Filled')).toEqual([]);
    expect(await getOrderStatus(sandbox.client(), sandbox.accountId, stopId)).toMatchObject({
      limitPrice: 99.5,
      stopPrice: 100,
    });
  });

  test('a plain stop has a stop price and no limit', async () => {
    const sandbox = await sandboxWithAccount();
    const { limitPrice: _, ...stop } = ticket({ side: 'SELL', orderType: 'STP', stopPrice: 100 });
    const orderId = await placeAccepted(sandbox, stop);
    const [listed] = (await getLiveOrders(sandbox.client(), sandbox.accountId)).orders;
    for (const order of [listed, await getOrderStatus(sandbox.client(), sandbox.accountId, orderId)]) {
      expect(order).toMatchObject({
        ...{ orderType: 'STP', limitPrice: null, stopPrice: 100 },
        lastExecutionTime: null,
      });
    }
  });

  test('an order that is not there is not found, at once', async () => {
    const sandbox = await sandboxWithAccount();
    for (const orderId of ['1', '99999999999']) {
      await expect(getOrderStatus(sandbox.client(), sandbox.accountId, orderId)).rejects.toMatchObject({
        kind: 'not_found',
      });
    }
  });

  test('orders of another account of the login', async () => {
    const sandbox = await sandboxWithAccount();
    await expect(getLiveOrders(sandbox.client(), 'DU0000000')).rejects.toMatchObject({ kind: 'not_found' });
  });

  test('P&L is there although the first answer is empty', async () => {
    const sandbox = await sandboxWithAccount();
    expect(await getPnl(sandbox.client(), sandbox.accountId)).toMatchObject({
      accountId: sandbox.accountId,
      daily: expect.any(Number),
      unrealized: expect.any(Number),
    });
  });
});

describe('previewing', () => {
  test('costs nothing, places nothing and tells amounts with their currency', async () => {
    const sandbox = await sandboxWithAccount();
    const order = ticket({ limitPrice: 250, clientOrderId: 'previewed' });
    const preview = await previewOrder(sandbox.client(), sandbox.accountId, order);
    expect(preview).toMatchObject({
      refusal: null,
      currency: 'USD',
      amount: { amount: 2500, currency: 'USD' },
      commission: { amount: 1, currency: 'USD' },
      total: { amount: 2501, currency: 'USD' },
      position: { change: 10 },
    });
    const { current, change, after } = preview.initialMargin;
    expect(after).toBeCloseTo((current ?? 0) + (change ?? 0), -1);
    expect(change).toBeGreaterThan(0);
    expect((await getLiveOrders(sandbox.client(), sandbox.accountId)).orders).toEqual([]);
    // Its client order id is still free.
    expect(await place(sandbox, order)).toMatchObject({ kind: 'accepted' });
  });

  test('tells what IBKR would warn of and what it would refuse', async () => {
    const sandbox = await sandboxWithAccount();
    const preview = (order: OrderTicket) => previewOrder(sandbox.client(), sandbox.accountId, order);
    const { warnings } = await preview(ticket({ limitPrice: 1 }));
    expect(warnings).toEqual([{ id: '21', text: expect.stringMatching(/Percentage constraint of 3%/) }]);
    const tooMuch = await preview(ticket({ limitPrice: 250, quantity: 1_000_000 }));
    expect(tooMuch.refusal).toMatch(/available funds/);
    expect((await preview(ticket({ conid: 1 }))).refusal).toMatch(/unknown contract/);
  });
});

describe('modifying', () => {
  test('changes what the order says and keeps the rest, its client id included', async () => {
    const sandbox = await sandboxWithAccount();
    const order = ticket({ limitPrice: 200, clientOrderId: 'changed' });
    const orderId = await placeAccepted(sandbox, order);
    const client = sandbox.client();
    let outcome = await modifyOrder(client, sandbox.accountId, orderId, { ...order, limitPrice: 201 });
    while (outcome.kind === 'question') outcome = await replyToQuestion(client, outcome.replyId, true);
    expect(outcome).toMatchObject({ kind: 'accepted', orderId });
    expect(await getOrderStatus(sandbox.client(), sandbox.accountId, orderId)).toMatchObject({
      limitPrice: 201,
      quantity: 10,
      clientOrderId: 'changed',
    });
  });

  test.each([
    ['the other side', { side: 'SELL' as const, limitPrice: 400 }, /side and the contract/],
    ['another contract', { conid: MSFT }, /side and the contract/],
  ])('to %s is refused', async (_, fields, reason) => {
    const sandbox = await sandboxWithAccount();
    const order = ticket({ limitPrice: 200 });
    const orderId = await placeAccepted(sandbox, order);
    expect(
      await modifyOrder(sandbox.client(), sandbox.accountId, orderId, { ...order, ...fields }),
    ).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(reason) });
  });

  test('an order that ended is refused', async () => {
    const sandbox = await sandboxWithAccount();
    const order = ticket({ limitPrice: 200 });
    expect(await modifyOrder(sandbox.client(), sandbox.accountId, '12345', order)).toMatchObject({
      kind: 'rejected',
    });
    await expect(modifyOrder(sandbox.client(), sandbox.accountId, '-1', order)).rejects.toMatchObject({
      kind: 'not_found',
    });
  });

  test('with its answer lost may have happened, and is not repeated', async () => {
    const sandbox = await sandboxWithAccount();
    const order = ticket({ limitPrice: 200 });
    const orderId = await placeAccepted(sandbox, order);
    const path = `/iserver/account/${sandbox.accountId}/order/${orderId}`;
    await sandbox.fault({ kind: 'reset_after_accept', match: { path }, times: 1 });
    await expect(
      modifyOrder(sandbox.client(), sandbox.accountId, orderId, { ...order, limitPrice: 199 }),
    ).rejects.toMatchObject({ kind: 'outcome_unknown' });
    expect((await sandbox.requests())[`POST ${path}`]).toBe(1);
  });
});

describe('a question that IBKR forgot', () => {
  test('because of another order call has expired', async () => {
    const sandbox = await sandboxWithAccount();
    const client = sandbox.client();
    const question = await placeOrder(client, sandbox.accountId, ticket({ limitPrice: 1 }));
    if (question.kind !== 'question') throw new Error('no question');
    await placeOrder(client, sandbox.accountId, ticket({ limitPrice: 1 }));
    expect(await replyToQuestion(client, question.replyId, true)).toMatchObject({ kind: 'expired' });
  });

  test('or never asked has expired, too', async () => {
    const sandbox = await sandboxWithAccount();
    await getAccounts(sandbox.client());
    expect(await replyToQuestion(sandbox.client(), 'nonsense', true)).toMatchObject({ kind: 'expired' });
  });

  test.each([
    ['reset_after_accept', {}],
    ['status', { status: 500 }],
    ['malformed', {}],
  ])('but with %s it is not known what became of the order', async (kind, details) => {
    const sandbox = await sandboxWithAccount();
    const client = sandbox.client();
    const question = await placeOrder(client, sandbox.accountId, ticket({ limitPrice: 1 }));
    if (question.kind !== 'question') throw new Error('no question');
    await sandbox.fault({ kind, ...details, match: { path: '/iserver/reply/*' }, times: 1 });
    await expect(replyToQuestion(client, question.replyId, true)).rejects.toMatchObject({
      kind: 'outcome_unknown',
    });
  });
});

describe('cancelling', () => {
  test('a working order ends as cancelled, and cannot be cancelled again', async () => {
    const sandbox = await sandboxWithAccount();
    const orderId = await placeAccepted(sandbox, ticket({ limitPrice: 200 }));
    await cancelOrder(sandbox.client(), sandbox.accountId, orderId);
    await expect
      .poll(async () => (await getOrderStatus(sandbox.client(), sandbox.accountId, orderId)).status)
      .toBe('Cancelled');
    await expect(cancelOrder(sandbox.client(), sandbox.accountId, orderId)).rejects.toMatchObject({
      kind: 'not_cancellable',
    });
  });

  test('-1, which would cancel every order, never leaves', async () => {
    const sandbox = await sandboxWithAccount();
    for (const orderId of ['-1', '', '../1', '1 ']) {
      const client = sandbox.client();
      await expect(cancelOrder(client, sandbox.accountId, orderId)).rejects.toMatchObject({
        kind: 'not_found',
      });
      expect(client.upstreamCalls).toBe(0);
    }
  });

  test('an unknown order', async () => {
    const sandbox = await sandboxWithAccount();
    await expect(cancelOrder(sandbox.client(), sandbox.accountId, '12345')).rejects.toMatchObject({
      kind: 'not_found',
    });
  });
});
