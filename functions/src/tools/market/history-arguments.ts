/** How tools take the stretch of time a history covers. */
import { z } from 'zod';
import { type Bar, type BarSize, daysOf, type HistoryRequest } from '../../broker/market/history.ts';
import { flag, instrumentInput, number } from '../arguments.ts';

/** `1m` is a month and `1min` a minute, so the case of these is kept. */
function duration(example: string) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.trim() : value),
    z
      .string()
      .max(8)
      .regex(/^\d{1,4}(min|h|d|w|m|y)$/, `a number and a unit, such as ${example}`),
  );
}

/** A duration, or the year or the month that goes on. */
const period = z.preprocess(
  (value) => (typeof value === 'string' ? value.trim().replace(/^[ym]td$/i, inLowerCase) : value),
  z
    .string()
    .max(8)
    .regex(/^(\d{1,4}(min|h|d|w|m|y)|[ym]td)$/, 'a number and a unit, such as 5d, or ytd or mtd'),
);

function inLowerCase(word: string): string {
  return word.toLowerCase();
}

const stretch = {
  period: period.default('1m').describe('How far back: 1d, 1w, 1m (month), 6m, 1y, 5y, mtd, ytd.'),
  bar: duration('1h').optional().describe('Length of a bar: 1min, 5min, 1h, 1d, 1w, 1m (month).'),
  outside_rth: flag().default(false).describe('Also trading outside regular hours.'),
};

export const changeArguments = instrumentInput({
  ...stretch,
  period: stretch.period.describe('As of get_history.'),
  bar: stretch.bar.describe('As of get_history.'),
});

/** What IBKR gives in one answer. */
const MOST_BARS = 1000;
const USUAL_BARS = 60;
export const BAR_FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;

export const historyArguments = instrumentInput({
  ...stretch,
  limit: number(z.number().int().min(1).max(MOST_BARS))
    .default(USUAL_BARS)
    .describe('The newest so many bars.'),
  before: z
    .preprocess(
      (value) =>
        typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value.trim())
          ? `${value.trim()}T00:00:00Z`
          : value,
      z.iso
        .datetime({ offset: true, error: 'a date such as 2026-06-18, or a time such as 2026-06-18T15:30Z' })
        .max(40),
    )
    .optional()
    .describe('Bars before this date or time.'),
  fields: z
    .array(z.enum(BAR_FIELDS))
    .min(1)
    .max(BAR_FIELDS.length)
    .optional()
    .describe('Of each bar. Default: all.'),
});

type Stretch = Pick<z.output<typeof historyArguments>, keyof typeof stretch>;

/** The first day of a period that goes on, ISO; null of one that goes back from now. */
function firstDayOf(period: string, now: Date): string | null {
  if (period !== 'ytd' && period !== 'mtd') return null;
  const today = now.toISOString();
  return period === 'ytd' ? `${today.slice(0, 4)}-01-01` : `${today.slice(0, 7)}-01`;
}

const DAY_MS = 86_400_000;
/** IBKR gives bars of a day for no shorter period. */
const LEAST_DAYS = 7;

/** In IBKR's words, which has no name for a year or a month that goes on; `barsOf` leaves out what is too much then. */
function ibkrPeriod(period: string, now: Date): string {
  const first = firstDayOf(period, now);
  if (first === null) return period;
  const days = Math.ceil((now.getTime() - Date.parse(first)) / DAY_MS);
  return `${Math.max(LEAST_DAYS, days)}d`;
}

/** The bars of a period among those that IBKR gave for it. */
export function barsOf(period: string, bars: readonly Bar[]): readonly Bar[] {
  const first = firstDayOf(period, new Date());
  return first === null ? bars : bars.filter(({ date, time }) => (date ?? time) >= first);
}

/** The request for IBKR that the arguments mean. */
export function historyRequest(args: Stretch, conid: number): HistoryRequest {
  return {
    conid,
    period: ibkrPeriod(args.period, new Date()),
    ...(args.bar === undefined ? {} : { bar: args.bar }),
    outsideRth: args.outside_rth,
  };
}

/** Bars of which a period has some dozens, so that one answer shows all of it. */
const BARS_BY_DAYS: readonly { upToDays: number; bar: BarSize; outsideHours: BarSize }[] = [
  { upToDays: 1 / 24, bar: '1min', outsideHours: '1min' },
  { upToDays: 3 / 24, bar: '3min', outsideHours: '3min' },
  { upToDays: 8 / 24, bar: '10min', outsideHours: '10min' },
  { upToDays: 1, bar: '10min', outsideHours: '30min' },
  { upToDays: 7, bar: '1h', outsideHours: '2h' },
  { upToDays: 14, bar: '2h', outsideHours: '4h' },
  { upToDays: 93, bar: '1d', outsideHours: '1d' },
  { upToDays: 366, bar: '1w', outsideHours: '1w' },
  { upToDays: Number.POSITIVE_INFINITY, bar: '1m', outsideHours: '1m' },
];

/** The bar for a period where none is named; undefined for a period that IBKR does not take. */
export function usualBar({ period, outside_rth }: Stretch): BarSize | undefined {
  const days = daysOf(ibkrPeriod(period, new Date()));
  const rule = days === null ? undefined : BARS_BY_DAYS.find(({ upToDays }) => days <= upToDays);
  return outside_rth ? rule?.outsideHours : rule?.bar;
}
