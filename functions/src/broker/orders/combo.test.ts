import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteOf, snapshotSchema } from '../market/market-data.ts';
import {
  comboConidex,
  comboMaxLoss,
  comboQuote,
  type OptionLeg,
  readComboConidex,
  reverseLegs,
  spreadConid,
} from './combo.ts';
import { liveOrdersSchema } from './order-answers.ts';
import { tradesSchema } from './trades.ts';

test('a combo in IBKR’s spelling', () => {
  const legs = [
    { conid: 1, ratio: 1 },
    { conid: 2, ratio: -2 },
  ];
  expect(comboConidex(28812380, undefined, legs)).toBe('28812380;;;1/1,2/-2');
  expect(comboConidex(61227087, 'EUREX', legs)).toBe('61227087@EUREX;;;1/1,2/-2');
  expect(readComboConidex('28812380;;;1/1,2/-2')).toEqual({ exchange: undefined, legs });
  expect(readComboConidex('61227087@EUREX;;;1/1,2/-2')).toEqual({ exchange: 'EUREX', legs });
  for (const other of [null, '265598', '265598@NYSE', '28812380;;;1/0,2/-2', '28812380;;;1/1,x/1']) {
    expect(readComboConidex(other)).toBeNull();
  }
  expect(spreadConid('USD')).toBe(28812380);
  expect(spreadConid('EUR')).toBeNull();
});

const JUNE = '2026-06-18';
const JULY = '2026-07-17';
const call = (strike: number, ratio: number, expiry = JUNE): OptionLeg => ({
  right: 'call',
  strike,
  ratio,
  expiry,
});
const put = (strike: number, ratio: number, expiry = JUNE): OptionLeg => ({
  right: 'put',
  strike,
  ratio,
  expiry,
});

describe('the most a combo can lose', () => {
  test.each([
    ['a call spread bought loses what it cost', [call(100, 1), call(110, -1)], 4, 400],
    ['a call spread sold loses the width less what it brought', [call(100, -1), call(110, 1)], -4, 600],
    ['an iron condor loses one wing', [put(90, 1), put(95, -1), call(105, -1), call(110, 1)], -1.5, 350],
    ['a straddle sold has no limit', [call(100, -1), put(100, -1)], -12, null],
    ['a put ratio spread loses down to zero', [put(100, 1), put(90, -2)], 0, 8000],
    ['a call ratio spread has no limit', [call(100, 1), call(110, -2)], 1, null],
    ['a calendar spread loses what it cost', [call(100, -1), call(100, 1, JULY)], 2, 200],
    ['a calendar spread sold has no limit', [call(100, 1), call(100, -1, JULY)], -2, null],
    ['a put calendar spread sold loses down to zero', [put(100, 1), put(100, -1, JULY)], -2, 9800],
    [
      'sold legs of several expiries count alone',
      [put(100, 1, JULY), put(90, -1), put(80, -1, JULY)],
      3,
      17300,
    ],
    ['a butterfly that brings money cannot lose', [call(90, 1), call(100, -2), call(110, 1)], -1, 0],
  ])('%s', (_, legs, price, expected) => {
    expect(comboMaxLoss(legs, price, 100)).toBe(expected);
  });

  const leg = fc.record({
    right: fc.constantFrom('call' as const, 'put' as const),
    expiry: fc.constant(JUNE),
    strike: fc.integer({ min: 1, max: 60 }),
    ratio: fc.integer({ min: -3, max: 3 }).filter((ratio) => ratio !== 0),
  });

  test('is what trying every price finds', () => {
    fc.assert(
      fc.property(
        fc.array(leg, { minLength: 2, maxLength: 4 }),
        fc.integer({ min: -50, max: 50 }),
        (legs, price) => {
          const lossAt = (underlying: number) =>
            price -
            legs.reduce((value, { right, strike, ratio }) => {
              const gain = right === 'call' ? underlying - strike : strike - underlying;
              return value + ratio * Math.max(0, gain);
            }, 0);
          const losses = Array.from({ length: 1201 }, (_, tenths) => lossAt(tenths / 10));
          const grows = lossAt(100_000) > lossAt(50_000) + 1;
          const expected = grows ? null : Math.max(0, ...losses);
          const found = comboMaxLoss(legs, price, 1);
          if (expected === null) expect(found).toBeNull();
          else expect(found).toBeCloseTo(expected, 6);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the quote of a combo', () => {
  const quote = (bid: string, ask: string, last: string, more: object = {}) => ({
    conid: 1,
    '31': last,
    '84': bid,
    '86': ask,
    '6509': 'RpB',
    _updated: 1_775_086_883_187,
    ...more,
  });
  const quotesOf = (rows: object[]) => snapshotSchema.parse(rows).rows.map((row) => quoteOf(row));
  const legs = [
    { conid: 1, ratio: 1 },
    { conid: 2, ratio: -2 },
  ];

  test('costs the asks of what it buys less the bids of what it sells', () => {
    const quotes = quotesOf([
      quote('4.90', '5.10', '5.00'),
      quote('1.95', '2.05', '2.00', { _updated: 1_775_086_000_000 }),
    ]);
    const bought = comboQuote(28812380, legs, quotes);
    expect(bought).toMatchObject({ bid: 0.8, ask: 1.2, last: 1, availability: 'realtime' });
    expect(bought.asOf).toBe(new Date(1_775_086_000_000).toISOString());
    const sold = comboQuote(28812380, reverseLegs(legs), quotes);
    expect(sold).toMatchObject({ bid: -1.2, ask: -0.8 });
  });

  test('lacks what a leg lacks, and is as late as the latest leg', () => {
    const quotes = quotesOf([quote('4.90', '5.10', '5.00', { '6509': 'DPB' }), { conid: 2 }]);
    expect(comboQuote(28812380, legs, quotes)).toMatchObject({
      bid: null,
      ask: null,
      last: null,
      availability: 'delayed',
      asOf: null,
    });
  });
});

test('lists of orders and executions tell the legs of a combo', () => {
  const conidex = '28812380;;;1/1,2/-2';
  const legs = [
    { conid: 1, ratio: 1 },
    { conid: 2, ratio: -2 },
  ];
  const order = {
    orderId: 5,
    conid: 28812380,
    side: 'BUY',
    filledQuantity: 0,
    remainingQuantity: 1,
    status: 'Submitted',
  };
  expect(
    liveOrdersSchema.parse({
      orders: [
        { ...order, conidex },
        { ...order, conidex: '265598' },
      ],
    }).orders,
  ).toMatchObject([{ legs }, { legs: undefined }]);
  const trade = { execution_id: 'a', conid: 28812380, symbol: 'AAPL', side: 'B', size: 1, price: '1.5' };
  expect(tradesSchema.parse([{ ...trade, conidEx: conidex }]).rows).toMatchObject([{ legs }]);
});
