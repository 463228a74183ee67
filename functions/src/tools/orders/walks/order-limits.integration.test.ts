/** The owner's limits as the tools hold them. */
import { describe, expect, it } from 'vitest';
import { readLedger } from '../../../store/orders/trading-ledger.ts';
import { newApp, type TestApp } from '../../../testing/app.ts';
import {
  askAndWait,
  BUY,
  refusedBy,
  SELL,
  trades,
  useLimitedApps,
} from '../../../testing/orders/limited-orders.ts';
import { centsOf } from '../../../trading/domain/money.ts';
import { callTool } from '../../call-tool.ts';
import { placeOrderTool } from '../place-order.ts';

useLimitedApps();

async function heldOf(app: TestApp, symbol: string): Promise<number> {
  const { positions } = await app.call('get_portfolio', {});
  const found = (positions as { symbol: string; quantity: number }[]).find((one) => one.symbol === symbol);
  return found?.quantity ?? 0;
}

describe('rules that the owner changes while an order is looked at', () => {
  /** What an order comes to that was begun before the change. */
  async function orderedAcross(changes: Parameters<TestApp['set']>[0]) {
    const app = await newApp({ limits: { maxOrderValue: 50_000 }, approval: 'none' });
    const context = await app.context();
    await app.set(changes);
    const result = await callTool(
      placeOrderTool,
      BUY,
      async () => context,
      (fault) => {
        throw fault;
      },
    );
    return [result.ok ? result.value.state : result.error.code, await app.orders()];
  }

  it.each([
    { limits: { maxOrderValue: 100 } },
    { limits: { maxOrderValue: 50_000, regularHoursOnly: true } },
    { approval: 'owner' as const },
  ])('hold for it: %j', async (changes) => {
    expect(await orderedAcross(changes)).toEqual(['not_placed', []]);
  });

  it('are the same after a change of something else', async () => {
    const renamed = { label: 'Renamed', version: 7 };
    expect(await orderedAcross(renamed)).toEqual(['filled', ['BUY 10']]);
  });
});

describe('the value of an order', () => {
  it.each([
    [{ side: 'BUY', order_type: 'STP', stop_price: 1 }],
    [{ side: 'BUY', order_type: 'TRAIL', stop_price: 1, trailing_amount: 1 }],
    [{ side: 'SELL', order_type: 'MIT', stop_price: 1 }],
    [{ side: 'SELL', order_type: 'LIT', stop_price: 1, limit_price: 1 }],
    [{ side: 'SELL', order_type: 'STP_LIMIT', stop_price: 150, limit_price: 1 }],
    [{ side: 'SELL', order_type: 'TRAIL_LIMIT', stop_price: 150, limit_price: 1, trailing_amount: 5 }],
    [{ side: 'SELL', order_type: 'TRAIL', stop_price: 1, trailing_amount: 0.05 }],
  ])('is not made small by %j', async (order) => {
    for (const limit of ['maxOrderValue', 'maxDailyValue']) {
      const app = await newApp({ limits: { [limit]: 9_900 } });
      const asked = { symbol: 'NVDA', quantity: 100, ...order };
      expect(await app.fail('place_order', asked)).toEqual(refusedBy(limit));
      expect(await app.orders()).toEqual([]);
    }
  });

  it('is not made small by a change either', async () => {
    const app = await newApp();
    const stop = { symbol: 'NVDA', side: 'SELL', quantity: 1, order_type: 'STP', stop_price: 95, tif: 'GTC' };
    const { order_id } = await app.call('place_order', stop);
    await app.set({ limits: { maxOrderValue: 200 } });
    const change = { order_id, quantity: 100, stop_price: 1 };
    expect(await app.fail('modify_order', change)).toEqual(refusedBy('maxOrderValue'));
  });

  it('is that of its dearest exit, and exits count as orders', async () => {
    const bracket = { ...BUY, quantity: 1, side: 'SELL', order_type: 'LMT', limit_price: 100 };
    const far = { ...bracket, take_profit_price: 99, stop_loss_price: 100_000 };
    const app = await newApp({ limits: { maxOrderValue: 200 } });
    expect(await app.fail('place_order', far)).toEqual(refusedBy('maxOrderValue'));
    const near = { ...bracket, take_profit_price: 99, stop_loss_price: 110 };
    await app.set({ limits: { maxOrderValue: 200, maxDailyOrders: 2 } });
    expect(await app.fail('place_order', near)).toEqual(refusedBy('maxDailyOrders'));
    await app.set({ limits: { maxOrderValue: 200, maxDailyOrders: 3 } });
    await app.call('place_order', near);
    const { ledger } = await readLedger(app.db, app.connectionId);
    expect(ledger.total).toEqual({ orders: 3, value: centsOf(110) });
    expect(await app.orders()).toHaveLength(3);
  });

  it('may come to the limit to the cent', async () => {
    await trades(235);
    const order = { ...BUY, quantity: 7, order_type: 'LMT', limit_price: 235.08 };
    const app = await newApp({ limits: { maxOrderValue: 1645.56, maxDailyValue: 1645.56 } });
    await app.call('place_order', order);
    const { trading } = await app.call('get_connection_status', {});
    expect(trading).toMatchObject({ value_left_today: 0 });
  });

  it('is not known where IBKR tells no base currency: then no limit of value takes the order', async () => {
    const app = await newApp({ limits: { maxOrderValue: 1e9 } });
    await app.sandbox.fault({
      kind: 'status',
      status: 200,
      body: [],
      match: { path: '/portfolio/accounts' },
    });
    expect(await app.fail('place_order', BUY)).toEqual(refusedBy('maxOrderValue'));
    await app.set({ limits: {} });
    expect(await app.call('place_order', BUY)).toMatchObject({ state: 'filled' });
  });
});

