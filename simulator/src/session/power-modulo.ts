import { createDiffieHellman, type DiffieHellman } from 'node:crypto';

/** Written out because `createDiffieHellman` tests the prime, which takes a second. */
export function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

const SMALLEST_PRIME = 1n << 511n;
const groups = new Map<bigint, DiffieHellman>();

/** The same a few times as fast, for a prime of many exchanges: tested at the first. */
export function powerInGroup(base: bigint, exponent: bigint, prime: bigint): bigint {
  // OpenSSL takes only values and primes that are safe.
  if (base < 2n || base > prime - 2n || prime < SMALLEST_PRIME) return powerModulo(base, exponent, prime);
  const group = groups.get(prime) ?? createDiffieHellman(toBytes(prime), 2);
  groups.set(prime, group);
  group.setPrivateKey(toBytes(exponent));
  return BigInt(`0x${group.computeSecret(toBytes(base)).toString('hex')}`);
}

function toBytes(value: bigint): Buffer {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
}
