/** Charts know no time zones: what they are told is what they write. */
import { expect, it } from 'vitest';
import { chartTime } from '../src/ui/charts/chart-time.ts';

it('leaves a day a day, and takes a month for its first', () => {
  expect(chartTime('2026-06-18')).toBe('2026-06-18');
  expect(chartTime('2026-06')).toBe('2026-06-01');
});

it('has a moment written as the reader’s clock showed it', () => {
  const iso = '2026-06-18T14:30:00.000Z';
  const written = new Date(Number(chartTime(iso)) * 1000);
  expect([written.getUTCDate(), written.getUTCHours(), written.getUTCMinutes()]).toEqual([
    new Date(iso).getDate(),
    new Date(iso).getHours(),
    new Date(iso).getMinutes(),
  ]);
});
