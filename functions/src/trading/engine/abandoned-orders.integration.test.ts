/** What becomes of orders whose process ended after IBKR had taken them. */
import type { Firestore } from 'firebase-admin/firestore';
import { describe, expect, it } from 'vitest';
import { listIntents } from '../../store/orders/order-intents.ts';
import { newTrader, type Trader, useOrders } from '../../testing/orders/trader.ts';
import { refresh } from './reconcile.ts';

useOrders();

/** A database of a process that ends at its second commit: after the order was sent. */
function dyingDatabase(db: Firestore): Firestore {
  let begun = 0;
  return new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name === 'runTransaction' || name === 'batch') {
        begun += 1;
        if (begun === 2) throw Object.assign(new Error('10 ABORTED: contention'), { code: 10 });
      }
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** An order that IBKR took, and that was still being sent when its process ended so long ago. */
async function abandonedOrder(trader: Trader, secondsAgo: number): Promise<string> {
  const trading = trader.context();
  const dying = { ...trading, db: dyingDatabase(trading.db) };
  await expect(trader.place({}, { context: dying })).rejects.toMatchObject({
    code: 'order_state_unknown',
    details: { intent_id: expect.any(String) },
  });
  const [{ id } = { id: '' }] = await listIntents(trading.db, trading.connectionId, ['sending']);
  const earlier = (date: Date) => new Date(date.getTime() - secondsAgo * 1000);
  const { createdAt, updatedAt } = await trader.intent(id);
  await trading.db
    .collection('orderIntents')
    .doc(id)
    .update({ createdAt: earlier(createdAt), updatedAt: earlier(updatedAt), sentAt: earlier(updatedAt) });
  const record = trading.db.doc(`connections/${trading.connectionId}/trading/register`);
  await record.update({ [`open.${id}.since`]: earlier(createdAt).getTime() });
  return id;
}

describe.concurrent('an order whose process ended after IBKR took it', () => {
  it.each([20, 30, 62, 80])('is the only one %d s later, whoever asks for what', async (seconds) => {
    const trader = await newTrader();
    const id = await abandonedOrder(trader, seconds);
    await expect(trader.place()).rejects.toMatchObject({
      code: expect.stringMatching(/^(possible_duplicate|order_state_unknown)$/),
      details: { intent_id: id },
    });
    await expect(trader.place({ quantity: 2 })).rejects.toMatchObject({
      code: expect.stringMatching(/^(not_placed|order_state_unknown)$/),
      hint: expect.stringContaining('get_order_status'),
    });
    expect(await trader.orders()).toHaveLength(1);
  });

  it('is found in the end, and holds nothing up any more', async () => {
    const trader = await newTrader();
    const id = await abandonedOrder(trader, 80);
    expect(await refresh(trader.context(), await trader.intent(id))).toMatchObject({ state: 'working' });
    expect(await trader.place({ quantity: 2 })).toMatchObject({ state: 'working' });
  });
});
