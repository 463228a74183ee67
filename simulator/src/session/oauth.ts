/**
 * The server side of IBKR's first-party OAuth 1.0a: consumers, the live session token (LST) exchange and the
 * check of every signed request.
 */

import {
  constants,
  createHmac,
  createPublicKey,
  createVerify,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { type Answer, accessDenied, badRequest, failureAnswer, ok, Refusal } from '../http/answer.ts';
import { numberOf, objectBody, textOf } from '../http/json-body.ts';
import { powerInGroup } from './power-modulo.ts';

const LST_LIFETIME_MS = 24 * 3_600_000;
const MAX_CLOCK_SKEW_MS = 120_000;
const NONCE_MEMORY_MS = 10 * 60_000;
const SECRET_BYTES = 32;
const PRIVATE_EXPONENT_BYTES = 32;

interface LiveSessionToken {
  readonly key: Buffer;
  readonly expiresAt: number;
}

interface Consumer {
  readonly consumerKey: string;
  readonly signatureKey: KeyObject;
  readonly prime: bigint;
  readonly generator: bigint;
  readonly accessToken: string;
  readonly secret: Buffer;
  lst: LiveSessionToken | undefined;
  readonly nonces: Map<string, number>;
}

/** The request as the client signed it. */
export interface SignedRequest {
  readonly method: string;
  /** From the `Host` header; clients sign it. */
  readonly host: string;
  readonly pathname: string;
  readonly queryString: string;
  readonly authorization: string;
  readonly userAgent: string | undefined;
}

/** Refuses as IBKR does: 401 `{"error":"id: …, error: …","statusCode":401}`. */
function refuse(reason: string): Refusal {
  return failureAnswer(401, `id: 39687, error: ${reason}`);
}

export class OAuthServer {
  readonly #consumers = new Map<string, Consumer>();
  readonly #realNow: () => number;
  readonly #isStrict: boolean;

  /**
   * @param realNow Time for timestamps, which clients take from their own clock whatever the simulator's says.
   * @param isStrict Query parameters must be signed as RFC 5849 says.
   */
  constructor(realNow: () => number, isStrict: boolean) {
    this.#realNow = realNow;
    this.#isStrict = isStrict;
  }

  /**
   * Registers `{consumerKey, signaturePublicKey, encryptionPublicKey, dhPrime, dhGenerator?}`, keys as PEM, the
   * prime as PEM or hex, and answers `{accessToken, accessTokenSecret}`. Registering again revokes.
   */
  register(body: unknown): Answer {
    const input = objectBody(body);
    const consumerKey = textOf(input.consumerKey);
    if (consumerKey === undefined) throw badRequest('consumerKey is required');
    const signatureKey = publicKey('signaturePublicKey', input.signaturePublicKey);
    const encryptionKey = publicKey('encryptionPublicKey', input.encryptionPublicKey);
    const parameters = dhParameters(textOf(input.dhPrime) ?? '');
    const secret = randomBytes(SECRET_BYTES);
    const consumer: Consumer = {
      consumerKey,
      signatureKey,
      prime: parameters.prime,
      generator: BigInt(numberOf(input.dhGenerator) ?? parameters.generator),
      accessToken: randomBytes(10).toString('hex'),
      secret,
      lst: undefined,
      nonces: new Map(),
    };
    this.#consumers.set(consumerKey, consumer);
    const encrypted = publicEncrypt({ key: encryptionKey, padding: constants.RSA_PKCS1_PADDING }, secret);
    return ok({ accessToken: consumer.accessToken, accessTokenSecret: encrypted.toString('base64') });
  }

  /** `POST /oauth/live_session_token`; returns the answer and whose session begins. */
  exchange(request: SignedRequest, now: number): { answer: Answer; consumerKey: string } {
    const { consumer, parameters } = this.#identify(request);
    if (parameters.get('oauth_signature_method') !== 'RSA-SHA256') throw refuse('invalid signature method');
    const challenge = parameters.get('diffie_hellman_challenge') ?? '';
    if (!/^[0-9a-fA-F]+$/.test(challenge)) throw refuse('invalid diffie_hellman_challenge');
    const prepend = consumer.secret.toString('hex');
    const signature = Buffer.from(parameters.get('oauth_signature') ?? '', 'base64');
    const isSigned = baseStrings(request, parameters, true).some((base) =>
      createVerify('RSA-SHA256')
        .update(prepend + base)
        .verify(consumer.signatureKey, signature),
    );
    if (!isSigned) throw refuse('invalid signature');
    this.#takeNonce(consumer, parameters);

    const exponent = toInteger(randomBytes(PRIVATE_EXPONENT_BYTES));
    const response = powerInGroup(consumer.generator, exponent, consumer.prime);
    const shared = powerInGroup(toInteger(challenge), exponent, consumer.prime);
    const key = createHmac('sha1', twosComplement(shared)).update(consumer.secret).digest();
    consumer.lst = { key, expiresAt: now + LST_LIFETIME_MS };
    const answer = ok({
      diffie_hellman_response: response.toString(16),
      live_session_token_signature: createHmac('sha1', key)
        .update(consumer.consumerKey, 'utf8')
        .digest('hex'),
      live_session_token_expiration: consumer.lst.expiresAt,
    });
    return { answer, consumerKey: consumer.consumerKey };
  }

  /**
   * Checks a signed request and tells whose it is.
   * @throws {Refusal} 401 for anything that does not fit.
   */
  authenticate(request: SignedRequest, now: number): string {
    const { consumer, parameters } = this.#identify(request);
    if (parameters.get('oauth_signature_method') !== 'HMAC-SHA256') throw refuse('invalid signature method');
    const { lst } = consumer;
    if (!lst) throw refuse('not authenticated');
    if (now >= lst.expiresAt) {
      const body = { type: '/simple', title: 'Unauthorized', status: 401, detail: 'Access token expired' };
      throw new Refusal({ status: 401, body, headers: { 'Content-Type': 'application/problem+json' } });
    }
    const signature = Buffer.from(parameters.get('oauth_signature') ?? '', 'base64');
    const isSigned = baseStrings(request, parameters, this.#isStrict).some((base) => {
      const expected = createHmac('sha256', lst.key).update(base).digest();
      return expected.length === signature.length && timingSafeEqual(expected, signature);
    });
    if (!isSigned) throw refuse('invalid signature');
    this.#takeNonce(consumer, parameters);
    return consumer.consumerKey;
  }

  /** Whose access token this is; WebSockets name it, unsigned. */
  consumerOf(accessToken: string): string | undefined {
    return [...this.#consumers.values()].find((consumer) => consumer.accessToken === accessToken)
      ?.consumerKey;
  }

  #identify(request: SignedRequest): { consumer: Consumer; parameters: Map<string, string> } {
    if (request.userAgent === undefined) throw accessDenied();
    const parameters = headerParameters(request.authorization);
    const consumer = this.#consumers.get(parameters.get('oauth_consumer_key') ?? '');
    if (!consumer) throw refuse('invalid consumer');
    if (parameters.get('oauth_token') !== consumer.accessToken) throw refuse('invalid access token');
    const timestamp = Number(parameters.get('oauth_timestamp')) * 1_000;
    if (!(Math.abs(timestamp - this.#realNow()) <= MAX_CLOCK_SKEW_MS)) throw refuse('invalid timestamp');
    return { consumer, parameters };
  }

  /** A nonce works once. Only a well signed request uses it up. */
  #takeNonce({ nonces }: Consumer, parameters: ReadonlyMap<string, string>): void {
    const nonce = parameters.get('oauth_nonce') ?? '';
    const now = this.#realNow();
    if (nonce === '' || nonces.has(nonce)) throw refuse('nonce already used');
    nonces.set(nonce, now);
    for (const [old, time] of nonces) {
      if (now - time <= NONCE_MEMORY_MS) break;
      nonces.delete(old);
    }
  }
}

/** Parameters of `OAuth realm="…", name="value", …`, decoded. */
function headerParameters(header: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name, value] of header.matchAll(/([a-z_]+)="([^"]*)"/g)) {
    if (name === undefined || value === undefined) continue;
    try {
      parameters.set(name, decodeURIComponent(value));
    } catch {
      throw refuse('invalid parameter');
    }
  }
  return parameters;
}

