import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { APPROVAL_MODES } from '../../../contract/rules/approval.ts';
import { type Limits, limitsSchema, storedLimits } from '../../../contract/rules/limits.ts';
import { GatewayError } from '../../../errors.ts';
import { riskInputsOf, saleOf } from '../../../testing/orders/risk-inputs.ts';
import { amountOf, centsOf, NO_CENTS, sumOf } from '../money.ts';
import { addedValue, checkDailyLimits, checkLimits, orderValue, type RiskInputs } from './limit-checks.ts';
import { narrower, stricter } from './rules.ts';

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

const someInputs: fc.Arbitrary<RiskInputs> = fc
  .record({
    symbol: fc.constantFrom('AAPL', 'NVDA', 'SPY'),
    assetClasses: fc.array(fc.constantFrom('STK', 'OPT', 'FUT'), { minLength: 1, maxLength: 4 }),
    sales: fc.array(
      fc
        .record({
          assetClass: fc.constantFrom('STK', 'OPT', 'FUT', 'FOP'),
          quantity: fc.option(amount),
          held: fc.double({ min: -1000, max: 1000, noNaN: true }),
          obligation: amount,
        })
        .map(({ quantity, ...more }) => saleOf(quantity, more)),
      { maxLength: 4 },
    ),
    notional: fc.option(amount),
    collaredPrices: fc.array(fc.record({ price: amount, from: fc.option(amount) }), { maxLength: 2 }),
    isReduction: fc.boolean(),
    quoteAgeSeconds: fc.option(amount),
    withinRegularHours: fc.option(fc.boolean()),
  })
  .map(riskInputsOf);

function refusal(check: () => void): GatewayError | null {
  try {
    check();
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    // News tells it to people, who know limits by the names on their page.
    expect((error as GatewayError).message).toMatch(/^The owner’s limit “[A-Z][a-z]+( [a-z]+)*” is /);
    return error as GatewayError;
  }
}

it('forbids together exactly what either set of limits forbids', () => {
  fc.assert(
    fc.property(someLimits, someLimits, someInputs, (one, other, inputs) => {
      const either = [one, other].some((limits) => refusal(() => checkLimits(limits, inputs)) !== null);
      expect(refusal(() => checkLimits(narrower(one, other), inputs)) !== null).toBe(either);
    }),
    { numRuns: 2_000 },
  );
});

it('never lets a day exceed its limits, whatever the orders', () => {
  fc.assert(
    fc.property(someLimits, fc.array(amount, { maxLength: 40 }), (limits, values) => {
      let today = { orders: 0, value: NO_CENTS };
      for (const value of values.map(centsOf)) {
        if (refusal(() => checkDailyLimits(limits, today, { orders: 1, value })) !== null) continue;
        today = { orders: today.orders + 1, value: sumOf([today.value, value]) };
      }
      expect(today.orders).toBeLessThanOrEqual(limits.maxDailyOrders ?? Number.POSITIVE_INFINITY);
      expect(amountOf(today.value)).toBeLessThanOrEqual(limits.maxDailyValue ?? Number.POSITIVE_INFINITY);
    }),
  );
});

it('refuses what it cannot judge', () => {
  const unknown = riskInputsOf({
    notional: null,
    collaredPrices: [{ price: 5, from: null }],
    quoteAgeSeconds: null,
    withinRegularHours: null,
    sales: [saleOf(null, { held: 1_000_000 })],
  });
  for (const limits of [
    { maxOrderValue: 1e9 },
    { priceCollarPercent: 500 },
    { maxQuoteAgeSeconds: 80_000 },
    { regularHoursOnly: true },
    { shortSelling: false },
  ]) {
    expect(refusal(() => checkLimits(limits, unknown))).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: Object.keys(limits)[0] },
    });
  }
  expect(
    refusal(() =>
      checkDailyLimits({ maxDailyValue: 1e9 }, { orders: 0, value: NO_CENTS }, { orders: 1, value: null }),
    ),
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
        riskInputsOf({ sales: [saleOf(1, { held: 1 }), saleOf(quantity, { assetClass, held })] }),
      ),
    );
  expect(refused(2, 2)).toBeNull();
  expect(refused(2, 1)).toMatchObject({
    details: { limit, asked: 'selling 2 while holding 1' },
  });
  expect(refused(1, -5)).toMatchObject({ details: { limit } });
});

