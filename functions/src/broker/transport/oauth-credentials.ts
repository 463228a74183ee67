/** Checks what a user enters for an `oauth` connection, and makes of it what signing needs. */

import { constants, createPrivateKey, type KeyObject, privateDecrypt } from 'node:crypto';
import { isLoopbackHost, type Network } from '../../network/public-address.ts';
import { BrokerError, type FieldFault } from '../errors.ts';
import { faultsOf, type Unfinished } from './field-faults.ts';
import { fromHex } from './oauth1/oauth-signature.ts';
import { isPrime } from './oauth1/prime-check.ts';

/** As entered, from IBKR's self-service portal and the files made for it. */
export interface OAuthInput {
  consumerKey: string;
  accessToken: string;
  /** Base64, encrypted to the encryption key, as the portal shows it. */
  accessTokenSecret: string;
  /** PEM of the private signature key. */
  signatureKey: string;
  /** PEM of the private encryption key. */
  encryptionKey: string;
  /** The prime in hex, or the whole DH PARAMETERS file. */
  dhPrime: string;
  dhGenerator?: number | string | undefined;
  realm?: string | undefined;
  /** Only in local mode: where something else plays `api.ibkr.com`. */
  baseUrl?: string | undefined;
}

export interface OAuthCredentials {
  consumerKey: string;
  accessToken: string;
  /** The decrypted access token secret. */
  secret: Buffer;
  signatureKey: KeyObject;
  dhPrime: Buffer;
  dhGenerator: number;
  realm: string;
  /** Where to call, in this order; each ends with `/v1/api`. */
  baseUrls: readonly string[];
}

/** The second and third are for when the first answers 410 (IBKR Web API documentation, "OAuth 1.0a"). */
const IBKR_BASE_URLS = [
  'https://api.ibkr.com/v1/api',
  'https://1.api.ibkr.com/v1/api',
  'https://2.api.ibkr.com/v1/api',
];
const API_PATH = '/v1/api';
/** IBKR asks for keys and a prime of 2048 bits, and takes no other prime (IBKR Web API documentation, "OAuth 1.0a"). */
const PRIME_BITS = 2048;
const MIN_KEY_BITS = 2048;
/** The work that a key is grows with the third power of its length. */
const MAX_KEY_BITS = 4096;

type Field = keyof OAuthInput;

/**
 * The full check for the moment of entry, primality included.
 * @param signal Aborted when nobody waits for the answer any more.
 * @throws {BrokerError} that names the field and what is wrong with it.
 */
export async function checkOAuthInput(
  input: OAuthInput,
  network: Network,
  signal?: AbortSignal,
): Promise<void> {
  parseOAuthCredentials(input, network);
  await checkPrimality(input.dhPrime, signal);
}

/**
 * The same check for a form that is being filled in: of every field that is there, by itself and, once the fields it
 * depends on are there, together with them.
 * @param signal Aborted when nobody waits for the answer any more.
 * @returns what is wrong, by field; a field without an entry is right, or not there.
 */
export async function oauthFaults(
  input: Unfinished<OAuthInput>,
  network: Network,
  signal?: AbortSignal,
): Promise<Map<string, BrokerError>> {
  const { consumerKey, accessToken, accessTokenSecret, signatureKey, encryptionKey, dhPrime } = input;
  const checks: (() => unknown)[] = [
    () => consumerKey && readConsumerKey(consumerKey),
    () => accessToken && readAccessToken(accessToken),
    () => signatureKey && readPrivateKey('signatureKey', signatureKey),
    () => encryptionKey && readPrivateKey('encryptionKey', encryptionKey),
    () => dhPrime && checkPrimality(dhPrime, signal),
    () => accessTokenSecret && readBase64('accessTokenSecret', accessTokenSecret),
    () => input.baseUrl && readBaseUrl(input.baseUrl, network),
  ];
  const faults = await faultsOf(checks);
  const areKeysRight = !faults.has('signatureKey') && !faults.has('encryptionKey');
  if (accessTokenSecret && signatureKey && encryptionKey && areKeysRight) {
    const open = () =>
      decryptSecret(
        accessTokenSecret,
        readPrivateKey('encryptionKey', encryptionKey),
        readPrivateKey('signatureKey', signatureKey),
      );
    for (const [field, fault] of await faultsOf([open])) faults.set(field, fault);
  }
  return faults;
}

async function checkPrimality(text: string, signal?: AbortSignal): Promise<void> {
  if (!(await isPrime(readDiffieHellman(text, undefined).dhPrime, signal))) throw notPrimeError();
}

/**
 * Reads credentials, checking all that takes no time.
 * @throws {BrokerError} that names the field and what is wrong with it; no value is repeated in it.
 */
