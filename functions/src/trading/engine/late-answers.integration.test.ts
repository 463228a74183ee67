/** Answers that come too late, within IBKR's own limits: one order list in 5 s. */
import { expect, it } from 'vitest';
import { IBKR_LIMITS, Pacer } from '../../broker/session/pacing.ts';
import { newTrader, useOrders } from '../../testing/orders/trader.ts';
import { openConnection } from '../../testing/sandbox.ts';
import { refresh } from './reconcile.ts';

useOrders();

const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const LIST = { method: 'GET', path: '/iserver/account/orders' };

it.concurrent('an order whose answer takes 26 s is known within the call, and told so again', async () => {
  const trader = await newTrader();
  const paced = openConnection(trader.sandbox.name, { limits: IBKR_LIMITS });
  const trading = () => ({ ...trader.context(), ibkr: paced.client() });
  await trader.sandbox.fault({ kind: 'delay', delayMs: 26_000, times: 1, match: ORDERS });
  const placed = await trader.place({}, { context: trading(), clientOrderId: 'late' });
  const again = await trader.place({}, { context: trading(), clientOrderId: 'late' });
  const known = await refresh(trading(), again);
  expect([placed.state, known.state]).toContain('working');
  expect(known).toMatchObject({ id: placed.id, state: 'working' });
  expect(await trader.orders()).toHaveLength(1);
});

it.concurrent('a look that cannot be finished is not begun, and takes no turn of the next call', async () => {
  const trader = await newTrader();
  const paced = openConnection(trader.sandbox.name, { limits: IBKR_LIMITS });
  const trading = (budgetMs: number) => ({ ...trader.context(), ibkr: paced.client({ budgetMs }) });
  await trader.sandbox.fault({ kind: 'reset', times: 1, match: ORDERS });
  const lost = await trader.place({}, { context: trading(7_000), clientOrderId: 'lost' });
  expect(lost.state).toBe('unknown');
  const lists = async () => (await trader.sandbox.requests())[`${LIST.method} ${LIST.path}`] ?? 0;
  const before = await lists();
  for (let calls = 0; calls < 5; calls++) await refresh(trading(2_000), lost);
  expect(await lists()).toBe(before);
});

it('tells when further turns come, without taking one', () => {
  const pacer = new Pacer([{ path: /list/, calls: 1, perMs: 5_000 }]);
  const list = { method: 'GET', path: '/list' } as const;
  expect(pacer.waitFor(list, 0, 1)).toBe(0);
  expect(pacer.waitFor(list, 0, 2)).toBe(5_750);
  pacer.reserve(list, 1_000);
  expect(pacer.waitFor(list, 1_000, 1)).toBe(5_750);
  expect(pacer.waitFor(list, 10_000, 2)).toBe(5_750);
  expect(pacer.reserve(list, 6_750)).toBe(0);
});
