import { constants, generateKeyPairSync, privateDecrypt, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encryptedKey } from './key-encryption.ts';
import {
  clientProof,
  hashHex,
  isPublicValue,
  passwordKey,
  publicValue,
  scrambler,
  serverProof,
  sessionKey,
  sharedKey,
  sharedSecret,
  toHex,
  unknownParameter,
} from './srp.ts';
import vectors from './srp-vectors.json' with { type: 'json' };

const number = (hex: string) => BigInt(`0x${hex}`);

test('the published vectors', () => {
  const { x, u, S, K, M1, M2 } = vectors;
  expect(toHex(passwordKey(x.user, x.password, number(x.salt)))).toBe(x.x);
  expect(toHex(scrambler(number(u.A), number(u.B)))).toBe(u.u);
  expect(toHex(publicValue(number(S.a)))).toBe(u.A);
  const secret = sharedSecret({
    exponent: number(S.a),
    serverValue: number(u.B),
    passwordKey: number(S.x),
    scrambler: number(u.u),
  });
  expect(toHex(secret)).toBe(S.S);
  expect(toHex(sharedKey(number(S.S)))).toBe(K.K);
  const proof = clientProof({
    username: M1.user,
    salt: number(M1.salt),
    clientValue: number(M1.A),
    serverValue: number(M1.B),
    key: number(M1.K),
  });
  expect(toHex(proof)).toBe(M1.M1);
  expect(toHex(serverProof(number(M2.A), number(M2.M1), number(M2.K)))).toBe(M2.M2);
});

test('the vectors are of the known parameters', () => {
  expect(unknownParameter(vectors)).toBeUndefined();
});

test.each([
  ['N', { N: vectors.N.replace(/3$/, '5') }],
  ['N', { N: 'a prime' }],
  ['g', { g: '3' }],
  ['hash', { hash: 'SHA256' }],
  ['proto', { proto: '6a' }],
] as const)('another %s is not computed with', (name, changed) => {
  expect(unknownParameter({ ...vectors, ...changed })).toBe(name);
});

test('no multiple of the prime is a public value', () => {
  expect([0n, number(vectors.N), number(vectors.u.B)].map(isPublicValue)).toEqual([false, false, true]);
});

/** The server's side of RFC 5054, section 2.6, from the verifier `v`. */
function serverSecret(clientValue: bigint, exponent: bigint, verifier: bigint, scrambled: bigint): bigint {
  const N = number(vectors.N);
  return power((clientValue * power(verifier, scrambled, N)) % N, exponent, N);
}

/** Square and multiply; the client has OpenSSL do it. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

test('any sign-in ends with the same key on both sides, leading zeros included', () => {
  let shorter = 0;
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }),
      fc.string({ maxLength: 40 }),
      bytes(4),
      bytes(32),
      bytes(8),
      (username, password, saltBytes, clientBytes, serverBytes) => {
        const [salt, exponent, serverExponent] = [saltBytes, clientBytes, serverBytes].map((each) =>
          number(Buffer.from(each).toString('hex')),
        ) as [bigint, bigint, bigint];
        const N = number(vectors.N);
        const key = passwordKey(username, password, salt);
        const verifier = power(2n, key, N);
        const clientValue = publicValue(exponent);
        const serverValue = (3n * verifier + power(2n, serverExponent, N)) % N;
        const scrambled = scrambler(clientValue, serverValue);
        const mine = sharedSecret({ exponent, serverValue, passwordKey: key, scrambler: scrambled });
        expect(mine).toBe(serverSecret(clientValue, serverExponent, verifier, scrambled));
        const lengths = [sharedKey(mine), scrambled, key, sessionKey(serverValue, sharedKey(mine))];
        if (lengths.some((each) => toHex(each).length < 40)) shorter += 1;
      },
    ),
    { numRuns: 200 },
  );
  expect(shorter).toBeGreaterThan(0);
});

test('the key is encrypted for the server as the page does it', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_008, publicExponent: 3 });
  const modulus = Buffer.from(privateKey.export({ format: 'jwk' }).n ?? '', 'base64url').toString('hex');
  for (const key of [number(vectors.K.K), 0x0aff_ffffn, number(randomBytes(20).toString('hex'))]) {
    const encrypted = encryptedKey(key, modulus) ?? '';
    expect(encrypted).toHaveLength(252);
    const opened = privateDecrypt(
      { key: privateKey, padding: constants.RSA_NO_PADDING },
      Buffer.from(encrypted, 'hex'),
    );
    expect(opened.subarray(0, 2)).toEqual(Buffer.of(0, 2));
    expect(opened.subarray(opened.indexOf(0, 2) + 1).toString()).toBe(hashHex(key));
  }
});

test.each(['', 'ff', 'zz'.repeat(126), 'f'.repeat(2_000)])('%# no modulus that is known', (modulus) => {
  expect(encryptedKey(1n, modulus)).toBeNull();
});
