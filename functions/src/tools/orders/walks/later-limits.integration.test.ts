/** The owner's limits where an order is approved, or one that works is changed. */
import { describe, expect, it } from 'vitest';
import { findIntent, listNewestIntents } from '../../../store/orders/order-intents.ts';
import { readLedger } from '../../../store/orders/trading-ledger.ts';
import { newApp } from '../../../testing/app.ts';
import {
  askAndWait,
  BUY,
  refusedBy,
  SELL,
  trades,
  useLimitedApps,
} from '../../../testing/orders/limited-orders.ts';
import { centsOf } from '../../../trading/domain/money.ts';
import { applyAnswer, approvalSubject } from '../person-answer.ts';

useLimitedApps();

describe('a yes', () => {
  const limited = { ...SELL, limit_price: 102 };

  it.each([
    [{ maxOrderValue: 50 }, 'maxOrderValue'],
    [{ maxDailyOrders: 0 }, 'maxDailyOrders'],
    [{ symbols: ['AAPL'] }, 'symbols'],
    [{ assetClasses: ['OPT'] }, 'assetClasses'],
    [{ priceCollarPercent: 1 }, 'priceCollarPercent'],
    [{ trading: false }, 'trading'],
  ])('is refused where the owner has set %j since, and the order waits on', async (limits, limit) => {
    const app = await newApp({ approval: 'model' });
    const intent_id = await askAndWait(app, 'place_order', limited);
    await app.set({ limits });
    expect(await app.fail('confirm_order', { intent_id })).toEqual(refusedBy(limit));
    expect(await app.orders()).toEqual([]);
    await app.set({ limits: {} });
    expect(await app.call('confirm_order', { intent_id })).toMatchObject({ state: 'working' });
  });

  it('is refused where the price has moved beyond a limit, and counts the order as it is by then', async () => {
    const app = await newApp({ approval: 'model', limits: { maxOrderValue: 1_100 } });
    const intent_id = await askAndWait(app, 'place_order', BUY);
    await trades(300);
    expect(await app.fail('confirm_order', { intent_id })).toEqual(refusedBy('maxOrderValue'));
    await app.set({ limits: {} });
    await app.call('confirm_order', { intent_id });
    const { ledger } = await readLedger(app.db, app.connectionId);
    expect(ledger.total).toEqual({ orders: 1, value: centsOf(3_001) });
  });

  it('to a question of IBKR is refused the same way', async () => {
    const app = await newApp({ acceptedWarnings: [] });
    const { state, intent_id } = await app.call('place_order', { ...SELL, limit_price: 140 });
    expect(state).toBe('needs_reply');
    await app.set({ limits: { maxOrderValue: 50 } });
    expect(await app.fail('confirm_order', { intent_id })).toEqual(refusedBy('maxOrderValue'));
    expect(await app.orders()).toEqual([]);
  });

  it('given in the host is held to the mode of the account and to the limits', async () => {
    const app = await newApp({ approval: 'model' });
    const intentId = await askAndWait(app, 'place_order', limited);
    const yes = async () => {
      const context = await app.context();
      const intent = await findIntent(app.db, app.connectionId, intentId);
      if (intent === null) throw new Error('The intent is gone.');
      return applyAnswer({ intentId, subject: approvalSubject(intent) }, 'yes', context);
    };
    await app.set({ mode: 'live' });
    await expect(yes()).rejects.toMatchObject({ code: 'account_mode_mismatch' });
    await app.set({ mode: 'paper', limits: { maxOrderValue: 50 } });
    await expect(yes()).rejects.toEqual(refusedBy('maxOrderValue'));
    expect(await app.orders()).toEqual([]);
    await app.set({ limits: {} });
    expect(await yes()).toMatchObject({ state: 'working' });
  });

  it('given on the page already is not waited for', async () => {
    const app = await newApp();
    const { intent_id, order_id } = await app.call('place_order', { ...limited, tif: 'GTC' });
    await app.set({ approval: 'owner' });
    const asked = { intentId: String(intent_id), subject: '' };
    const told = applyAnswer(asked, 'elsewhere', await app.context());
    await app.call('cancel_order', { order_id });
    expect(await told).toMatchObject({ state: 'working' });
  });
});

describe('a change of a working order', () => {
  it('that waits is answered again, not asked for twice', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', {
      ...BUY,
      order_type: 'LMT',
      limit_price: 99,
      tif: 'GTC',
    });
    await app.set({ approval: 'model' });
    const change = { order_id, quantity: 5 };
    const intent_id = await askAndWait(app, 'modify_order', change);
    expect(await askAndWait(app, 'modify_order', change)).toBe(intent_id);
    expect(await listNewestIntents(app.db, app.connectionId, 10)).toHaveLength(2);
    await app.call('confirm_order', { intent_id });
    await app.set({ approval: 'none' });
    for (const quantity of [6, 5, 6]) {
      expect(await app.call('modify_order', { order_id, quantity })).toMatchObject({ quantity });
    }
  });

  it('that makes it smaller is taken whatever its limits have become, and one that makes it larger is not', async () => {
    const app = await newApp();
    const order = { ...BUY, quantity: 300, order_type: 'LMT', limit_price: 98, tif: 'GTC' };
    const { order_id } = await app.call('place_order', order);
    await app.set({
      limits: { maxOrderValue: 1_000, maxDailyValue: 1_000, maxDailyOrders: 1, priceCollarPercent: 1 },
    });
    for (const change of [{ quantity: 250 }, { limit_price: 97 }, { limit_price: 97.5, quantity: 200 }]) {
      expect(await app.call('modify_order', { order_id, ...change })).toMatchObject({ state: 'working' });
    }
    const larger = { order_id, quantity: 201 };
    expect(await app.fail('modify_order', larger)).toEqual(refusedBy('maxOrderValue'));
    expect(await app.fail('modify_order', { order_id, quantity: 10, limit_price: 990 })).toEqual(
      refusedBy('priceCollarPercent'),
    );
  });

  it('is no order of the day: a stop stays movable', async () => {
    const app = await newApp({ limits: { maxDailyOrders: 1 } });
    const stop = {
      symbol: 'NVDA',
      side: 'SELL',
      quantity: 10,
      order_type: 'STP',
      stop_price: 90,
      tif: 'GTC',
    };
    const { order_id } = await app.call('place_order', stop);
    for (const stop_price of [91, 92, 93]) {
      expect(await app.call('modify_order', { order_id, stop_price })).toMatchObject({ state: 'working' });
    }
    expect(await app.fail('place_order', { ...stop, quantity: 11 })).toEqual(refusedBy('maxDailyOrders'));
    const { ledger } = await readLedger(app.db, app.connectionId);
    expect(ledger.total).toMatchObject({ orders: 1 });
  });

  it('keeps the end of a GTD order that was placed here', async () => {
    const app = await newApp();
    const good_till_date = new Date(Date.now() + 3 * 86_400_000).toISOString();
    const order = { ...BUY, order_type: 'LMT', limit_price: 99, tif: 'GTD', good_till_date };
    const { order_id } = await app.call('place_order', order);
    expect(await app.call('modify_order', { order_id, limit_price: 98 })).toMatchObject({ state: 'working' });
    expect(await app.call('get_order_status', { order_id })).toMatchObject({ limit_price: 98, tif: 'GTD' });
  });
});
