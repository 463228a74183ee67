/** What IBKR writes as prices, as the tools take and show it. */
import { describe, expect, it } from 'vitest';
import { playedApp, useApps } from '../../testing/app.ts';
import { CONID, type Instrument, ORDERS, playedMarket } from '../../testing/played/played-market.ts';

useApps();

const ORDER = { conid: CONID, side: 'BUY', quantity: 100, order_type: 'MKT' };
const FUTURE = { assetClass: 'FUT', multiplier: 1000 };

describe('a quote', () => {
  it.each<[string, Record<string, unknown>, Instrument, Record<string, unknown>]>([
    ['-1 is no price', { 31: '655', 84: '-1', 86: '-1' }, {}, { last: 655, bid: null, ask: null }],
    ['nor is -100', { 31: '655', 84: '-100.0', 86: -100, 85: '0', 88: '0' }, {}, { bid: null, ask: null }],
    ['nor is 0', { 31: '655', 84: '0', 86: 0 }, {}, { bid: null, ask: null }],
    ['but a bid of 0 of an amount', { 31: '0.05', 84: '0', 88: '12', 86: '0.05' }, {}, { bid: 0, ask: 0.05 }],
    ['nor is nothing, nor N/A', { 31: '655', 84: '', 86: 'N/A' }, {}, { bid: null, ask: null }],
    ['nor the greatest number', { 31: '1.7976931348623157E308', 84: '2' }, {}, { last: null, bid: 2 }],
    ['commas are of thousands', { 31: '1,168.42', 84: '1,168' }, {}, { last: 1168.42, bid: 1168 }],
    ['a halt', { 31: 'H655' }, {}, { last: 655, halted: true }],
    ['a halt without a price', { 31: 'H', 84: '2' }, {}, { last: null, halted: true, bid: 2 }],
    [
      'a close',
      { 31: 'C655', 7741: '655' },
      {},
      { last: 655, last_is_previous_close: true, previous_close: 655 },
    ],
    ['no close of -1', { 31: 'C-1', 84: '2' }, {}, { last: null, last_is_previous_close: false }],
    [
      'no change from no price',
      { 31: '-1', 82: '-656', 83: '-100%', 84: '2' },
      {},
      { change: null, change_percent: null },
    ],
    [
      'a future below 0',
      { 31: '-37.63', 84: '-38', 88: '4', 86: '-37' },
      FUTURE,
      { last: -37.63, bid: -38, ask: -37 },
    ],
    [
      'a future without a market',
      { 31: '82.5', 84: '-1', 86: '-1', 85: '0', 88: '0' },
      FUTURE,
      { last: 82.5, bid: null, ask: null },
    ],
    ['a stock is never below 0', { 31: '5', 84: '-38', 88: '4' }, {}, { last: 5, bid: null }],
    [
      'what IBKR says may be',
      { 31: '-2.5', 84: '-3', 88: '1' },
      { assetClass: 'CMDTY', rules: { negativeCapable: true } },
      { last: -2.5, bid: -3 },
    ],
    [
      '32nds of a future',
      { 31: "110'16.5", 84: "110'165", 86: '110-17' },
      FUTURE,
      { last: 110.515625, bid: 110.515625, ask: 110.53125 },
    ],
    ['and eighths', { 31: "450'2", 84: "1,450'0" }, FUTURE, { last: 450.25, bid: 1450 }],
    ['but not 32 of them', { 31: '110', 84: "110'32" }, FUTURE, { last: 110, bid: null }],
    [
      'options on bonds count 64ths or 32nds',
      { 31: '1.5', 84: "1'16" },
      { assetClass: 'FOP', multiplier: 1000 },
      { last: 1.5, bid: null },
    ],
  ])('%s', async (_, quote, instrument, shown) => {
    const app = await playedApp(playedMarket(quote, instrument));
    expect(await app.call('get_quote', { conid: CONID })).toMatchObject(shown);
  });

  it('says what was sent where it is no price', async () => {
    const app = await playedApp(playedMarket({ 31: '655', 84: '-1', 86: '-1' }));
    const { price_note } = await app.call('get_quote', { conid: CONID });
    expect(price_note).toContain('"-1" for bid and "-1" for ask');
    app.ibkr.set(playedMarket({ 31: '-1', 84: '-1', 86: '-1' }));
    const { code, message } = await app.fail('get_quote', { conid: CONID });
    expect(code).toBe('no_market_data');
    expect(message).toContain('"-1" for last');
    app.ibkr.set(playedMarket({ 31: '655', 84: '654', 86: '656' }));
    expect(await app.call('get_quote', { conid: CONID })).toMatchObject({ price_note: null });
  });
});

