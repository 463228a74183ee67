/** What becomes of two orders of which one cancels the other, when answers are lost or say only half. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { cancelOrder } from '../../broker/orders/orders.ts';
import { yesTo } from '../../testing/orders/risk-inputs.ts';
import { MARKET, newTrader, useOrders } from '../../testing/orders/trader.ts';
import type { OrderReport } from '../domain/reports.ts';
import { mergeReports } from './context.ts';
import { isUntold } from './lost-change.ts';
import { refresh } from './reconcile.ts';
import { approveWaiting } from './submit.ts';

useOrders();

const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const CHANGES = { method: 'POST', path: '/iserver/account/*/order/*' };
const ORDER_LIST = { path: '/iserver/account/orders' };
const OTHER = { limitPrice: 97.5 };
const WAIT = { timeout: 60_000 };
const AS_IT_WAS = expect.stringContaining('IBKR has the order as it was');

describe.concurrent('a pair', () => {
  it('whose answer was lost is found, both of it', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'reset_after_accept', match: ORDERS, times: 1 });
    const pair = await trader.place({}, { oca: OTHER });
    const [first, second] = await trader.orders();
    expect(pair).toMatchObject({
      state: 'working',
      ibkrOrderId: first?.orderId,
      ocaOrderId: second?.orderId,
      notTaken: [],
    });
    expect([first?.cOID, second?.cOID]).toEqual([pair.cOID, `${pair.cOID}-2`]);
  });

  it('that never arrived is not placed', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'reset', match: ORDERS, times: 1 });
    expect(await trader.place({}, { oca: OTHER })).toMatchObject({ state: 'not_placed' });
    expect(await trader.orders()).toEqual([]);
  });

  it('is asked about once and goes out with one yes', async () => {
    const trader = await newTrader();
    const asked = await trader.place({}, { oca: { limitPrice: 60 } });
    expect(asked).toMatchObject({ state: 'needs_reply', question: { warnings: [{ id: 'o163' }] } });
    expect(await trader.orders()).toEqual([]);
    expect(await approveWaiting(trader.context(), asked, yesTo(asked, 'a test'))).toMatchObject({
      state: 'working',
      ocaOrderId: expect.any(String),
    });
    expect(await trader.orders()).toHaveLength(2);
  });

  it('works on while one of it does, and is filled when one has filled', async () => {
    const trader = await newTrader();
    const pair = await trader.place({}, { oca: OTHER });
    await cancelOrder(trader.context().ibkr, trader.accountId, pair.ibkrOrderId ?? '');
    await vi.waitFor(async () => expect((await trader.orders())[0]?.status).toBe('Cancelled'), WAIT);
    expect(await refresh(trader.context(), pair)).toMatchObject({ state: 'working' });

    const trading = trader.context({ accepts: ['o10151'] });
    const filled = await trader.place({ quantity: 2 }, { context: trading, oca: { ...MARKET, quantity: 2 } });
    expect(filled).toMatchObject({ state: 'filled', filledQuantity: 2 });
    expect(filled.filledOrderId).toBe(filled.ocaOrderId);
  });
});

describe.concurrent('a change of one of a pair whose answer was lost, while the other one fills,', () => {
  const untold = { state: 'not_placed', reason: expect.stringContaining('which tells nothing then') };

  it.each([
    ['is found made where more is left than there was', 'reset_after_accept', 9, 2, { state: 'working' }],
    ['is not told where either may have left what is left', 'reset_after_accept', 6, 2, untold],
    ['is not told when it was not made', 'reset', 9, 2, untold],
    ['is found made where nothing has filled', 'reset_after_accept', 9, 0, { state: 'working' }],
    ['is found not made where nothing has filled', 'reset', 9, 0, { state: 'not_placed', reason: AS_IT_WAS }],
    ['is found not made where more is left than was asked for', 'reset', 3, 1, { reason: AS_IT_WAS }],
    ['is not told where less is left than was asked for', 'reset_after_accept', 3, 1, untold],
  ] as const)('%s', async (_, kind, quantity, filled, expected) => {
    const trader = await newTrader();
    const pair = await trader.place({ quantity: 5 }, { oca: { ...OTHER, quantity: 5 } });
    const modifies = pair.ibkrOrderId ?? '';
    await trader.sandbox.fault({ kind, match: CHANGES, times: 1 });
    await trader.sandbox.fault({ kind: 'status', status: 503, match: ORDER_LIST });
    const lost = await trader.place({ quantity }, { context: trader.context({ budgetMs: 6_000 }), modifies });
    expect(lost.state).toBe('unknown');
    await trader.sandbox.endFaults();
    if (filled > 0) {
      const fill = { quantity: filled, price: 97 };
      await trader.sandbox.control(`orders/${pair.ocaOrderId}`, { fill });
    }
    await delay(15_500);
    const found = await refresh(trader.context(), lost);
    expect(found).toMatchObject(expected);
    expect(isUntold(found)).toBe(expected === untold);
    // What may have been made is not given back to the limits of the day.
    const isAsItWas = 'reason' in expected && expected.reason === AS_IT_WAS;
    expect(found.countedOn).toEqual(isAsItWas ? null : expect.any(String));
  });
});

describe('of two fates', () => {
  const report = (state: OrderReport['state'], more: Partial<OrderReport> = {}): OrderReport => ({
    state,
    note: state,
    ...more,
  });
  const first = { ibkrOrderId: '1' };
  const second = { ibkrOrderId: '2' };

  it.each<[string, OrderReport, OrderReport, Partial<OrderReport>]>([
    ['the filled one', report('cancelled', first), report('filled', second), { state: 'filled' }],
    ['the working one', report('cancelled', first), report('working', second), { state: 'working' }],
    [
      'the working one',
      report('working', { ...first, filledQuantity: 0, averagePrice: null }),
      report('cancelled', { ...second, filledQuantity: 2, averagePrice: 97, filledOrderId: '2' }),
      { state: 'working', filledQuantity: 2, averagePrice: 97, filledOrderId: '2' },
    ],
    [
      'the filled one',
      report('cancelled', { ...first, filledQuantity: 3, averagePrice: 96, filledOrderId: '1' }),
      report('filled', { ...second, filledQuantity: 1, averagePrice: 100, filledOrderId: '2' }),
      { state: 'filled', filledQuantity: 4, averagePrice: 97, filledOrderId: '2' },
    ],
    [
      'the one filled in part',
      report('working', first),
      report('working', { ...second, filledQuantity: 1 }),
      { filledQuantity: 1 },
    ],
    [
      'the first of equals',
      report('cancelled', { ...first, ibkrStatus: 'one' }),
      report('cancelled', second),
      { ibkrStatus: 'one' },
    ],
  ])('%s tells, and the orders keep their places', (_, one, other, told) => {
    expect(mergeReports([one, other])).toMatchObject({ ...told, ibkrOrderId: '1', ocaOrderId: '2' });
  });

  it('the one IBKR has tells, and that the other is missing', () => {
    const missing = report('not_placed', { note: 'IBKR has no such order' });
    expect(mergeReports([missing, report('working', second)])).toEqual({
      state: 'working',
      note: 'working',
      ibkrOrderId: '2',
      notTaken: ['IBKR has no such order'],
    });
    expect(mergeReports([missing, missing])).toEqual(missing);
  });
});
