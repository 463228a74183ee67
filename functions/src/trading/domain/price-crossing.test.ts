import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lookAtPrice, type PriceLevel, type SeenPrice } from './price-crossing.ts';

const LEVEL = 100;

/** Which of the looks of a path found that the price crossed. */
function crossings(direction: PriceLevel['direction'], path: readonly SeenPrice[]): number[] {
  let armed: boolean | null = null;
  return path.flatMap((seen, index) => {
    const { isArmed, isCrossed } = lookAtPrice({ price: LEVEL, direction }, armed, seen);
    armed = isArmed;
    return isCrossed ? [index] : [];
  });
}

const live = (...prices: number[]) => prices.map((last) => ({ last, isLive: true }));

it.each([
  ['a gap over the level', [95, 105], [1]],
  ['the level itself', [95, 100], [1]],
  ['what stays beyond it', [95, 105, 110, 101], [1]],
  ['the level again after it', [95, 100, 105, 100, 105], [1]],
  ['what came back and crossed again', [95, 105, 99.99, 105], [1, 3]],
  ['what was beyond it at first', [105, 110], []],
  ['what was at it at first', [100, 105], []],
  ['what was beyond at first, came back and crossed', [105, 95, 105], [2]],
])('tells of %s', (_, prices, expected) => {
  expect(crossings('above', live(...prices))).toEqual(expected);
  expect(crossings('below', live(...prices.map((price) => 2 * LEVEL - price)))).toEqual(expected);
});

it('takes no price, and none that is not of now, for a crossing', () => {
  const none = { last: null, isLive: true };
  const stale = { last: 150, isLive: false };
  expect(crossings('above', [...live(95), none, stale, ...live(96)])).toEqual([]);
  // Nor for the first look.
  expect(crossings('above', [{ last: 95, isLive: false }, ...live(105)])).toEqual([]);
});

const price = fc.oneof(
  fc.constant(LEVEL),
  fc.integer({ min: 9_000, max: 11_000 }).map((cents) => cents / 100),
);
const look = fc.record({
  last: fc.option(price, { freq: 5 }),
  isLive: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.boolean()),
});

it('tells once of each time that the price came from the near side to the level or beyond', () => {
  fc.assert(
    fc.property(fc.constantFrom('above', 'below'), fc.array(look, { maxLength: 60 }), (direction, path) => {
      const seen = path.flatMap(({ last, isLive }, index) =>
        isLive && last !== null ? [{ last, index }] : [],
      );
      const isBeyond = (last: number) => (direction === 'above' ? last >= LEVEL : last <= LEVEL);
      const expected = seen
        .filter(({ last }, at) => at > 0 && isBeyond(last) && !isBeyond(seen[at - 1]?.last ?? last))
        .map(({ index }) => index);
      expect(crossings(direction as PriceLevel['direction'], path)).toEqual(expected);
    }),
  );
});
