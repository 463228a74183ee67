import { describe, expect, it } from 'vitest';
import { getExchangeRateTool } from './contracts/get-exchange-rate.ts';
import { invalidArguments } from './invalid-arguments.ts';
import { runScannerTool } from './market/run-scanner.ts';
import { placeOrderTool } from './orders/place-order.ts';
import { previewOrderTool } from './orders/preview-order.ts';

const ORDER = { symbol: 'NVDA', side: 'BUY', quantity: 10, order_type: 'MKT' };
const LEGS = [
  { conid: 1, side: 'BUY' },
  { conid: 2, side: 'SELL' },
];
const COMBO = { legs: LEGS, quantity: 1, order_type: 'MKT' };

describe('what is wrong with an order', () => {
  it.each<[object, string]>([
    [
      { ...ORDER, quantity: 'ten' },
      '"quantity" is "ten": accepted is a number above 0 and at most 1000000000.',
    ],
    [
      { ...ORDER, quantity: undefined },
      '"quantity" is required: a number above 0, or cash_quantity instead.',
    ],
    [
      { ...ORDER, cash_quantity: 5 },
      '"quantity" is 10: an order has either quantity or cash_quantity, and both are given.',
    ],
    [{ ...ORDER, side: undefined }, '"side" is required: one of BUY, SELL.'],
    [
      { ...COMBO, side: 'BUY' },
      '"side" is "BUY": each leg of a combo has a side of its own, so the order has none.',
    ],
    [{ ...ORDER, limit_price: 5 }, '"limit_price" is 5: MKT orders take none.'],
    [{ ...ORDER, order_type: 'LMT' }, '"limit_price" is required: LMT orders need one.'],
    [
      { ...ORDER, order_type: 'LMT', limit_price: -5 },
      '"limit_price" is -5: only the price of a combo may be 0 or below.',
    ],
    [
      { ...COMBO, legs: LEGS.slice(0, 1) },
      '"legs" is [{"conid":1,"side":"BUY"}]: accepted is a list of 2 to 4 items.',
    ],
    [{ ...COMBO, legs: ['a', 'b'] }, '"legs.0" is "a": accepted is an object of conid, side, ratio.'],
    [
      { ...ORDER, stop_loss_limit_price: 95 },
      '"stop_loss_limit_price" is 95: it is the limit of a stop loss, and stop_loss_price is missing.',
    ],
    [
      { ...ORDER, take_profit_price: 120, oca: { order_type: 'LMT', limit_price: 90 } },
      '"take_profit_price" is 120: an order with oca has none.',
    ],
  ])('%j is told in a sentence', (args, sentence) => {
    for (const tool of [placeOrderTool, previewOrderTool]) {
      const { error } = tool.input.safeParse(args);
      if (error === undefined) throw new Error('It was taken.');
      expect(invalidArguments(tool, { ...args }, error).message.split(/(?<=\.) (?=")/)).toContain(sentence);
    }
  });
});

it.each([
  [getExchangeRateTool, {}, '"from" is required: text.'],
  [
    runScannerTool,
    { type: 'gainers', min_price: 9, max_price: 8 },
    '"min_price" is 9: it is above max_price, which is 8.',
  ],
] as const)('other arguments are, too', (tool, args, sentence) => {
  const { error } = tool.input.safeParse(args);
  if (error === undefined) throw new Error('It was taken.');
  expect(invalidArguments(tool, { ...args }, error).message).toContain(sentence);
});
