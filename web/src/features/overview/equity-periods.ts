/** The periods of the equity curve, and what came of an account over each of them. */
import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type { Performance } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';

export interface EquityDay {
  date: string;
  net_asset_value: number | null;
  /** Since the period began, deposits and withdrawals left out. */
  cumulative_return_percent: number | null;
}

export interface EquityPeriod {
  name: string;
  words: string;
  /** Over the whole of it; null where IBKR does not tell. */
  returnPercent: number | null;
  days: readonly EquityDay[];
}

/** Those that IBKR tells of and that make a curve, and those that are parts of the longest. */
const PERIODS: readonly { name: string; words: string; monthsOfYear?: number }[] = [
  { name: '7D', words: '7 days' },
  { name: 'MTD', words: 'this month' },
  { name: '1M', words: '1 month' },
  { name: '3M', words: '3 months', monthsOfYear: 3 },
  { name: '6M', words: '6 months', monthsOfYear: 6 },
  { name: 'YTD', words: 'this year' },
  { name: '1Y', words: '1 year' },
];

/** The periods that there is something to draw of. */
export function equityPeriods({ periods }: Performance): EquityPeriod[] {
  const told = new Map(
    periods.map(({ period, return_percent, series }) => [
      period,
      { returnPercent: return_percent, days: series === undefined ? [] : rowsOf(series) },
    ]),
  );
  const year = told.get('1Y')?.days ?? [];
  return PERIODS.flatMap(({ name, words, monthsOfYear }) => {
    const period = monthsOfYear === undefined ? told.get(name) : lastMonths(year, monthsOfYear);
    return period?.days.some(({ net_asset_value }) => net_asset_value !== null)
      ? [{ name, words, ...period }]
      : [];
  });
}

/** The end of a series; undefined where that does not begin before it, so that it would be no more than the whole. */
export function lastMonths(
  days: readonly EquityDay[],
  months: number,
): Pick<EquityPeriod, 'returnPercent' | 'days'> | undefined {
  const last = days.at(-1);
  if (last === undefined) return undefined;
  const start = new Date(last.date);
  start.setUTCMonth(start.getUTCMonth() - months);
  // Three months before May 31 is the last day of February.
  if (start.getUTCDate() !== Number(last.date.slice(8))) start.setUTCDate(0);
  const from = start.toISOString().slice(0, 10);
  const first = days.findLastIndex(({ date }) => date <= from);
  if (first < 1) return undefined;
  const rest = rebased(days.slice(first));
  return { days: rest, returnPercent: rest.at(-1)?.cumulative_return_percent ?? null };
}

/** Returns counted from the first day on. Returns of a whole period are the product of those of its parts. */
function rebased(days: readonly EquityDay[]): EquityDay[] {
  const before = days[0]?.cumulative_return_percent ?? null;
  return days.map((day) => {
    const now = day.cumulative_return_percent;
    const isKnown = now !== null && before !== null && before > -100;
    return { ...day, cumulative_return_percent: isKnown ? 100 * ((100 + now) / (100 + before) - 1) : null };
  });
}

/** Prices as what they gained since the last of them that is not after `from`, in percent. */
export function gainsSince(
  prices: readonly { date: string; close: number }[],
  from: string,
): { time: string; value: number }[] {
  const base = prices.findLast(({ date }) => date <= from) ?? prices[0];
  if (base === undefined || base.close <= 0) return [];
  return prices
    .filter(({ date }) => date >= base.date)
    .map(({ date, close }) => ({ time: date, value: 100 * (close / base.close - 1) }));
}
