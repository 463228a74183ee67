import {
  constants,
  generateKeyPairSync,
  getDiffieHellman,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inWords } from '../../connections/broker-words.ts';
import { GatewayError } from '../../errors.ts';
import { told } from '../../testing/told.ts';
import { BrokerError } from '../errors.ts';
import { checkOAuthInput, type OAuthInput, oauthFaults, parseOAuthCredentials } from './oauth-credentials.ts';

const deployed = { localMode: false };
const local = { localMode: true };

const rsa = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength });
const signature = rsa();
const encryption = rsa();
const secret = randomBytes(32);
const prime = getDiffieHellman('modp14').getPrime('hex');

const pkcs8 = ({ privateKey }: { privateKey: KeyObject }) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1 = ({ privateKey }: { privateKey: KeyObject }) =>
  privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const encrypt = ({ publicKey }: { publicKey: KeyObject }, message: Buffer) =>
  publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message).toString('base64');

const valid: OAuthInput = {
  consumerKey: 'ABCDEFGHI',
  accessToken: '0123456789abcdef0123',
  accessTokenSecret: encrypt(encryption, secret),
  signatureKey: pkcs8(signature),
  encryptionKey: pkcs1(encryption),
  dhPrime: prime,
};

function derElement(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}
const derInteger = (hex: string) => derElement(0x02, Buffer.from(hex, 'hex'));
function dhFile(...integers: string[]): string {
  const der = derElement(0x30, Buffer.concat(integers.map(derInteger)));
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN DH PARAMETERS-----\n${lines}\n-----END DH PARAMETERS-----\n`;
}

function failureOf(input: Partial<OAuthInput>, network = deployed): GatewayError {
  try {
    parseOAuthCredentials({ ...valid, ...input }, network);
  } catch (error) {
    const words = inWords(error);
    if (words instanceof GatewayError) return words;
    throw error;
  }
  throw new Error('was accepted');
}

describe('what is right', () => {
  test('is read', async () => {
    expect(parseOAuthCredentials(valid, deployed)).toMatchObject({
      consumerKey: 'ABCDEFGHI',
      accessToken: '0123456789abcdef0123',
      secret,
      dhPrime: Buffer.from(prime, 'hex'),
      dhGenerator: 2,
      realm: 'limited_poa',
      baseUrls: [
        'https://api.ibkr.com/v1/api',
        'https://1.api.ibkr.com/v1/api',
        'https://2.api.ibkr.com/v1/api',
      ],
    });
    await checkOAuthInput(valid, deployed);
  });

  test('the test consumer has a realm of its own', () => {
    expect(parseOAuthCredentials({ ...valid, consumerKey: 'TESTCONS' }, deployed).realm).toBe('test_realm');
    expect(parseOAuthCredentials({ ...valid, realm: 'other' }, deployed).realm).toBe('other');
    expect(parseOAuthCredentials({ ...valid, realm: '' }, deployed).realm).toBe('limited_poa');
  });

  test.each([
    ['PKCS #1', pkcs1(signature)],
    ['PKCS #8', pkcs8(signature)],
    ['Windows line ends', pkcs8(signature).replaceAll('\n', '\r\n')],
    ['line ends lost in a form', pkcs8(signature).replaceAll('\n', ' ')],
    ['line ends as in an environment variable', pkcs8(signature).replaceAll('\n', '\\n')],
    ['text around it', `Bag Attributes\n${pkcs8(signature)}\n`],
  ])('a key with %s', (_how, signatureKey) => {
    const { signatureKey: key } = parseOAuthCredentials({ ...valid, signatureKey }, deployed);
    expect(key.equals(signature.privateKey)).toBe(true);
  });

  test.each([
    ['plain hex', prime],
    ['capitals', prime.toUpperCase()],
    ['0x', `0x${prime}`],
    ['a leading zero byte', `00${prime}`],
    [
      'as openssl -text prints it',
      `00:${prime.replace(/..(?=.)/g, '$&:').replace(/.{45}/g, '$&\n        ')}`,
    ],
    ['the file', dhFile(`00${prime}`, '02')],
    ['the file with a private length', dhFile(`00${prime}`, '02', '00e1')],
  ])('a prime in %s', (_how, dhPrime) => {
    expect(parseOAuthCredentials({ ...valid, dhPrime }, deployed)).toMatchObject({
      dhPrime: Buffer.from(prime, 'hex'),
      dhGenerator: 2,
    });
  });

  test('a generator from the file, a number or text', () => {
    const generatorOf = (input: Partial<OAuthInput>) =>
      parseOAuthCredentials({ ...valid, ...input }, deployed).dhGenerator;
    expect(generatorOf({ dhPrime: dhFile(`00${prime}`, '05') })).toBe(5);
    expect(generatorOf({ dhGenerator: 5 })).toBe(5);
    expect(generatorOf({ dhGenerator: '5' })).toBe(5);
  });

  test('a secret of any length and content', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 245 }), (bytes) => {
        const accessTokenSecret = encrypt(encryption, Buffer.from(bytes));
        const parsed = parseOAuthCredentials({ ...valid, accessTokenSecret }, deployed);
        expect(parsed.secret).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 50 },
    );
  });

  test('another base URL, in local mode', () => {
    for (const baseUrl of [
      'http://localhost:4290',
      'http://localhost:4290/',
      'http://localhost:4290/v1/api/',
    ]) {
      expect(parseOAuthCredentials({ ...valid, baseUrl }, local).baseUrls).toEqual([
        'http://localhost:4290/v1/api',
      ]);
    }
  });
});

describe('what is wrong is named', () => {
  const otherPair = rsa();
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encrypted = { cipher: 'aes-256-cbc', passphrase: 'x' };
  const evenPrime = `${prime.slice(0, -1)}e`;
  const cases: [string, Partial<OAuthInput>, RegExp][] = [
    ['consumer key empty', { consumerKey: '' }, /^The consumer key /],
    ['consumer key in small letters', { consumerKey: 'abcdefghi' }, /^The consumer key /],
    ['access token empty', { accessToken: ' ' }, /^The access token is/],
    ['access token is the secret', { accessToken: valid.accessTokenSecret }, /^The access token is/],
    ['secret empty', { accessTokenSecret: '' }, /^The access token secret is not base64/],
    ['secret not base64', { accessTokenSecret: 'hello world!' }, /^The access token secret is not base64/],
    [
      'secret is the token',
      { accessTokenSecret: valid.accessToken },
      /^The access token secret is 15 bytes long instead of 256/,
    ],
    [
      'secret cut off',
      { accessTokenSecret: valid.accessTokenSecret.slice(0, 300) },
      /^The access token secret is 225 bytes/,
    ],
    [
      'secret with a changed character',
      { accessTokenSecret: valid.accessTokenSecret.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) },
      /^The access token secret does not open/,
    ],
    [
      'secret for another key',
      { accessTokenSecret: encrypt(otherPair, secret) },
      /^The access token secret does not open/,
    ],
    ['keys swapped', { signatureKey: valid.encryptionKey, encryptionKey: valid.signatureKey }, /are swapped/],
    ['key empty', { signatureKey: '' }, /^The signature key is not a PEM file/],
    [
      'key without frame',
      { encryptionKey: valid.encryptionKey.split('\n')[1] ?? '' },
      /^The encryption key is not a PEM file/,
    ],
    [
      'key cut off',
      { signatureKey: valid.signatureKey.replace(/(\n.{64}){5}/, '') },
      /^The signature key is damaged/,
    ],
    [
      'key with its end missing',
      { signatureKey: valid.signatureKey.slice(0, 500) },
      /^The signature key is not a PEM file/,
    ],
    [
      'public key',
      { signatureKey: signature.publicKey.export({ type: 'spki', format: 'pem' }).toString() },
      /^The signature key is a public key/,
    ],
    [
      'public key, PKCS #1',
      { encryptionKey: encryption.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString() },
      /^The encryption key is a public key/,
    ],
    [
      'passphrase, PKCS #8',
      {
        signatureKey: signature.privateKey.export({ type: 'pkcs8', format: 'pem', ...encrypted }).toString(),
      },
      /^The signature key is protected by a passphrase/,
    ],
    [
      'passphrase, PKCS #1',
      {
        signatureKey: signature.privateKey.export({ type: 'pkcs1', format: 'pem', ...encrypted }).toString(),
      },
      /^The signature key is protected by a passphrase/,
    ],
    [
      'certificate',
      { signatureKey: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      /^The signature key is something else \(CERTIFICATE\)/,
    ],
    [
      'parameters as key',
      { encryptionKey: dhFile(`00${prime}`, '02') },
      /^The encryption key is something else \(DH PARAMETERS\)/,
    ],
    [
      'EC key',
      { signatureKey: ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      /^The signature key is not an RSA key/,
    ],
    [
      'a text full of beginnings',
      { signatureKey: '-----BEGIN A-----'.repeat(200_000) },
      /^The signature key is not a PEM file/,
    ],
    [
      'a text full of different beginnings',
      { dhPrime: Array.from({ length: 200_000 }, (_, i) => `-----BEGIN ${i}-----`).join('') },
      /^The Diffie-Hellman prime is neither/,
    ],
    ['key too small', { signatureKey: pkcs8(rsa(1024)) }, /^The signature key has 1024 bits/],
    ['prime empty', { dhPrime: '' }, /^The Diffie-Hellman prime is neither/],
    ['prime is text', { dhPrime: 'dhparam.pem' }, /^The Diffie-Hellman prime is neither/],
    [
      'prime too small',
      { dhPrime: getDiffieHellman('modp5').getPrime('hex') },
      /^The Diffie-Hellman prime has 1536 bits/,
    ],
    [
      'prime too large',
      { dhPrime: getDiffieHellman('modp15').getPrime('hex') },
      /^The Diffie-Hellman prime has 3072 bits instead of 2048/,
    ],
    ['prime one bit too long', { dhPrime: `1${prime}` }, /^The Diffie-Hellman prime has 2049 bits/],
    ['prime short of a digit', { dhPrime: prime.slice(1) }, /^The Diffie-Hellman prime has 2044 bits/],
    ['prime even', { dhPrime: evenPrime }, /^The Diffie-Hellman prime is not a prime/],
    [
      'prime is a key',
      { dhPrime: valid.signatureKey },
      /^The Diffie-Hellman prime is something else \(PRIVATE KEY\)/,
    ],
    ['parameters cut off', { dhPrime: dhFile(`00${prime}`) }, /^The Diffie-Hellman prime is damaged/],
    [
      'parameters with garbage',
      { dhPrime: '-----BEGIN DH PARAMETERS-----\nMIIBCAKCAQEA\n-----END DH PARAMETERS-----' },
      /^The Diffie-Hellman prime is damaged/,
    ],
    [
      'parameters empty',
      { dhPrime: '-----BEGIN DH PARAMETERS----------END DH PARAMETERS-----' },
      /^The Diffie-Hellman prime is damaged/,
    ],
    [
      'parameters without sign byte',
      { dhPrime: dhFile(prime, '02') },
      /^The Diffie-Hellman prime is a negative number/,
    ],
    ['generator zero', { dhGenerator: 0 }, /^The Diffie-Hellman generator/],
    ['generator text', { dhGenerator: 'two' }, /^The Diffie-Hellman generator/],
    [
      'generator differs',
      { dhPrime: dhFile(`00${prime}`, '02'), dhGenerator: 5 },
      /^The Diffie-Hellman generator differs/,
    ],
    ['realm', { realm: 'a"b' }, /^The realm/],
    ['base URL', { baseUrl: 'http://localhost:4290' }, /^The base URL cannot be set/],
  ];

  test.each(cases)('%s', (_what, input, message) => {
    const failure = failureOf(input);
    expect(failure.message).toMatch(message);
    expect(failure).toMatchObject({ code: 'invalid_arguments', hint: expect.stringMatching(/\.$|pem$/) });
    for (const value of Object.values(input)) {
      if (String(value).length > 12)
        expect(failure.message + failure.hint).not.toContain(String(value).slice(0, 40));
    }
  });

  test.each([
    '',
    'localhost:4290',
    'https://api.ibkr.com',
    'http://10.0.0.1',
    'ftp://localhost',
    'http://u:p@localhost',
    'http://localhost/?x',
  ])('base URL "%s" in local mode', (baseUrl) => {
    expect(failureOf({ baseUrl }, local).message).toMatch(/^The base URL/);
  });

  test('a composite number as prime, when entered', async () => {
    const composite = `${prime.slice(0, -5)}1${prime.slice(-4)}`;
    await expect(checkOAuthInput({ ...valid, dhPrime: composite }, deployed)).rejects.toEqual(
      told({ message: 'The Diffie-Hellman prime is not a prime number.' }),
    );
  });

  test('whatever is entered as a file, the failure is one a person can read', () => {
    const mangled = fc
      .tuple(
        fc.constantFrom(valid.signatureKey, valid.encryptionKey, dhFile(`00${prime}`, '02')),
        fc.nat(),
        fc.nat(40),
        fc.string(),
      )
      .map(
        ([text, at, cut, insert]) =>
          text.slice(0, at % text.length) + insert + text.slice((at % text.length) + cut),
      );
    fc.assert(
      fc.property(mangled, fc.constantFrom('signatureKey', 'encryptionKey', 'dhPrime'), (text, field) => {
        try {
          parseOAuthCredentials({ ...valid, [field]: text }, deployed);
        } catch (error) {
          expect(error).toBeInstanceOf(BrokerError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a form that is being filled in', () => {
  const faulty = async (input: Partial<OAuthInput>) => [...(await oauthFaults(input, deployed)).keys()];

  test('is faultless when it is right, as a whole and at every step on the way', async () => {
    expect(await faulty({})).toEqual([]);
    let input: Partial<OAuthInput> = {};
    for (const [field, value] of Object.entries(valid)) {
      input = { ...input, [field]: value };
      expect(await faulty(input), field).toEqual([]);
    }
  });

  test('has every wrong field named at once', async () => {
    const wrong = {
      consumerKey: 'lower case',
      accessToken: '!',
      signatureKey: 'not a key',
      encryptionKey: pkcs8(rsa(1024)),
      accessTokenSecret: '***',
      dhPrime: 'ff',
    };
    expect((await faulty(wrong)).sort()).toEqual(Object.keys(wrong).sort());
  });

  test('has the secret compared with the key it was encrypted to once both are there', async () => {
    const { accessTokenSecret, signatureKey, encryptionKey } = valid;
    expect(await faulty({ accessTokenSecret, encryptionKey: pkcs8(rsa()), signatureKey })).toEqual([
      'accessTokenSecret',
    ]);
    const swapped = { accessTokenSecret, signatureKey: encryptionKey, encryptionKey: signatureKey };
    expect(await faulty(swapped)).toEqual(['signatureKey']);
  });

  test('has a number that is no prime named', async () => {
    const composite = (BigInt(`0x${prime}`) + 2n).toString(16);
    expect(await faulty({ dhPrime: composite })).toEqual(['dhPrime']);
  });
});