/**
 * What the client may have signed. RFC 5849: the URL without query, its pairs among the sorted parameters. Clients in
 * the wild also leave the query out, or sign the URL with it, and IBKR is reported to take all three. One published
 * client encodes the pairs only once, with the rest; whether IBKR takes that is not known.
 */
function baseStrings(
  request: SignedRequest,
  parameters: ReadonlyMap<string, string>,
  isStrict: boolean,
): string[] {
  const own = [...parameters].filter(([name]) => name !== 'oauth_signature' && name !== 'realm');
  const query = [...new URLSearchParams(request.queryString)].map(
    ([name, value]) => [encode(name), encode(value)] as const,
  );
  return ['http', 'https'].flatMap((scheme) => {
    const url = `${scheme}://${request.host}${request.pathname}`;
    const standard = baseString(request.method, url, [...own, ...query]);
    if (isStrict || request.queryString === '') return [standard];
    const withoutQuery = baseString(request.method, url, own);
    const withQueryInUrl = baseString(request.method, `${url}?${request.queryString}`, own);
    const onceEncoded = [rawPairs(request.queryString), [...new URLSearchParams(request.queryString)]].map(
      (pairs) => baseString(request.method, url, [...own, ...pairs]),
    );
    return [standard, withoutQuery, withQueryInUrl, ...onceEncoded];
  });
}

