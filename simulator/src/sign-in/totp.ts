/** Codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds). */

import { createHmac, randomBytes } from 'node:crypto';

const WINDOW_MS = 30_000;
const DIGITS = 6;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET_LENGTH = 32;

export function newTotpSecret(): string {
  return Array.from(randomBytes(SECRET_LENGTH), (byte) => BASE32[byte % 32]).join('');
}

/** Which window of 30 seconds a time is in. */
export function windowOf(time: number): number {
  return Math.floor(time / WINDOW_MS);
}

/** @param secret Base32; spaces, hyphens and lower case are as good. */
export function codeOf(secret: string, window: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(window));
  const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** DIGITS;
  return String(number).padStart(DIGITS, '0');
}

/** @throws {RangeError} for what is not base32. */
export function bytesOf(secret: string): Buffer {
  const text = secret.toUpperCase().replaceAll(/[\s=-]/g, '');
  const bits = Array.from(text, (digit) => {
    const value = BASE32.indexOf(digit);
    if (value === -1) throw new RangeError('not base32');
    return value.toString(2).padStart(5, '0');
  }).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
