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
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { told } from '../../testing/told.ts';
import { type OAuthCredentials, parseOAuthCredentials } from './oauth-credentials.ts';
import { oauthTransport } from './oauth-transport.ts';

const CONSUMER = 'TESTCONS';
const ACCESS_TOKEN = '0123456789abcdef0123';
const signature = generateKeyPairSync('rsa', { modulusLength: 2048 });
const encryption = generateKeyPairSync('rsa', { modulusLength: 2048 });
const secret = randomBytes(32);
const fullPrime = getDiffieHellman('modp14').getPrime('hex');
/** Half the bits that IBKR asks for make a thousand exchanges a matter of seconds. Both primes begin with ff. */
const smallPrime = getDiffieHellman('modp2').getPrime('hex');

function credentialsFor(baseUrl: string, prime = smallPrime): OAuthCredentials {
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

// IBKR's side, written from its documentation and sharing nothing with ours: big integers for the group, bytes for
// the encoding.

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Java's `BigInteger.toByteArray()` for a positive number. */
function toByteArray(value: bigint): Buffer {
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
  expect(authorization).toMatch(/^OAuth realm="test_realm", /);
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

interface IbkrOptions {
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

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/api`;
}

async function startIbkr(options: IbkrOptions = {}): Promise<Ibkr> {
  const { accept = () => true } = options;
  const prime = BigInt(`0x${options.prime ?? smallPrime}`);
  const nonces = new Set<string>();
  let liveSessionToken: Buffer | undefined;

  function tokenAnswer(fields: Fields): Record<string, unknown> {
    const challenge = BigInt(`0x${fields.diffie_hellman_challenge}`);
    let exponent = BigInt(`0x${randomBytes(32).toString('hex')}`);
    let sharedSecret = power(challenge, exponent, prime);
    while (!accept(sharedSecret)) {
      exponent += 1n;
      sharedSecret = (sharedSecret * challenge) % prime;
    }
    ibkr.sharedSecrets.push(sharedSecret);
    liveSessionToken = createHmac('sha1', toByteArray(sharedSecret)).update(secret).digest();
    return {
      diffie_hellman_response: power(2n, exponent, prime).toString(16),
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
  const ibkr: Ibkr = { baseUrl: await listen(server), tokenRequests: 0, calls: [], sharedSecrets: [] };
  return ibkr;
}

function connect(credentials: OAuthCredentials) {
  const transport = oauthTransport(credentials);
  cleanups.push(() => transport.close());
  return transport;
}

describe('logging in', () => {
  test('gets a token that signs every kind of call', async () => {
    const ibkr = await startIbkr({ prime: fullPrime });
    const transport = connect(credentialsFor(ibkr.baseUrl, fullPrime));
    transport.use(await transport.exchange());
    for (const request of [
      { method: 'GET', path: '/portfolio/accounts' },
      { method: 'POST', path: '/tickle' },
      {
        method: 'POST',
        path: '/iserver/account/DU1/orders',
        body: { orders: [{ conid: 265598, note: 'a&b=c' }] },
      },
      { method: 'DELETE', path: '/iserver/account/DU1/order/7' },
      { method: 'GET', path: '/iserver/secdef/search', query: { symbol: 'BRK B', name: "a+b/c='&é" } },
      { method: 'GET', path: '/portfolio/a%2Fb/ledger', query: { b: '2', a: '1', A: '0', oauth: '' } },
    ] as const) {
      expect(await transport.send(request)).toEqual({ status: 200, body: '{"ok":true}' });
    }
    expect(ibkr.calls.map(({ body }) => body).join('')).toBe('{"orders":[{"conid":265598,"note":"a&b=c"}]}');
  });

  test('a token that another process stored signs as well', async () => {
    const ibkr = await startIbkr();
    const session = await connect(credentialsFor(ibkr.baseUrl)).exchange();
    const another = connect(credentialsFor(ibkr.baseUrl));
    another.use(session);
    expect(await another.send({ method: 'GET', path: '/x' })).toMatchObject({ status: 200 });
    expect(session.token).toHaveLength(20);
    expect(ibkr.tokenRequests).toBe(1);
  });

  test('nothing is sent unsigned', async () => {
    const ibkr = await startIbkr();
    await expect(connect(credentialsFor(ibkr.baseUrl)).send({ method: 'GET', path: '/x' })).rejects.toThrow(
      /no live/,
    );
    expect(ibkr.calls).toEqual([]);
  });

  test('exchanges at the same time do not disturb each other', async () => {
    const ibkr = await startIbkr();
    const transport = connect(credentialsFor(ibkr.baseUrl));
    const sessions = await Promise.all(Array.from({ length: 5 }, () => transport.exchange()));
    expect(new Set(sessions.map(({ token }) => Buffer.from(token).toString('hex'))).size).toBe(5);
    expect(ibkr.tokenRequests).toBe(5);
  });

  test('the end of the token is IBKR’s word if it makes sense', async () => {
    let expiresAt = Date.now() + 3_600_000;
    const ibkr = await startIbkr({ expiresAt: () => expiresAt });
    const transport = connect(credentialsFor(ibkr.baseUrl));
    expect((await transport.exchange()).expiresAt).toBe(expiresAt);
    for (expiresAt of [0, Math.floor(Date.now() / 1000), Date.now() + 10 * 86_400_000]) {
      const before = Date.now() + 86_400_000;
      const session = await transport.exchange();
      expect(session.expiresAt).toBeGreaterThanOrEqual(before);
      expect(session.expiresAt).toBeLessThanOrEqual(Date.now() + 86_400_000);
    }
  });
});

describe('a thousand exchanges', () => {
  async function exchange(
    count: number,
    prime: string,
    accept: (bytes: Buffer) => boolean = () => true,
  ): Promise<Buffer[]> {
    const ibkr = await startIbkr({
      prime,
      accept: (value) => accept(toByteArray(value)),
    });
    const transport = connect(credentialsFor(ibkr.baseUrl, prime));
    for (let i = 0; i < count; i++) {
      transport.use(await transport.exchange());
      const answer = await transport.send({ method: 'GET', path: '/x', query: { i: String(i) } });
      expect(answer).toMatchObject({ status: 200 });
    }
    expect(ibkr.tokenRequests).toBe(count); // not one had to be repeated
    return ibkr.sharedSecrets.map(toByteArray);
  }

  test('at random', async () => {
    const sharedSecrets = await exchange(1000, smallPrime);
    const withSignByte = sharedSecrets.filter((bytes) => bytes[0] === 0).length;
    expect(withSignByte).toBeGreaterThan(300);
    expect(withSignByte).toBeLessThan(700);
  });

  test.each([
    ['a set top bit', (bytes: Buffer) => bytes.length === 257],
    ['a leading zero digit', (bytes: Buffer) => bytes.length === 256 && (bytes[0] ?? 0) < 0x10],
    ['a leading zero byte', (bytes: Buffer) => bytes.length === 255],
    ['a leading zero byte, then a set top bit', (bytes: Buffer) => bytes.length === 256 && bytes[0] === 0],
  ])('with %s', async (_what, accept) => {
    expect(await exchange(20, fullPrime, accept)).toHaveLength(20);
  });
});

test('any query is signed as it is sent', async () => {
  const ibkr = await startIbkr();
  const transport = connect(credentialsFor(ibkr.baseUrl));
  transport.use(await transport.exchange());
  const wellFormed = fc.string({ unit: 'grapheme', maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(
        wellFormed.filter((name) => name !== ''),
        wellFormed,
      ),
      async (query) => {
        expect(await transport.send({ method: 'GET', path: '/x', query })).toMatchObject({ status: 200 });
      },
    ),
    // In the example the order of the names is not that of the pairs.
    { numRuns: 200, examples: [[{ 'a ': '', a: '' }]] },
  );
});

describe('a login that fails', () => {
  async function failure(answer: IbkrOptions['answer'], credentials: Partial<OAuthCredentials> = {}) {
    const ibkr = await startIbkr(answer ? { answer } : {});
    const transport = connect({ ...credentialsFor(ibkr.baseUrl), ...credentials });
    const error: unknown = await transport.exchange().then(
      () => undefined,
      (reason) => reason,
    );
    return { error, tokenRequests: ibkr.tokenRequests };
  }
  const says = (status: number, body: string) => () => ({ status, body });

  test.each([
    [401, '{"error":"id: 39687, error: invalid consumer","statusCode":401}', 'credentials_rejected'],
    [401, '', 'credentials_rejected'],
    [400, '{"error":"Bad Request"}', 'credentials_rejected'],
    [403, '<html>Error 403 - Access Denied</html>', 'ibkr_rejected'],
    [410, '', 'ibkr_unavailable'],
    [429, '', 'ibkr_rate_limited'],
    [503, '{"error":"Service Unavailable"}', 'ibkr_unavailable'],
    [200, '', 'ibkr_unexpected_answer'],
    [200, '<html></html>', 'ibkr_unexpected_answer'],
    [200, '{}', 'ibkr_unexpected_answer'],
    [
      200,
      '{"diffie_hellman_response":"xyz","live_session_token_signature":"","live_session_token_expiration":1}',
      'ibkr_unexpected_answer',
    ],
  ])('%i %s is %s, without another try', async (status, body, code) => {
    const { error, tokenRequests } = await failure(says(status, body));
    expect(error).toEqual(told({ name: 'GatewayError', code }));
    expect(tokenRequests).toBe(1);
  });

  test('a consumer key that is not active yet is told so', async () => {
    const { error } = await failure(says(401, '{"error":"id: 39687, error: invalid consumer"}'));
    expect(error).toEqual(told({ hint: expect.stringContaining('two weeks') }));
  });

  test('a wrong access token secret is refused by its signature', async () => {
    const { error, tokenRequests } = await failure(undefined, { secret: randomBytes(32) });
    expect(error).toMatchObject({ kind: 'credentials_rejected' });
    expect(tokenRequests).toBe(0);
  });

  test('another prime than IBKR has is told after a second try', async () => {
    const { error, tokenRequests } = await failure(undefined, {
      dhPrime: Buffer.from(fullPrime, 'hex'),
    });
    expect(error).toEqual(
      told({
        code: 'credentials_rejected',
        hint: expect.stringContaining('Diffie-Hellman'),
      }),
    );
    expect(tokenRequests).toBe(2);
  });

  test('a token that fails its check once is asked for again', async () => {
    let requests = 0;
    const { error, tokenRequests } = await failure((correct) => {
      requests += 1;
      const flaw = requests === 1 ? { live_session_token_signature: '00'.repeat(20) } : {};
      return { status: 200, body: JSON.stringify({ ...correct, ...flaw }) };
    });
    expect(error).toBeUndefined();
    expect(tokenRequests).toBe(2);
  });

  test.each(['0', '1'])(
    'the public value %s, which would make the secret known, is not accepted',
    async (value) => {
      const { error } = await failure((correct) => ({
        status: 200,
        body: JSON.stringify({ ...correct, diffie_hellman_response: value }),
      }));
      expect(error).toMatchObject({ kind: 'credentials_rejected' });
    },
  );

  test('nobody there', async () => {
    const error: unknown = await connect(credentialsFor('http://127.0.0.1:1'))
      .exchange()
      .catch((reason) => reason);
    expect(error).toMatchObject({ kind: 'unavailable' });
  });
});

describe('a host that moved away (410)', () => {
  async function twoHosts() {
    let asked = 0;
    const old = await listen(
      createServer((_request, response) => {
        asked += 1;
        response.writeHead(410).end();
      }),
    );
    const ibkr = await startIbkr();
    const transport = connect({ ...credentialsFor(old), baseUrls: [old, ibkr.baseUrl] });
    return { transport, ibkr, asked: () => asked };
  }

  test('is left for the next one, which the signature names', async () => {
    const { transport, ibkr, asked } = await twoHosts();
    transport.use(await transport.exchange());
    for (let i = 0; i < 3; i++)
      expect(await transport.send({ method: 'GET', path: '/x' })).toMatchObject({ status: 200 });
    expect([asked(), ibkr.tokenRequests, ibkr.calls.length]).toEqual([1, 1, 3]);
  });

  test('a read goes to the next one at once, what may change something only the next time', async () => {
    const order = { method: 'POST', path: '/iserver/account/DU1/orders', body: {} } as const;
    const { transport, ibkr, asked } = await twoHosts();
    const elsewhere = connect(credentialsFor(ibkr.baseUrl));
    transport.use(await elsewhere.exchange());
    expect(await transport.send(order)).toMatchObject({ status: 410 });
    expect(ibkr.calls).toEqual([]);
    expect(await transport.send(order)).toMatchObject({ status: 200 });
    expect([asked(), ibkr.calls.length]).toEqual([1, 1]);
  });

  test('all of them gone is an answer', async () => {
    const { transport } = await twoHosts();
    const ibkr = await startIbkr();
    const session = await connect(credentialsFor(ibkr.baseUrl)).exchange();
    transport.use(session);
    const gone = await listen(createServer((_request, response) => response.writeHead(410).end()));
    const lost = connect({ ...credentialsFor(gone), baseUrls: [gone, gone] });
    lost.use(session);
    expect(await lost.send({ method: 'GET', path: '/x' })).toEqual({ status: 410, body: '' });
  });
});
