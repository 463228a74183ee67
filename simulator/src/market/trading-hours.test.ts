import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateOfDay, dayOfDate, localDay, localTime, TradingHours, weekday } from './trading-hours.ts';

const at = (iso: string) => Date.parse(iso);

describe('local time', () => {
  test('knows summer and winter', () => {
    const open = (date: string) =>
      new Date(localTime('America/New_York', dayOfDate(date), 570)).toISOString();
    expect(open('20260716')).toBe('2026-07-16T13:30:00.000Z');
    expect(open('20261216')).toBe('2026-12-16T14:30:00.000Z');
    expect(open('20260309')).toBe('2026-03-09T13:30:00.000Z');
  });

  test('and days agree', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 18_000, max: 24_000 }),
        fc.integer({ min: 180, max: 1_439 }),
        (day, minutes) => {
          for (const zone of ['America/New_York', 'Europe/Berlin', 'America/Mexico_City']) {
            expect(localDay(zone, localTime(zone, day, minutes))).toBe(day);
          }
          expect(dayOfDate(dateOfDay(day))).toBe(day);
          expect(weekday(day)).toBe(new Date(day * 86_400_000).getUTCDay());
        },
      ),
    );
  });
});

describe('market hours', () => {
  const hours = new TradingHours('market');

  test.each([
    ['NASDAQ', '2026-11-18T14:29:59Z', 'extended'],
    ['NASDAQ', '2026-11-18T14:30:00Z', 'regular'],
    ['NASDAQ', '2026-11-18T21:00:00Z', 'extended'],
    ['NASDAQ', '2026-11-19T01:00:00Z', 'closed'],
    ['NASDAQ', '2026-11-21T16:00:00Z', 'closed'],
    ['NYSE', '2026-11-26T16:00:00Z', 'closed'],
    ['NYSE', '2026-11-27T17:59:59Z', 'regular'],
    ['NYSE', '2026-11-27T18:00:00Z', 'extended'],
    ['NYSE', '2026-11-27T22:00:00Z', 'closed'],
    ['CBOE', '2026-12-24T18:00:00Z', 'closed'],
    ['IBIS', '2026-11-26T16:00:00Z', 'regular'],
    ['LSE', '2026-11-18T07:59:00Z', 'closed'],
    ['IDEALPRO', '2026-11-18T03:00:00Z', 'regular'],
    ['IDEALPRO', '2026-11-20T22:30:00Z', 'closed'],
    ['IDEALPRO', '2026-11-22T22:30:00Z', 'regular'],
  ])('%s at %s: %s', (exchange, time, phase) => {
    expect(hours.phase(exchange, at(time))).toBe(phase);
  });

  test('show the last close while closed', () => {
    const friday = at('2026-11-20T21:00:00Z');
    expect(hours.priceTime('NASDAQ', at('2026-11-22T12:00:00Z'))).toBe(friday);
    expect(hours.priceTime('NASDAQ', at('2026-11-20T20:00:00Z'))).toBe(at('2026-11-20T20:00:00Z'));
  });

  test('step over weekends and holidays in both directions', () => {
    const wednesday = hours.latestSession('NYSE', at('2026-11-25T16:00:00Z'));
    const friday = hours.nextSession('NYSE', wednesday);
    expect(dateOfDay(friday.day)).toBe('20261127');
    expect(hours.previousSession('NYSE', friday)).toEqual(wednesday);
  });
});

describe('always open', () => {
  test('every moment is in exactly one session', () => {
    const hours = new TradingHours('always');
    fc.assert(
      fc.property(fc.integer({ min: at('2025-01-01'), max: at('2028-01-01') }), (time) => {
        const session = hours.latestSession('NASDAQ', time);
        expect(session.open).toBeLessThanOrEqual(time);
        expect(session.close).toBeGreaterThan(time);
        expect(hours.nextSession('NASDAQ', session).open).toBe(session.close);
        expect(hours.phase('NASDAQ', time)).toBe('regular');
      }),
    );
  });
});
