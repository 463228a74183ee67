import { describe, expect, test } from 'vitest';
import { told } from '../testing/told.ts';
import { orderTypeOf, wirePrices } from './order-types.ts';

describe('prices go where IBKR expects them', () => {
  test.each([
    ['MKT', {}, { orderType: 'MKT' }],
    ['LMT', { limitPrice: 180 }, { orderType: 'LMT', price: 180 }],
    ['STP', { stopPrice: 170 }, { orderType: 'STP', price: 170 }],
    [
      'STP_LIMIT',
      { limitPrice: 169, stopPrice: 170 },
      { orderType: 'STOP_LIMIT', price: 169, auxPrice: 170 },
    ],
    ['MIT', { stopPrice: 170 }, { orderType: 'MIT', auxPrice: 170 }],
    ['LIT', { limitPrice: 171, stopPrice: 170 }, { orderType: 'LIT', price: 171, auxPrice: 170 }],
    ['TRAIL', { trailingPercent: 5 }, { orderType: 'TRAIL', trailingAmt: 5, trailingType: '%' }],
    [
      'TRAIL_LIMIT',
      { limitPrice: 169, stopPrice: 170, trailingAmount: 2 },
      { orderType: 'TRAILLMT', price: 169, auxPrice: 170, trailingAmt: 2, trailingType: 'amt' },
    ],
    ['MIDPRICE', {}, { orderType: 'MIDPRICE' }],
  ] as const)('%s', (type, prices, expected) => {
    expect(wirePrices(type, prices)).toEqual(expected);
  });
});

test.each([
  ['LMT', {}, 'limitPrice'],
  ['MKT', { limitPrice: 180 }, 'limitPrice'],
  ['STP', { limitPrice: 180, stopPrice: 170 }, 'limitPrice'],
  ['STP_LIMIT', { limitPrice: 180 }, 'stopPrice'],
  ['LMT', { limitPrice: Number.NaN }, 'limitPrice'],
  ['TRAIL', {}, 'trailingAmount'],
  ['TRAIL', { trailingAmount: 1, trailingPercent: 1 }, 'trailingAmount'],
] as const)('%s with %o is refused, naming %s', (type, prices, field) => {
  expect(() => wirePrices(type, prices)).toThrow(
    told({ code: 'invalid_arguments', message: expect.stringContaining(field) }),
  );
});

test.each([
  ['Market', 'MKT'],
  ['MARKET', 'MKT'],
  ['Limit', 'LMT'],
  ['LMT', 'LMT'],
  ['Stop', 'STP'],
  ['Stop Limit', 'STP_LIMIT'],
  ['STOP_LIMIT', 'STP_LIMIT'],
  ['TRAILING_STOP', 'TRAIL'],
  ['TRAILING_STOP_LIMIT', 'TRAIL_LIMIT'],
  ['MARKETONCLOSE', 'MOC'],
  ['LIMITONCLOSE', 'LOC'],
  ['MidPrice', 'MIDPRICE'],
  ['MIT', 'MIT'],
  ['Box Top', 'BOX TOP'],
  ['Relative', 'RELATIVE'],
])('%s is %s', (word, type) => {
  expect(orderTypeOf(word)).toBe(type);
});
