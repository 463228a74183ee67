import { expect, it } from 'vitest';
import { settlementOf } from './preview-output.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const STK = { secType: 'STK' };

it.each([
  ['a purchase', 'BUY', 490, STK, { you_pay: usd(491) }],
  ['a sale', 'SELL', 346, STK, { you_receive: usd(345) }],
  ['a sale of less than its commission', 'SELL', 0.4, STK, { you_pay: usd(0.6) }],
  ['a combo that brings money in', 'BUY', -150, { secType: 'BAG' }, { you_receive: usd(149) }],
  ['a future', 'BUY', 300_000, { secType: 'FUT' }, {}],
] as const)('of %s is what changes hands', (_, side, amount, contract, expected) => {
  expect(settlementOf({ amount: usd(amount), commission: usd(1), total: null }, side, contract)).toEqual(
    expected,
  );
});

it('is IBKR’s total where the commission of a purchase is a range, and else not told', () => {
  const range = { amount: null, min: 1, max: 2, currency: 'USD' };
  const ranged = { amount: usd(100), commission: range, total: usd(101) };
  expect(settlementOf(ranged, 'BUY', STK)).toEqual({ you_pay: usd(101) });
  expect(settlementOf(ranged, 'SELL', STK)).toEqual({});
  const euros = { amount: 1, currency: 'EUR' };
  expect(settlementOf({ amount: usd(100), commission: euros, total: null }, 'BUY', STK)).toEqual({});
});