it('allows a combo whose legs are all of allowed classes', () => {
  const limits = { assetClasses: ['OPT', 'STK'] };
  expect(refusal(() => checkLimits(limits, riskInputsOf({ assetClasses: ['OPT', 'OPT'] })))).toBeNull();
  expect(refusal(() => checkLimits(limits, riskInputsOf({ assetClasses: ['OPT', 'FOP'] })))).toMatchObject({
    details: { limit: 'assetClasses', asked: 'FOP' },
  });
});

it('holds the net price of a combo within the collar, on either side of zero', () => {
  const away = (price: number, from: number) =>
    refusal(() =>
      checkLimits({ priceCollarPercent: 10 }, riskInputsOf({ collaredPrices: [{ price, from }] })),
    ) !== null;
  expect(away(-1.05, -1)).toBe(false);
  expect(away(-1.2, -1)).toBe(true);
  expect(away(1, -1)).toBe(true);
  expect(away(0, 0)).toBe(false);
  expect(away(0.01, 0)).toBe(true);
});

it('takes an order that comes to the limit to the cent', () => {
  const inputs = riskInputsOf({ notional: 7 * 235.08 });
  expect(refusal(() => checkLimits({ maxOrderValue: 1645.56 }, inputs))).toBeNull();
  expect(refusal(() => checkLimits({ maxOrderValue: 1645.55 }, inputs))).not.toBeNull();
  const today = { orders: 1, value: centsOf(0.1) };
  const asked = { orders: 1, value: centsOf(0.2) };
  expect(refusal(() => checkDailyLimits({ maxDailyValue: 0.3 }, today, asked))).toBeNull();
});

it('counts options that are written at what they oblige to, those held at what they bring', () => {
  const value = (held: number) =>
    orderValue(
      riskInputsOf({ notional: 600, sales: [saleOf(3, { assetClass: 'OPT', held, obligation: 19_000 })] }),
    );
  expect([0, -5, 1, 3].map(value)).toEqual([57_000, 57_000, 38_000, 600].map(centsOf));
});

it('counts what a change adds, and nothing where it takes away', () => {
  expect(addedValue(riskInputsOf({ notional: 500, notionalBefore: 300 }))).toBe(centsOf(200));
  expect(addedValue(riskInputsOf({ notional: 300, notionalBefore: 500 }))).toBe(0);
  expect(addedValue(riskInputsOf({ notional: 500, notionalBefore: null }))).toBe(centsOf(500));
  expect(addedValue(riskInputsOf({ notional: null, notionalBefore: 500 }))).toBeNull();
  expect(addedValue(riskInputsOf({ notional: null, notionalBefore: null, isReduction: true }))).toBe(0);
  const written = saleOf(3, { quantityBefore: 2, held: 1, obligation: 19_000 });
  expect(addedValue(riskInputsOf({ notional: 600, notionalBefore: 400, sales: [written] }))).toBe(
    centsOf(19_000),
  );
});

it('knows symbols and asset classes in any spelling, and no other classes than IBKR does', () => {
  const limits = { symbols: ['aapl', ' eur.usd '], assetClasses: ['stk', 'Cash'] };
  const meant = { symbols: ['AAPL', 'EUR.USD'], assetClasses: ['STK', 'CASH'] };
  expect(limitsSchema.parse(limits)).toEqual(meant);
  expect(storedLimits.parse(limits)).toEqual(meant);
  const unknown = { assetClasses: ['STOCK'] };
  expect(limitsSchema.safeParse(unknown).error?.issues[0]?.message).toContain('"STOCK" is no asset class');
  const allowed = storedLimits.parse(unknown);
  expect(refusal(() => checkLimits(allowed, riskInputsOf()))).toMatchObject({
    details: { limit: 'assetClasses' },
  });
});

it('takes the owner’s symbols in any spelling, and a listing that they fix for what it says', () => {
  const allowed = (symbols: string[], inputs: Partial<RiskInputs>) =>
    refusal(() => checkLimits(limitsSchema.parse({ symbols }), riskInputsOf(inputs))) === null;
  const berkshire = { symbol: 'BRK B', listing: { exchange: 'NYSE', currency: 'USD' } };
  for (const spelling of ['BRK B', 'brk.b', 'BRK-B', 'BRK/B', '$BRK.B', 'NYSE:BRK.B', 'BRK.B.US']) {
    expect([spelling, allowed([spelling], berkshire)]).toEqual([spelling, true]);
  }
  for (const spelling of ['BRK.A', 'BRK', 'BRK.B.TO', 'EURUSD']) {
    expect([spelling, allowed([spelling], berkshire)]).toEqual([spelling, false]);
  }
  const euro = {
    symbol: 'EUR.USD',
    assetClasses: ['CASH'],
    listing: { exchange: 'IDEALPRO', currency: 'USD' },
  };
  for (const spelling of ['EURUSD', 'eur/usd', 'EUR-USD', 'EURUSD=X'])
    expect(allowed([spelling], euro)).toBe(true);
  expect(allowed(['USDEUR'], euro)).toBe(false);
  const vodafone = (exchange: string) => ({ symbol: 'VOD', listing: { exchange, currency: 'GBP' } });
  expect(allowed(['VOD.L'], vodafone('LSE'))).toBe(true);
  expect(allowed(['VOD.L'], vodafone('NASDAQ'))).toBe(false);
  expect(allowed(['VOD'], vodafone('NASDAQ'))).toBe(true);
  const option = { symbol: 'AAPL', assetClasses: ['OPT'], listing: { exchange: null, currency: 'USD' } };
  expect(allowed(['AAPL.US'], option)).toBe(true);
  expect(allowed(['AAPL.L'], option)).toBe(false);
});

