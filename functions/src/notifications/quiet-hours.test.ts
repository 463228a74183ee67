import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuietHours } from '../contract/news/channels.ts';
import { isLetThrough, quietUntil } from './quiet-hours.ts';

const MINUTE = 60_000;
const NIGHT = { from: '22:00', to: '07:00', timeZone: 'Europe/Zurich', tellsWaitingOrders: false };
const ZONES = [
  'UTC',
  'Europe/Zurich',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Pacific/Auckland',
  'Pacific/Apia',
];

/** When clocks are changed somewhere among them. */
const CLOCK_CHANGES = [
  ...['2026-03-08', '2026-03-29', '2026-04-05'],
  ...['2026-09-27', '2026-10-04', '2026-10-25', '2026-11-01'],
];

const until = (now: string, more: Partial<QuietHours> = {}) =>
  quietUntil({ ...NIGHT, ...more }, new Date(now))?.toISOString() ?? null;

it.each([
  ['2026-01-05T20:59:59Z', null],
  ['2026-01-05T21:00:00Z', '2026-01-06T06:00:00.000Z'],
  ['2026-01-06T05:59:59Z', '2026-01-06T06:00:00.000Z'],
  ['2026-01-06T06:00:00Z', null],
])('at %s a night in Zurich ends at %s', (now, end) => {
  expect(until(now)).toBe(end);
});

describe('where clocks are changed', () => {
  it('ends when it says on the clock', () => {
    expect(until('2026-03-28T22:00:00Z')).toBe('2026-03-29T05:00:00.000Z');
    expect(until('2026-10-24T21:00:00Z')).toBe('2026-10-25T06:00:00.000Z');
  });

  it('ends with the jump over its end, and at the first of two ends', () => {
    expect(until('2026-03-28T23:00:00Z', { to: '02:30' })).toBe('2026-03-29T01:00:00.000Z');
    expect(until('2026-10-24T23:00:00Z', { to: '02:30' })).toBe('2026-10-25T00:30:00.000Z');
  });
});

const twoDigits = (most: number) =>
  fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(2, '0'));
const hour = fc.tuple(twoDigits(23), twoDigits(59)).map((parts) => parts.join(':'));
const shown = (timeZone: string, at: number) =>
  new Date(at).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });

it('is quiet by the clock at each minute until it ends, and at none else', () => {
  const hours = fc
    .record({ from: hour, to: hour, timeZone: fc.constantFrom(...ZONES) })
    .filter(({ from, to }) => from !== to);
  const anyMoment = fc.date({
    min: new Date('2026-01-01'),
    max: new Date('2029-01-01'),
    noInvalidDate: true,
  });
  const nearChange = fc
    .tuple(fc.constantFrom(...CLOCK_CHANGES), fc.integer({ min: -36 * 60, max: 36 * 60 }))
    .map(([day, minutes]) => new Date(Date.parse(day) + minutes * MINUTE));
  const moment = fc.oneof(anyMoment, nearChange);
  const isQuiet = ({ from, to }: { from: string; to: string }, clock: string) =>
    from < to ? from <= clock && clock < to : from <= clock || clock < to;
  fc.assert(
    fc.property(hours, moment, (quiet, now) => {
      const end = quietUntil({ ...quiet, tellsWaitingOrders: false }, now);
      expect(end !== null).toBe(isQuiet(quiet, shown(quiet.timeZone, now.getTime())));
      if (end === null) return;
      expect(end.getTime()).toBeGreaterThan(now.getTime());
      expect(isQuiet(quiet, shown(quiet.timeZone, end.getTime()))).toBe(false);
      const before = Math.ceil((end.getTime() - now.getTime()) / MINUTE);
      for (let back = 1; back < before; back += Math.max(1, Math.floor(before / 40))) {
        expect(isQuiet(quiet, shown(quiet.timeZone, end.getTime() - back * MINUTE))).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

it('lets orders that wait through where its owner wants that, and nothing else', () => {
  const through = { ...NIGHT, tellsWaitingOrders: true };
  expect(isLetThrough(through, 'order.waiting')).toBe(true);
  expect(isLetThrough(through, 'order.filled')).toBe(false);
  expect(isLetThrough(NIGHT, 'order.waiting')).toBe(false);
});
