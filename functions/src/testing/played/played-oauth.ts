/**
 * Test support: IBKR's side of OAuth 1.0a, written from its documentation and sharing nothing with ours: big integers for
 * the group, bytes for the encoding.
 */
import {
  constants,
  createHmac,
  createVerify,
  generateKeyPairSync,
  getDiffieHellman,
  publicEncrypt,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { powerModulo } from '../../../../simulator/src/session/power-modulo.ts';
import { type OAuthCredentials, parseOAuthCredentials } from '../../broker/transport/oauth-credentials.ts';
import { listen } from '../listening.ts';

const CONSUMER = 'TESTCONS';
const ACCESS_TOKEN = '0123456789abcdef0123';
const signature = generateKeyPairSync('rsa', { modulusLength: 2048 });
const encryption = generateKeyPairSync('rsa', { modulusLength: 2048 });
const secret = randomBytes(32);
/** Of 2,048 bits, as IBKR asks for. */
export const fullPrime = getDiffieHellman('modp14').getPrime('hex');
/** Half the bits that IBKR asks for make a thousand exchanges a matter of seconds. Both primes begin with ff. */
export const smallPrime = getDiffieHellman('modp2').getPrime('hex');

/** What the played IBKR knows, but for the prime. */
export function credentialsFor(baseUrl: string, prime = smallPrime): OAuthCredentials {
  const credentials = parseOAuthCredentials(
    {
      consumerKey: CONSUMER,
      accessToken: ACCESS_TOKEN,
      accessTokenSecret: publicEncrypt(
        { key: encryption.publicKey, padding: constants.RSA_PKCS1_PADDING },
        secret,
      ).toString('base64'),
      signatureKey: signature.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      encryptionKey: encryption.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      dhPrime: fullPrime,
      baseUrl,
    },
    { localMode: true },
  );
  return { ...credentials, dhPrime: Buffer.from(prime, 'hex') };
}

export const oauthUrl = (port: number) => `http://127.0.0.1:${port}/v1/api`;

/** Java's `BigInteger.toByteArray()` for a positive number. */
export function toByteArray(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  if (bytes.length === 0 || (bytes[0] ?? 0) > 127) bytes.unshift(0);
  return Buffer.from(bytes);
}

function encode(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9_.~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

type Fields = Record<string, string>;

function authorizationOf({ headers }: IncomingMessage): Fields {
  const { authorization = '' } = headers;
  if (!authorization.startsWith('OAuth realm="test_realm", '))
    throw new Error(`Not signed: ${authorization}`);
  const pairs = [...authorization.slice('OAuth '.length).matchAll(/(\w+)="([^"]*)"(?:, |$)/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, decodeURIComponent(value)]));
}

function baseStringOf(request: IncomingMessage, fields: Fields): string {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const { realm: _realm, oauth_signature: _signature, ...signed } = fields;
  const pairs = Object.entries(signed).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  // The query is taken as it came over the wire: whoever encodes differently from what he signs is refused.
  const all = [...pairs, ...query.split('&').filter((pair) => pair !== '')]
    .map((pair) => pair.split('='))
    .sort(([a = '', x = ''], [b = '', y = '']) => (a === b ? Number(x > y) - Number(x < y) : a < b ? -1 : 1))
    .map((pair) => pair.join('='));
  return [request.method ?? '', encode(`http://${request.headers.host}${path}`), encode(all.join('&'))].join(
    '&',
  );
}

export interface OauthLoginOptions {
  prime?: string;
  /** Chooses which shared secrets it lets happen. */
  accept?: (sharedSecret: bigint) => boolean;
  /** Changes the answer to a token request. */
  answer?: (correct: Record<string, unknown>) => { status: number; body: string };
  expiresAt?: () => number;
}

interface Ibkr {
  baseUrl: string;
  tokenRequests: number;
  calls: { method: string; url: string; body: string }[];
  sharedSecrets: bigint[];
}

/** Starts IBKR’s side, on loopback until the test has ended. */
export async function startIbkr(options: OauthLoginOptions = {}): Promise<Ibkr> {
  const { accept = () => true } = options;
  const prime = BigInt(`0x${options.prime ?? smallPrime}`);
  const nonces = new Set<string>();
  let liveSessionToken: Buffer | undefined;

  function tokenAnswer(fields: Fields): Record<string, unknown> {
    const challenge = BigInt(`0x${fields.diffie_hellman_challenge}`);
    let exponent = BigInt(`0x${randomBytes(32).toString('hex')}`);
    let sharedSecret = powerModulo(challenge, exponent, prime);
    while (!accept(sharedSecret)) {
      exponent += 1n;
      sharedSecret = (sharedSecret * challenge) % prime;
    }
    ibkr.sharedSecrets.push(sharedSecret);
    liveSessionToken = createHmac('sha1', toByteArray(sharedSecret)).update(secret).digest();
    return {
      diffie_hellman_response: powerModulo(2n, exponent, prime).toString(16),
      live_session_token_signature: createHmac('sha1', liveSessionToken)
        .update(CONSUMER, 'utf8')
        .digest('hex'),
      live_session_token_expiration: options.expiresAt?.() ?? Date.now() + 86_400_000,
    };
  }

  /** @returns why the request is refused. */
  function refusal(request: IncomingMessage, fields: Fields): string | undefined {
    const given = fields.oauth_signature ?? '';
    const base = baseStringOf(request, fields);
    if (fields.oauth_consumer_key !== CONSUMER || fields.oauth_token !== ACCESS_TOKEN) return 'identity';
    if (Math.abs(Number(fields.oauth_timestamp) - Date.now() / 1000) > 60) return 'timestamp';
    const nonce = fields.oauth_nonce ?? '';
    if (!/^[A-Za-z0-9]{16}$/.test(nonce) || nonces.has(nonce)) return 'nonce';
    nonces.add(nonce);
    if (!request.headers['user-agent']) return 'user agent';
    if (request.method === 'POST' && request.headers['content-length'] === undefined) return 'length';
    if (request.url === '/v1/api/oauth/live_session_token') {
      const verifier = createVerify('sha256').update(secret.toString('hex') + base);
      if (fields.oauth_signature_method !== 'RSA-SHA256') return 'method';
      return verifier.verify(signature.publicKey, given, 'base64') ? undefined : 'RSA signature';
    }
    if (fields.oauth_signature_method !== 'HMAC-SHA256' || !liveSessionToken) return 'method';
    const expected = createHmac('sha256', liveSessionToken).update(base).digest();
    const actual = Buffer.from(given, 'base64');
    return actual.length === expected.length && timingSafeEqual(actual, expected) ? undefined : 'HMAC';
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const fields = authorizationOf(request);
      const refused = refusal(request, fields);
      if (refused) {
        response.writeHead(401).end(JSON.stringify({ error: refused }));
      } else if (request.url === '/v1/api/oauth/live_session_token') {
        ibkr.tokenRequests += 1;
        const correct = tokenAnswer(fields);
        const { status, body } = options.answer?.(correct) ?? { status: 200, body: JSON.stringify(correct) };
        response.writeHead(status).end(body);
      } else {
        const { method = '', url = '' } = request;
        ibkr.calls.push({ method, url, body: Buffer.concat(chunks).toString() });
        response.end('{"ok":true}');
      }
    });
  });
  const baseUrl = oauthUrl(await listen(server));
  const ibkr: Ibkr = { baseUrl, tokenRequests: 0, calls: [], sharedSecrets: [] };
  return ibkr;
}
