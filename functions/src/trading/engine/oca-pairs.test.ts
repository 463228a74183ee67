/** What becomes of two orders of which one cancels the other, when answers are lost or say only half. */
import { describe, expect, it } from 'vitest';
import { startFirestoreServer } from '../../../../local/src/firestore/server.ts';
import { startSimulator } from '../../../../simulator/src/server.ts';
import { cancelOrder } from '../../broker/orders/orders.ts';
import { yesTo } from '../../testing/risk-inputs.ts';
import { MARKET, newTrader, useOrders } from '../../testing/trader.ts';
import type { Fate } from '../domain/transitions.ts';
import { jointFate } from './context.ts';
import { refresh } from './reconcile.ts';
import { sayYes } from './submit.ts';

useOrders({
  database: () => startFirestoreServer({ port: 0 }),
  simulator: () => startSimulator({ port: 0, nightlyReset: false, pacing: false }),
});

const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const OTHER = { limitPrice: 97.5 };

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
    expect(await sayYes(trader.desk(), asked, yesTo(asked, 'a test'))).toMatchObject({
      state: 'working',
      ocaOrderId: expect.any(String),
    });
    expect(await trader.orders()).toHaveLength(2);
  });

  it.concurrent('works on while one of it does, and is filled when one has filled', async () => {
    const trader = await newTrader();
    const pair = await trader.place({}, { oca: OTHER });
    await cancelOrder(trader.desk().ibkr, trader.accountId, pair.ibkrOrderId ?? '');
    await expect.poll(async () => (await trader.orders())[0]?.status).toBe('Cancelled');
    expect(await refresh(trader.desk(), pair)).toMatchObject({ state: 'working' });

    const desk = trader.desk({ accepts: ['o10151'] });
    const filled = await trader.place({ quantity: 2 }, { desk, oca: { ...MARKET, quantity: 2 } });
    expect(filled).toMatchObject({ state: 'filled', filledQuantity: 2 });
    expect(filled.filledOrderId).toBe(filled.ocaOrderId);
  });
});

describe('of two fates', () => {
  const fate = (state: Fate['state'], more: Partial<Fate> = {}): Fate => ({ state, note: state, ...more });
  const first = { ibkrOrderId: '1' };
  const second = { ibkrOrderId: '2' };

  it.each<[string, Fate, Fate, Partial<Fate>]>([
    ['the filled one', fate('cancelled', first), fate('filled', second), { state: 'filled' }],
    ['the working one', fate('cancelled', first), fate('working', second), { state: 'working' }],
    [
      'the one filled in part',
      fate('working', first),
      fate('working', { ...second, filledQuantity: 1 }),
      { filledQuantity: 1 },
    ],
    [
      'the first of equals',
      fate('cancelled', { ...first, ibkrStatus: 'one' }),
      fate('cancelled', second),
      { ibkrStatus: 'one' },
    ],
  ])('%s tells, and the orders keep their places', (_, one, other, told) => {
    expect(jointFate([one, other])).toMatchObject({ ...told, ibkrOrderId: '1', ocaOrderId: '2' });
  });

  it('the one IBKR has tells, and that the other is missing', () => {
    const missing = fate('not_placed', { note: 'IBKR has no such order' });
    expect(jointFate([missing, fate('working', second)])).toEqual({
      state: 'working',
      note: 'working',
      ibkrOrderId: '2',
      notTaken: ['IBKR has no such order'],
    });
    expect(jointFate([missing, missing])).toEqual(missing);
  });
});
