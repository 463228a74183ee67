/** The stop against what IBKR makes hard: accounts that cannot be listed, answers that get lost, open questions. */
import { describe, expect, it } from 'vitest';
import { getAccounts } from '../../broker/accounts/accounts.ts';
import { placeOrder } from '../../broker/orders/orders.ts';
import { beginPanic } from '../../store/orders/panics.ts';
import { FAR, newTrader, useOrders } from '../../testing/orders/trader.ts';
import { newSandbox } from '../../testing/sandbox.ts';
import { cancelAllOrders, declineWaiting } from './kill-switch.ts';

useOrders();

const CANCELLATIONS = { method: 'DELETE', path: '/iserver/account/*/order/*' };

describe.concurrent('a stop', () => {
  it('goes on with the other accounts when one cannot be listed', async () => {
    const { db, connectionId } = (await newTrader()).context();
    const sandbox = newSandbox();
    await sandbox.control('sandboxes', { id: sandbox.name, accounts: 2 });
    const [, second] = (await getAccounts(sandbox.client())).accounts;
    const accountId = second?.accountId ?? '';
    const ticket = { conid: 4815747, side: 'BUY', quantity: 1, orderType: 'LMT', tif: 'GTC' } as const;
    await placeOrder(sandbox.client(), accountId, { ...ticket, limitPrice: 98, clientOrderId: 'second' });
    const match = { method: 'GET', path: '/iserver/account/orders' };
    await sandbox.fault({ kind: 'status', status: 503, times: 1, match });
    await beginPanic(db, connectionId);
    expect(await cancelAllOrders(db, connectionId, sandbox.client())).toMatchObject({
      cancelling: [{ accountId }],
      unlisted: expect.any(String),
      remaining: null,
      accountsLeft: 1,
      retrying: true,
    });
    expect(await cancelAllOrders(db, connectionId, sandbox.client())).toMatchObject({
      unlisted: null,
      remaining: 0,
      accountsLeft: 0,
      retrying: false,
    });
  });

  it('reads the order when the answer to a cancellation gets lost', async () => {
    const trader = await newTrader();
    const { ibkrOrderId } = await trader.place();
    const { db, connectionId, ibkr } = trader.context();
    await beginPanic(db, connectionId);
    // Of the order that is known, and of the same as it is listed.
    await trader.sandbox.fault({ kind: 'reset', times: 2, match: CANCELLATIONS });
    expect(await cancelAllOrders(db, connectionId, ibkr)).toMatchObject({
      failed: [{ orderId: ibkrOrderId }],
      remaining: 1,
    });
    await trader.sandbox.fault({ kind: 'reset_after_accept', times: 1, match: CANCELLATIONS });
    expect(await cancelAllOrders(db, connectionId, trader.context().ibkr)).toMatchObject({
      cancelling: [{ orderId: ibkrOrderId }],
      failed: [],
    });
    expect(await trader.orders()).toMatchObject([{ status: 'Cancelled' }]);
  });

  it('says that nothing of it reaches IBKR while that takes no requests', async () => {
    const trader = await newTrader();
    await trader.place();
    const { db, connectionId } = trader.context();
    await trader.sandbox.fault({ kind: 'status', status: 429, times: 1, match: CANCELLATIONS });
    await beginPanic(db, connectionId);
    expect(await cancelAllOrders(db, connectionId, trader.context().ibkr)).toMatchObject({
      cancelling: [],
      unlisted: expect.stringMatching(/for \d+ seconds.*IBKR’s own app/),
      remaining: null,
      retrying: true,
    });
    expect(await trader.orders()).toMatchObject([{ status: 'Submitted' }]);
  });

  it('says no to the questions that are open', async () => {
    const trader = await newTrader();
    const asked = await trader.place(FAR);
    const { db, connectionId, ibkr } = trader.context();
    const { declined, questions } = await declineWaiting(db, connectionId, 'owner@example.com');
    expect([declined, questions]).toEqual([1, [asked.question?.replyId]]);
    await beginPanic(db, connectionId);
    expect(await cancelAllOrders(db, connectionId, ibkr, questions)).toMatchObject({ remaining: 0 });
    expect(await trader.sandbox.requests()).toMatchObject({ [`POST /iserver/reply/${questions[0]}`]: 1 });
    expect(await trader.intent(asked.id)).toMatchObject({ state: 'not_placed', reason: 'Declined.' });
  });
});
