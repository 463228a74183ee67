import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RECENT, spanOf, usageSpanOf } from '../src/api/activity/call-range.ts';

const MINUTE_MS = 60_000;
const now = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
const last = fc.constantFrom(...Object.keys(RECENT));

it('ends what usage is told of behind now, in whole slots, and no more of them than are drawn', () => {
  fc.assert(
    fc.property(now, last, (moment, name) => {
      const { lastMs = 0, slotMs = 1 } = RECENT[name] ?? {};
      const { since = '', until = '' } = usageSpanOf({ last: name }, moment.getTime());
      expect(Date.parse(until) - Date.parse(since)).toBe(lastMs);
      expect(Date.parse(until)).toBeGreaterThan(moment.getTime());
      expect(Date.parse(until) - moment.getTime()).toBeLessThanOrEqual(slotMs);
      // By the reader's clock, which may be half an hour off others.
      const zoneMs = moment.getTimezoneOffset() * MINUTE_MS;
      expect((Date.parse(until) - zoneMs) % slotMs).toBe(0);
      expect(lastMs / slotMs).toBeLessThanOrEqual(32);
    }),
  );
});

it('lists the calls of the last so much time up to whatever comes', () => {
  const at = Date.parse('2026-11-30T12:00:00.000Z');
  expect(spanOf({ last: '1h' }, at)).toEqual({ since: '2026-11-30T11:00:00.000Z' });
  expect(spanOf({}, at)).toEqual({});
  const range = { from: '2026-11-29T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' };
  const span = { since: range.from, until: range.to };
  expect([spanOf(range, at), usageSpanOf(range, at)]).toEqual([span, span]);
});

it('tells usage of a range that is open at one end up to now, or of the day before its end', () => {
  const at = Date.parse('2026-11-30T12:00:00.000Z');
  const [day, noon] = ['2026-11-29T12:00:00.000Z', '2026-11-30T12:00:00.000Z'];
  expect(usageSpanOf({ from: day }, at)).toEqual({ since: day, until: noon });
  expect(usageSpanOf({ to: noon }, at)).toEqual({ since: day, until: noon });
});
