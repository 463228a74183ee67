import { describe, expect, test } from 'vitest';
import { type OrderTicket, ordersBody, pairBody, wireOrder } from './order-ticket.ts';

const entry: OrderTicket = {
  conid: 265598,
  side: 'BUY',
  quantity: 10,
  orderType: 'LMT',
  limitPrice: 180,
  tif: 'GTC',
  clientOrderId: 'brk-1',
};

test('a bracket is three tickets linked by the id of the first', () => {
  const bracket = { ...entry, takeProfit: { limitPrice: 200 }, stopLoss: { stopPrice: 170 } };
  expect(ordersBody('DU1', bracket)).toEqual({
    orders: [
      {
        acctId: 'DU1',
        conid: 265598,
        cOID: 'brk-1',
        orderType: 'LMT',
        price: 180,
        side: 'BUY',
        quantity: 10,
        tif: 'GTC',
        outsideRTH: false,
      },
      {
        acctId: 'DU1',
        conid: 265598,
        parentId: 'brk-1',
        orderType: 'LMT',
        price: 200,
        side: 'SELL',
        quantity: 10,
        tif: 'GTC',
        outsideRTH: false,
      },
      {
        acctId: 'DU1',
        conid: 265598,
        parentId: 'brk-1',
        orderType: 'STP',
        price: 170,
        side: 'SELL',
        quantity: 10,
        tif: 'GTC',
        outsideRTH: false,
      },
    ],
  });
});

test('exits outlive an entry that is over at once, and fill outside hours only as types that can', () => {
  const { orders } = ordersBody('DU1', {
    ...entry,
    side: 'SELL',
    tif: 'IOC',
    outsideRth: true,
    takeProfit: { limitPrice: 170 },
    stopLoss: { stopPrice: 190 },
  });
  expect(orders).toMatchObject([
    { tif: 'IOC', outsideRTH: true },
    { side: 'BUY', tif: 'DAY', orderType: 'LMT', outsideRTH: true },
    { side: 'BUY', tif: 'DAY', orderType: 'STP', outsideRTH: false },
  ]);
});

describe('one order', () => {
  test.each<[string, Partial<OrderTicket>, object]>([
    [
      'a stop limit exit',
      { orderType: 'STP_LIMIT', stopPrice: 170 },
      { orderType: 'STOP_LIMIT', price: 180, auxPrice: 170 },
    ],
    ['by amount', { quantity: undefined, cashQuantity: 500 }, { cashQty: 500 }],
    ['at an exchange', { exchange: 'NYSE' }, { conidex: '265598@NYSE' }],
    [
      'until a date',
      { tif: 'GTD', goodTillDate: '2026-12-24T16:00:00-05:00' },
      { tif: 'GTD', goodTillDate: '20261224-21:00:00' },
    ],
    [
      'for US futures',
      { futuresOperator: { id: 'desk1', isManual: false } },
      { manualIndicator: false, extOperator: 'desk1' },
    ],
    [
      'of a combo',
      {
        conid: 28812380,
        limitPrice: -1.5,
        legs: [
          { conid: 1, ratio: 1 },
          { conid: 2, ratio: -1 },
        ],
      },
      { conidex: '28812380;;;1/1,2/-1', price: -1.5 },
    ],
  ])('%s', (_, fields, expected) => {
    const order = wireOrder({ ...entry, ...fields });
    expect(order).toMatchObject(expected);
    // IBKR takes exactly one of the two.
    expect('conid' in order).toBe(!('conidex' in order));
    expect('quantity' in order).toBe(!('cashQty' in order));
    expect(order).not.toHaveProperty('cOID');
  });
});

test('a pair is one group, and has no exits', () => {
  const second = { ...entry, clientOrderId: 'brk-2' };
  expect(pairBody('DU1', [entry, second])).toMatchObject({
    orders: [
      { cOID: 'brk-1', isSingleGroup: true },
      { cOID: 'brk-2', isSingleGroup: true },
    ],
  });
  expect(() => pairBody('DU1', [entry, { ...second, takeProfit: { limitPrice: 200 } }])).toThrow(
    expect.objectContaining({ kind: 'invalid' }),
  );
});
