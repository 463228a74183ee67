import {
  constants,
  createHmac,
  createSign,
  generateKeyPairSync,
  getDiffieHellman,
  privateDecrypt,
  randomBytes,
} from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control } from '../test-client.ts';
import { TestSocket } from '../websocket/test-socket.ts';
import { twosComplement } from './oauth.ts';

const PRIME = getDiffieHellman('modp14').getPrime();
const signing = generateKeyPairSync('rsa', { modulusLength: 2048 });
const encryption = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = { type: 'spki', format: 'pem' } as const;

/** RFC 3986 encoding. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

interface Credentials {
  readonly consumerKey: string;
  readonly accessToken: string;
  readonly secret: Buffer;
}

let simulator: RunningSimulator;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false, warmUpMs: 0 });
});
afterAll(() => simulator.close());

async function register(consumerKey: string, dhPrime: string = PRIME.toString('hex')): Promise<Credentials> {
  const { status, body } = await control(simulator).post('/oauth/consumers', {
    consumerKey,
    signaturePublicKey: signing.publicKey.export(pem),
    encryptionPublicKey: encryption.publicKey.export(pem),
    dhPrime,
  });
  expect(status).toBe(200);
  const padding = constants.RSA_PKCS1_PADDING;
  const secret = privateDecrypt(
    { key: encryption.privateKey, padding },
    Buffer.from(body.accessTokenSecret, 'base64'),
  );
  return { consumerKey, accessToken: body.accessToken, secret };
}

function parametersOf(
  { consumerKey, accessToken }: Credentials,
  method: string,
  more: Record<string, string> = {},
) {
  return {
    oauth_consumer_key: consumerKey,
    oauth_nonce: randomBytes(8).toString('hex'),
    oauth_signature_method: method,
    oauth_timestamp: String(Math.floor(Date.now() / 1000)),
    oauth_token: accessToken,
    ...more,
  };
}

function baseString(method: string, url: string, parameters: Record<string, string>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return `${method}&${encode(url)}&${encode(pairs.toSorted().join('&'))}`;
}

function header(parameters: Record<string, string>, signature: string): string {
  const pairs = Object.entries({ ...parameters, oauth_signature: encode(signature) }).map(
    ([k, v]) => `${k}="${v}"`,
  );
  return `OAuth realm="limited_poa", ${pairs.toSorted().join(', ')}`;
}

/** The login as the fact sheet describes it, from the client's side. */
async function logIn(credentials: Credentials, change: Record<string, string> = {}) {
  const dh = getDiffieHellman('modp14');
  dh.generateKeys();
  const url = `${simulator.url}/v1/api/oauth/live_session_token`;
  const challenge = dh.getPublicKey('hex').replace(/^0+/, '');
  const parameters = parametersOf(credentials, 'RSA-SHA256', {
    diffie_hellman_challenge: challenge,
    ...change,
  });
  const base = credentials.secret.toString('hex') + baseString('POST', url, parameters);
  const signature = createSign('RSA-SHA256').update(base).sign(signing.privateKey, 'base64');
  const response = await fetch(url, {
    method: 'POST',
    headers: { Authorization: header(parameters, signature) },
    body: '',
  });
  const answer = (await response.json()) as Record<string, string>;
  if (response.status !== 200) return { status: response.status, answer, lst: Buffer.alloc(0) };
  const padded = (answer.diffie_hellman_response ?? '').padStart(512, '0');
  const secret = BigInt(`0x${dh.computeSecret(Buffer.from(padded, 'hex')).toString('hex')}`).toString(16);
  const even = secret.length % 2 === 0 ? secret : `0${secret}`;
  const bytes = Buffer.from(Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even, 'hex');
  return { status: 200, answer, lst: createHmac('sha1', bytes).update(credentials.secret).digest() };
}

type Practice = 'standard' | 'query ignored' | 'query in the URL' | 'query encoded once' | 'query as sent';