it('the collar holds stops that the market has passed', async () => {
  const app = await newApp({ limits: { priceCollarPercent: 1 } });
  const stop = { ...BUY, quantity: 1, order_type: 'STP' };
  expect(await app.fail('place_order', { ...stop, stop_price: 1 })).toEqual(refusedBy('priceCollarPercent'));
  expect(await app.call('place_order', { ...stop, stop_price: 120 })).toMatchObject({ state: 'working' });
});

describe('the exits of an order', () => {
  it('are held within the collar where they would fill at once', async () => {
    const app = await newApp({ limits: { priceCollarPercent: 2 } });
    const entry = { ...BUY, order_type: 'LMT', limit_price: 99 };
    const stopped = { ...entry, stop_loss_price: 90 };
    expect(await app.fail('preview_order', { ...BUY, take_profit_price: 1 })).toMatchObject({
      code: 'invalid_arguments',
    });
    const far = await app.call('preview_order', { ...stopped, stop_loss_limit_price: 80 });
    expect(far.limit_refusal).toContain('80, 11.11 % from 90');
    const near = await app.call('preview_order', { ...stopped, stop_loss_limit_price: 89 });
    expect(near.limit_refusal).toBeNull();
    expect(await app.call('place_order', { ...stopped, take_profit_price: 150 })).toMatchObject({
      state: 'working',
    });
  });

  it.each([
    [{ side: 'BUY', take_profit_price: 99 }, 'take_profit_price', 'above 100'],
    [{ side: 'SELL', take_profit_price: 101 }, 'take_profit_price', 'below 100'],
    [{ side: 'BUY', stop_loss_price: 101 }, 'stop_loss_price', 'below 100'],
    [{ side: 'BUY', stop_loss_price: 5_000, stop_loss_limit_price: 1 }, 'stop_loss_price', 'below 100'],
    [{ side: 'SELL', stop_loss_price: 99 }, 'stop_loss_price', 'above 100'],
    [
      { side: 'BUY', order_type: 'LMT', limit_price: 110, stop_loss_price: 105 },
      'stop_loss_price',
      'below 100',
    ],
    [
      { side: 'BUY', order_type: 'STP', stop_price: 110, take_profit_price: 105 },
      'take_profit_price',
      'above 110',
    ],
    [
      { side: 'SELL', order_type: 'MIT', stop_price: 90, stop_loss_price: 95 },
      'stop_loss_price',
      'above 100',
    ],
  ])('lie on their side of the market: %j', async (order, field, where) => {
    const app = await newApp();
    const { code, message } = await app.fail('place_order', { ...BUY, ...order });
    expect(code).toBe('invalid_arguments');
    expect(message).toContain(`"${field}"`);
    expect(message).toContain(`a price ${where}`);
    expect(await app.orders()).toEqual([]);
  });

  it('may be beyond where the market is while their entry waits for another', async () => {
    const app = await newApp();
    const exits = { take_profit_price: 95, stop_loss_price: 85 };
    const orders = [
      { ...BUY, order_type: 'LMT', limit_price: 90, tif: 'GTC', ...exits },
      { ...BUY, order_type: 'MIT', stop_price: 90, tif: 'GTC', ...exits },
    ];
    for (const order of orders)
      expect(await app.call('place_order', order)).toMatchObject({ state: 'working' });
  });

  it('are no short sale where they sell what the order buys, and are one where that covers a short position', async () => {
    const app = await newApp();
    await app.call('place_order', { ...BUY, side: 'SELL', quantity: 160 });
    await app.set({ limits: { shortSelling: false } });
    const covering = { ...BUY, quantity: 10, take_profit_price: 120 };
    expect(await app.fail('place_order', covering)).toEqual(refusedBy('shortSelling'));
    expect(
      await app.call('place_order', { ...covering, quantity: 20, take_profit_price: undefined }),
    ).toMatchObject({
      state: 'filled',
    });
    expect(await app.call('place_order', covering)).toMatchObject({ state: 'filled' });
    // Held are 20 now, and the exit sells 10 of them.
    expect(await app.fail('place_order', { ...SELL, quantity: 11 })).toEqual(refusedBy('shortSelling'));
    expect(await app.call('place_order', { ...SELL, quantity: 10 })).toMatchObject({ state: 'working' });
  });

  it('write no options where writing is off', async () => {
    const app = await newApp();
    const chain = await app.call('get_option_chain', { symbol: 'AAPL', strikes: 4, right: 'CALL' });
    const [option] = chain.options as { conid: number }[];
    const order = { conid: option?.conid, quantity: 2, order_type: 'MKT' };
    await app.call('place_order', { ...order, side: 'SELL' });
    await app.set({ limits: { optionsWriting: false } });
    const bracket = { ...order, side: 'BUY', take_profit_price: 900 };
    expect(await app.fail('place_order', bracket)).toEqual(refusedBy('optionsWriting'));
    await app.call('place_order', { ...order, side: 'BUY' });
    expect(await app.call('place_order', bracket)).toMatchObject({ state: 'filled' });
  });
});

