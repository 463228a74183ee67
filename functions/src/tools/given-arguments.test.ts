import fc from 'fast-check';
import { expect, it } from 'vitest';
import { givenArguments } from './given-arguments.ts';

const NOTHING = [
  null,
  undefined,
  '',
  ' ',
  'null',
  'undefined',
  'None',
  [],
  {},
  { inner: '' },
  { a: { b: null } },
];

it.each(NOTHING.map((value) => [value]))('leaves out %j', (value) => {
  expect(givenArguments({ symbol: 'NVDA', exchange: value })).toEqual({ symbol: 'NVDA' });
});

it.each([0, false, 'no', 'NULL', 'none', [''], [null], [{}], { side: 'BUY' }].map((value) => [value]))(
  'keeps %j, which says something',
  (value) => {
    expect(givenArguments({ value })).toEqual({ value });
  },
);

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
