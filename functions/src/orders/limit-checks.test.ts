import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { checkDailyLimits, checkLimits, type OrderFacts } from './limit-checks.ts';
import { APPROVAL_MODES, type Limits, narrower, stricter } from './trading-rules.ts';

const amount = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

const someLimits: fc.Arbitrary<Limits> = fc
  .record({
    trading: optional(fc.boolean()),
    maxOrderValue: optional(amount),
    maxDailyValue: optional(amount),
    maxDailyOrders: optional(fc.nat(20)),
    symbols: optional(fc.subarray(['AAPL', 'NVDA', 'SPY'])),
    assetClasses: optional(fc.subarray(['STK', 'OPT'])),
    shortSelling: optional(fc.boolean()),
    optionsWriting: optional(fc.boolean()),
    priceCollarPercent: optional(amount),
    maxQuoteAgeSeconds: optional(amount),
    regularHoursOnly: optional(fc.boolean()),
  })
  .map((limits) => Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)));

const someFacts: fc.Arbitrary<OrderFacts> = fc.record({
  symbol: fc.constantFrom('AAPL', 'NVDA', 'SPY'),
  assetClass: fc.constantFrom('STK', 'OPT'),
  side: fc.constantFrom('BUY', 'SELL'),
  quantity: amount,
  value: fc.option(amount),
  limitPrice: fc.option(amount),
  lastPrice: fc.option(amount),
  quoteAgeSeconds: fc.option(amount),
  heldQuantity: fc.double({ min: -1000, max: 1000, noNaN: true }),
  withinRegularHours: fc.option(fc.boolean()),
});

function refusal(check: () => void): GatewayError | null {
  try {
    check();
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    return error as GatewayError;
  }
}

it('forbids together exactly what either set of limits forbids', () => {
  fc.assert(
    fc.property(someLimits, someLimits, someFacts, (one, other, facts) => {
      const either = [one, other].some((limits) => refusal(() => checkLimits(limits, facts)) !== null);
      expect(refusal(() => checkLimits(narrower(one, other), facts)) !== null).toBe(either);
    }),
    { numRuns: 2_000 },
  );
});

it('never lets a day exceed its limits, whatever the orders', () => {
  fc.assert(
    fc.property(someLimits, fc.array(amount, { maxLength: 40 }), (limits, values) => {
      let today = { orders: 0, value: 0 };
      for (const value of values) {
        if (refusal(() => checkDailyLimits(limits, today, value)) !== null) continue;
        today = { orders: today.orders + 1, value: today.value + value };
      }
      expect(today.orders).toBeLessThanOrEqual(limits.maxDailyOrders ?? Number.POSITIVE_INFINITY);
      expect(today.value).toBeLessThanOrEqual(limits.maxDailyValue ?? Number.POSITIVE_INFINITY);
    }),
  );
});

it('refuses what it cannot judge', () => {
  const unknown: OrderFacts = {
    symbol: 'NVDA',
    assetClass: 'STK',
    side: 'BUY',
    quantity: 1,
    value: null,
    limitPrice: 5,
    lastPrice: null,
    quoteAgeSeconds: null,
    heldQuantity: 0,
    withinRegularHours: null,
  };
  for (const limits of [
    { maxOrderValue: 1e9 },
    { priceCollarPercent: 500 },
    { maxQuoteAgeSeconds: 80_000 },
    { regularHoursOnly: true },
  ]) {
    expect(refusal(() => checkLimits(limits, unknown))).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: Object.keys(limits)[0] },
    });
  }
  expect(
    refusal(() => checkDailyLimits({ maxDailyValue: 1e9 }, { orders: 0, value: 0 }, null)),
  ).not.toBeNull();
});

it('takes the stricter of two modes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...APPROVAL_MODES), fc.constantFrom(...APPROVAL_MODES), (one, other) => {
      expect(stricter(one, other)).toBe(stricter(other, one));
      if (one === 'owner') expect(stricter(one, other)).toBe('owner');
    }),
  );
});
