import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSymbol } from '../../../broker/contracts/symbols.ts';
import { ACCOUNT_MODES } from '../../../contract/connection-kind.ts';
import { APPROVAL_MODES, usualApproval } from '../../../contract/rules/approval.ts';
import { LIMIT_KINDS, type Limits } from '../../../contract/rules/limits.ts';
import { riskInputsOf, saleOf } from '../../../testing/orders/risk-inputs.ts';
import { centsOf } from '../money.ts';
import { checkDailyLimits, checkLimits, type RiskInputs } from './limit-checks.ts';
import { isLooser, isStoredLooser, needsLessApproval, needsLessApprovalOn } from './loosening.ts';
import { mayCancelOthers, narrower, stricter } from './rules.ts';

const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
/** Few values, so that those of two sets of limits are often the same, and orders lie between them. */
const amount = fc.integer({ min: 1, max: 6 });
const onOrOff = optional(fc.boolean());

const WRITTEN = [
  ...['AAPL', 'NASDAQ:AAPL', 'NYSE:AAPL', 'AAPL.US', 'SPX', '^GSPC', 'ES', 'ES1!', 'BRK.B', 'BRK B'],
  ...['EUR.USD', 'EURUSD', 'BTC', 'BTC-USD', 'BTCEUR', 'VOD', 'VOD.L'],
];

const someLimits: fc.Arbitrary<Limits> = fc
  .record({
    trading: onOrOff,
    maxOrderValue: optional(amount),
    maxDailyValue: optional(amount),
    maxDailyOrders: optional(amount),
    symbols: optional(fc.subarray(WRITTEN, { maxLength: 4 })),
    assetClasses: optional(fc.subarray(['STK', 'OPT', 'FUT'])),
    shortSelling: onOrOff,
    optionsWriting: onOrOff,
    priceCollarPercent: optional(amount),
    maxQuoteAgeSeconds: optional(amount),
    regularHoursOnly: onOrOff,
    othersOrders: onOrOff,
  })
  .map((limits) => Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)));

const contract = fc.record({
  symbol: fc.constantFrom('AAPL', 'SPX', 'ES', 'BRK B', 'EUR.USD', 'BTC', 'VOD', 'VOD L'),
  assetClasses: fc.constantFrom('STK', 'OPT', 'FUT', 'IND', 'CASH', 'CRYPTO').map((one) => [one]),
  listing: fc.record({
    exchange: fc.constantFrom('NASDAQ', 'NYSE', 'LSE', null),
    currency: fc.constantFrom('USD', 'GBP', 'EUR'),
  }),
});

const someInputs: fc.Arbitrary<RiskInputs> = fc
  .tuple(
    contract,
    fc.record({
      sales: fc.array(
        fc
          .record({
            assetClass: fc.constantFrom('STK', 'OPT'),
            quantity: fc.option(fc.nat(6)),
            held: fc.integer({ min: -3, max: 6 }),
          })
          .map(({ quantity, ...more }) => saleOf(quantity, more)),
        { maxLength: 1 },
      ),
      notional: fc.option(fc.nat(7)),
      collaredPrices: fc.array(
        fc.record({ price: fc.integer({ min: 95, max: 105 }), from: fc.constant(100) }),
        { maxLength: 1 },
      ),
      isReduction: fc.boolean(),
      isOfOthers: fc.boolean(),
      quoteAgeSeconds: fc.option(fc.nat(7)),
      withinRegularHours: fc.option(fc.boolean()),
    }),
  )
  .map(([of, more]) => riskInputsOf({ ...of, ...more }));

const someDay = fc.record({ orders: fc.nat(6), value: fc.nat(6).map(centsOf) });

