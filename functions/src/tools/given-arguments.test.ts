import fc from 'fast-check';
import { expect, it } from 'vitest';
import { givenArguments } from './given-arguments.ts';

const NOTHING = [null, undefined, '', ' ', 'null', 'undefined', 'None', [], {}];

it.each(NOTHING.map((value) => [value]))('leaves out %j', (value) => {
  expect(givenArguments({ symbol: 'NVDA', exchange: value })).toEqual({ symbol: 'NVDA' });
});

it.each([0, false, 'no', 'NULL', 'none', [''], [null], [{}], { side: 'BUY' }].map((value) => [value]))(
  'keeps %j, which says something',
  (value) => {
    expect(givenArguments({ value })).toEqual({ value });
  },
);

it.each([
  [{ inner: '' }, {}],
  [{ order_type: 'null', stop_price: 5 }, { stop_price: 5 }],
])('keeps %j as %j, of which its tool says what is missing', (oca, left) => {
  expect(givenArguments({ oca })).toEqual({ oca: left });
});

it('gives the same arguments whatever is said of those that were left out', () => {
  const said = fc.dictionary(
    fc.string({ minLength: 1 }),
    fc.oneof(fc.integer(), fc.constantFrom('a', 'BUY'), fc.boolean()),
  );
  const unsaid = fc.dictionary(fc.string({ minLength: 1 }), fc.constantFrom(...NOTHING));
  fc.assert(
    fc.property(said, unsaid, (given, nothing) => {
      expect(givenArguments({ ...nothing, ...given })).toEqual({ ...given });
      expect(givenArguments({ inner: { ...nothing, ...given, one: 1 } })).toEqual({
        inner: { ...given, one: 1 },
      });
    }),
  );
});
