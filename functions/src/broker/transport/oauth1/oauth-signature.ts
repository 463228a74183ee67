/**
 * OAuth 1.0a as IBKR speaks it: signatures, and the live session token that signs all calls but the one that
 * obtains it. Pure computation; RFC 5849 and IBKR's OAuth 1.0a Extended.
 */

import {
  createDiffieHellman,
  createHmac,
  type DiffieHellman,
  type KeyObject,
  randomBytes,
  sign,
  timingSafeEqual,
} from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { percentEncode } from '../../wire/api-path.ts';

/** Names and values before any encoding. */
type Parameters = Readonly<Record<string, string>>;

/** What makes every signature a new one. */
export interface Freshness {
  nonce: string;
  /** Unix time in seconds. */
  timestamp: number;
}

export function freshness(): Freshness {
  return { nonce: randomBytes(8).toString('hex'), timestamp: Math.floor(Date.now() / 1000) };
}

/** RFC 5849, 3.4.1. `url` is without a query: that is among the parameters. */
export function signatureBaseString(method: string, url: string, parameters: Parameters): string {
  const pairs = Object.entries(parameters)
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map((pair) => pair.join('='));
  return [method, percentEncode(url), percentEncode(pairs.join('&'))].join('&');
}

/** Encoded text is ASCII, so this is the byte order that RFC 5849 wants. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function authorization(realm: string, parameters: Parameters): string {
  const pairs = Object.entries(parameters).sort(([a], [b]) => compare(a, b));
  return `OAuth ${[['realm', realm], ...pairs].map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}

export interface LiveSessionTokenRequest extends Freshness {
  url: string;
  realm: string;
  consumerKey: string;
  accessToken: string;
  /** The decrypted access token secret, which goes in front of the base string. */
  secret: Uint8Array;
  signatureKey: KeyObject;
  /** From `KeyExchange.challenge`. */
  challenge: string;
}

/** The `Authorization` header of `POST /oauth/live_session_token`. */
export function signTokenRequest(request: LiveSessionTokenRequest): string {
  const parameters = {
    diffie_hellman_challenge: request.challenge,
    oauth_consumer_key: request.consumerKey,
    oauth_nonce: request.nonce,
    oauth_signature_method: 'RSA-SHA256',
    oauth_timestamp: String(request.timestamp),
    oauth_token: request.accessToken,
  };
  const prepend = Buffer.from(request.secret).toString('hex');
  const baseString = prepend + signatureBaseString('POST', request.url, parameters);
  const signature = sign('sha256', Buffer.from(baseString), request.signatureKey).toString('base64');
  return authorization(request.realm, { ...parameters, oauth_signature: percentEncode(signature) });
}

export interface SignedCall extends Freshness {
  method: string;
  /** Without a query. */
  url: string;
  query: Parameters;
  realm: string;
  consumerKey: string;
  accessToken: string;
  /** The 20 bytes, not their base64. */
  liveSessionToken: Uint8Array;
}

/** The `Authorization` header of every other call. A JSON body is not part of what is signed. */
export function signCall(call: SignedCall): string {
  const parameters = {
    oauth_consumer_key: call.consumerKey,
    oauth_nonce: call.nonce,
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: String(call.timestamp),
    oauth_token: call.accessToken,
  };
  const baseString = signatureBaseString(call.method, call.url, { ...call.query, ...parameters });
  const signature = createHmac('sha256', call.liveSessionToken).update(baseString).digest('base64');
  return authorization(call.realm, { ...parameters, oauth_signature: percentEncode(signature) });
}

/** Diffie-Hellman over the consumer's parameters; good for any number of exchanges. */
export interface KeyExchange {
  /** A new private exponent, and the challenge that tells IBKR of it. */
  challenge(): { exponent: Uint8Array; challenge: string };
  /**
   * K in the form that keys the live session token.
   * @param response `diffie_hellman_response`: hex of IBKR's public value.
   * @returns undefined when that is no public value of this group.
   */
  sharedSecret(exponent: Uint8Array, response: string): Buffer | undefined;
}

const MOST_GROUPS = 100;
const groups = new LRUCache<string, DiffieHellman>({ max: MOST_GROUPS });

/** Takes a third of a second the first time, in which OpenSSL checks the parameters. */
export function keyExchange(prime: Uint8Array, generator: number): KeyExchange {
  const name = `${generator} ${Buffer.from(prime).toString('base64')}`;
  const group = groups.get(name) ?? createDiffieHellman(prime, generator);
  groups.set(name, group);
  return {
    challenge() {
      const exponent = randomBytes(32);
      group.setPrivateKey(exponent);
      return { exponent, challenge: group.generateKeys('hex').replace(/^0+/, '') };
    },
    sharedSecret(exponent, response) {
      group.setPrivateKey(exponent);
      try {
        return toSignedBytes(group.computeSecret(fromHex(response)));
      } catch {
        return undefined;
      }
    },
  };
}

/** Hex digits as a number has them, so perhaps an odd count. */
export function fromHex(digits: string): Buffer {
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}

/**
 * A positive number's shortest big-endian two's complement form: no leading zeros but the one that keeps a set
 * top bit from meaning a minus sign (Java's `BigInteger.toByteArray`).
 */
export function toSignedBytes(unsigned: Uint8Array): Buffer {
  const start = unsigned.findIndex((byte) => byte !== 0);
  const digits = unsigned.subarray(start === -1 ? unsigned.length : start);
  const needsZero = (digits[0] ?? 0x80) >= 0x80;
  return needsZero ? Buffer.concat([Buffer.of(0), digits]) : Buffer.from(digits);
}

/** The 20 bytes whose base64 IBKR calls the live session token. */
export function deriveLiveSessionToken(sharedSecret: Uint8Array, secret: Uint8Array): Buffer {
  return createHmac('sha1', sharedSecret).update(secret).digest();
}

/** Whether IBKR derived the same token: `signature` is its `live_session_token_signature`. */
export function isLiveSessionToken(token: Uint8Array, consumerKey: string, signature: string): boolean {
  const expected = createHmac('sha1', token).update(consumerKey).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
