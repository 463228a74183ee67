/** What a process does whose clock is five minutes off storage's, which keeps the time for all of them. */
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { weakStorage } from '../../../local/src/firestore/weak-storage.ts';
import { newMcpTrader, useMcpTraders } from '../testing/orders/mcp-trader.ts';

const OFF_MS = 5 * 60_000;

let db: Firestore;
const storage = weakStorage();
useMcpTraders(storage, (opened) => {
  db = opened;
});

it.each([
  ['ahead', -OFF_MS],
  ['behind', OFF_MS],
])(
  'sends no order where it is %s, reads and cancels, and goes on when it is right',
  async (where, storageAheadMs) => {
    const trader = await newMcpTrader(db);
    const { order_id } = (await trader.buy(1)) ?? {};
    storage.clockAheadMs = storageAheadMs;
    const { error } = (await trader.buy(2)) ?? {};
    expect(error).toMatchObject({
      code: 'internal_error',
      hint: expect.stringContaining('Nothing was sent'),
    });
    expect(error?.message).toContain(`5 min ${where}`);
    expect(await trader.sent()).toEqual([1]);
    // What is known by its name is answered as ever.
    expect(await trader.buy(1)).toMatchObject({ order_id });
    expect(await trader.call('get_orders', {})).not.toHaveProperty('error');
    expect(await trader.call('cancel_order', { order_id })).toMatchObject({ state: 'cancelled' });
    storage.clockAheadMs = 0;
    expect(await trader.buy(2)).toMatchObject({ state: 'working' });
    expect(await trader.sent()).toEqual([1, 2]);
  },
);