it('the collar measures a limit behind a stop that waits from the stop', async () => {
  const app = await newApp({ limits: { priceCollarPercent: 5 } });
  const stop = { symbol: 'NVDA', side: 'SELL', quantity: 10, tif: 'GTC', stop_price: 90 };
  expect(await app.call('place_order', { ...stop, order_type: 'STP' })).toMatchObject({ state: 'working' });
  const limited = { ...stop, order_type: 'STP_LIMIT', limit_price: 89 };
  expect(await app.call('place_order', limited)).toMatchObject({ state: 'working' });
  expect(await app.fail('place_order', { ...limited, limit_price: 8.9 })).toEqual(
    refusedBy('priceCollarPercent'),
  );
});

describe('symbols', () => {
  it('are allowed in any spelling, and pairs only as pairs', async () => {
    const pair = { symbol: 'EUR.USD', side: 'BUY', quantity: 20_000, order_type: 'LMT', limit_price: 0.5 };
    const app = await newApp({ limits: { symbols: ['nvda', 'EUR'], assetClasses: ['stk', 'cash'] } });
    await app.call('place_order', { ...BUY, quantity: 1 });
    expect(await app.fail('place_order', pair)).toEqual(refusedBy('symbols'));
    await app.set({ limits: { symbols: ['eur.usd'] } });
    expect(await app.call('place_order', pair)).toMatchObject({ state: 'working' });
    expect(await app.fail('place_order', BUY)).toEqual(refusedBy('symbols'));
  });
});

