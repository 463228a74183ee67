import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tradingCalendar } from './trading-date.ts';
import type { TradingDay } from './trading-schedule.ts';

function day(date: string, open: string, close: string): TradingDay {
  return { date, regular: [{ open, close }], extended: [] };
}

/** A session from 17:00 on the evening before to 16:00, Chicago. */
const CHICAGO = {
  timeZone: 'US/Central',
  days: [day('2026-01-06', '2026-01-05T23:00:00.000Z', '2026-01-06T22:00:00.000Z')],
};

test.each([
  ['Sydney, Monday morning', 'Australia/NSW', [], '2026-01-04T23:00:00.000Z', '2026-01-05'],
  ['Tokyo', 'Japan', [], '2026-01-05T00:00:00.000Z', '2026-01-05'],
  ['New York', 'US/Eastern', [], '2026-01-05T14:30:00.000Z', '2026-01-05'],
  ['New York, midnight UTC', 'America/New_York', [], '2026-01-06T00:00:00.000Z', '2026-01-05'],
  ['London', 'GB-Eire', [], '2026-07-05T23:30:00.000Z', '2026-07-06'],
  ['Chicago, Sunday evening', CHICAGO.timeZone, CHICAGO.days, '2026-01-04T23:00:00.000Z', '2026-01-05'],
  ['Chicago, Monday morning', CHICAGO.timeZone, CHICAGO.days, '2026-01-05T14:30:00.000Z', '2026-01-05'],
  ['Chicago, a summer evening', CHICAGO.timeZone, CHICAGO.days, '2025-07-06T22:00:00.000Z', '2025-07-07'],
  [
    'Chicago, the last evening of a month',
    CHICAGO.timeZone,
    CHICAGO.days,
    '2025-12-31T23:00:00.000Z',
    '2026-01-01',
  ],
])('%s', (_, timeZone, days, instant, date) => {
  expect(tradingCalendar({ timeZone, days })?.(instant)).toBe(date);
});

test.each(['', 'XYZ', 'Mars/Olympus'])('no zone is guessed for %o', (timeZone) => {
  expect(tradingCalendar({ timeZone, days: [] })).toBeNull();
});

test('a session belongs to the day that the schedule lists it under', () => {
  const zones = fc.constantFrom('US/Eastern', 'US/Central', 'Japan', 'Australia/NSW', 'Europe/Zurich', 'UTC');
  fc.assert(
    fc.property(zones, fc.nat(3000), fc.integer({ min: 0, max: 23 }), (timeZone, days, hour) => {
      const open = new Date(Date.UTC(2020, 0, 1 + days, hour)).toISOString();
      const local = new Date(open).toLocaleDateString('en-CA', { timeZone });
      const next = new Date(Date.parse(`${local}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
      for (const date of [local, next]) {
        expect(tradingCalendar({ timeZone, days: [day(date, open, open)] })?.(open)).toBe(date);
      }
    }),
  );
});
