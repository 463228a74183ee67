import type { Time, UTCTimestamp } from 'lightweight-charts';

/**
 * A moment, a day (`2026-06-18`) or a month (`2026-06`) as charts take it. They know no time zones: a moment is
 * moved so that they write what the reader's clock showed.
 */
export function chartTime(iso: string): Time {
  if (iso.length === 7) return `${iso}-01`;
  if (iso.length === 10) return iso;
  const moment = new Date(iso);
  return (moment.getTime() / 1000 - moment.getTimezoneOffset() * 60) as UTCTimestamp;
}
