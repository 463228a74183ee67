/** Options traded together as one order. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callTool, failTool } from '../mcp-endpoint.ts';
import { newSandbox, optionsOnApple, ordersAt, type SandboxConnection, setPrice } from '../sandbox.ts';

let sandbox: SandboxConnection;
let key: string;
/** Conids of AAPL calls and puts; `width` is the distance of the two strikes. */
let [low, high, lowPut, highPut, width] = [0, 0, 0, 0, 0];

beforeAll(async () => {
  sandbox = await newSandbox();
  key = sandbox.key;
  const [calls, puts] = [await optionsOnApple(key, 'CALL'), await optionsOnApple(key, 'PUT')];
  [low = 0, high = 0] = calls.map(({ conid }) => conid);
  [lowPut = 0, highPut = 0] = puts.map(({ conid }) => conid);
  width = (calls[1]?.strike ?? 0) - (calls[0]?.strike ?? 0);
  await setPrice(low, { last: 10, bid: 9.9, ask: 10.1 });
  await setPrice(high, { last: 8, bid: 7.9, ask: 8.1 });
  await setPrice(lowPut, { last: 4, bid: 3.9, ask: 4.1 });
  await setPrice(highPut, { last: 6, bid: 5.9, ask: 6.1 });
});

const leg = (conid: number, side: string, ratio = 1) => ({ conid, side, ratio });
const limit = (price: number, legs: object[], more: object = {}) => ({
  legs,
  quantity: 2,
  order_type: 'LMT',
  limit_price: price,
  ...more,
});
const debit = (price: number, more: object = {}) => limit(price, [leg(low, 'BUY'), leg(high, 'SELL')], more);
const credit = (price: number, more: object = {}) => limit(price, [leg(low, 'SELL'), leg(high, 'BUY')], more);
const straddleSold = (more: object = {}) => limit(-10, [leg(low, 'SELL'), leg(lowPut, 'SELL')], more);

describe('a combo of options', () => {
  it.each<[string, () => object, () => unknown]>([
    ['bought for money loses that at most', () => debit(2), () => ({ amount: 2 * 2 * 100, currency: 'USD' })],
    [
      'that brings money loses the width less that',
      () => credit(-0.5),
      () => ({ amount: 2 * 100 * (width - 0.5), currency: 'USD' }),
    ],
    ['with a call sold uncovered loses without limit', () => straddleSold(), () => 'unlimited'],
  ])('%s', async (_, order, maxLoss) => {
    expect(await callTool('preview_order', { ...order() }, key)).toMatchObject({
      symbol: 'AAPL',
      max_loss: maxLoss(),
      refusal: null,
      quote: { bid: expect.any(Number), ask: expect.any(Number) },
    });
  });

  it('is placed as one order, shows its legs, changes its price and is cancelled', async () => {
    const placed = await callTool('place_order', debit(1), key);
    const legs = [leg(low, 'BUY'), leg(high, 'SELL')];
    expect(placed).toMatchObject({ state: 'working', symbol: 'AAPL', order_type: 'LMT', side: 'BUY', legs });
    const { order_id } = placed;
    expect(await callTool('get_order_status', { order_id }, key)).toMatchObject({
      security_type: 'BAG',
      limit_price: 1,
      legs,
    });
    const { orders } = z
      .object({ orders: z.array(z.looseObject({ order_id: z.string() })) })
      .parse(await callTool('get_orders', {}, key));
    expect(orders.find((order) => order.order_id === order_id)).toMatchObject({ legs });
    const changed = await callTool('modify_order', { order_id, limit_price: 1.25 }, key);
    expect(changed).toMatchObject({ order_id, state: 'working', legs });
    expect(await callTool('get_order_status', { order_id }, key)).toMatchObject({ limit_price: 1.25, legs });
    expect(await callTool('cancel_order', { order_id }, key)).toMatchObject({ state: 'cancelled' });
  });

  it('fills at its net price, each leg an execution', async () => {
    expect(await callTool('place_order', credit(-1.5, { quantity: 1 }), key)).toMatchObject({
      state: 'filled',
      average_price: -1.8,
    });
    const { trades } = z
      .object({ trades: z.array(z.looseObject({ conid: z.number() })) })
      .parse(await callTool('get_trades', {}, key));
    expect(trades.find(({ conid }) => conid === low)).toMatchObject({ side: 'SELL', price: 9.9 });
    expect(trades.find(({ conid }) => conid === high)).toMatchObject({ side: 'BUY', price: 8.1 });
  });

  it('may go out at market', async () => {
    const { limit_price: _, ...order } = debit(2, { quantity: 1 });
    expect(await callTool('place_order', { ...order, order_type: 'MKT' }, key)).toMatchObject({
      state: 'filled',
      average_price: 2.2,
    });
  });

  it('is read back in words, and shown with its most, to whoever says yes', async () => {
    const { key: guarded } = await newSandbox({ approval: 'owner' });
    const waits = await callTool('place_order', straddleSold(), guarded);
    expect(waits).toMatchObject({ state: 'awaiting_approval', preview: { max_loss: 'unlimited' } });
    expect(waits.order).toMatch(
      /BUY 2 AAPL combo \(sell 1 AAPL \d{4}-\d\d-\d\d [\d.]+ call, sell 1 AAPL [\d-]+ [\d.]+ put\) LMT limit -10 DAY/,
    );
    expect(await ordersAt(guarded)).toEqual([]);
  });

  it.each<[string, () => object, string]>([
    ['one leg', () => limit(1, [leg(low, 'BUY')]), '"legs"'],
    [
      'five legs',
      () =>
        limit(
          1,
          [low, high, lowPut, highPut, 1].map((conid) => leg(conid, 'BUY')),
        ),
      '"legs"',
    ],
    ['a contract twice', () => limit(1, [leg(low, 'BUY'), leg(low, 'SELL')]), '"legs"'],
    ['no whole ratio', () => limit(1, [leg(low, 'BUY', 1.5), leg(high, 'SELL')]), '"legs.0.ratio"'],
    ['ratios with a divisor', () => limit(1, [leg(low, 'BUY', 2), leg(high, 'SELL', 2)]), '"legs"'],
    ['a stock', () => limit(1, [leg(265598, 'BUY', 100), leg(high, 'SELL')]), '"legs"'],
    ['a symbol', () => debit(1, { symbol: 'AAPL' }), 'symbol'],
    ['a side', () => debit(1, { side: 'BUY' }), '"side"'],
    [
      'another type',
      () => debit(1, { order_type: 'STP', limit_price: undefined, stop_price: 1 }),
      '"order_type"',
    ],
    ['no price', () => debit(1, { limit_price: undefined }), '"limit_price"'],
    ['exits', () => debit(1, { take_profit_price: 3 }), '"take_profit_price"'],
    ['a part', () => debit(1, { quantity: 1.5 }), '"quantity"'],
    ['money', () => debit(1, { quantity: undefined, cash_quantity: 500 }), '"cash_quantity"'],
    ['extended hours', () => debit(1, { outside_rth: true }), '"outside_rth"'],
    ['the opening', () => debit(1, { tif: 'OPG' }), '"tif"'],
    [
      'a price below zero of a single stock',
      () => ({ ...debit(1), symbol: 'AAPL', legs: undefined, side: 'BUY', limit_price: -1 }),
      '"limit_price"',
    ],
  ])('with %s is refused before it is sent', async (_, order, named) => {
    const before = await ordersAt(key);
    const error = await failTool('place_order', { ...order() }, key);
    expect(error).toMatchObject({ code: 'invalid_arguments' });
    expect(error.message).toContain(named);
    expect(await ordersAt(key)).toEqual(before);
  });
});