function isTaken(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

describe('a change of limits', () => {
  it('that lets an order through which was refused is looser', () => {
    fc.assert(
      fc.property(someLimits, someLimits, someInputs, someDay, (before, after, inputs, day) => {
        const takes = (limits: Limits) => [
          isTaken(() => checkLimits(limits, inputs)),
          isTaken(() => checkDailyLimits(limits, day, { orders: 1, value: centsOf(inputs.notional ?? 0) })),
          ...APPROVAL_MODES.flatMap((approval) => [
            mayCancelOthers({ connection: limits, app: {} }, approval),
            mayCancelOthers({ connection: {}, app: limits }, approval),
          ]),
        ];
        const [was, is] = [takes(before), takes(after)];
        fc.pre(is.some((taken, index) => taken && was[index] === false));
        expect(isLooser(before, after)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('to the same, and to what holds with further limits, is not', () => {
    // Texts that may be read in two ways are narrowed by either of them.
    const certain = someLimits.map(({ symbols, ...limits }): Limits => {
      const named = symbols?.filter((text) => !['AAPL.US', 'VOD.L'].includes(text));
      return named === undefined ? limits : { ...limits, symbols: named };
    });
    fc.assert(
      fc.property(certain, certain, (before, more) => {
        expect(isLooser(before, before)).toBe(false);
        const after = narrower(before, more);
        // Said expressly, it counts where nothing was said.
        fc.pre(before.othersOrders !== undefined || more.othersOrders !== true);
        expect([after, isLooser(before, after)]).toEqual([after, false]);
      }),
      { numRuns: 2_000 },
    );
  });

  type Loosened = [before: unknown, after: unknown][];
  const OF_KIND: Record<(typeof LIMIT_KINDS)[keyof Limits], Loosened> = {
    bound: [
      [0, 1],
      [100, 100.01],
      [5, undefined],
    ],
    symbols: [
      [[], ['AAPL']],
      [['AAPL'], ['AAPL', 'MSFT']],
      [['NASDAQ:AAPL'], ['AAPL']],
      [['ES1!'], ['ES']],
      [['AAPL'], undefined],
    ],
    list: [
      [[], ['STK']],
      [['STK'], undefined],
    ],
    permission: [
      [false, true],
      [false, undefined],
    ],
    restriction: [
      [true, false],
      [true, undefined],
    ],
    choice: [
      [false, true],
      [false, undefined],
      [undefined, true],
    ],
  };
  const NARROWER: Limits = { trading: false, maxOrderValue: 1, symbols: [], regularHoursOnly: true };

  it.each(Object.entries(LIMIT_KINDS))(
    'of %s alone, a %s, is looser one way, whatever else narrows',
    (name, kind) => {
      const { [name as keyof Limits]: _, ...others } = NARROWER;
      for (const [from, to] of OF_KIND[kind]) {
        const [before, after] = [from, to].map((value) => (value === undefined ? {} : { [name]: value })) as [
          Limits,
          Limits,
        ];
        expect(isLooser(before, after), JSON.stringify({ from, to })).toBe(true);
        expect(isLooser(before, { ...others, ...after }), JSON.stringify({ from, to, others })).toBe(true);
        expect(isLooser(after, before), JSON.stringify({ from: to, to: from })).toBe(false);
      }
    },
  );

  it('from one list to another is looser either way', () => {
    const [one, other] = [{ assetClasses: ['STK', 'OPT'] }, { assetClasses: ['STK', 'FUT'] }];
    expect([isLooser(one, other), isLooser(other, one)]).toEqual([true, true]);
  });

  it('from one symbol to another is looser exactly where that names something else', () => {
    const symbols = new Set(WRITTEN.flatMap((text) => readSymbol(text).flatMap((one) => one.symbols)));
    // What has the symbol of a pair is one.
    const classesOf = (symbol: string) =>
      symbol === 'EUR.USD' ? ['CASH'] : ['STK', 'OPT', 'FUT', 'IND', 'CASH', 'CRYPTO'];
    const contracts = [...symbols].flatMap((symbol) =>
      classesOf(symbol).flatMap((assetClass) =>
        ['NASDAQ', 'NYSE', 'LSE', null].flatMap((exchange) =>
          ['USD', 'EUR'].map((currency) =>
            riskInputsOf({ symbol, assetClasses: [assetClass], listing: { exchange, currency } }),
          ),
        ),
      ),
    );
    const named = WRITTEN.map((text) =>
      contracts.map((inputs) => isTaken(() => checkLimits({ symbols: [text] }, inputs))),
    );
    const comparisons = WRITTEN.flatMap((before, was) =>
      WRITTEN.map((after, is) => {
        const isNew = contracts.some((_, index) => named[is]?.[index] && !named[was]?.[index]);
        return { before, after, isNew, isLooser: isLooser({ symbols: [before] }, { symbols: [after] }) };
      }),
    );
    expect(comparisons.filter(({ isNew, isLooser }) => isNew !== isLooser)).toEqual([]);
  });

  it('from limits that cannot be read, which let nothing through, is looser', () => {
    const unreadable = { maxQuantity: 5 };
    expect(isStoredLooser(unreadable, {})).toBe(true);
    expect(isStoredLooser(unreadable, unreadable)).toBe(false);
    expect(isStoredLooser({}, unreadable)).toBe(false);
    expect(isStoredLooser({ maxOrderValue: 5 }, { maxOrderValue: 6 })).toBe(true);
  });
});

describe('a change of who says yes', () => {
  const mode = fc.constantFrom(...APPROVAL_MODES);
  const ofConnection = fc.record({
    mode: fc.constantFrom(...ACCOUNT_MODES),
    approval: fc.option(mode),
  });

  it('is looser where the stricter of both was the one before', () => {
    fc.assert(
      fc.property(mode, mode, (before, after) => {
        expect(needsLessApproval(before, after)).toBe(stricter(before, after) !== after);
      }),
    );
    expect(needsLessApproval('owner', 'model')).toBe(true);
    expect(needsLessApproval('model', 'none')).toBe(true);
  });

  it('on a connection is looser as soon as it is so for one kind of app', () => {
    fc.assert(
      fc.property(
        ofConnection,
        ofConnection,
        fc.constantFrom('api_key', 'oauth'),
        (before, after, source) => {
          const ruleOf = (one: typeof before) => one.approval ?? usualApproval(one.mode, source);
          fc.pre(needsLessApproval(ruleOf(before), ruleOf(after)));
          expect(needsLessApprovalOn(before, after)).toBe(true);
        },
      ),
    );
    const live = (approval: 'owner' | 'none' | 'model' | null) => ({ mode: 'live', approval }) as const;
    // Usually a program with a key acts alone, and an AI host waits for its owner.
    expect(needsLessApprovalOn(live('owner'), live(null))).toBe(true);
    expect(needsLessApprovalOn(live(null), live('model'))).toBe(true);
    expect(needsLessApprovalOn(live(null), live('owner'))).toBe(false);
    expect(needsLessApprovalOn(live('none'), live(null))).toBe(false);
    expect(needsLessApprovalOn(live('model'), live('model'))).toBe(false);
  });
});
