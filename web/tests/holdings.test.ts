import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  averagePrice,
  gainPercent,
  inBase,
  isHeld,
  sumOf,
  totalValue,
} from '../src/features/overview/holdings.ts';
import { positionOf } from './example-holdings.ts';

const AAPL = positionOf('AAPL', 1000);
const SAP = { ...AAPL, symbol: 'SAP', currency: 'EUR', market_value_in_base: 1200 };

it('takes the rate of a position from its own values', () => {
  expect(inBase(SAP, 'day_change', 'USD')).toBeCloseTo(24);
  expect(inBase(AAPL, 'day_change', 'USD')).toBe(20);
  expect(inBase({ ...SAP, market_value_in_base: null }, 'day_change', 'USD')).toBe(null);
  expect(inBase({ ...SAP, market_value: null }, 'unrealized_pnl', 'USD')).toBe(null);
  expect(inBase({ ...SAP, day_change: null }, 'day_change', 'USD')).toBe(null);
});

it('adds no value of what is settled every day, and none where one is not known', () => {
  const future = { ...AAPL, market_value: null, market_value_in_base: null, notional: 250_000 };
  expect(totalValue([AAPL, SAP, future])).toBe(2200);
  expect(totalValue([AAPL, { ...SAP, market_value: null, market_value_in_base: null }])).toBe(null);
});

it('tells a gain in percent of what there was, also of what is short', () => {
  expect(gainPercent(10, 110)).toBe(10);
  expect(gainPercent(-10, -110)).toBe(-10);
  expect(gainPercent(10, 10)).toBe(null);
});

it('lists no currency that is not held any more', () => {
  const none = {
    currency: 'EUR',
    cash: 0,
    settled_cash: 0,
    rate_to_base: 1.2,
    interest_accrued: 0,
    dividends_accrued: null,
  };
  expect(isHeld(none)).toBe(false);
  for (const held of [{ cash: -1 }, { interest_accrued: 2 }, { dividends_accrued: 3 }])
    expect(isHeld({ ...none, ...held })).toBe(true);
});

it('tells average prices to the cent, and exactly below one', () => {
  expect([212.4375, 93, 0.00012345, null].map(averagePrice)).toEqual(['212.44', '93.00', '0.00012345', '–']);
});

it('comes to the same in groups as in all', () => {
  const amounts = fc.array(fc.oneof(fc.constant(null), fc.integer({ min: -1e9, max: 1e9 })));
  fc.assert(
    fc.property(amounts, amounts, (one, other) => {
      const parts = sumOf([sumOf(one), sumOf(other)]);
      expect(parts).toBe(sumOf([...one, ...other]));
    }),
  );
});
