import { getDiffieHellman } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deriveLiveSessionToken,
  freshness,
  isLiveSessionToken,
  keyExchange,
  signatureBaseString,
  signCall,
  toSignedBytes,
} from './oauth-signature.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const secret = hex('0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20');
const VECTORS = [
  {
    k: 'f1e2d3c4b5a69788',
    bytes: '00f1e2d3c4b5a69788',
    token: '7XJpDdeaY8wTF5mc1pBKrepnluI=',
    signature: 'ecb345cd6fafd0bc89ff624cd5a1c61fca12bd70',
  },
  {
    k: '71e2d3c4b5a69788',
    bytes: '71e2d3c4b5a69788',
    token: 'CHZzI8qU2QIdRSb7HIgIS8WrLaY=',
    signature: '691cbefbaa3996f7726d53c8024cf00d2d2aa487',
  },
  {
    k: '0abcdef1',
    bytes: '0abcdef1',
    token: 'z+5JaVAeNHVKXRW3jbMrDFtCT04=',
    signature: '4f8ed9a41cca53bd28426fb243f58914601ee9b7',
  },
];

describe('live session token', () => {
  test.each(VECTORS)('of K = $k', ({ k, bytes, token, signature }) => {
    const sharedSecret = toSignedBytes(hex(k));
    expect(sharedSecret.toString('hex')).toBe(bytes);
    const liveSessionToken = deriveLiveSessionToken(sharedSecret, secret);
    expect(liveSessionToken.toString('base64')).toBe(token);
    expect(isLiveSessionToken(liveSessionToken, 'TESTCONS', signature)).toBe(true);
    expect(isLiveSessionToken(liveSessionToken, 'TESTCONS', signature.toUpperCase())).toBe(true);
  });

  test('without the sign byte it would be another one', () => {
    expect(deriveLiveSessionToken(hex('f1e2d3c4b5a69788'), secret).toString('base64')).toBe(
      'XO6YM6KlkFL4Lm95kTlA9EAvPPE=',
    );
  });

  test.each(['', 'ecb3', 'zz', 'ecb345cd6fafd0bc89ff624cd5a1c61fca12bd71', `${VECTORS[0]?.signature}00`])(
    'the signature "%s" is not one of it',
    (signature) => {
      const token = Buffer.from('7XJpDdeaY8wTF5mc1pBKrepnluI=', 'base64');
      expect(isLiveSessionToken(token, 'TESTCONS', signature)).toBe(false);
    },
  );
});

describe('signed bytes', () => {
  test.each([
    ['', '00'],
    ['00', '00'],
    ['0000', '00'],
    ['7f', '7f'],
    ['80', '0080'],
    ['0080', '0080'],
    ['0001', '01'],
    ['00ff00', '00ff00'],
  ])('of "%s" are %s', (unsigned, signed) => {
    expect(toSignedBytes(hex(unsigned)).toString('hex')).toBe(signed);
  });

  test('read back as two’s complement they are the number, and no shorter form is', () => {
    const asSigned = (bytes: Buffer): bigint =>
      BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 600n }), fc.nat(4), (number, zeros) => {
        const digits = number.toString(16);
        const padded = '00'.repeat(zeros) + digits.padStart(digits.length + (digits.length % 2), '0');
        const bytes = toSignedBytes(hex(padded));
        expect(asSigned(bytes)).toBe(number);
        if (bytes.length > 1) expect(asSigned(bytes.subarray(1))).not.toBe(number);
      }),
    );
  });
});

describe('key exchange', () => {
  const group = keyExchange(getDiffieHellman('modp2').getPrime(), 2);

  test('the challenge is hex without leading zeros', () => {
    for (let i = 0; i < 50; i++) expect(group.challenge().challenge).toMatch(/^[1-9a-f][0-9a-f]*$/);
  });

  test.each([
    ['of one', group],
    ['of two over the same parameters', keyExchange(getDiffieHellman('modp2').getPrime(), 2)],
  ])('exchanges may overlap: %s', (_, second) => {
    const ours = group.challenge();
    const theirs = second.challenge();
    const another = group.challenge();
    const secretOf = (mine: typeof ours, other: typeof ours) =>
      group.sharedSecret(mine.exponent, other.challenge);
    expect(secretOf(ours, theirs)).toEqual(secretOf(theirs, ours));
    expect(secretOf(ours, theirs)).not.toEqual(secretOf(ours, another));
  });

  test.each(['0', '1', getDiffieHellman('modp2').getPrime('hex'), 'ff'.repeat(129), 'xyz'])(
    '%s is no public value',
    (response) => {
      expect(group.sharedSecret(group.challenge().exponent, response)).toBeUndefined();
    },
  );
});

describe('signing a call', () => {
  const call = {
    method: 'GET',
    url: 'https://api.ibkr.com/v1/api/portfolio/accounts',
    query: {},
    realm: 'test_realm',
    consumerKey: 'TESTCONS',
    accessToken: '0123456789abcdef0123',
    liveSessionToken: Buffer.from('7XJpDdeaY8wTF5mc1pBKrepnluI=', 'base64'),
    nonce: 'abcdefghij012345',
    timestamp: 1700000000,
  };

  test('base string', () => {
    expect(
      signatureBaseString('GET', call.url, {
        oauth_token: '0123456789abcdef0123',
        oauth_timestamp: '1700000000',
        oauth_signature_method: 'HMAC-SHA256',
        oauth_nonce: 'abcdefghij012345',
        oauth_consumer_key: 'TESTCONS',
      }),
    ).toBe(
      'GET&https%3A%2F%2Fapi.ibkr.com%2Fv1%2Fapi%2Fportfolio%2Faccounts&oauth_consumer_key%3DTESTCONS%26oauth_nonce%3Dabcdefghij012345%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1700000000%26oauth_token%3D0123456789abcdef0123',
    );
  });

  test('header', () => {
    expect(signCall(call)).toBe(
      'OAuth realm="test_realm", oauth_consumer_key="TESTCONS", oauth_nonce="abcdefghij012345", oauth_signature="mHBqUCzZP7Y0osUHAQuG6TmKid%2FuXGM6HaW0FMf9UgE%3D", oauth_signature_method="HMAC-SHA256", oauth_timestamp="1700000000", oauth_token="0123456789abcdef0123"',
    );
  });

  test('method, host, path and query are all signed', () => {
    const variants = [
      call,
      { ...call, method: 'POST' },
      { ...call, url: call.url.replace('api.', '1.api.') },
      { ...call, url: `${call.url}/x` },
      { ...call, query: { a: '1' } },
      { ...call, query: { a: '1', b: '2' } },
      { ...call, query: { a: '1&b=2' } },
    ];
    expect(new Set(variants.map(signCall)).size).toBe(variants.length);
  });

  test('query pairs are merged, encoded, then sorted (the example of RFC 5849, 3.4.1.1)', () => {
    const parameters = {
      b5: '=%3D',
      a3: 'a',
      'c@': '',
      a2: 'r b',
      oauth_consumer_key: '9djdj82h48djs9d2',
      oauth_token: 'kkk9d7dh3k39sjv7',
      oauth_signature_method: 'HMAC-SHA1',
      oauth_timestamp: '137131201',
      oauth_nonce: '7d8f3e4a',
      c2: '',
    };
    expect(signatureBaseString('POST', 'http://example.com/request', parameters)).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
    );
  });

  test('every signature is fresh', () => {
    const nonces = Array.from({ length: 100 }, () => freshness().nonce);
    expect(new Set(nonces).size).toBe(100);
    for (const nonce of nonces) expect(nonce).toMatch(/^[A-Za-z0-9]{16}$/);
  });
});
