import { describe, expect, test } from 'vitest';
import { liveOrdersSchema, orderStatusSchema } from './order-answers.ts';

const ROW = {
  acct: 'DU1234567',
  conid: 756733,
  orderId: 473740665,
  ticker: 'SPY',
  secType: 'STK',
  totalSize: 10,
  filledQuantity: 4,
  remainingQuantity: 6,
  avgPrice: '699.5',
  status: 'Submitted',
  origOrderType: 'LIMIT',
  price: '700.00',
  timeInForce: 'GTC',
  side: 'SELL',
};

const STATUS = {
  order_id: 473740665,
  account: 'DU1234567',
  conid: 756733,
  sec_type: 'STK',
  side: 'S',
  order_type: 'LIMIT',
  limit_price: '700.00',
  total_size: '10.0',
  size: '6.0',
  cum_fill: '4.0',
  average_price: '699.5',
  tif: 'GTC',
  order_status: 'Submitted',
};

/** What a row of the list is read as; null where it is not understood. */
function listed(change: object) {
  const { orders, unread } = liveOrdersSchema.parse({ orders: [{ ...ROW, ...change }], snapshot: true });
  expect(orders.length + unread.length).toBe(1);
  return orders[0] ?? null;
}

function told(change: object) {
  return orderStatusSchema.parse({ ...STATUS, ...change });
}

describe('what IBKR fills in where an order has none', () => {
  test.each(['0.00', 0, '-1', '1.7976931348623157E308', '', 'N/A', '@700', '0,700'])(
    '%o is no limit',
    (price) => {
      expect(listed({ price })?.limitPrice).toBeNull();
      expect(told({ limit_price: price }).limitPrice).toBeNull();
    },
  );

  test('nor is it what was paid', () => {
    for (const none of ['0', '-1', '1.7976931348623157E308', '']) {
      expect(listed({ avgPrice: none })?.averagePrice).toBeNull();
      expect(told({ average_price: none, avg_fill_price: '0' }).averagePrice).toBeNull();
    }
    expect(told({ average_price: '', avg_fill_price: '699.5' }).averagePrice).toBe(699.5);
  });

  test('nothing was paid for what has not filled', () => {
    expect(listed({ filledQuantity: 0, remainingQuantity: 10, avgPrice: '0.0' })?.averagePrice).toBeNull();
    expect(told({ cum_fill: '0.0', size: '10.0', average_price: '699.5' }).averagePrice).toBeNull();
  });

  test.each([
    [
      { origOrderType: 'STP', price: '690', stop_price: '0' },
      { limitPrice: null, stopPrice: 690 },
    ],
    [
      { origOrderType: 'STOP', price: '0', auxPrice: '690.00' },
      { limitPrice: null, stopPrice: 690 },
    ],
    [
      { origOrderType: 'STOPLIMIT', price: '690', auxPrice: '0.00' },
      { limitPrice: 690, stopPrice: null },
    ],
    [
      { origOrderType: 'STOP', secType: 'FUT', price: '690', stop_price: '0' },
      { limitPrice: null, stopPrice: 690 },
    ],
    // The price that a trailing stop stands at is no limit of it.
    [
      { origOrderType: 'TRAIL', price: '690.00', auxPrice: '688' },
      { limitPrice: null, stopPrice: 688 },
    ],
    [
      { origOrderType: 'TRAILLMT', price: '687', auxPrice: '688' },
      { limitPrice: 687, stopPrice: 688 },
    ],
  ])('%o has %o', (change, prices) => {
    expect(listed(change)).toMatchObject(prices);
  });

  test('0 is no parent', () => {
    expect(listed({ parentId: 0 })?.parentOrderId).toBeNull();
    expect(listed({ parentId: '0' })?.parentOrderId).toBeNull();
    expect(listed({ parentId: 473740664 })?.parentOrderId).toBe('473740664');
  });
});

test.each([
  ['FUT', '-37.63', -37.63],
  ['BAG', '0', 0],
  ['BAG', '-1', -1],
  ['FUT', "110'16.5", 110.515625],
  ['OPT', '-1', null],
  ['CASH', '1.0845', 1.0845],
])('a limit of %s of %o is %o', (secType, price, limitPrice) => {
  expect(listed({ secType, price })?.limitPrice).toBe(limitPrice);
  expect(told({ sec_type: secType, limit_price: price }).limitPrice).toBe(limitPrice);
});

test('what a future filled at is read as its limit is', () => {
  expect(listed({ secType: 'FUT', avgPrice: "110'16" })?.averagePrice).toBe(110.5);
});

test.each([
  ['', 10],
  [null, 10],
  ['1,000', 1000],
])('a size of %o is %o', (totalSize, quantity) => {
  expect(listed({ totalSize })?.quantity).toBe(quantity);
});

test.each([
  { totalSize: -10 },
  { filledQuantity: -4 },
  { filledQuantity: '' },
  { remainingQuantity: -6 },
  { totalSize: 'ten' },
])('a row with %o is not understood', (change) => {
  expect(listed(change)).toBeNull();
});

test.each([
  ['SSHORT', 'SELL'],
  ['SS', 'SELL'],
  ['sell', 'SELL'],
  ['BOT', 'BUY'],
])('a side of %s is %s', (side, read) => {
  expect(listed({ side })?.side).toBe(read);
});

test.each([
  ['CLOSE', 'DAY'],
  ['Day', 'DAY'],
  ['gtc', 'GTC'],
  [null, 'DAY'],
])('%o is %s', (timeInForce, tif) => {
  expect(listed({ timeInForce })?.tif).toBe(tif);
});