export function parseOAuthCredentials(input: OAuthInput, network: Network): OAuthCredentials {
  const consumerKey = readConsumerKey(input.consumerKey);
  const accessToken = readAccessToken(input.accessToken);
  const signatureKey = readPrivateKey('signatureKey', input.signatureKey);
  const encryptionKey = readPrivateKey('encryptionKey', input.encryptionKey);
  const realm = input.realm?.trim() || (consumerKey === 'TESTCONS' ? 'test_realm' : 'limited_poa');
  if (!/^\w{1,64}$/.test(realm)) {
    throw invalid('realm', { is: 'malformed' });
  }
  return {
    consumerKey,
    accessToken,
    secret: decryptSecret(input.accessTokenSecret, encryptionKey, signatureKey),
    signatureKey,
    ...readDiffieHellman(input.dhPrime, input.dhGenerator),
    realm,
    baseUrls: input.baseUrl === undefined ? IBKR_BASE_URLS : [readBaseUrl(input.baseUrl, network)],
  };
}

function readConsumerKey(text: string): string {
  const consumerKey = text.trim();
  if (/^[A-Z0-9]{3,25}$/.test(consumerKey)) return consumerKey;
  throw invalid('consumerKey', { is: 'malformed' });
}

function readAccessToken(text: string): string {
  const accessToken = text.trim();
  if (/^[A-Za-z0-9]{8,64}$/.test(accessToken)) return accessToken;
  throw invalid('accessToken', { is: 'malformed' });
}

interface Pem {
  label: string;
  body: string;
}

const DASHES = '-----';
const FRAME = /-----(BEGIN|END) ([A-Z0-9. ]+)(?=-----)/g;

/**
 * Finds the first PEM block that has an end, also where a form or a variable turned its line ends into spaces or `\n`.
 * One pass, whatever the text: one regular expression for a whole block would look for the end of each of many
 * beginnings.
 */
function findPem(text: string): Pem | undefined {
  const begun = new Map<string, number>();
  let found: { label: string; from: number; to: number } | undefined;
  for (const { 0: line, 1: kind, 2: label = '', index } of text.matchAll(FRAME)) {
    const from = begun.get(label);
    if (kind === 'BEGIN') {
      if (from === undefined) begun.set(label, index + line.length + DASHES.length);
    } else if (from !== undefined && from <= index && from < (found?.from ?? Number.POSITIVE_INFINITY)) {
      found = { label, from, to: index };
    }
  }
  if (found === undefined) return undefined;
  const { label, from, to } = found;
  return { label, body: text.slice(from, to).replace(/\\[rn]|\s/g, '') };
}

const KEY_TYPES: Readonly<Record<string, 'pkcs1' | 'pkcs8'>> = {
  'RSA PRIVATE KEY': 'pkcs1',
  'PRIVATE KEY': 'pkcs8',
};

function readPrivateKey(field: Field, text: string): KeyObject {
  const pem = findPem(text);
  if (!pem) throw invalid(field, { is: 'not_pem' });
  const { label, body } = pem;
  if (label === 'ENCRYPTED PRIVATE KEY' || body.startsWith('Proc-Type:')) {
    throw invalid(field, { is: 'encrypted' });
  }
  if (label.endsWith('PUBLIC KEY')) {
    throw invalid(field, { is: 'public_key' });
  }
  const type = KEY_TYPES[label];
  if (!type) throw invalid(field, { is: 'other_pem', label });

  const key = decodePrivateKey(field, body, type);
  if (key.asymmetricKeyType !== 'rsa') throw invalid(field, { is: 'not_rsa' });
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MIN_KEY_BITS || bits > MAX_KEY_BITS) {
    throw invalid(field, { is: 'bits', bits });
  }
  return key;
}

function decodePrivateKey(field: Field, base64: string, type: 'pkcs1' | 'pkcs8'): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(base64, 'base64'), format: 'der', type });
  } catch (cause) {
    throw invalid(field, { is: 'damaged' }, cause);
  }
}

function readBase64(field: Field, base64: string): Buffer {
  const text = base64.replace(/\s/g, '');
  const bytes = Buffer.from(text, 'base64');
  if (text === '' || bytes.toString('base64').replace(/(?<!=)=+$/, '') !== text.replace(/(?<!=)=+$/, '')) {
    throw invalid(field, { is: 'not_base64' });
  }
  return bytes;
}

function decryptSecret(base64: string, encryptionKey: KeyObject, signatureKey: KeyObject): Buffer {
  const field = 'accessTokenSecret';
  const ciphertext = readBase64(field, base64);
  const expected = modulusBytes(encryptionKey);
  if (ciphertext.length !== expected) {
    throw invalid(field, { is: 'length', bytes: ciphertext.length, expected });
  }
  const secret = decryptPkcs1(ciphertext, encryptionKey);
  if (secret) return secret;
  if (modulusBytes(signatureKey) === expected && decryptPkcs1(ciphertext, signatureKey)) {
    throw invalid('signatureKey', { is: 'keys_swapped' });
  }
  throw invalid(field, { is: 'not_opened' });
}

