import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependsOnTraits, parseFractionalPrice, priceOf, USUAL_PRICES } from './quoted-price.ts';

const traits = fc.record({ mayBeNegative: fc.boolean(), inFractions: fc.boolean() });
const FUTURES = { mayBeNegative: true, inFractions: true };

describe('a price in fractions', () => {
  it.each([
    ["110'16.5", 110 + 16.5 / 32],
    ["110'165", 110 + 16.5 / 32],
    ["110'162", 110 + 16.25 / 32],
    ["110'1675", 110 + 16.75 / 32],
    ["110'16+", 110 + 16.5 / 32],
    ['110-16', 110.5],
    ["110'00", 110],
    ["110'31", 110 + 31 / 32],
    ["-0'16", -0.5],
    ["1,450'2", 1450.25],
    ["450'7", 450.875],
    ['110.5', 110.5],
    [110.5, 110.5],
  ])('%s is %d', (written, price) => {
    expect(parseFractionalPrice(written)).toBe(price);
  });

  it.each([
    "110'32",
    "110'8",
    "110'164",
    "110'16.3",
    "110'1612",
    "110'",
    "'16",
    "110''16",
    "110'16.",
    '1-2-3',
    "5'000,0",
  ])('%s is none', (written) => {
    expect(parseFractionalPrice(written)).toBeNull();
  });

  it('is read back as it was written, in 8ths of a 32nd', () => {
    const digits = ['', '1', '2', '3', '5', '6', '7', '8'];
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(255), fc.constantFrom("'", '-'), (points, part, mark) => {
        const price = points + part / 256;
        const count = String(Math.floor(part / 8)).padStart(2, '0');
        expect(parseFractionalPrice(`${points}${mark}${count}${digits[part % 8]}`)).toBe(price);
        expect(parseFractionalPrice(`${points}${mark}${count}.${(part % 8) * 125}`)).toBe(price);
      }),
    );
  });
});

it('no price is below 0 of what cannot be, and none of nothing, whatever is written', () => {
  const written = fc.oneof(fc.double(), fc.double().map(String), fc.string(), fc.anything());
  fc.assert(
    fc.property(written, fc.option(fc.nat(100)), traits, (text, beside, trait) => {
      const price = priceOf(text, beside, trait);
      if (price === null) return;
      expect(Number.isFinite(price)).toBe(true);
      if (!trait.mayBeNegative) expect(price).toBeGreaterThan(0);
      if (price <= 0) expect(beside).not.toBe(0);
    }),
    { numRuns: 5_000 },
  );
});

it('0, -1 and -100 are prices only of what may trade there, and with an amount beside them', () => {
  for (const sentinel of ['0', '-1', '-1.0', '-100', -100]) {
    expect(priceOf(sentinel, 5, FUTURES)).toBe(Number(sentinel));
    for (const beside of [null, 0]) expect(priceOf(sentinel, beside, FUTURES)).toBeNull();
    expect(priceOf(sentinel, 5, USUAL_PRICES)).toBeNull();
  }
});

it('asks for the instrument only where that can make a price of it', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double().map(String), fc.string()),
      fc.option(fc.nat(9)),
      traits,
      (text, beside, trait) => {
        if (dependsOnTraits(text, beside)) return;
        expect(priceOf(text, beside, trait)).toBe(priceOf(text, beside, USUAL_PRICES));
      },
    ),
  );
});