/** The pairs of a query as they were sent, nothing decoded. */
function rawPairs(queryString: string): [name: string, value: string][] {
  return queryString.split('&').map((pair) => {
    const mark = pair.indexOf('=');
    return mark === -1 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
  });
}

/** Sorted by name, and by value where names are the same (RFC 5849 section 3.4.1.3.2): `=` does not take part. */
function baseString(method: string, url: string, pairs: readonly (readonly [string, string])[]): string {
  const text = pairs
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
  return `${method}&${encode(url)}&${encode(text)}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function toInteger(value: string | Buffer): bigint {
  return BigInt(`0x${typeof value === 'string' ? value : value.toString('hex')}`);
}

/** A positive integer's bytes as Java's `BigInteger.toByteArray()` gives them: minimal, with a sign byte if needed. */
export function twosComplement(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

function publicKey(field: string, pem: unknown): KeyObject {
  try {
    return createPublicKey(textOf(pem) ?? '');
  } catch {
    throw badRequest(`${field} is not a public key in PEM`);
  }
}

/** Prime and generator of a `DH PARAMETERS` PEM, or a prime in hex with generator 2. */
function dhParameters(text: string): { prime: bigint; generator: bigint } {
  if (/^[0-9a-fA-F]+$/.test(text)) return { prime: toInteger(text), generator: 2n };
  const base64 = /-----BEGIN DH PARAMETERS-----([\s\S]+?)-----END/.exec(text)?.[1];
  if (base64 === undefined) throw badRequest('dhPrime is neither hex nor DH parameters in PEM');
  const der = Buffer.from(base64, 'base64');
  const sequence = derElement(der, 0);
  const prime = derElement(der, sequence.start);
  const generator = derElement(der, prime.end);
  return {
    prime: toInteger(der.subarray(prime.start, prime.end)),
    generator: toInteger(der.subarray(generator.start, generator.end)),
  };
}

/** Where the content of the DER element at `offset` lies. */
function derElement(der: Buffer, offset: number): { start: number; end: number } {
  const first = der[offset + 1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const length =
    lengthBytes === 0
      ? first
      : Number.parseInt(der.toString('hex', offset + 2, offset + 2 + lengthBytes), 16);
  const start = offset + 2 + lengthBytes;
  if (!(start + length <= der.length)) throw badRequest('dhPrime is cut off');
  return { start, end: start + length };
}
