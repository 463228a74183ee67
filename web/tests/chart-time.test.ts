/** Charts know no time zones: what they are told is what they write. */
import { afterEach, expect, it, vi } from 'vitest';
import { charted } from '../src/ui/charts/chart-time.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const timesOf = (...times: string[]) => charted(times.map((time) => ({ time }))).map(({ time }) => time);

it('leaves a day a day, and takes a month for its first', () => {
  expect(timesOf('2026-06-18', '2026-06-19')).toEqual(['2026-06-18', '2026-06-19']);
  expect(timesOf('2026-06')).toEqual(['2026-06-01']);
});

it('has a moment written as the reader’s clock showed it', () => {
  const iso = '2026-06-18T14:30:00.000Z';
  const written = new Date(Number(timesOf(iso)[0]) * 1000);
  expect([written.getUTCDate(), written.getUTCHours(), written.getUTCMinutes()]).toEqual([
    new Date(iso).getDate(),
    new Date(iso).getHours(),
    new Date(iso).getMinutes(),
  ]);
});

it.each([
  ['an hour', 60, 'America/New_York', '2026-11-01T03:00:00Z'],
  ['five minutes', 5, 'Europe/Berlin', '2026-10-24T23:30:00Z'],
  ['half an hour', 30, 'Australia/Lord_Howe', '2026-04-04T13:00:00Z'],
])('keeps every bar of %s apart, and in order, where clocks are put back', (_, minutes, zone, start) => {
  vi.stubEnv('TZ', zone);
  const moments = Array.from({ length: 36 }, (_, n) => Date.parse(start) + n * minutes * 60_000);
  const times = timesOf(...moments.map((moment) => new Date(moment).toISOString())).map(Number);
  expect(new Set(moments.map((at) => at / 60_000 - new Date(at).getTimezoneOffset())).size).toBeLessThan(36);
  for (const [n, time] of times.slice(1).entries()) expect(time).toBeGreaterThan(times[n] ?? 0);
});
