/** Prices in hundredths of a currency, and what one unit of a price is worth of each kind of instrument. */
import { describe, expect, it } from 'vitest';
import { PLAYED_ACCOUNT, playedApp, useApps } from '../../testing/app.ts';
import { CONID, type Instrument, ORDERS, playedMarket } from '../../testing/played/played-market.ts';

useApps();

const IN_HUNDREDTHS = { rules: { priceMagnifier: 100 } };
const LONDON: Instrument = { symbol: 'VOD', currency: 'GBP', ...IN_HUNDREDTHS };
const PENCE = { 31: '71.52', 84: '71.50', 86: '71.54', 7741: '71' };
const LIMIT = { conid: CONID, side: 'BUY', quantity: 1_000, order_type: 'LMT', limit_price: 71.52 };

describe('a London stock', () => {
  it('counts in pounds, and every limit takes it as that', async () => {
    const app = await playedApp(playedMarket(PENCE, LONDON), { limits: { maxOrderValue: 958.37 } });
    expect(await app.call('preview_order', LIMIT)).toMatchObject({
      value_in_base: 958.37,
      limit_refusal: null,
    });
    expect(await app.call('place_order', LIMIT)).toMatchObject({ state: 'working' });
    await app.set({ limits: { maxOrderValue: 958.36 } });
    expect(await app.fail('place_order', { ...LIMIT, quantity: 1_001 })).toMatchObject({
      details: { limit: 'maxOrderValue' },
    });
    await app.set({ limits: { priceCollarPercent: 5 } });
    expect(await app.fail('place_order', { ...LIMIT, limit_price: 0.72 })).toMatchObject({
      details: { limit: 'priceCollarPercent' },
    });
  });

  it('tells the unit of its prices', async () => {
    const app = await playedApp({
      ...playedMarket(PENCE, LONDON),
      'GET /iserver/marketdata/history': { data: [{ t: 1775136600000, o: 71, c: 72, h: 73, l: 70, v: 1 }] },
    });
    const unit = { currency: 'GBP', price_unit: 'GBX (pence, 1/100 GBP)' };
    expect(await app.call('get_quote', { conid: CONID })).toMatchObject({ last: 71.52, ...unit });
    expect(await app.call('get_history', { conid: CONID, period: '1d' })).toMatchObject(unit);
    expect(await app.call('get_change', { conid: CONID, period: '1d' })).toMatchObject(unit);
    const { quote } = await app.call('preview_order', LIMIT);
    expect(quote).toMatchObject({ price_unit: unit.price_unit });
  });

  it('has the unit on orders and executions', async () => {
    const row = { conid: CONID, side: 'BUY', account: PLAYED_ACCOUNT, ticker: 'VOD', secType: 'STK' };
    const app = await playedApp({
      ...playedMarket(PENCE, LONDON),
      'GET /iserver/account/orders': {
        orders: [
          {
            ...row,
            orderId: 7,
            cashCcy: 'GBP',
            filledQuantity: 0,
            remainingQuantity: 9,
            price: '71',
            status: 'Submitted',
          },
        ],
        snapshot: true,
      },
      'GET /iserver/account/trades': [
        { ...row, execution_id: 'a', symbol: 'VOD', sec_type: 'STK', size: 9, price: '71.5' },
      ],
    });
    const price_unit = 'GBX (pence, 1/100 GBP)';
    expect((await app.call('get_orders', {})).orders).toMatchObject([{ limit_price: 71, price_unit }]);
    expect((await app.call('get_trades', {})).trades).toMatchObject([{ price: 71.5, price_unit }]);
    expect(await app.call('get_order_status', { order_id: '1234567890' })).toMatchObject({ price_unit });
    expect(await app.call('place_order', LIMIT)).toMatchObject({ price_unit });
  });

  it('sells by an amount of pounds no more shares than are held', async () => {
    const app = await playedApp(
      { ...playedMarket(PENCE, LONDON), 'GET /portfolio2/*/positions': [{ conid: CONID, position: 100 }] },
      { limits: { shortSelling: false } },
    );
    const sale = { conid: CONID, side: 'SELL', order_type: 'MKT' };
    expect(await app.fail('place_order', { ...sale, cash_quantity: 72 })).toMatchObject({
      details: { limit: 'shortSelling', asked: 'selling 101 while holding 100' },
    });
    expect(await app.call('place_order', { ...sale, cash_quantity: 71 })).toMatchObject({ state: 'working' });
  });

  it('is taken at what is more where IBKR does not tell the unit', async () => {
    const app = await playedApp(
      {
        ...playedMarket(PENCE, { ...LONDON, rules: null }),
        'GET /portfolio2/*/positions': [{ conid: CONID, position: 1e9 }],
      },
      { limits: { shortSelling: false } },
    );
    expect(await app.call('preview_order', LIMIT)).toMatchObject({ value_in_base: 95_836.8 });
    expect(await app.call('get_quote', { conid: CONID })).toMatchObject({
      price_unit: 'unknown: GBP, or a hundredth of it',
    });
    const sale = { conid: CONID, side: 'SELL', order_type: 'MKT', cash_quantity: 1 };
    expect(await app.fail('place_order', sale)).toMatchObject({ details: { limit: 'shortSelling' } });
  });
});

