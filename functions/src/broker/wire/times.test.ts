import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoDate, isoFromEpochMs, isoFromStamp, stampFromIso } from './times.ts';

test("IBKR's stamps become ISO 8601 in UTC", () => {
  expect(isoFromStamp('20260401-23:40:47')).toBe('2026-04-01T23:40:47.000Z');
  expect(isoFromStamp('260401234047')).toBe('2026-04-01T23:40:47.000Z');
  expect(isoFromEpochMs(1775086847000)).toBe('2026-04-01T23:40:47.000Z');
  expect(isoFromEpochMs('1775086847000')).toBe('2026-04-01T23:40:47.000Z');
  expect(isoDate('20260618')).toBe('2026-06-18');
  expect(isoDate(20260618)).toBe('2026-06-18');
  expect(isoDate('2026-06-18')).toBe('2026-06-18');
});

test('what is no moment of the calendar is null', () => {
  for (const stamp of ['20260431-00:00:00', '260230000000', '20260401-24:00:00', '2026-04-01', '', null, 5]) {
    expect(isoFromStamp(stamp)).toBeNull();
  }
  for (const date of [
    '20261301',
    '2026-0618',
    '202606-18',
    '2026-06-31',
    '1782000000000',
    '2026-06-18T00:00:00Z',
  ]) {
    expect(isoDate(date)).toBeNull();
  }
  expect(isoFromEpochMs(1775086847)).toBeNull(); // seconds, not milliseconds
});

test('a stamp survives the way there and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(2000), max: Date.UTC(2090) }), (ms) => {
      const iso = new Date(Math.floor(ms / 1000) * 1000).toISOString();
      expect(isoFromStamp(stampFromIso(iso))).toBe(iso);
    }),
  );
});
