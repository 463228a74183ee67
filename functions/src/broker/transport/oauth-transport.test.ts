import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../testing/listening.ts';
import {
  credentialsFor,
  fullPrime,
  type OauthLoginOptions,
  oauthUrl,
  smallPrime,
  startIbkr,
  toByteArray,
} from '../../testing/played/played-oauth.ts';
import { told } from '../../testing/told.ts';
import type { OAuthCredentials } from './oauth-credentials.ts';
import { oauthTransport } from './oauth-transport.ts';

function connect(credentials: OAuthCredentials) {
  const transport = oauthTransport(credentials);
  onTestFinished(() => transport.close());
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
  async function failure(answer: OauthLoginOptions['answer'], credentials: Partial<OAuthCredentials> = {}) {
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
    const oldPort = await listen(
      createServer((_request, response) => {
        asked += 1;
        response.writeHead(410).end();
      }),
    );
    const old = oauthUrl(oldPort);
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
    const port = await listen(createServer((_request, response) => response.writeHead(410).end()));
    const gone = oauthUrl(port);
    const lost = connect({ ...credentialsFor(gone), baseUrls: [gone, gone] });
    lost.use(session);
    expect(await lost.send({ method: 'GET', path: '/x' })).toEqual({ status: 410, body: '' });
  });
});
