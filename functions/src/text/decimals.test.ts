import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cents, rounded, shownPrice, withMeantDigits } from './decimals.ts';

const money = fc.integer({ min: -(10 ** 12), max: 10 ** 12 });

/** By whole numbers alone: `units` of 10⁻⁶, to two decimals. */
function centsByHand(units: number): number {
  const [size, half] = [BigInt(Math.abs(units)), 5_000n];
  const whole = (size + half) / 10_000n;
  return Number(`${units < 0 ? '-' : ''}${whole / 100n}.${String(whole % 100n).padStart(2, '0')}`);
}

describe('rounding', () => {
  it.each([
    [1.005, 2, 1.01],
    [-1.005, 2, -1.01],
    [1.0049999, 2, 1],
    [8.345, 2, 8.35],
    [1e-7, 2, 0],
    [-0.001, 2, 0],
    [1.5e21, 2, 1.5e21],
    [123456.5, 0, 123457],
  ])('%d to %d decimals is %d', (value, decimals, result) => {
    expect(rounded(value, decimals)).toBe(result);
  });

  it('is that of the decimals as they are written', () => {
    fc.assert(
      fc.property(money, (units) => {
        expect(cents(Number(`${units}e-6`)) + 0).toBe(centsByHand(units) + 0);
      }),
    );
  });

  it('of what is rounded changes nothing', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.integer({ min: 0, max: 8 }), (value, decimals) => {
        const once = rounded(value, decimals);
        expect(rounded(once, decimals)).toBe(once);
        expect(rounded(-value, decimals) + 0).toBe(-once + 0);
      }),
    );
  });
});

describe('a number in an answer', () => {
  it('has the digits that were written, up to a tenth of a billionth of a per cent', () => {
    expect(withMeantDigits({ volume: 111160313.99999999, rows: [[0.1 + 0.2, null, 'x']] })).toEqual({
      volume: 111160314,
      rows: [[0.3, null, 'x']],
    });
    fc.assert(
      fc.property(
        fc.integer({ min: -(10 ** 11), max: 10 ** 11 }),
        fc.constantFrom(1, 10, 3),
        (hundredths, parts) => {
          const part = Number(`${hundredths}e-2`) / parts;
          const sum = Array.from({ length: parts }, () => part).reduce((total, one) => total + one, 0);
          expect(withMeantDigits(sum)).toBeCloseTo(hundredths / 100, 4);
          if (parts === 1) expect(withMeantDigits(sum)).toBe(sum);
        },
      ),
    );
  });

  it.each([
    [217.6199951171875, 217.62],
    [15.119999885559082, 15.12],
    [1.156853, 1.15685],
    [0.0000123456789, 0.0000123457],
    [null, null],
  ])('that is a price of %s is told as %s', (written, told) => {
    expect(shownPrice(written)).toBe(told);
  });
});
