/** What the pages write of numbers and times. */
import { describe, expect, it } from 'vitest';
import {
  cents,
  change,
  dateAndSecond,
  day,
  exactTime,
  inLocalTime,
  money,
  percent,
  percentChange,
  signOf,
  timeOfDay,
} from '../src/format/numbers.ts';

describe('numbers', () => {
  it.each([
    [change(0.01, 'USD'), 1],
    [change(-0.01, 'USD'), -1],
    [change(-0.004, 'USD'), 0],
    [change(0.4, 'JPY'), 0],
    [percentChange(-0.004), 0],
    [percentChange(-1e12), -1],
  ])('takes %s for a gain, a loss or neither: %i', (text, sign) => {
    expect(signOf(text)).toBe(sign);
  });

  it.each([
    [money(1731.4, 'USD'), '1,731.40\u00a0USD'],
    [money(1.08451, 'USD'), '1.0845\u00a0USD'],
    [money(0.00001234, 'BTC'), '0.00001234\u00a0BTC'],
    [money(2814, 'JPY'), '2,814\u00a0JPY'],
    [money(2814.5, 'JPY'), '2,814.5\u00a0JPY'],
    [money(0, null), '0.00'],
    [money(null, 'USD'), '–'],
    [cents(1_234_567_890_123.456, 'USD'), '1,234,567,890,123.46'],
    [cents(1_234_567.89, 'JPY'), '1,234,568'],
    [cents(1.2345, 'KWD'), '1.235'],
    [money(12.5, 'KWD'), '12.500\u00a0KWD'],
    [cents(-0.001, 'USD'), '0.00'],
    [change(12.3, 'USD'), '+12.30'],
    [change(-1234, 'JPY'), '-1,234'],
    [percent(12_345.67), '12,345.7\u00a0%'],
    [percentChange(0.004), '0.00\u00a0%'],
  ])('%s', (written, expected) => {
    expect(written).toBe(expected);
  });
});

describe('times', () => {
  it('in what the gateway wrote down are told by the reader’s clock', () => {
    const [one, other] = ['2026-11-30T21:17:04.374Z', '2026-01-02T03:04:05Z'];
    expect(inLocalTime(`IBKR filled it at ${one}, not at ${other}.`)).toBe(
      `IBKR filled it at ${dateAndSecond(one)}, not at ${dateAndSecond(other)}.`,
    );
    expect(inLocalTime('Declined.')).toBe('Declined.');
  });

  it('are of one clock, and say of which zone where all of them is told', () => {
    const iso = '2026-11-22T20:14:48.000Z';
    expect(exactTime(iso)).toContain(timeOfDay(Date.parse(iso)));
    expect(exactTime(iso)).toMatch(/2026, \d\d:\d\d:48 (GMT|UTC|[A-Z]{3,4})/);
  });

  it('are not moved when they are days', () => {
    expect(day('2026-11-22')).toBe('Nov 22, 2026');
    expect(day('2026-11')).toBe('Nov 2026');
  });
});
