import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import { startSimulator } from '../../../simulator/src/server.ts';
import { FAR, newTrader, useOrders } from '../orders/order-fixture.ts';
import { cancelOrderTool } from './cancel-order.ts';
import { callAs } from './tool-fixture.ts';

useOrders({
  database: () => startFirestoreServer({ port: 0 }),
  simulator: () => startSimulator({ port: 0, nightlyReset: false, pacing: false }),
});

const CANCELLATIONS = { method: 'DELETE', path: '/iserver/account/*/order/*' };

describe.concurrent('a cancellation', () => {
  it('whose answer was lost is answered with the order as it is', async () => {
    const trader = await newTrader();
    const { ibkrOrderId } = await trader.place();
    const args = { order_id: ibkrOrderId };
    await trader.sandbox.fault({ kind: 'reset', times: 1, match: CANCELLATIONS });
    expect(await callAs(trader, cancelOrderTool, args)).toMatchObject({ ...args, state: 'working' });
    await trader.sandbox.fault({ kind: 'reset_after_accept', times: 1, match: CANCELLATIONS });
    expect(await callAs(trader, cancelOrderTool, args)).toMatchObject({ ...args, state: 'cancelled' });
  });

  it('waits until the question about another order is answered, which it would void', async () => {
    const trader = await newTrader();
    const { ibkrOrderId } = await trader.place();
    const match = { method: 'POST', path: '/iserver/reply/*' };
    await trader.sandbox.fault({ kind: 'delay', delayMs: 1_500, times: 1, match });
    const placing = trader.place(FAR, { desk: trader.desk({ accepts: ['o163'] }) });
    await expect
      .poll(async () => Object.keys(await trader.sandbox.requests()).some((name) => name.includes('/reply/')))
      .toBe(true);
    await delay(100);
    const cancelled = await callAs(trader, cancelOrderTool, { order_id: ibkrOrderId });
    expect(cancelled).toMatchObject({ state: 'cancelled' });
    expect(await placing).toMatchObject({ state: 'working' });
  });
});