describe.concurrent('the value of an order without a price', () => {
  it.each<[string, Record<string, unknown>, number, Instrument?]>([
    [
      'goes by the last price where there is no market',
      { 31: '655', 84: '-1', 86: '-1', 7741: '651' },
      65_500,
    ],
    ['also where that is written as 0', { 31: '655', 84: '0', 86: '0' }, 65_500],
    ['takes the worst of a crossed market', { 31: '180', 84: '200', 86: '100' }, 20_000],
    ['and the last price where that is above it', { 31: '180', 84: '90', 86: '100' }, 18_000],
    ['takes one side where the other is missing', { 84: '90', 7741: '80' }, 9_000],
    ['goes by the close where there is nothing else', { 31: '-1', 84: '-1', 86: '-1', 7741: '651' }, 65_100],
    ['a bid of nothing says nothing', { 31: '', 84: '0', 88: '5', 86: '-1', 7741: '651' }, 65_100],
    ['of a future below 0 is what moves', { 31: '-37', 84: '-38', 88: '1', 86: '-36' }, 3_800_000, FUTURE],
  ])('%s', async (_, quote, value, instrument) => {
    for (const side of ['BUY', 'SELL']) {
      const app = await playedApp(playedMarket(quote, instrument), { limits: { maxOrderValue: value - 1 } });
      const order = { ...ORDER, side };
      const refused = {
        code: 'limit_exceeded',
        details: { limit: 'maxOrderValue', asked: value.toFixed(2) },
      };
      expect(await app.fail('place_order', order)).toMatchObject(refused);
      expect(app.ibkr.asked).not.toContain(ORDERS);
      expect(await app.call('preview_order', order)).toMatchObject({ value_in_base: value });
      await app.set({ limits: { maxOrderValue: value } });
      expect(await app.call('place_order', order)).toMatchObject({ state: 'working' });
    }
  });

  it.each([0, -1, '0', ''])(
    'is not known where a contract stands for %o of its underlying',
    async (multiplier) => {
      const app = await playedApp(
        playedMarket(
          { 31: '655', 84: '654.9', 86: '655.1' },
          { ...FUTURE, multiplier: multiplier as number },
        ),
        { limits: { maxOrderValue: 1e9 } },
      );
      expect(await app.fail('place_order', ORDER)).toMatchObject({ code: 'limit_exceeded' });
      expect(await app.call('preview_order', ORDER)).toMatchObject({ value_in_base: null });
      expect(app.ibkr.asked).not.toContain(ORDERS);
    },
  );

  it.each([0, -1, '0.00', 'N/A'])('is not made of a rate of %o', async (rate) => {
    const app = await playedApp(
      {
        ...playedMarket({ 31: '655', 84: '654.9', 86: '655.1' }, { currency: 'EUR' }),
        'GET /iserver/exchangerate': { rate },
      },
      { limits: { maxOrderValue: 1_000 } },
    );
    expect(await app.fail('place_order', ORDER)).toMatchObject({ code: 'ibkr_unexpected_answer' });
    expect(app.ibkr.asked).not.toContain(ORDERS);
  });

  it('is not known where IBKR sends no price at all: then a limit of value takes nothing', async () => {
    const app = await playedApp(playedMarket({ 31: '-1', 84: '-1', 86: '0', 7741: '-1' }), {
      limits: { maxOrderValue: 1e9 },
    });
    expect(await app.fail('place_order', ORDER)).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: 'maxOrderValue' },
    });
    expect(app.ibkr.asked).not.toContain(ORDERS);
    expect(await app.call('preview_order', ORDER)).toMatchObject({ value_in_base: null });
  });

  it('bounds how many shares an amount of money may sell', async () => {
    const app = await playedApp(
      {
        ...playedMarket({ 31: '100', 84: '-1', 86: '105' }),
        'GET /portfolio2/*/positions': [{ conid: CONID, position: 10 }],
      },
      { limits: { shortSelling: false } },
    );
    const sale = { conid: CONID, side: 'SELL', order_type: 'MKT' };
    expect(await app.fail('place_order', { ...sale, cash_quantity: 1_001 })).toMatchObject({
      details: { limit: 'shortSelling' },
    });
    expect(await app.call('place_order', { ...sale, cash_quantity: 1_000 })).toMatchObject({
      state: 'working',
    });
  });
});
