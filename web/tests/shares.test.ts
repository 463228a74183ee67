import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sharesByAssetClass, sharesByHolding } from '../src/features/overview/shares.ts';
import { cashOf, positionOf } from './example-holdings.ts';

const WAYS = [sharesByAssetClass, sharesByHolding];

it.each(WAYS)('names what has no known value instead of counting it as nothing: %o', (sharesBy) => {
  const held = [positionOf('AAPL', 1000), positionOf('SAP', null), positionOf('SPY', null, 'OPT')];
  const { shares, unknown } = sharesBy(held, cashOf(null));
  expect(shares.map(({ value }) => value)).toEqual([1000]);
  expect(unknown).toEqual(['SAP', 'SPY OPT', 'Cash']);
});

it.each(WAYS)('leaves out what is settled every day, which has no value of its own: %o', (sharesBy) => {
  const future = { ...positionOf('ES', null, 'FUT'), market_value: null, notional: 250_000 };
  expect(sharesBy([future], cashOf(0))).toEqual({ shares: [], unknown: [] });
});

it('keeps what is long and what is short apart', () => {
  const held = [positionOf('NVDA', 200), positionOf('KO', 7), positionOf('SAP', -216)];
  expect(sharesByAssetClass(held, cashOf(1_000_000)).shares).toEqual([
    { name: 'Stocks and ETFs, short', value: -216 },
    { name: 'Stocks and ETFs', value: 207 },
    { name: 'Cash', value: 1_000_000 },
  ]);
});

it('has names where IBKR tells no class, and for one other holding', () => {
  const held = Array.from({ length: 7 }, (_, n) => positionOf(`S${n}`, 70 - n));
  expect(sharesByHolding(held, cashOf(0)).shares.at(-1)).toEqual({ name: '1 other', value: 64 });
  const odd = [positionOf('ODD', 5, 'UNKNOWN'), positionOf('LOST', null, 'UNKNOWN')];
  expect(sharesByAssetClass(odd, cashOf(0))).toEqual({
    shares: [{ name: 'Class not known', value: 5 }],
    unknown: ['LOST'],
  });
});

it('comes to all that is known, however it is divided', () => {
  const amount = fc.option(fc.integer({ min: -1e9, max: 1e9 }));
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 20 }), amount, (values, cash) => {
      const positions = values.map((value, index) => positionOf(`S${index}`, value));
      const known = [...values, cash].reduce<number>((sum, value) => sum + (value ?? 0), 0);
      for (const sharesBy of WAYS) {
        const { shares, unknown } = sharesBy(positions, cashOf(cash));
        expect(shares.reduce((sum, { value }) => sum + value, 0)).toBe(known);
        expect(unknown).toHaveLength([...values, cash].filter((value) => value === null).length);
      }
    }),
  );
});
