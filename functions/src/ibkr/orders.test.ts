import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../../simulator/src/server.ts';
import { getAccounts } from './accounts.ts';
import { previewOrder } from './order-preview.ts';
import {
  cancelOrder,
  getLiveOrders,
  getOrderStatus,
  type OrderOutcome,
  type OrderTicket,
  placeOrder,
  replyToQuestion,
} from './orders.ts';
import { getPnl } from './pnl.ts';
import { newSandbox, type Sandbox, useSimulator } from './sandbox-fixture.ts';
import { getTrades } from './trades.ts';

useSimulator(() => startSimulator({ port: 0, nightlyReset: false, pacing: false }));

const AAPL = 265598;

let tickets = 0;
function ticket(fields: Partial<OrderTicket> = {}): OrderTicket {
  tickets += 1;
  return {
    conid: AAPL,
    side: 'BUY',
    quantity: 10,
    orderType: 'LMT',
    limitPrice: 1,
    tif: 'GTC',
    clientOrderId: `test-${tickets}`,
    ...fields,
  };
}

async function sandboxWithAccount(): Promise<Sandbox & { accountId: string }> {
  const sandbox = newSandbox();
  return { ...sandbox, accountId: (await getAccounts(sandbox.client())).selected };
}

/** Places an order and says yes to every question. */
async function place(sandbox: Sandbox & { accountId: string }, order: OrderTicket): Promise<OrderOutcome> {
  const client = sandbox.client();
  let outcome = await placeOrder(client, sandbox.accountId, order);
  for (let asked = 0; outcome.kind === 'question' && asked < 5; asked += 1) {
    outcome = await replyToQuestion(client, outcome.replyId, true);
  }
  return outcome;
}

async function placeAccepted(sandbox: Sandbox & { accountId: string }, order: OrderTicket): Promise<string> {
  const outcome = await place(sandbox, order);
  if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
  return outcome.orderId;
}

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
      .poll(() => getOrderStatus(sandbox.client(), accepted.orderId), { timeout: 5_000 })
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
    const trades = await getTrades(sandbox.client(), sandbox.accountId);
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
    expect(
      await getLiveOrders(sandbox.client(), sandbox.accountId, { statuses: ['Filled', 'Submitted'] }),
    ).toEqual([]);
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
      code: 'order_state_unknown',
    });
    expect((await sandbox.requests())[`POST ${path}`]).toBe(1);
  });

  test.each([
    ['status', { status: 503 }, 'order_state_unknown'],
    ['status', { status: 500, body: '<html>' }, 'order_state_unknown'],
    ['malformed', {}, 'order_state_unknown'],
    ['reset', {}, 'order_state_unknown'],
    ['status', { status: 429 }, 'ibkr_rate_limited'],
    ['status', { status: 401, body: '' }, 'ibkr_unavailable'],
    ['session_lost', {}, 'session_expired'],
    ['competing', {}, 'session_competing'],
  ])('with %s %o it is sent once and ends as %s', async (kind, details, code) => {
    const sandbox = await sandboxWithAccount();
    const path = `/iserver/account/${sandbox.accountId}/orders`;
    await sandbox.fault({ kind, ...details, match: { path }, times: 1 });
    await expect(placeOrder(sandbox.client(), sandbox.accountId, ticket())).rejects.toMatchObject({ code });
    expect((await sandbox.requests())[`POST ${path}`]).toBe(1);
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
    const orders = await getLiveOrders(sandbox.client(), sandbox.accountId);
    expect(orders.map((order) => order.orderId).sort()).toEqual([orderId, stopId].sort());
    expect(orders.find((order) => order.orderId === stopId)).toMatchObject({
      orderType: 'STP_LIMIT',
      side: 'SELL',
      limitPrice: 99.5,
      stopPrice: 100,
      tif: 'GTC',
      accountId: sandbox.accountId,
    });
    expect(await getLiveOrders(sandbox.client(), sandbox.accountId, { statuses: ['Filled'] })).toEqual([]);
    expect(await getOrderStatus(sandbox.client(), stopId)).toMatchObject({
      limitPrice: 99.5,
      stopPrice: 100,
    });
  });

  test('a plain stop has a stop price and no limit', async () => {
    const sandbox = await sandboxWithAccount();
    const { limitPrice: _, ...stop } = ticket({ side: 'SELL', orderType: 'STP', stopPrice: 100 });
    const orderId = await placeAccepted(sandbox, stop);
    const [listed] = await getLiveOrders(sandbox.client(), sandbox.accountId);
    for (const order of [listed, await getOrderStatus(sandbox.client(), orderId)]) {
      expect(order).toMatchObject({ orderType: 'STP', limitPrice: null, stopPrice: 100 });
    }
  });

  test('an order that is not there is not found, at once', async () => {
    const sandbox = await sandboxWithAccount();
    for (const orderId of ['1', '99999999999']) {
      await expect(getOrderStatus(sandbox.client(), orderId)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  test('orders of another account of the login', async () => {
    const sandbox = await sandboxWithAccount();
    await expect(getLiveOrders(sandbox.client(), 'DU0000000')).rejects.toMatchObject({ code: 'not_found' });
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

test('a preview costs nothing and places nothing', async () => {
  const sandbox = await sandboxWithAccount();
  const preview = await previewOrder(sandbox.client(), sandbox.accountId, ticket({ limitPrice: 250 }));
  expect(preview).toMatchObject({ refusal: null, position: { after: expect.any(Number) } });
  expect(preview.position.change).toBe(10);
  expect(await getLiveOrders(sandbox.client(), sandbox.accountId)).toEqual([]);
});

describe('cancelling', () => {
  test('a working order ends as cancelled, and cannot be cancelled again', async () => {
    const sandbox = await sandboxWithAccount();
    const orderId = await placeAccepted(sandbox, ticket({ limitPrice: 200 }));
    await cancelOrder(sandbox.client(), sandbox.accountId, orderId);
    await expect
      .poll(async () => (await getOrderStatus(sandbox.client(), orderId)).status, { timeout: 5_000 })
      .toBe('Cancelled');
    await expect(cancelOrder(sandbox.client(), sandbox.accountId, orderId)).rejects.toMatchObject({
      code: 'order_not_cancellable',
    });
  });

  test('-1, which would cancel every order, never leaves', async () => {
    const sandbox = await sandboxWithAccount();
    for (const orderId of ['-1', '', '../1', '1 ']) {
      const client = sandbox.client();
      await expect(cancelOrder(client, sandbox.accountId, orderId)).rejects.toMatchObject({
        code: 'not_found',
      });
      expect(client.upstreamCalls).toBe(0);
    }
  });

  test('an unknown order', async () => {
    const sandbox = await sandboxWithAccount();
    await expect(cancelOrder(sandbox.client(), sandbox.accountId, '12345')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
