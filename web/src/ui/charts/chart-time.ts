import type { Time, UTCTimestamp } from 'lightweight-charts';

/**
 * A series, oldest first, with its times as charts take them: moments, days (`2026-06-18`) or months (`2026-06`). Charts
 * know no time zones: a moment is moved so that they write what the reader's clock showed.
 */
export function charted<Point extends { time: string }>(
  series: readonly Point[],
): (Omit<Point, 'time'> & { time: Time })[] {
  let last = -Infinity;
  return series.map((point) => {
    const time = chartTime(point.time);
    if (typeof time !== 'number') return { ...point, time };
    // Where clocks are put back an hour comes twice, and charts take each time once.
    last = Math.max(time, last + 1);
    return { ...point, time: last as UTCTimestamp };
  });
}

function chartTime(iso: string): Time {
  if (iso.length === 7) return `${iso}-01`;
  if (iso.length === 10) return iso;
  const moment = new Date(iso);
  return (moment.getTime() / 1000 - moment.getTimezoneOffset() * 60) as UTCTimestamp;
}
