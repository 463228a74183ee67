/** Orders that reach IBKR long after they were sent, or that turn up after they were said not to be there. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { placeOrder, replyToQuestion } from '../../broker/orders/orders.ts';
import { readLedger } from '../../store/orders/trading-ledger.ts';
import { FAR, newTrader, type Trader, useOrders } from '../../testing/orders/trader.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { namedTickets } from '../domain/order.ts';
import { refresh } from './reconcile.ts';
import { rejectWaiting } from './submit.ts';

useOrders();

const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const REPLIES = { method: 'POST', path: '/iserver/reply/*' };
/** Too short to wait until a lost order must have arrived. */
const HASTY = { budgetMs: 6_000 };

/** Has the order of an intent reach IBKR after all. */
async function turnUp(trader: Trader, intent: OrderIntent): Promise<void> {
  const client = trader.sandbox.client();
  const outcome = await placeOrder(client, trader.accountId, namedTickets(intent)[0]);
  if (outcome.kind === 'question') await replyToQuestion(client, outcome.replyId, true);
  expect(await trader.orders()).toMatchObject([{ status: 'Submitted' }]);
}

async function ordersToday(trader: Trader): Promise<number> {
  const { db, connectionId } = trader.context();
  return (await readLedger(db, connectionId)).ledger.total.orders;
}

function secondsBetween(from: Date | null, to: Date | null): number {
  return ((to?.getTime() ?? 0) - (from?.getTime() ?? 0)) / 1000;
}

describe.concurrent('an order without an answer', () => {
  it('may be held up for a minute when the call gave up waiting', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'delay', delayMs: 7_500, times: 1, match: ORDERS });
    const lost = await trader.place({}, { context: trader.context(HASTY) });
    expect(lost.state).toBe('unknown');
    expect(secondsBetween(lost.sentAt, lost.arrivesBy)).toBe(60);
    await expect(trader.place({ quantity: 2 })).rejects.toMatchObject({ code: 'order_state_unknown' });
    await delay(5_000);
    expect(await refresh(trader.context(), lost)).toMatchObject({ state: 'working' });
  });

  it.each([202, 403, 408, 409])('but a bare status of %i is not known to be refused', async (status) => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'status', status, body: '', times: 1, match: ORDERS });
    expect(await trader.place({}, { context: trader.context(HASTY) })).toMatchObject({ state: 'unknown' });
  });

  it('but a refusal in IBKR’s own words is over', async () => {
    const trader = await newTrader();
    const fault = { kind: 'status', status: 400, body: { error: 'No.', statusCode: 400 } };
    await trader.sandbox.fault({ ...fault, times: 1, match: ORDERS });
    expect(await trader.place()).toMatchObject({ state: 'rejected', reason: 'No.' });
  });

  it('is not absent before it must have arrived, counted from when it left', async () => {
    const trader = await newTrader();
    const match = { method: 'POST', path: '/iserver/auth/status' };
    await trader.sandbox.fault({ kind: 'delay', delayMs: 1_500, times: 1, match });
    await trader.sandbox.fault({ kind: 'reset', times: 1, match: ORDERS });
    const lost = await trader.place({}, { context: trader.context(HASTY) });
    expect(lost.state).toBe('unknown');
    expect(secondsBetween(lost.createdAt, lost.sentAt)).toBeGreaterThan(1.4);
    expect(secondsBetween(lost.sentAt, lost.arrivesBy)).toBe(15);
  });
});

describe.concurrent('an order that was said not to be at IBKR', () => {
  it('because IBKR did not have it, is found when it turns up, and counts again', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'reset', times: 1, match: ORDERS });
    const absent = await trader.place();
    expect(absent).toMatchObject({ state: 'not_placed', absentSince: expect.any(Date), countedOn: null });
    expect(secondsBetween(absent.absentSince, absent.nextLookAt)).toBe(60);
    const { history } = await refresh(trader.context(), absent);
    expect(history).toEqual(absent.history);
    expect(await ordersToday(trader)).toBe(0);
    await turnUp(trader, absent);
    const found = await refresh(trader.context(), absent);
    expect(found).toMatchObject({ state: 'working', absentSince: null, countedOn: expect.any(String) });
    expect(found.history.at(-1)?.note).toBe('it turned up after all: IBKR says Submitted');
    expect(await ordersToday(trader)).toBe(1);
  });

  it('because its question got a no that IBKR never saw, is found as well', async () => {
    const trader = await newTrader();
    const asked = await trader.place(FAR);
    await trader.sandbox.fault({ kind: 'reset', times: 1, match: REPLIES });
    const declined = await rejectWaiting(trader.context(), asked, 'owner@example.com');
    expect(declined).toMatchObject({ state: 'not_placed', reason: 'Declined.' });
    await turnUp(trader, declined);
    expect(await refresh(trader.context(), declined)).toMatchObject({ state: 'working' });
    expect(await ordersToday(trader)).toBe(1);
  });

  it('before it was sent, is not looked for', async () => {
    const trader = await newTrader();
    const waiting = await trader.place({}, { context: trader.context({ approval: 'owner' }) });
    const declined = await rejectWaiting(trader.context(), waiting, 'owner@example.com');
    expect(declined).toMatchObject({ state: 'not_placed', absentSince: null, nextLookAt: null });
  });
});