describe('shares that are not held', () => {
  const limits = { shortSelling: false };

  it('are not sold by an amount of money', async () => {
    const app = await newApp({ limits });
    const sale = { symbol: 'NVDA', side: 'SELL', order_type: 'MKT' };
    expect(await app.fail('place_order', { ...sale, cash_quantity: 15_100 })).toEqual(
      refusedBy('shortSelling'),
    );
    await app.call('place_order', { ...sale, cash_quantity: 14_900 });
    expect(await heldOf(app, 'NVDA')).toBeGreaterThanOrEqual(0);
  });

  it('are not sold by several orders', async () => {
    const app = await newApp({ limits });
    await app.call('place_order', { ...SELL, quantity: 100 });
    expect(await app.fail('place_order', { ...SELL, quantity: 51 })).toEqual(refusedBy('shortSelling'));
    await app.call('place_order', { ...SELL, quantity: 50 });
    expect(await app.fail('place_order', { ...SELL, quantity: 1 })).toEqual(refusedBy('shortSelling'));
  });

  it('are not sold by several orders at once', async () => {
    const app = await newApp({ limits });
    const sales = Array.from({ length: 8 }, (_, index) =>
      app
        .call('place_order', { ...SELL, quantity: 60, limit_price: 101 + index })
        .catch((error: Error) => error),
    );
    const answers = await Promise.all(sales);
    const refused = answers.filter((answer) => answer instanceof Error);
    expect(refused.every(({ message }) => message.startsWith('limit_exceeded'))).toBe(true);
    expect(await app.orders()).toEqual(['SELL 60', 'SELL 60']);
  });

  it('are not sold by a yes to one order after another', async () => {
    const app = await newApp({ limits, approval: 'model' });
    const first = await askAndWait(app, 'place_order', SELL);
    const second = await askAndWait(app, 'place_order', { ...SELL, limit_price: 102 });
    await app.call('confirm_order', { intent_id: first });
    expect(await app.fail('confirm_order', { intent_id: second })).toEqual(refusedBy('shortSelling'));
    expect(await app.orders()).toEqual(['SELL 150']);
  });

  it('are sold by either order of a pair, and by one exit of a bracket', async () => {
    const app = await newApp({ limits });
    await app.call('place_order', { ...SELL, oca: { order_type: 'STP', stop_price: 90 } });
    expect(await app.fail('place_order', { ...SELL, quantity: 1 })).toEqual(refusedBy('shortSelling'));
    await app.call('place_order', { ...BUY, quantity: 20, take_profit_price: 120, stop_loss_price: 80 });
    expect(await heldOf(app, 'NVDA')).toBe(170);
    // The exits are there for what was bought.
    expect(await app.fail('place_order', { ...SELL, quantity: 1 })).toEqual(refusedBy('shortSelling'));
  });

  it('do not keep an order that is half filled from another price', async () => {
    // So few a second that it is not filled before the test ends, however slow the machine.
    await trades(100, { liquidity: 1 });
    const app = await newApp({ limits });
    const { order_id, filled_quantity } = await app.call('place_order', { ...SELL, limit_price: 99.9 });
    expect(filled_quantity).toBeGreaterThan(0);
    expect(filled_quantity).toBeLessThan(150);
    const change = { order_id, limit_price: 99.95 };
    expect(await app.call('modify_order', change)).toMatchObject({ state: 'working' });
    const more = { order_id, quantity: 151 };
    expect(await app.fail('modify_order', more)).toEqual(refusedBy('shortSelling'));
  });
});

it('currency that is held as cash is sold, and no more of it, by whatever pair', async () => {
  const app = await newApp();
  await app.call('place_order', { symbol: 'EUR.USD', side: 'BUY', quantity: 50_000, order_type: 'MKT' });
  const { balances } = await app.call('get_cash', {});
  const [{ cash = 0 } = {}] = (balances as { currency: string; cash: number }[]).filter(
    ({ currency }) => currency === 'EUR',
  );
  const held = Math.floor(cash);
  expect(held).toBeGreaterThanOrEqual(50_000);
  await app.set({ limits: { shortSelling: false } });
  const sale = { symbol: 'EUR.USD', side: 'SELL', order_type: 'LMT', limit_price: 5, tif: 'GTC' };
  expect(await app.fail('place_order', { ...sale, quantity: held + 1 })).toEqual(refusedBy('shortSelling'));
  expect(await app.call('place_order', { ...sale, quantity: held - 25_000 })).toMatchObject({
    state: 'working',
  });
  const other = { ...sale, symbol: 'EUR.GBP' };
  expect(await app.fail('place_order', { ...other, quantity: 25_001 })).toEqual(refusedBy('shortSelling'));
  expect(await app.call('place_order', { ...other, quantity: 25_000 })).toMatchObject({ state: 'working' });
});

it('options that are not held are not written by several orders', async () => {
  const app = await newApp();
  const chain = await app.call('get_option_chain', { symbol: 'AAPL', strikes: 4, right: 'CALL' });
  const [option] = chain.options as { conid: number }[];
  const order = { conid: option?.conid, quantity: 1 };
  await app.call('place_order', { ...order, side: 'BUY', order_type: 'MKT' });
  await app.set({ limits: { optionsWriting: false } });
  const { ask } = await app.call('get_quote', { conid: option?.conid });
  const sale = { ...order, side: 'SELL', order_type: 'LMT', limit_price: Math.ceil(Number(ask) * 2) };
  await app.call('place_order', sale);
  const again = { ...sale, limit_price: sale.limit_price + 1 };
  expect(await app.fail('place_order', again)).toEqual(refusedBy('optionsWriting'));
});
