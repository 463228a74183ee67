/** What becomes of two orders of which one cancels the other, when answers are lost or say only half. */
import { describe, expect, it, vi } from 'vitest';
import { cancelOrder } from '../../broker/orders/orders.ts';
import { yesTo } from '../../testing/risk-inputs.ts';
import { MARKET, newTrader, useOrders } from '../../testing/trader.ts';
import type { OrderReport } from '../domain/transitions.ts';
import { mergeReports } from './context.ts';
import { refresh } from './reconcile.ts';
import { approveWaiting } from './submit.ts';

useOrders();

const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const OTHER = { limitPrice: 97.5 };
const WAIT = { timeout: 60_000 };

describe('a pair', () => {
  it.concurrent('whose answer was lost is found, both of it', async () => {
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

  it.concurrent('that never arrived is not placed', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'reset', match: ORDERS, times: 1 });
    expect(await trader.place({}, { oca: OTHER })).toMatchObject({ state: 'not_placed' });
    expect(await trader.orders()).toEqual([]);
  });

  it.concurrent('is asked about once and goes out with one yes', async () => {
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

  it.concurrent('works on while one of it does, and is filled when one has filled', async () => {
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
