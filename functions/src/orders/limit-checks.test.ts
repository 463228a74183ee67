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
  assetClasses: fc.array(fc.constantFrom('STK', 'OPT', 'FUT'), { minLength: 1, maxLength: 4 }),
  sales: fc.array(
    fc.record({
      assetClass: fc.constantFrom('STK', 'OPT', 'FUT', 'FOP'),
      quantity: amount,
      held: fc.double({ min: -1000, max: 1000, noNaN: true }),
    }),
    { maxLength: 4 },
  ),
  value: fc.option(amount),
  limitPrice: fc.option(amount),
  lastPrice: fc.option(amount),
  quoteAgeSeconds: fc.option(amount),
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
    assetClasses: ['STK'],
    sales: [],
    value: null,
    limitPrice: 5,
    lastPrice: null,
    quoteAgeSeconds: null,
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

const plain: OrderFacts = {
  symbol: 'AAPL',
  assetClasses: ['OPT'],
  sales: [],
  value: 100,
  limitPrice: null,
  lastPrice: null,
  quoteAgeSeconds: 0,
  withinRegularHours: true,
};

it.each([
  ['OPT', 'optionsWriting'],
  ['FOP', 'optionsWriting'],
  ['STK', 'shortSelling'],
  ['FUT', 'shortSelling'],
])('asks of each sale of %s that it is held, where %s is off', (assetClass, limit) => {
  const refused = (quantity: number, held: number) =>
    refusal(() =>
      checkLimits(
        { [limit]: false },
        {
          ...plain,
          sales: [
            { assetClass: 'STK', quantity: 1, held: 1 },
            { assetClass, quantity, held },
          ],
        },
      ),
    );
  expect(refused(2, 2)).toBeNull();
  expect(refused(2, 1)).toMatchObject({ details: { limit, asked: 'selling 2 while holding 1' } });
  expect(refused(1, -5)).toMatchObject({ details: { limit } });
});

it('allows a combo whose legs are all of allowed classes', () => {
  const limits = { assetClasses: ['OPT', 'STK'] };
  expect(refusal(() => checkLimits(limits, { ...plain, assetClasses: ['OPT', 'OPT'] }))).toBeNull();
  expect(refusal(() => checkLimits(limits, { ...plain, assetClasses: ['OPT', 'FOP'] }))).toMatchObject({
    details: { limit: 'assetClasses', asked: 'FOP' },
  });
});

it('holds the net price of a combo within the collar, on either side of zero', () => {
  const away = (limitPrice: number, lastPrice: number) =>
    refusal(() => checkLimits({ priceCollarPercent: 10 }, { ...plain, limitPrice, lastPrice })) !== null;
  expect(away(-1.05, -1)).toBe(false);
  expect(away(-1.2, -1)).toBe(true);
  expect(away(1, -1)).toBe(true);
  expect(away(0, 0)).toBe(false);
  expect(away(0.01, 0)).toBe(true);
});
