/**
 * The Secure Remote Password exchange as IBKR's sign-in page does it (RFC 2945, RFC 5054; protocol 6, so that `k` is 3).
 * To that page values are numbers, hashes of numbers too: they are hashed in as few whole bytes as they have, so that
 * leading zeros are lost. Only hashes of texts go in whole. Pure computation.
 */

import { createDiffieHellman, createHash, type DiffieHellman } from 'node:crypto';

/** 512 bits; the one group that is known of IBKR's sign-in. */
const PRIME = BigInt(
  '0xd4c7f8a2b32c11b8fba9581ec4ba4f1b04215642ef7355e37c0fc0443ef756ea2c6b8eeb755a1c723027663caa265ef785b8ff6a9b35227a52d86633dbdfca43',
);
const GENERATOR = 2n;

const PROTOCOL = '6';
/** `k` */
const MULTIPLIER = 3n;

/** What a server says that it computes with, as it came. */
export interface SrpParameters {
  N: string;
  g: string;
  hash: string;
  proto: string;
}

/** The first of a server's parameters that is not one of those known; undefined when all are. */
export function unknownParameter({ N, g, hash, proto }: SrpParameters): keyof SrpParameters | undefined {
  if (number(N) !== PRIME) return 'N';
  if (number(g) !== GENERATOR) return 'g';
  if (!/^sha-?1$/i.test(hash)) return 'hash';
  return proto === PROTOCOL ? undefined : 'proto';
}

/** @returns null for what is no hexadecimal number. */
function number(hex: string): bigint | null {
  return /^[0-9a-f]+$/i.test(hex) ? BigInt(`0x${hex}`) : null;
}

/** The public value `A` of a private exponent. */
export function publicValue(exponent: bigint): bigint {
  return power(GENERATOR, exponent);
}

/** Whether a server's public value `B` could be one: a multiple of N would make the key known (RFC 5054, 2.5.3). */
export function isPublicValue(value: bigint): boolean {
  return value > 0n && value < PRIME;
}

/** The private key `x`. */
export function passwordKey(username: string, password: string, salt: bigint): bigint {
  return hashOf(salt, textHash(`${username.toLowerCase()}:${password}`));
}

/** The scrambling parameter `u`. */
export function scrambler(clientValue: bigint, serverValue: bigint): bigint {
  return hashOf(clientValue, serverValue);
}

/** The premaster secret `S`. */
export function sharedSecret(known: {
  exponent: bigint;
  serverValue: bigint;
  passwordKey: bigint;
  scrambler: bigint;
}): bigint {
  const blinding = (MULTIPLIER * power(GENERATOR, known.passwordKey)) % PRIME;
  const base = (known.serverValue - blinding + PRIME) % PRIME;
  return power(base, known.exponent + known.scrambler * known.passwordKey);
}

/** The key `K` of both sides. */
export function sharedKey(secret: bigint): bigint {
  return hashOf(secret);
}

/** `M1`, by which the server sees that the client has the key. */
export function clientProof(known: {
  username: string;
  salt: bigint;
  clientValue: bigint;
  serverValue: bigint;
  key: bigint;
}): bigint {
  const group = hashOf(PRIME) ^ hashOf(GENERATOR);
  const identity = textHash(known.username.toLowerCase());
  return hashOf(group, identity, known.salt, known.clientValue, known.serverValue, known.key);
}

/** `M2`, by which the client sees that the server has it. */
export function serverProof(clientValue: bigint, proof: bigint, key: bigint): bigint {
  return hashOf(clientValue, proof, key);
}

/** What the session's cookies hold. */
export function sessionKey(serverValue: bigint, key: bigint): bigint {
  return hashOf(serverValue, key);
}

/** A hash as it is sent and stored: whole. */
export function hashHex(value: bigint): string {
  return value.toString(16).padStart(40, '0');
}

/** Hex in as few whole bytes as the number has. */
export function toHex(value: bigint): string {
  const digits = value.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(toHex(value), 'hex');
}

function hashOf(...values: (bigint | Buffer)[]): bigint {
  const bytes = values.map((value) => (typeof value === 'bigint' ? bytesOf(value) : value));
  return BigInt(`0x${createHash('sha1').update(Buffer.concat(bytes)).digest('hex')}`);
}

function textHash(text: string): Buffer {
  return createHash('sha1').update(text).digest();
}

let group: DiffieHellman | undefined;

/** Modulo the prime, by OpenSSL: exponents are secret, and its time does not tell of them. */
function power(base: bigint, exponent: bigint): bigint {
  group ??= createDiffieHellman(bytesOf(PRIME), bytesOf(GENERATOR));
  group.setPrivateKey(bytesOf(exponent));
  return BigInt(`0x${group.computeSecret(bytesOf(base)).toString('hex')}`);
}
