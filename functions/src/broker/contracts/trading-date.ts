/** Which trading day of its exchange a moment belongs to. */

import type { TradingSchedule } from './trading-schedule.ts';

/** Tells the trading day (ISO date) of moments in ISO 8601. */
export type TradingCalendar = (instant: string) => string;

/**
 * The trading days of an exchange. Sessions that open on the evening before, as those of futures and currencies do,
 * belong to the day that IBKR's schedule lists them under; days outside the schedule go by the hour of the same evening.
 * @returns null for a zone that this runtime does not know: no other one is guessed.
 */
export function tradingCalendar({
  timeZone,
  days,
}: Pick<TradingSchedule, 'timeZone' | 'days'>): TradingCalendar | null {
  const local = localTime(timeZone);
  if (local === null) return null;
  const evenings = days.flatMap(({ date, regular, extended }) =>
    [...regular, ...extended].map(({ open }) => local(open)).filter((opening) => opening.date < date),
  );
  const evening = evenings
    .map(({ minute }) => minute)
    .reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return (instant) => {
    const { date, minute } = local(instant);
    return minute >= evening ? dayAfter(date) : date;
  };
}

/** The date and the minute of the day at a place. */
function localTime(timeZone: string): ((instant: string) => { date: string; minute: number }) | null {
  const fields = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  } as const;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...fields });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  return (instant) => {
    const parts = format.formatToParts(new Date(instant));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
    return {
      date: `${part('year')}-${part('month')}-${part('day')}`,
      minute: 60 * Number(part('hour')) + Number(part('minute')),
    };
  };
}

function dayAfter(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
