/** The exchange against values that others have published, and against a client written here. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { powerModulo } from '../session/power-modulo.ts';
import { Attempt } from './attempt.ts';
import { DEFAULT_PARAMETERS, hexOf, numberOfHex, Srp } from './srp.ts';
import { clientSecret } from './test-sign-in.ts';
import { UserRecord } from './user-record.ts';
import { newUser } from './user-settings.ts';

/** Published with three clients of IBKR's sign-in. */
const A =
  '0xce876a77d005e5facdec57672606278a2a3d3e06837c4e436e38cd6a300d3a5c02e6262536cc8b8f44c52a0752f2e6815819a5d45f31bd3650a6b27a4c500dea';
const B =
  '0xb5cefbd62e05152729f19677250ad00fc8e70423d3a7ada00d1a4da49da639ab053ab203210f61fb825f7c141553063f4c16d5cf148518ab7308ba034db4d3ff';
const U = 'd71c61b35bb69c66d5f46441c471063a4047b6e8';
const SECRET =
  '4605796a7d184b567e571324c4fd9b249b4ddf6aa86cbdef78715b99b24857ff4fbfe631f918fca38e08cb0dd996b61baeddb9bad7ae2c1bc15aa218c6e1c335';
const EXPONENT = '4e7533a976f6b75ff6747480348531329bfe1a51db13eb88a667f93d45ca4333';

describe('published values', () => {
  const srp = new Srp('CCTST0007');

  test('x, from salt, name and password', () => {
    expect(srp.passwordKey('5828aedc', 'aaaaaFFFFFF')).toBe('9016c8630770256d5fe245b7f43957770f47e696');
  });

  test('A, from its exponent', () => {
    const { generator, prime } = DEFAULT_PARAMETERS;
    expect(powerModulo(generator, numberOfHex(EXPONENT), prime)).toBe(BigInt(A));
  });

  test('u, from A and B', () => {
    expect(srp.scrambler(BigInt(A), BigInt(B))).toBe(U);
  });

  test("S, from the client's side", () => {
    const x = '8118b6a647a8f13465dcbce590b8ad7d1a1a9e32';
    const secret = clientSecret(DEFAULT_PARAMETERS, {
      exponent: numberOfHex(EXPONENT),
      x: numberOfHex(x),
      u: numberOfHex(U),
      b: BigInt(B),
      k: 3n,
    });
    expect(hexOf(secret)).toBe(SECRET);
  });

  test('K, from S', () => {
    expect(srp.sharedKey(numberOfHex(SECRET))).toBe('8a6597a8252bb111aac98db40e1a0592d6e02bbd');
  });

  test('M1, from everything', () => {
    const a =
      '0x1c3f80071a176b2e6ccd09a0beb6607cd4b30b76e3db70497c2b545fc697f8df4811b2770bee8307221de3d54496c7607932fa4499f83dbbec120895580c4bdf';
    const b =
      '0x1ef19465b5bc1f2df568189e5b6e6435f67701ea1b6e1a567d1d89171369602456c50272c55687ff0bf25c16c4d196afc66cf92232ca6978804e9af15e0c1cf0';
    const key = 'b4ca9cf34d2f71c69251fe1885ca0f5243e44425';
    expect(srp.clientProof('5828aedc', BigInt(a), BigInt(b), key)).toBe(
      '45c39cfbb824a19c99f5a5b4fee88a56c3221efe',
    );
  });

  test('M2, from A, M1 and K', () => {
    const a =
      '0x9a28e06d1920814294dc068546da20a0575368f4995b64624a847b0168259ab2f1bf7fff2a42fe7eb32fb9aadba203a7a25ee39dbbdd2085c19c1865665e39f1';
    const m1 = '0addd3c5fe5dba94e721d65080262a514347dd9f';
    const key = 'f7406e754f1eec3d8cfcad8eda30e2940a8cefb6';
    expect(srp.serverProof(BigInt(a), m1, key)).toBe('7f8aec26e74b752b9eae391aeee8f77d34428ccc');
  });
});

describe('what enters a hash', () => {
  const srp = new Srp('user');

  test('loses its leading zero bytes, and an odd digit gets a zero before it', () => {
    for (const zeros of ['00', '0000', '000000']) {
      expect(srp.sessionKey(0xabcn, `${zeros}55`)).toBe(srp.sessionKey(0xabcn, '55'));
      expect(srp.passwordKey(`${zeros}ab`, 'p')).toBe(srp.passwordKey('ab', 'p'));
    }
    expect(srp.passwordKey('ab', 'p')).not.toBe(srp.passwordKey('ab00', 'p'));
  });

  test('is the whole hash of a text, zeros in front included', () => {
    const sha1 = (data: string | Buffer) => createHash('sha1').update(data).digest('hex');
    const named = Array.from({ length: 5_000 }, (_, i) => `u${i}`);
    const name = named.find((each) => sha1(`${each}:p`).startsWith('00')) ?? '';
    const whole = sha1(Buffer.from(`ab${sha1(`${name}:p`)}`, 'hex'));
    expect(new Srp(name).passwordKey('ab', 'p')).toBe(whole);
  });
});

test.each([1n, 2n])('whoever sends N, times %d, has the secret, but proves nothing by it', (times) => {
  const a = times * DEFAULT_PARAMETERS.prime;
  const srp = new Srp('ada');
  const attempt = new Attempt(new UserRecord(newUser('ada')), a);
  const { s, B: sent } = attempt.start;
  expect(attempt.prove(srp.clientProof(s, a, BigInt(`0x${sent}`), srp.sharedKey(0n)))).toBeUndefined();
});

test.each(['3', '6', '6a'] as const)('client and server of protocol %s have the same secret', (protocol) => {
  const exponents = fc.bigInt({ min: 2n, max: 2n ** 256n });
  fc.assert(
    fc.property(exponents, fc.string({ minLength: 1 }), fc.string(), (exponent, name, password) => {
      const parameters = { ...DEFAULT_PARAMETERS, protocol };
      const srp = new Srp(name, parameters);
      const x = srp.passwordKey('00ab12cd', password);
      const verifier = srp.verifier(x);
      const { secret, sent } = srp.challenge(verifier);
      const a = powerModulo(parameters.generator, exponent, parameters.prime);
      const u = srp.scrambler(a, sent);
      const k = protocol === '3' ? 1n : protocol === '6' ? 3n : K_OF_6A;
      const ofClient = clientSecret(parameters, {
        exponent,
        x: numberOfHex(x),
        u: numberOfHex(u),
        b: sent,
        k,
      });
      expect(srp.serverSecret(a, verifier, u, secret)).toBe(ofClient);
    }),
    { numRuns: 25 },
  );
});

/** H(N | PAD g), computed elsewhere. */
const K_OF_6A = BigInt('0xb7867f1299da8cc24ab93e08986ebc4d6a478ad0');
