/** A yes is for one order, once. */
import { expect, it } from 'vitest';
import { yesTo } from '../../testing/orders/risk-inputs.ts';
import { newTrader, useOrders } from '../../testing/orders/trader.ts';
import { hashText, intendedOrder, orderText } from '../domain/order.ts';
import { approve } from './submit.ts';

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
