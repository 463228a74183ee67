/** Orders that depend on each other: brackets, pairs, and the legs of a combo. */
import { describe, expect, test } from 'vitest';
import {
  AAPL,
  place,
  placeAccepted,
  sandboxWithAccount,
  ticket,
} from '../../testing/orders/broker-orders.ts';
import { useSimulator } from '../../testing/sandbox.ts';
import { spreadConid } from './combo.ts';
import { cancelOrder, getLiveOrders, placeOcaPair, placeOrder, replyToQuestion } from './orders.ts';
import { getTrades } from './trades.ts';

useSimulator();

const MSFT = 272093;

describe('brackets', () => {
  const bracket = { limitPrice: 200, takeProfit: { limitPrice: 300 }, stopLoss: { stopPrice: 150 } };

  test('have both exits, linked to their entry', async () => {
    const sandbox = await sandboxWithAccount();
    const outcome = await place(sandbox, ticket({ ...bracket, clientOrderId: 'bracket' }));
    if (outcome.kind !== 'accepted') throw new Error('not accepted');
    expect(outcome.others).toHaveLength(2);
    expect(outcome.others.every(({ parentOrderId }) => parentOrderId === outcome.orderId)).toBe(true);
    const { orders } = await getLiveOrders(sandbox.client(), sandbox.accountId);
    expect(orders.find(({ orderId }) => orderId === outcome.orderId)).toMatchObject({
      clientOrderId: 'bracket',
      parentOrderId: null,
    });
    const exits = orders.filter(({ parentOrderId }) => parentOrderId === outcome.orderId);
    expect(exits.map(({ orderType }) => orderType).toSorted()).toEqual(['LMT', 'STP']);
  });

  test('end together when the entry is cancelled', async () => {
    const sandbox = await sandboxWithAccount();
    const orderId = await placeAccepted(sandbox, ticket(bracket));
    await cancelOrder(sandbox.client(), sandbox.accountId, orderId);
    await expect
      .poll(async () => {
        const { orders } = await getLiveOrders(sandbox.client(), sandbox.accountId);
        return orders.map(({ status }) => status);
      })
      .toEqual(['Cancelled', 'Cancelled', 'Cancelled']);
  });

  test('with an error about some part of them are not known to be refused', async () => {
    const sandbox = await sandboxWithAccount();
    const path = `/iserver/account/${sandbox.accountId}/orders`;
    await sandbox.fault({
      kind: 'status',
      status: 200,
      body: { error: 'Invalid contract' },
      match: { path },
    });
    expect(await placeOrder(sandbox.client(), sandbox.accountId, ticket(bracket))).toEqual({
      kind: 'unknown',
      orderId: null,
      reason: 'Invalid contract',
    });
  });
});

test('of a pair, one filling cancels the other', async () => {
  const sandbox = await sandboxWithAccount();
  const client = sandbox.client();
  const { limitPrice: _, ...market } = ticket({ orderType: 'MKT', tif: 'DAY', clientOrderId: 'fills' });
  const pair = [ticket({ clientOrderId: 'rests' }), market] as const;
  let outcome = await placeOcaPair(client, sandbox.accountId, pair);
  while (outcome.kind === 'question') {
    outcome = await replyToQuestion(client, outcome.replyId, true, pair);
  }
  if (outcome.kind !== 'accepted') throw new Error('not accepted');
  expect(outcome.others).toMatchObject([{ clientOrderId: 'fills' }]);
  await expect
    .poll(async () => {
      const { orders } = await getLiveOrders(sandbox.client(), sandbox.accountId);
      return Object.fromEntries(orders.map((order) => [order.clientOrderId, order.status]));
    })
    .toEqual({ fills: 'Filled', rests: 'Cancelled' });
});

test('a combo is one order, and each leg an execution', async () => {
  const sandbox = await sandboxWithAccount();
  const combo = ticket({
    conid: spreadConid('USD') ?? 0,
    quantity: 2,
    limitPrice: 0,
    legs: [
      { conid: AAPL, ratio: -2 },
      { conid: MSFT, ratio: 1 },
    ],
    clientOrderId: 'combo',
  });
  await placeAccepted(sandbox, combo);
  expect((await getLiveOrders(sandbox.client(), sandbox.accountId)).orders).toMatchObject([
    { secType: 'BAG', clientOrderId: 'combo' },
  ]);
  await placeAccepted(sandbox, { ...combo, limitPrice: 1_000, clientOrderId: 'fills' });
  await expect
    .poll(async () => {
      const { trades } = await getTrades(sandbox.client(), sandbox.accountId);
      return trades.filter(({ clientOrderId }) => clientOrderId === 'fills').map(({ conid }) => conid);
    })
    .toEqual(expect.arrayContaining([AAPL, MSFT]));
});
