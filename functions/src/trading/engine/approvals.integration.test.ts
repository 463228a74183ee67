/** A yes is for one order, once. */
import { expect, it } from 'vitest';
import { yesTo } from '../../testing/orders/risk-inputs.ts';
import { newTrader, useOrders } from '../../testing/orders/trader.ts';
import { hashText, intendedOrder, orderText } from '../domain/order.ts';
import { approve, takeBack } from './submit.ts';

useOrders();

const REFUSED = { code: 'approval_expired' };

it('is for the exact order: the hash of any other one releases nothing', async () => {
  const trader = await newTrader();
  const waiting = await trader.place({}, { context: trader.context({ approval: 'owner' }) });
  const order = intendedOrder(waiting);
  const { ticket } = order;
  const others = {
    price: { ...order, ticket: { ...ticket, limitPrice: 97 } },
    quantity: { ...order, ticket: { ...ticket, quantity: 2 } },
    side: { ...order, ticket: { ...ticket, side: 'SELL' as const } },
    account: { ...order, accountId: 'DU0000001' },
    contract: { ...order, contract: { ...order.contract, conid: 1 }, ticket: { ...ticket, conid: 1 } },
    tif: { ...order, ticket: { ...ticket, tif: 'DAY' as const } },
  };
  const hashes = Object.values(others).map((other) => hashText(orderText(other)));
  expect(new Set([waiting.orderHash, ...hashes]).size).toBe(hashes.length + 1);
  for (const hash of hashes) {
    await expect(approve(trader.context(), yesTo(waiting), hash)).rejects.toMatchObject(REFUSED);
  }
  expect(await trader.orders()).toEqual([]);
});

it('is not asked for more than 100 orders at a time, by however many apps', async () => {
  const trader = await newTrader();
  const owner = () => ({ context: trader.context({ approval: 'owner' }) });
  const waiting = await trader.place({}, owner());
  const { db } = trader.context();
  const record = (await db.collection('orderIntents').doc(waiting.id).get()).data() ?? {};
  const writer = db.bulkWriter();
  for (let n = 1; n < 100; n += 1) writer.create(db.collection('orderIntents').doc(), record);
  await writer.close();
  const another = { quantity: 2 };
  await expect(trader.place(another, owner())).rejects.toMatchObject({
    code: 'not_placed',
    message: expect.stringContaining('100 orders'),
  });
  // What needs no yes is not kept back.
  expect(await trader.place({ quantity: 3 })).toMatchObject({ state: 'working' });
  await takeBack(trader.context(), waiting, 'owner');
  expect(await trader.place(another, owner())).toMatchObject({ state: 'awaiting_approval' });
});

it('is for another order by the same name 100 times at most', async () => {
  const trader = await newTrader();
  const owner = () => ({ context: trader.context({ approval: 'owner' }), clientOrderId: 'mine' });
  const first = await trader.place({}, owner());
  await takeBack(trader.context(), first, 'owner');
  const { db } = trader.context();
  const record = (await db.collection('orderIntents').doc(first.id).get()).data() ?? {};
  const writer = db.bulkWriter();
  for (let n = 1; n < 99; n += 1) writer.create(db.collection('orderIntents').doc(), record);
  await writer.close();
  const last = await trader.place({ quantity: 2 }, owner());
  expect(last).toMatchObject({ state: 'awaiting_approval' });
  // One that has the name is found by it as ever.
  expect(await trader.place({ quantity: 2 }, owner())).toMatchObject({ id: last.id });
  await takeBack(trader.context(), last, 'owner');
  await expect(trader.place({ quantity: 3 }, owner())).rejects.toMatchObject({
    code: 'idempotency_conflict',
  });
});

it('counts on its own connection only, and once', async () => {
  const [trader, other] = [await newTrader(), await newTrader()];
  const waiting = await trader.place({}, { context: trader.context({ approval: 'owner' }) });
  const yes = (trading = trader.context()) => approve(trading, yesTo(waiting), waiting.orderHash);
  await expect(yes(other.context())).rejects.toMatchObject(REFUSED);
  expect(await yes()).toMatchObject({ state: 'working' });
  await expect(yes()).rejects.toMatchObject(REFUSED);
  expect(await trader.orders()).toHaveLength(1);
  expect(await other.orders()).toEqual([]);
});
