/** The key to which a client encrypts the shared key of its sign-in (`rsapub`, `EKX`): the simulator's own. */

import { constants, generateKeyPairSync, type KeyObject, privateDecrypt } from 'node:crypto';

/** IBKR's: `EKX` has 252 hex digits. */
const MODULUS_BITS = 1008;
const EXPONENT = 3;

let pair: { readonly modulus: string; readonly privateKey: KeyObject } | undefined;

/** Made when first needed, which most simulators are not. */
function keyPair(): NonNullable<typeof pair> {
  if (!pair) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: MODULUS_BITS,
      publicExponent: EXPONENT,
    });
    const { n = '' } = publicKey.export({ format: 'jwk' });
    pair = { modulus: Buffer.from(n, 'base64url').toString('hex'), privateKey };
  }
  return pair;
}

/** The modulus in hex. */
export function rsaModulus(): string {
  return keyPair().modulus;
}

/** The text that was encrypted (PKCS#1 v1.5), whatever it is; undefined when it cannot be one. */
export function decrypt(hex: string): string | undefined {
  const { modulus, privateKey } = keyPair();
  if (!/^[0-9a-f]+$/i.test(hex) || hex.length > modulus.length) return undefined;
  const bytes = Buffer.from(hex.padStart(modulus.length, '0'), 'hex');
  try {
    return privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, bytes).toString(
      'latin1',
    );
  } catch {
    return undefined;
  }
}