describe.concurrent('limits hold for combos', () => {
  it.each<[string, object, () => object, string | null]>([
    ['what it may lose', { maxOrderValue: 300 }, () => debit(2), 'maxOrderValue'],
    [
      'what it may lose, though it brings money',
      { maxOrderValue: 100 },
      () => credit(-0.01),
      'maxOrderValue',
    ],
    ['a loss within the limit', { maxOrderValue: 100_000 }, () => debit(1), null],
    ['a loss without limit', { maxOrderValue: 1e9 }, straddleSold, 'maxOrderValue'],
    ['a loss without limit in a day', { maxDailyValue: 1e9 }, straddleSold, 'maxDailyValue'],
    ['the underlying', { symbols: ['MSFT'] }, () => debit(1), 'symbols'],
    ['the underlying that is allowed', { symbols: ['AAPL'] }, () => debit(1), null],
    ['the class of its legs', { assetClasses: ['STK'] }, () => debit(1), 'assetClasses'],
    ['the class that is allowed', { assetClasses: ['OPT'] }, () => debit(1), null],
    ['sold legs, covered ones too', { optionsWriting: false }, () => debit(1), 'optionsWriting'],
    ['a price away from its legs', { priceCollarPercent: 20 }, () => debit(1), 'priceCollarPercent'],
    ['a price near that of its legs', { priceCollarPercent: 20 }, () => debit(1.75), null],
  ])('by %s', async (_, limits, order, limit) => {
    const { key: limited } = await newSandbox({ limits });
    if (limit === null) {
      expect(await callTool('place_order', { ...order() }, limited)).toMatchObject({ state: 'working' });
      return;
    }
    expect(await failTool('place_order', { ...order() }, limited)).toMatchObject({
      code: 'limit_exceeded',
      details: { limit },
    });
    expect(await ordersAt(limited)).toEqual([]);
  });

  it('but allow legs that are held to be sold', async () => {
    const { key: writer, patch } = await newSandbox();
    const order = { conid: high, side: 'BUY', quantity: 2, order_type: 'MKT' };
    expect(await callTool('place_order', order, writer)).toMatchObject({ state: 'filled' });
    await patch({ limits: { optionsWriting: false } });
    expect(await callTool('place_order', debit(1), writer)).toMatchObject({ state: 'working' });
    expect(await failTool('place_order', debit(1, { quantity: 3 }), writer)).toMatchObject({
      details: {
        limit: 'optionsWriting',
        asked: 'selling 3 while holding 2, of which other orders are to sell 2',
      },
    });
  });
});
