import { getDiffieHellman } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { powerInGroup, powerModulo } from './power-modulo.ts';

const PRIME = BigInt(`0x${getDiffieHellman('modp2').getPrime('hex')}`);

test.each([
  ['a prime of exchanges', PRIME],
  ['one that OpenSSL refuses', 65_537n],
])('is the same power in the group of %s', (_, prime) => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: prime + 1n }),
      fc.bigInt({ min: 1n, max: 1n << 255n }),
      (base, exponent) => {
        expect(powerInGroup(base, exponent, prime)).toBe(powerModulo(base, exponent, prime));
      },
    ),
    {
      numRuns: 50,
      examples: [
        [0n, 2n],
        [1n, 2n],
        [prime - 1n, 3n],
        [prime, 2n],
        [2n, 1n],
      ],
    },
  );
});