it('keeps of two lists of symbols what both name', () => {
  const both = (one: string[], other: string[]) => narrower({ symbols: one }, { symbols: other }).symbols;
  expect(both(['BRK.B', 'AAPL', 'EURUSD'], ['BRK B', 'EUR.USD', 'MSFT'])).toEqual(['BRK.B', 'EURUSD']);
  expect(both(['VOD'], ['VOD.L'])).toEqual(['VOD.L']);
  expect(both(['VOD.L'], ['VOD'])).toEqual(['VOD.L']);
  expect(both(['VOD.L'], ['VOD.US'])).toEqual([]);
  expect(both(['BTC-USD'], ['BTC-EUR'])).toEqual([]);
  expect(both(['BTC'], ['BTC-USD'])).toEqual(['BTC-USD']);
  expect(both(['/ES', '^GSPC'], ['ES', 'SPX'])).toEqual(['/ES', '^GSPC']);
  expect(both(['AAPL'], ['NASDAQ:AAPL'])).toEqual(['NASDAQ:AAPL']);
});

describe('a change', () => {
  const refused = (limits: Limits, inputs: Partial<RiskInputs>) =>
    refusal(() => checkLimits(limits, riskInputsOf({ orders: 0, ...inputs }))) !== null;
  const sale = (quantity: number) => ({ sales: [saleOf(quantity, { quantityBefore: 10, held: 4 })] });

  it('is not refused for what the order is already', () => {
    expect(refused({ maxOrderValue: 100 }, { notional: 250, notionalBefore: 300 })).toBe(false);
    expect(refused({ maxOrderValue: 100 }, { notional: 300.01, notionalBefore: 300 })).toBe(true);
    expect(refused({ shortSelling: false }, sale(10))).toBe(false);
    expect(refused({ shortSelling: false }, sale(11))).toBe(true);
  });

  it('that only takes away is taken without a price, with an old one, and at night', () => {
    const unknown = {
      notional: null,
      notionalBefore: null,
      quoteAgeSeconds: null,
      withinRegularHours: false,
    };
    for (const limits of [{ maxOrderValue: 1 }, { maxQuoteAgeSeconds: 1 }, { regularHoursOnly: true }]) {
      expect(refused(limits, { ...unknown, isReduction: true })).toBe(false);
      expect(refused(limits, unknown)).toBe(true);
    }
  });

  it('adds no order to the day, nor value that is there already: then a day that is over its limits takes it', () => {
    const over = { orders: 9, value: centsOf(900) };
    const limits = { maxDailyOrders: 3, maxDailyValue: 100 };
    expect(refusal(() => checkDailyLimits(limits, over, { orders: 0, value: NO_CENTS }))).toBeNull();
    expect(refusal(() => checkDailyLimits(limits, over, { orders: 0, value: centsOf(1) }))).toMatchObject({
      details: { limit: 'maxDailyValue' },
    });
    expect(refusal(() => checkDailyLimits(limits, over, { orders: 1, value: NO_CENTS }))).toMatchObject({
      details: { limit: 'maxDailyOrders' },
    });
  });
});

it('lets exits sell what is held and what their entry buys, less what others sell', () => {
  const refused = (held: number, pending: number) =>
    refusal(() =>
      checkLimits(
        { shortSelling: false },
        riskInputsOf({ sales: [saleOf(10, { bought: 10, held, pending })] }),
      ),
    );
  expect([refused(0, 0), refused(5, 5), refused(100, 100)]).toEqual([null, null, null]);
  expect(refused(-10, 0)).toMatchObject({ details: { asked: 'selling 10 while holding -10 and buying 10' } });
  expect(refused(5, 6)).toMatchObject({ details: { limit: 'shortSelling' } });
});
