import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { hashHex, toHex } from './srp.ts';

/** Of IBKR's 1,008 bits; one of another size is another scheme. */
const MODULUS = /^[0-9a-f]{252,1024}$/i;
/** 3, in the base64 of a JWK (RFC 7518, 6.3.1.2). */
const EXPONENT = 'Aw';

/**
 * `EKX`: the shared key, written in hex, encrypted for the server with RSA (PKCS #1 v1.5, RFC 8017, 7.2).
 * @param modulus `rsapub`, in hex.
 * @returns null when that is no modulus of a size that is known.
 */
export function encryptedKey(key: bigint, modulus: string): string | null {
  if (!MODULUS.test(modulus)) return null;
  const n = Buffer.from(toHex(BigInt(`0x${modulus}`)), 'hex').toString('base64url');
  try {
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'RSA', n, e: EXPONENT } });
    const padded = { key: publicKey, padding: constants.RSA_PKCS1_PADDING };
    return publicEncrypt(padded, Buffer.from(hashHex(key))).toString('hex');
  } catch {
    return null;
  }
}
