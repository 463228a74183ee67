import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comboConidex, comboMaxLoss, type OptionLeg, spreadConid } from './combo.ts';

test('a combo in IBKR’s spelling', () => {
  const legs = [
    { conid: 1, ratio: 1 },
    { conid: 2, ratio: -2 },
  ];
  expect(comboConidex(28812380, undefined, legs)).toBe('28812380;;;1/1,2/-2');
  expect(comboConidex(61227087, 'EUREX', legs)).toBe('61227087@EUREX;;;1/1,2/-2');
  expect(spreadConid('USD')).toBe(28812380);
  expect(spreadConid('EUR')).toBeNull();
});

const call = (strike: number, ratio: number): OptionLeg => ({ right: 'C', strike, ratio });
const put = (strike: number, ratio: number): OptionLeg => ({ right: 'P', strike, ratio });

describe('the most a combo can lose', () => {
  test.each([
    ['a call spread bought loses what it cost', [call(100, 1), call(110, -1)], 4, 400],
    ['a call spread sold loses the width less what it brought', [call(100, -1), call(110, 1)], -4, 600],
    ['an iron condor loses one wing', [put(90, 1), put(95, -1), call(105, -1), call(110, 1)], -1.5, 350],
    ['a straddle sold has no limit', [call(100, -1), put(100, -1)], -12, null],
    ['a put ratio spread loses down to zero', [put(100, 1), put(90, -2)], 0, 8000],
    ['a call ratio spread has no limit', [call(100, 1), call(110, -2)], 1, null],
    ['a butterfly that brings money cannot lose', [call(90, 1), call(100, -2), call(110, 1)], -1, 0],
  ])('%s', (_, legs, price, expected) => {
    expect(comboMaxLoss(legs, price, 100)).toBe(expected);
  });

  const leg = fc.record({
    right: fc.constantFrom('C' as const, 'P' as const),
    strike: fc.integer({ min: 1, max: 60 }),
    ratio: fc.integer({ min: -3, max: 3 }).filter((ratio) => ratio !== 0),
  });

  test('is what trying every price finds', () => {
    fc.assert(
      fc.property(
        fc.array(leg, { minLength: 2, maxLength: 4 }),
        fc.integer({ min: -50, max: 50 }),
        (legs, price) => {
          const lossAt = (underlying: number) =>
            price -
            legs.reduce((value, { right, strike, ratio }) => {
              const gain = right === 'C' ? underlying - strike : strike - underlying;
              return value + ratio * Math.max(0, gain);
            }, 0);
          const losses = Array.from({ length: 1201 }, (_, tenths) => lossAt(tenths / 10));
          const grows = lossAt(100_000) > lossAt(50_000) + 1;
          const expected = grows ? null : Math.max(0, ...losses);
          const found = comboMaxLoss(legs, price, 1);
          if (expected === null) expect(found).toBeNull();
          else expect(found).toBeCloseTo(expected, 6);
        },
      ),
      { numRuns: 500 },
    );
  });
});
