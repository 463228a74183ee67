import { describe, expect, it } from 'vitest';
import type { ProposedOrder } from '../order.ts';
import { collaredPrices } from './price-collar.ts';

type Ticket = ProposedOrder['ticket'];

const MARKET = { bid: 99.9, ask: 100.1, last: 100, previousClose: 90, marketPrice: 100 };
const UNKNOWN = { bid: null, ask: null, last: null, previousClose: null, marketPrice: null };

function ticket(more: Partial<Ticket>): Ticket {
  return { conid: 2, side: 'BUY', orderType: 'LMT', tif: 'DAY', quantity: 1, ...more };
}

/** The prices, each with what it is measured from. */
function collared(
  more: Partial<Ticket>,
  before: Partial<Ticket> | null = null,
  last = 100,
): [number, number | null][] {
  const prices = collaredPrices(ticket(more), MARKET, last, before && ticket(before));
  return prices.map(({ price, from }) => [price, from]);
}

describe('the prices of an order that have to be near the market', () => {
  it.each<[string, Partial<Ticket>, [number, number][]]>([
    ['the limit', { limitPrice: 5 }, [[5, 100]]],
    ['none of a market order', { orderType: 'MKT' }, []],
    ['not a stop that waits for the market to rise', { orderType: 'STP', stopPrice: 200 }, []],
    ['a stop that the market has passed', { orderType: 'STP', stopPrice: 1 }, [[1, 100]]],
    [
      'the limit behind a stop that waits, from that',
      { orderType: 'STP_LIMIT', stopPrice: 200, limitPrice: 201 },
      [[201, 200]],
    ],
    [
      'both where the stop waits no more',
      { orderType: 'STP_LIMIT', stopPrice: 90, limitPrice: 101 },
      [
        [101, 100],
        [90, 100],
      ],
    ],
    [
      'the limit behind the stop of a sale',
      { side: 'SELL', orderType: 'STP_LIMIT', stopPrice: 90, limitPrice: 89 },
      [[89, 90]],
    ],
    [
      'the limit behind a stop that follows',
      { side: 'SELL', orderType: 'TRAIL_LIMIT', stopPrice: 90, limitPrice: 1 },
      [[1, 90]],
    ],
    [
      'the limit behind a trigger that waits',
      { orderType: 'LIT', stopPrice: 80, limitPrice: 80 },
      [[80, 80]],
    ],
    ['not a trigger that waits for it to fall', { orderType: 'MIT', stopPrice: 1 }, []],
    ['a trigger that it has passed', { orderType: 'MIT', stopPrice: 200 }, [[200, 100]]],
    ['not the stop of a sale that waits', { side: 'SELL', orderType: 'STP', stopPrice: 1 }, []],
    ['that of a sale that it has passed', { side: 'SELL', orderType: 'STP', stopPrice: 200 }, [[200, 100]]],
    ['not the trigger of a sale that waits', { side: 'SELL', orderType: 'MIT', stopPrice: 200 }, []],
    [
      'that of a sale that it has passed',
      { side: 'SELL', orderType: 'LIT', stopPrice: 1, limitPrice: 2 },
      [
        [2, 100],
        [1, 100],
      ],
    ],
  ])('are %s', (_, more, prices) => {
    expect(collared(more)).toEqual(prices);
  });

  it('are also those of which nobody knows whether they wait', () => {
    expect(collaredPrices(ticket({ orderType: 'STP', stopPrice: 5 }), UNKNOWN, null)).toEqual([
      { price: 5, from: null },
    ]);
  });
});

describe('the prices of exits', () => {
  const market: Partial<Ticket> = { orderType: 'MKT' };
  it.each<[string, Partial<Ticket>, [number, number | null][]]>([
    ['none that wait', { ...market, takeProfit: { limitPrice: 300 }, stopLoss: { stopPrice: 20 } }, []],
    ['a limit that fills at once', { ...market, takeProfit: { limitPrice: 1 } }, [[1, 100]]],
    ['also one of a purchase', { ...market, side: 'SELL', takeProfit: { limitPrice: 500 } }, [[500, 100]]],
    [
      'a stop that triggers at once',
      { ...market, stopLoss: { stopPrice: 5_000, limitPrice: 1 } },
      [
        [1, 100],
        [5_000, 100],
      ],
    ],
    [
      'the limit of a stop that waits, from that',
      { ...market, stopLoss: { stopPrice: 60, limitPrice: 59 } },
      [[59, 60]],
    ],
    [
      'measured from where the entry fills',
      { limitPrice: 80, takeProfit: { limitPrice: 79 } },
      [
        [80, 100],
        [79, 80],
      ],
    ],
    ['not those beyond an entry that waits', { limitPrice: 80, takeProfit: { limitPrice: 81 } }, [[80, 100]]],
    [
      'from the market of an entry that follows it',
      { orderType: 'TRAIL', trailingAmount: 5, takeProfit: { limitPrice: 1 } },
      [[1, 100]],
    ],
  ])('are %s', (_, more, prices) => {
    expect(collared(more)).toEqual(prices);
  });

  it('cannot be judged without a market', () => {
    const order = ticket({ ...market, takeProfit: { limitPrice: 300 } });
    expect(collaredPrices(order, UNKNOWN, null)).toEqual([{ price: 300, from: null }]);
  });
});

describe('the prices of a change', () => {
  const sale: Partial<Ticket> = { side: 'SELL' };
  it.each<[string, Partial<Ticket>, Partial<Ticket>, [number, number | null][]]>([
    ['what stays is left', { limitPrice: 50, quantity: 1 }, { limitPrice: 50, quantity: 9 }, []],
    ['a lower purchase', { limitPrice: 40 }, { limitPrice: 50 }, []],
    ['one that comes nearer to the market', { limitPrice: 60 }, { limitPrice: 50 }, []],
    ['not one beyond it', { limitPrice: 150 }, { limitPrice: 50 }, [[150, 100]]],
    ['a higher sale', { ...sale, limitPrice: 250 }, { ...sale, limitPrice: 200 }, []],
    ['not one far below the market', { ...sale, limitPrice: 1 }, { ...sale, limitPrice: 200 }, [[1, 100]]],
    [
      'a stop that still waits',
      { ...sale, orderType: 'STP', stopPrice: 70 },
      { ...sale, orderType: 'STP', stopPrice: 60 },
      [],
    ],
    [
      'not one that triggers at once',
      { ...sale, orderType: 'STP', stopPrice: 500 },
      { ...sale, orderType: 'STP', stopPrice: 60 },
      [[500, 100]],
    ],
  ])('%s', (_, more, before, prices) => {
    expect(collared(more, before)).toEqual(prices);
  });
});