describe('the unit of a price', () => {
  it.each<[string, Instrument, string | null]>([
    ['of a stock in USD', {}, null],
    ['of a stock in EUR', { currency: 'EUR' }, null],
    ['of a London stock in pounds', { currency: 'GBP', rules: { priceMagnifier: 1 } }, null],
    ['of one in Tel Aviv', { currency: 'ILS', ...IN_HUNDREDTHS }, 'ILA (agorot, 1/100 ILS)'],
    [
      'of one in Johannesburg',
      { currency: 'ZAR', rules: { priceMagnifier: '100' } },
      'ZAC (cents, 1/100 ZAR)',
    ],
    ['of grain', { assetClass: 'FUT', multiplier: 5_000, ...IN_HUNDREDTHS }, 'USX (cents, 1/100 USD)'],
    ['of other hundredths', { currency: 'EUR', ...IN_HUNDREDTHS }, '1/100 EUR'],
    ['of a currency that is one', { currency: 'GBX', ...IN_HUNDREDTHS }, 'GBX (pence, 1/100 GBP)'],
    ['in the spelling of others', { currency: 'GBp' }, 'GBX (pence, 1/100 GBP)'],
  ])('%s', async (_, instrument, unit) => {
    const app = await playedApp(playedMarket(PENCE, instrument));
    expect(await app.call('get_quote', { conid: CONID })).toMatchObject({ price_unit: unit });
  });
});

describe('the value of an order', () => {
  it.each<[string, Instrument, Record<string, unknown>, number]>([
    ['for stock is quantity times price', {}, { 31: '50' }, 500],
    ['for bonds counts 1,000 of face value for each', { assetClass: 'BOND' }, { 31: '99.5' }, 9_950],
    ['also for bills', { assetClass: 'BILL' }, { 31: '99.5' }, 9_950],
    [
      'for grain, cents of 5,000 bushels',
      { assetClass: 'FUT', multiplier: 5_000, ...IN_HUNDREDTHS },
      { 31: "450'2" },
      225_125,
    ],
    ['for funds is by the unit', { assetClass: 'FUND' }, { 31: '12.5' }, 125],
    ['for crypto too', { assetClass: 'CRYPTO' }, { 31: '90,000' }, 900_000],
    ['and for CFDs', { assetClass: 'CFD' }, { 31: '50' }, 500],
    ['for warrants is by the piece', { assetClass: 'WAR', multiplier: 0.01, strike: 5 }, { 31: '2' }, 20],
    [
      'for options has their multiplier',
      { assetClass: 'OPT', multiplier: 100, strike: 5 },
      { 31: '2' },
      2_000,
    ],
    [
      'for options on London stock too',
      { assetClass: 'OPT', currency: 'GBP', multiplier: 1_000, strike: 70, ...IN_HUNDREDTHS },
      { 31: '2' },
      268,
    ],
    ['in a currency that is a hundredth', { currency: 'GBX' }, { 31: '200' }, 26.8],
  ])('%s', async (_, instrument, quote, value) => {
    const app = await playedApp(playedMarket(quote, instrument));
    const order = { conid: CONID, side: 'BUY', quantity: 10, order_type: 'MKT' };
    expect(await app.call('preview_order', order)).toMatchObject({ value_in_base: value });
  });

  it('of a written option is what it obliges to, in the currency', async () => {
    const put = { assetClass: 'OPT', currency: 'GBP', multiplier: 1_000, strike: 70, ...IN_HUNDREDTHS };
    const app = await playedApp(playedMarket({ 31: '2' }, put));
    const order = { conid: CONID, side: 'SELL', quantity: 1, order_type: 'MKT' };
    expect(await app.call('preview_order', order)).toMatchObject({ value_in_base: 938 });
  });
});

it('a halt is told of in a preview', async () => {
  const app = await playedApp(playedMarket({ 31: 'H50', 84: '49', 86: '51' }));
  const order = { conid: CONID, side: 'BUY', quantity: 1, order_type: 'MKT' };
  const { quote, warnings } = await app.call('preview_order', order);
  expect(quote).toMatchObject({ halted: true });
  expect(warnings).toEqual([{ id: null, text: expect.stringContaining('Trading in XYZ is halted') }]);
  await app.set({ limits: { maxQuoteAgeSeconds: 3_600 } });
  expect(await app.fail('place_order', order)).toMatchObject({
    details: { limit: 'maxQuoteAgeSeconds', asked: 'a quote from before a halt' },
  });
  expect(app.ibkr.asked).not.toContain(ORDERS);
});