async function call(
  credentials: Credentials,
  lst: Buffer,
  method: string,
  path: string,
  { practice = 'standard', change = {} }: { practice?: Practice; change?: Record<string, string> } = {},
) {
  const [bare = '', query = ''] = path.split('?');
  const url = `${simulator.url}/v1/api${bare}`;
  const parameters = parametersOf(credentials, 'HMAC-SHA256', change);
  const decoded = [...new URLSearchParams(query)];
  const sent = query.split('&').map((pair) => pair.split('='));
  const queryPairs = Object.fromEntries(
    {
      standard: decoded.map(([k, v]) => [encode(k), encode(v)]),
      'query encoded once': decoded,
      'query as sent': sent,
      'query ignored': [],
      'query in the URL': [],
    }[practice],
  );
  const base = baseString(method, practice === 'query in the URL' ? `${url}?${query}` : url, {
    ...parameters,
    ...queryPairs,
  });
  const signature = createHmac('sha256', lst).update(base).digest('base64');
  const response = await fetch(`${simulator.url}/v1/api${path}`, {
    method,
    headers: { Authorization: header(parameters, signature) },
    ...(method === 'POST' ? { body: '' } : {}),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
  };
}

describe('the live session token', () => {
  test('is the same on both sides, and opens a session of its own', async () => {
    const credentials = await register('FIRSTCONS');
    const { answer, lst } = await logIn(credentials);
    expect(answer.live_session_token_signature).toBe(
      createHmac('sha1', lst).update('FIRSTCONS').digest('hex'),
    );
    expect(Number(answer.live_session_token_expiration)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect((await call(credentials, lst, 'GET', '/iserver/accounts')).body.error).toBe(
      'Bad Request: no bridge',
    );
    expect((await call(credentials, lst, 'POST', '/iserver/auth/ssodh/init')).body.authenticated).toBe(true);
    const { body } = await call(credentials, lst, 'GET', '/iserver/accounts');
    const other = await register('OTHERCONS');
    const otherLogin = await logIn(other);
    await call(other, otherLogin.lst, 'POST', '/iserver/auth/ssodh/init');
    expect((await call(other, otherLogin.lst, 'GET', '/iserver/accounts')).body.accounts).not.toEqual(
      body.accounts,
    );
  });

  test('agrees in 200 exchanges, sign bytes and leading zeros included', async () => {
    const credentials = await register('MANYCONS');
    for (let i = 0; i < 200; i++) {
      const { answer, lst } = await logIn(credentials);
      expect(answer.live_session_token_signature).toBe(
        createHmac('sha1', lst).update('MANYCONS').digest('hex'),
      );
    }
  });

  test.each([
    ['f1e2d3c4b5a69788', '00f1e2d3c4b5a69788'],
    ['71e2d3c4b5a69788', '71e2d3c4b5a69788'],
    ['000000000abcdef1', '0abcdef1'],
    ['00ff', '00ff'],
  ])('comes from the bytes of %s as Java has them', (bytes, expected) => {
    expect(twosComplement(BigInt(`0x${bytes}`)).toString('hex')).toBe(expected);
  });

  test('is refused for what does not fit', async () => {
    const credentials = await register('WRONGCONS');
    const failing = async (wrong: Credentials, change = {}) => (await logIn(wrong, change)).status;
    expect(await failing({ ...credentials, consumerKey: 'NOBODY' })).toBe(401);
    expect(await failing({ ...credentials, accessToken: 'other' })).toBe(401);
    expect(await failing({ ...credentials, secret: randomBytes(32) })).toBe(401);
    expect(await failing(credentials, { oauth_timestamp: '1700000000' })).toBe(401);
    expect(await failing(credentials, { oauth_signature_method: 'HMAC-SHA256' })).toBe(401);
    expect(await failing(credentials, { oauth_nonce: 'repeated' })).toBe(200);
    expect(await failing(credentials, { oauth_nonce: 'repeated' })).toBe(401);
  });

  test('takes the prime from a PEM file too', async () => {
    const integer = (bytes: Buffer) =>
      Buffer.concat([Buffer.from([2, 0x82, bytes.length >> 8, bytes.length & 255]), bytes]);
    const content = Buffer.concat([integer(Buffer.concat([Buffer.of(0), PRIME])), Buffer.from([2, 1, 2])]);
    const der = Buffer.concat([
      Buffer.from([0x30, 0x82, content.length >> 8, content.length & 255]),
      content,
    ]);
    const file = `-----BEGIN DH PARAMETERS-----\n${der.toString('base64')}\n-----END DH PARAMETERS-----\n`;
    const { answer, lst } = await logIn(await register('PEMCONS', file));
    expect(answer.live_session_token_signature).toBe(createHmac('sha1', lst).update('PEMCONS').digest('hex'));
  });
});

describe('a signed call', () => {
  test.each<Practice>([
    'standard',
    'query ignored',
    'query in the URL',
    'query encoded once',
    'query as sent',
  ])('may treat its query as: %s', async (practice) => {
    const credentials = await register('QUERYCONS');
    const { lst } = await logIn(credentials);
    const answer = await call(credentials, lst, 'GET', '/trsrv/stocks?symbols=AAPL,BRK%20B', { practice });
    expect(answer.status).toBe(200);
    expect(answer.body['BRK B']).toHaveLength(1);
  });

  test('is refused with another key, a used nonce, an old timestamp or an unknown token', async () => {
    const credentials = await register('STRICTCON');
    const { lst } = await logIn(credentials);
    const status = async (key: Buffer, change = {}) =>
      (await call(credentials, key, 'GET', '/portfolio/accounts', { change })).status;
    expect(await status(randomBytes(20))).toBe(401);
    expect(await status(lst, { oauth_nonce: 'once' })).toBe(200);
    expect(await status(lst, { oauth_nonce: 'once' })).toBe(401);
    expect(await status(lst, { oauth_timestamp: '1700000000' })).toBe(401);
    expect(await status(lst, { oauth_token: 'other' })).toBe(401);
    expect(await status(lst)).toBe(200);
  });

  test('ends with logout and, after 24 hours, with its token', async () => {
    const credentials = await register('ENDCONS');
    const first = await logIn(credentials);
    expect((await call(credentials, first.lst, 'POST', '/logout')).body).toEqual({ status: true });
    expect((await call(credentials, first.lst, 'GET', '/portfolio/accounts')).status).toBe(401);
    const { lst } = await logIn(credentials);
    expect((await call(credentials, lst, 'GET', '/portfolio/accounts')).status).toBe(200);
    await control(simulator).post('/clock', { advanceMs: 25 * 3_600_000 });
    const expired = await call(credentials, lst, 'GET', '/portfolio/accounts');
    expect(expired).toMatchObject({ status: 401, body: { detail: 'Access token expired' } });
  });
});

describe('a WebSocket', () => {
  const userAgent = { 'User-Agent': 'test' };

  test('is opened by the access token, and listened to with the session token of /tickle', async () => {
    const credentials = await register('SOCKCONS');
    const { lst } = await logIn(credentials);
    await call(credentials, lst, 'POST', '/iserver/auth/ssodh/init');
    const { body } = await call(credentials, lst, 'GET', '/iserver/accounts');
    const { session } = (await call(credentials, lst, 'POST', '/tickle')).body;
    const path = `/v1/api/ws?oauth_token=${credentials.accessToken}`;
    const socket = new TestSocket(simulator, path, { ...userAgent, cookie: `api=${session}` });
    expect(await socket.next('act')).toMatchObject({ args: { accounts: body.accounts } });
    expect(await socket.next('sts')).toMatchObject({ args: { authenticated: true } });
    socket.close();
    const stranger = new TestSocket(simulator, '/v1/api/ws', { ...userAgent, cookie: `api=${session}` });
    expect(await stranger.next()).toEqual({ message: 'waiting for session' });
    stranger.close();
  });

  test('is refused with an unknown access token, and without User-Agent', async () => {
    const { accessToken } = await register('NOSOCKET');
    const refusalOf = async (token: string, headers: Record<string, string>) => {
      const { socket } = new TestSocket(simulator, `/v1/api/ws?oauth_token=${token}`, headers);
      const [, response] = await once(socket, 'unexpected-response');
      return response.statusCode;
    };
    expect(await refusalOf('nobodys', userAgent)).toBe(401);
    expect(await refusalOf(accessToken, {})).toBe(403);
  });
});
