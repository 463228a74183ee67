import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueOption } from '../market/option-pricing.ts';
import { dayOfDate, weekday } from '../market/trading-hours.ts';
import { instrumentOf } from './catalog.ts';
import { INSTRUMENTS, OPTION_UNDERLYINGS } from './instruments.ts';
import {
  describeOption,
  listedExpirations,
  listedStrikes,
  optionClasses,
  optionConid,
  optionMonth,
} from './option-contracts.ts';

const NOW = Date.UTC(2026, 10, 18, 15);

describe('conids', () => {
  test('are unique', () => {
    expect(new Set(INSTRUMENTS.map(({ conid }) => conid)).size).toBe(INSTRUMENTS.length);
  });

  test('of options name their terms, below 2^31', () => {
    const expirations = listedExpirations(NOW);
    fc.assert(
      fc.property(
        fc.constantFrom(...OPTION_UNDERLYINGS.flatMap(optionClasses)),
        fc.constantFrom(...expirations),
        fc.integer({ min: 1, max: 3_999 }),
        fc.constantFrom('C' as const, 'P' as const),
        ({ underlying, tradingClass, step }, expiry, steps, right) => {
          const strike = steps * step;
          const conid = optionConid(underlying, expiry, strike, right, tradingClass);
          expect(conid).toBeLessThan(2 ** 31);
          const named = tradingClass === undefined ? {} : { tradingClass };
          const terms = { underlying, right, strike, expiry, multiplier: 100, ...named };
          expect(instrumentOf(conid)?.option).toEqual(terms);
        },
      ),
    );
  });
});

describe('the chain', () => {
  test('expires on Fridays, weekly at first and monthly for a year', () => {
    const expirations = listedExpirations(NOW);
    expect(expirations.slice(0, 3)).toEqual(['20261120', '20261127', '20261204']);
    expect(expirations.at(-1)).toBe('20271015');
    for (const expiry of expirations) expect(weekday(dayOfDate(expiry))).toBe(5);
    expect(optionMonth('20261218')).toBe('DEC26');
  });

  test('has strikes around the price', () => {
    const strikes = listedStrikes(251, '20261218');
    expect(strikes).toContain(250);
    expect(strikes[0]).toBeGreaterThan(140);
    expect(strikes.at(-1)).toBeLessThan(360);
    expect(
      describeOption({ underlying: 1, right: 'C', strike: 190, expiry: '20260618', multiplier: 100 }),
    ).toBe("JUN 18 '26 190 Call");
  });
});

test('no expiration of a month has all strikes of the month', () => {
  for (const spot of [251, 668, 6_690]) {
    const [week, month] = [listedStrikes(spot, '20261204'), listedStrikes(spot, '20261218')];
    expect(week.some((strike) => !month.includes(strike))).toBe(true);
    expect(month.some((strike) => !week.includes(strike))).toBe(true);
    expect(week.some((strike) => month.includes(strike))).toBe(true);
  }
});

describe('the value of an option', () => {
  const terms = fc.record({
    spot: fc.double({ min: 10, max: 1_000, noNaN: true }),
    moneyness: fc.double({ min: 0.6, max: 1.4, noNaN: true }),
    years: fc.double({ min: 0.01, max: 2, noNaN: true }),
    volatility: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
  });

  test('keeps put-call parity', () => {
    fc.assert(
      fc.property(terms, ({ spot, moneyness, years, volatility }) => {
        const strike = spot * moneyness;
        const [call, put] = (['C', 'P'] as const).map((right) =>
          valueOption(right, spot, strike, years, volatility),
        );
        const parity = spot - strike * Math.exp(-0.04 * years);
        expect((call?.price ?? 0) - (put?.price ?? 0)).toBeCloseTo(parity, 2);
        expect((call?.delta ?? 0) - (put?.delta ?? 0)).toBeCloseTo(1, 5);
      }),
    );
  });

  test('is intrinsic at the end', () => {
    expect(valueOption('P', 90, 100, 0, 0.3)).toMatchObject({ price: 10, delta: -1 });
    expect(valueOption('C', 90, 100, 0, 0.3)).toMatchObject({ price: 0, delta: 0 });
  });
});
