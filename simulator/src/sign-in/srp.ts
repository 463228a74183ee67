/**
 * The server's half of the password exchange of IBKR's sign-in: SRP (RFC 5054, RFC 2945) with IBKR's own group, hashes
 * over hex, and a session key besides. What goes in and out is hex.
 */

import { createHash, randomBytes } from 'node:crypto';
import { powerModulo } from '../session/power-modulo.ts';

export const HASHES = ['SHA1', 'SHA256'] as const;
export const PROTOCOLS = ['3', '6', '6a'] as const;

/** What the server tells of the exchange before it begins. */
export interface SrpParameters {
  readonly prime: bigint;
  readonly generator: bigint;
  readonly hash: (typeof HASHES)[number];
  readonly protocol: (typeof PROTOCOLS)[number];
}

/** IBKR's usual ones. */
export const DEFAULT_PARAMETERS: SrpParameters = {
  prime: BigInt(
    '0xd4c7f8a2b32c11b8fba9581ec4ba4f1b04215642ef7355e37c0fc0443ef756ea2c6b8eeb755a1c723027663caa265ef785b8ff6a9b35227a52d86633dbdfca43',
  ),
  generator: 2n,
  hash: 'SHA1',
  protocol: '6',
};

const EXPONENT_BYTES = 32;

export function hexOf(value: bigint): string {
  return value.toString(16);
}

/** Zero for what is no hex. */
export function numberOfHex(hex: string): bigint {
  return /^[0-9a-f]+$/i.test(hex) ? BigInt(`0x${hex}`) : 0n;
}

/** As it enters a hash: a number in as few whole bytes as it has. */
function hashed(hex: string): string {
  const digits = hexOf(numberOfHex(hex));
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

/** One user's exchange with one server, in the words of RFC 2945. */
export class Srp {
  readonly parameters: SrpParameters;
  /** I: IBKR takes it in lower case. */
  readonly #name: string;

  constructor(name: string, parameters: SrpParameters = DEFAULT_PARAMETERS) {
    this.#name = name.toLowerCase();
    this.parameters = parameters;
  }

  /** x = H(s | H(I ":" password)) */
  passwordKey(salt: string, password: string): string {
    return this.#hash(hashed(salt) + this.#hashText(`${this.#name}:${password}`));
  }

  /** v = g^x */
  verifier(passwordKey: string): bigint {
    const { generator, prime } = this.parameters;
    return powerModulo(generator, numberOfHex(passwordKey), prime);
  }

  /** u = H(A | B); of protocol 3 the first 32 bits of H(B), of 6a over padded numbers. */
  scrambler(a: bigint, b: bigint): string {
    const { protocol } = this.parameters;
    if (protocol === '3') return this.#hash(hashed(hexOf(b))).slice(0, 8);
    if (protocol === '6a') return this.#hash(this.#padded(a) + this.#padded(b));
    return this.#hash(hashed(hexOf(a)) + hashed(hexOf(b)));
  }

  /** K = H(S) */
  sharedKey(secret: bigint): string {
    return this.#hash(hashed(hexOf(secret)));
  }

  /** M1 = H((H(N) xor H(g)) | H(I) | s | A | B | K) */
  clientProof(salt: string, a: bigint, b: bigint, key: string): string {
    const { prime, generator } = this.parameters;
    const [ofPrime, ofGenerator] = [prime, generator].map((value) =>
      numberOfHex(this.#hash(hashed(hexOf(value)))),
    );
    const group = hexOf((ofPrime ?? 0n) ^ (ofGenerator ?? 0n));
    const parts = [salt, hexOf(a), hexOf(b), key].map(hashed);
    return this.#hash(hashed(group) + this.#hashText(this.#name) + parts.join(''));
  }

  /** M2 = H(A | M1 | K) */
  serverProof(a: bigint, clientProof: string, key: string): string {
    return this.#hash([hexOf(a), clientProof, key].map(hashed).join(''));
  }

  /** What the cookies `XYZAB` hold: H(B | K). */
  sessionKey(b: bigint, key: string): string {
    return this.#hash([hexOf(b), key].map(hashed).join(''));
  }

  /** B = k v + g^b for a new b. */
  challenge(verifier: bigint): { readonly secret: bigint; readonly sent: bigint } {
    const { prime, generator } = this.parameters;
    const secret = numberOfHex(randomBytes(EXPONENT_BYTES).toString('hex'));
    const sent = (this.#multiplier() * verifier + powerModulo(generator, secret, prime)) % prime;
    return { secret, sent };
  }

  /** S = (A v^u)^b */
  serverSecret(a: bigint, verifier: bigint, scrambler: string, secret: bigint): bigint {
    const { prime } = this.parameters;
    return powerModulo(a * powerModulo(verifier, numberOfHex(scrambler), prime), secret, prime);
  }

  /** k */
  #multiplier(): bigint {
    const { protocol, prime, generator } = this.parameters;
    if (protocol === '3') return 1n;
    if (protocol === '6') return 3n;
    return numberOfHex(this.#hash(hexOf(prime) + this.#padded(generator))) % prime;
  }

  /** As long as N. */
  #padded(value: bigint): string {
    return hexOf(value).padStart(2 * Math.ceil(hexOf(this.parameters.prime).length / 2), '0');
  }

  #hash(hex: string): string {
    return createHash(this.parameters.hash).update(Buffer.from(hex, 'hex')).digest('hex');
  }

  #hashText(text: string): string {
    return createHash(this.parameters.hash).update(text).digest('hex');
  }
}
