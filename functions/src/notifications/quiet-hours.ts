/** When a channel is left in peace, by the clock of its owner's place. */
import type { QuietHours } from '../contract/news/channels.ts';

const MINUTE = 60_000;
const MINUTES_A_DAY = 1_440;
/** By so much a clock is put forward or back at most. */
const MOST_SHIFT_MINUTES = 180;

/** Whether what is of this type is told in quiet hours as well. */
export function isLetThrough({ tellsWaitingOrders }: QuietHours, type: string): boolean {
  return tellsWaitingOrders && type === 'order.waiting';
}

/**
 * When the quiet hours end that it is now; null: it is none. Where clocks are put back within them, their first end counts.
 * @throws {RangeError} for a zone that this runtime does not know.
 */
export function quietUntil(quietHours: QuietHours, now: Date): Date | null {
  const [from, to] = [minuteOfDay(quietHours.from), minuteOfDay(quietHours.to)];
  const minuteAt = localMinute(quietHours.timeZone);
  const isQuiet = (minute: number) =>
    from < to ? from <= minute && minute < to : from <= minute || minute < to;
  let at = Math.floor(now.getTime() / MINUTE) * MINUTE;
  let minute = minuteAt(at);
  if (!isQuiet(minute)) return null;
  do {
    const left = (to - minute + MINUTES_A_DAY) % MINUTES_A_DAY;
    // Close to the end minute by minute: the clock may be put forward over it.
    at += Math.max(1, left - MOST_SHIFT_MINUTES) * MINUTE;
    minute = minuteAt(at);
  } while (isQuiet(minute));
  return new Date(at);
}

/** @param text Such as `22:30`. */
function minuteOfDay(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return 60 * hour + minute;
}

function localMinute(timeZone: string): (at: number) => number {
  const clock = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' },
  } as const);
  return (at) => minuteOfDay(clock.format(at));
}
