import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type EquityDay,
  equityPeriods,
  gainsSince,
  lastMonths,
} from '../src/features/overview/equity-periods.ts';

const day = (date: string, percent: number | null, value: number | null = 100): EquityDay => ({
  date,
  net_asset_value: value,
  cumulative_return_percent: percent,
});
const series = (days: EquityDay[]) => ({
  columns: ['date', 'net_asset_value', 'cumulative_return_percent'] as (keyof EquityDay)[],
  rows: days.map((one) => [one.date, one.net_asset_value, one.cumulative_return_percent]),
});
const performance = (periods: Record<string, EquityDay[]>) => ({
  account_id: 'U1',
  currency: 'USD',
  last_update: null,
  periods: Object.entries(periods).map(([period, days]) => ({
    period,
    start_date: null,
    start_value: null,
    end_value: null,
    return_percent: days.at(-1)?.cumulative_return_percent ?? null,
    series: series(days),
  })),
  unread: undefined,
});

it('makes the returns of a part of a year from those of the year', () => {
  const year = [day('2026-01-31', 0), day('2026-02-27', 10), day('2026-03-01', 21), day('2026-05-31', 33.1)];
  // Three months before May 31 is the end of February, not a day in March.
  const { days, returnPercent } = lastMonths(year, 3) ?? {};
  expect(days?.map(({ date }) => date)).toEqual(['2026-02-27', '2026-03-01', '2026-05-31']);
  expect(days?.[1]?.cumulative_return_percent).toBeCloseTo(10);
  expect(returnPercent).toBeCloseTo(21);
});

it('makes no part that would be the whole, and none of nothing', () => {
  expect(lastMonths([day('2026-05-01', 0), day('2026-05-31', 1)], 3)).toBe(undefined);
  expect(lastMonths([], 3)).toBe(undefined);
});

it('shows periods with values only, in order of their length', () => {
  const year = [day('2025-06-01', 0), day('2025-11-03', 0), day('2026-02-27', 10), day('2026-05-31', 33.1)];
  const empty = [day('2026-05-31', null, null)];
  const shown = equityPeriods(performance({ '1Y': year, '7D': year.slice(-2), '1D': year, MTD: empty }));
  expect(shown.map(({ name }) => name)).toEqual(['7D', '3M', '6M', '1Y']);
});

it('rebases a benchmark at the last price before the period', () => {
  const prices = [
    { date: '2026-01-02', close: 100 },
    { date: '2026-01-05', close: 110 },
    { date: '2026-01-07', close: 99 },
  ];
  expect(gainsSince(prices, '2026-01-06')).toEqual([
    { time: '2026-01-05', value: 0 },
    { time: '2026-01-07', value: expect.closeTo(-10) },
  ]);
  expect(gainsSince(prices, '2020-01-01')[0]).toEqual({ time: '2026-01-02', value: 0 });
  expect(gainsSince([], '2026-01-01')).toEqual([]);
});

it('chains returns: what came before a part and the part itself come to the whole', () => {
  const returns = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), {
    minLength: 400,
    maxLength: 400,
  });
  fc.assert(
    fc.property(returns, fc.constantFrom(3, 6), (daily, months) => {
      let factor = 1;
      const year = daily.map((gain, index) => {
        factor *= 1 + gain;
        const date = new Date(Date.UTC(2025, 0, 1 + index)).toISOString().slice(0, 10);
        return day(date, 100 * (factor - 1));
      });
      const part = lastMonths(year, months);
      const before = year.find(({ date }) => date === part?.days[0]?.date)?.cumulative_return_percent ?? 0;
      const whole = (1 + before / 100) * (1 + (part?.returnPercent ?? 0) / 100);
      expect(whole / factor).toBeCloseTo(1, 6);
    }),
    { numRuns: 20 },
  );
});