function modulusBytes(key: KeyObject): number {
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
}

/**
 * RSA decryption with PKCS #1 v1.5 padding that tells a wrong key. OpenSSL itself no longer does: since 3.2 it
 * answers a wrong padding with random bytes, against attackers who send ciphertexts of their own, whom we have not.
 */
function decryptPkcs1(ciphertext: Buffer, key: KeyObject): Buffer | undefined {
  let block: Buffer;
  try {
    block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext);
  } catch {
    return undefined; // a number beyond this key's modulus
  }
  const end = block.indexOf(0, 2); // 00 02, at least 8 bytes that are not 00, 00, message (RFC 8017, 7.2)
  return block[0] === 0 && block[1] === 2 && end >= 10 ? block.subarray(end + 1) : undefined;
}

function readDiffieHellman(
  text: string,
  generatorInput: number | string | undefined,
): Pick<OAuthCredentials, 'dhPrime' | 'dhGenerator'> {
  const field = 'dhPrime';
  const pem = findPem(text);
  if (pem && pem.label !== 'DH PARAMETERS') {
    throw invalid(field, { is: 'other_pem', label: pem.label });
  }
  const fromFile = pem && readDhParameters(Buffer.from(pem.body, 'base64'));
  const hex = fromFile?.prime ?? text.replace(/[\s:]/g, '').replace(/^0x/i, '');
  if (!/^[0-9a-f]+$/i.test(hex)) {
    throw invalid(field, { is: 'not_hex' });
  }
  const prime = BigInt(`0x${hex}`);
  const bits = prime.toString(2).length;
  if (bits !== PRIME_BITS) {
    throw invalid(field, { is: 'bits', bits });
  }
  if (prime % 2n === 0n) throw notPrimeError();

  const dhGenerator = Number(generatorInput ?? fromFile?.generator ?? 2);
  if (!Number.isInteger(dhGenerator) || dhGenerator < 2 || dhGenerator > 0xffff) {
    throw invalid('dhGenerator', { is: 'malformed' });
  }
  if (fromFile && dhGenerator !== fromFile.generator) {
    throw invalid('dhGenerator', { is: 'differs_from_file' });
  }
  return { dhPrime: fromHex(prime.toString(16)), dhGenerator };
}

/** PKCS #3 `DHParameter`: SEQUENCE of INTEGER p, INTEGER g, and at times the length of the private value. */
function readDhParameters(der: Buffer): { prime: string; generator: number } {
  const sequence = readDer(der, 0, 0x30);
  const prime = sequence && readDer(der, sequence.start, 0x02);
  const generator = prime && readDer(der, prime.end, 0x02);
  if (!prime || !generator) {
    throw invalid('dhPrime', { is: 'damaged' });
  }
  const primeBytes = der.subarray(prime.start, prime.end);
  if ((primeBytes[0] ?? 0) >= 0x80) {
    throw invalid('dhPrime', { is: 'negative' });
  }
  return {
    prime: primeBytes.toString('hex'),
    generator: Number(`0x${der.toString('hex', generator.start, generator.end)}`),
  };
}

/** Where the content of the element at `offset` lies, if it is whole and has this tag. */
function readDer(der: Buffer, offset: number, tag: number): { start: number; end: number } | undefined {
  const first = der[offset + 1];
  if (der[offset] !== tag || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 3 || offset + 2 + lengthBytes > der.length) return undefined;
  const start = offset + 2 + lengthBytes;
  const end = start + (lengthBytes === 0 ? first : der.readUIntBE(offset + 2, lengthBytes));
  return end <= der.length ? { start, end } : undefined;
}

function readBaseUrl(text: string, { localMode }: Network): string {
  const field = 'baseUrl';
  if (!localMode) throw invalid(field, { is: 'not_settable' });
  const url = URL.parse(text.trim());
  const isPlain = url && url.username + url.password + url.search + url.hash === '';
  if (!isPlain || !/^https?:$/.test(url.protocol) || !isLoopbackHost(url.hostname.replace(/^\[|\]$/g, ''))) {
    throw invalid(field, { is: 'not_on_this_machine' });
  }
  const path = url.pathname.replace(/(?<!\/)\/+$/, '');
  return url.origin + (path.endsWith(API_PATH) ? path : path + API_PATH);
}

function notPrimeError(): BrokerError {
  return invalid('dhPrime', { is: 'not_prime' });
}

function invalid(field: Field, fault: FieldFault, cause?: unknown): BrokerError {
  return new BrokerError({ name: 'field', field, fault }, { cause });
}
