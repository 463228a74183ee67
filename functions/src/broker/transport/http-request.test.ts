import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../testing/listening.ts';
import { percentEncode } from '../wire/api-path.ts';
import type { IbkrRequest } from '../wire/request.ts';
import { type HttpTarget, openPool, sendRequest } from './http-request.ts';

function targetOf(
  port: number,
  { protocol = 'http', connectTimeoutMs = 5_000, callTimeoutMs = 5_000 } = {},
): HttpTarget {
  const pool = openPool(`${protocol}://127.0.0.1:${port}`, { timeout: connectTimeoutMs });
  onTestFinished(() => pool.destroy());
  return { pool, basePath: '/v1/api', callTimeoutMs };
}

/** A target answered by `handler`. */
async function serve(
  handler: RequestListener,
  options?: Parameters<typeof targetOf>[1],
): Promise<HttpTarget> {
  return targetOf(await listen(createServer(handler)), options);
}

/** A target whose server does `onBytes` with the socket once request bytes came in. */
async function serveRaw(
  onBytes: (socket: Socket) => void,
  options?: Parameters<typeof targetOf>[1],
): Promise<HttpTarget> {
  const server = createTcpServer((socket) => socket.once('data', () => onBytes(socket)));
  return targetOf(await listen(server), options);
}

const tickle: IbkrRequest = { method: 'POST', path: '/tickle' };

describe('what goes out', () => {
  async function record(request: IbkrRequest, headers?: Record<string, string>) {
    let seen: { request: IncomingMessage; body: string } | undefined;
    const target = await serve(async (incoming, response) => {
      seen = { request: incoming, body: await text(incoming) };
      response.end();
    });
    await sendRequest(target, request, headers);
    if (!seen) throw new Error('nothing came in');
    return seen;
  }

  test('a POST without a body declares its length, as IBKR demands', async () => {
    const { request } = await record(tickle);
    expect(request.headers).toMatchObject({ 'content-length': '0', connection: 'keep-alive' });
    expect(request.headers['content-type']).toBeUndefined();
    expect(request.headers['user-agent']).toMatch(/^ibkr-gateway\//);
  });

  test('a body is compact JSON', async () => {
    const { request, body } = await record({
      method: 'POST',
      path: '/iserver/account',
      body: { acctId: 'DU1', list: [1, 2] },
    });
    expect(body).toBe('{"acctId":"DU1","list":[1,2]}');
    expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '29' });
  });

  test('query values are percent-encoded in the form OAuth signs', async () => {
    const { request } = await record({
      method: 'GET',
      path: '/iserver/secdef/search',
      query: { symbol: "BRK B+!'()*", name: 'é' },
    });
    expect(request.url).toBe('/v1/api/iserver/secdef/search?symbol=BRK%20B%2B%21%27%28%29%2A&name=%C3%A9');
    expect(new URL(`http://x${request.url}`).searchParams.get('symbol')).toBe("BRK B+!'()*");
  });

  test('given headers are added', async () => {
    const { request } = await record(tickle, { 'x-proxy-secret': 's3cret' });
    expect(request.headers['x-proxy-secret']).toBe('s3cret');
  });

  test('a later request reuses the connection', async () => {
    const ports = new Set<number | undefined>();
    const target = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    });
    for (let i = 0; i < 3; i++) {
      await sendRequest(target, tickle);
      await setImmediate(); // undici frees a connection one turn of the event loop after its answer
    }
    expect(ports.size).toBe(1);
  });

  test('unreserved characters are left alone', () => {
    expect(percentEncode('AZaz09_.-~')).toBe('AZaz09_.-~');
  });
});

describe('what comes back', () => {
  test('status and body as they are, a redirect included', async () => {
    let requests = 0;
    const target = await serve((_request, response) => {
      requests += 1;
      response.writeHead(302, { location: '/sso/Login' }).end('moved');
    });
    expect(await sendRequest(target, tickle)).toEqual({
      status: 302,
      body: 'moved',
      location: '/sso/Login',
    });
    expect(requests).toBe(1);
  });

  test('an empty 401 and an HTML 403', async () => {
    const target = await serve((request, response) => {
      if (request.method === 'GET') response.writeHead(401).end();
      else response.writeHead(403).end('<html>Error 403</html>');
    });
    expect(await sendRequest(target, { method: 'GET', path: '/x' })).toEqual({ status: 401, body: '' });
    expect(await sendRequest(target, tickle)).toEqual({ status: 403, body: '<html>Error 403</html>' });
  });

  test('text split inside a character', async () => {
    const bytes = Buffer.from('Zürich');
    const target = await serve((_request, response) => {
      response.write(bytes.subarray(0, 2), () => response.end(bytes.subarray(2)));
    });
    expect(await sendRequest(target, tickle)).toEqual({ status: 200, body: 'Zürich' });
  });

  test('an endless answer is cut off', async () => {
    const chunk = Buffer.alloc(256 * 1024, 'x');
    const target = await serve((_request, response) => {
      const pump = (): void => {
        while (response.write(chunk));
        response.once('drain', pump);
      };
      pump();
    });
    await expect(sendRequest(target, tickle)).rejects.toMatchObject({ kind: 'reset', maybeSent: true });
  });

  test('who has many servers loses an answer before somebody whose one sends more', async () => {
    /** An answer that stops after so many bytes, and goes on when it is let. */
    async function answering(bytes: number, owner: string) {
      const { promise: isLet, resolve: letGoOn } = Promise.withResolvers<void>();
      const target = await serve(async (_request, response) => {
        response.write(Buffer.alloc(bytes, 'x'));
        await isLet;
        response.end();
      });
      return { answer: sendRequest({ ...target, owner }, tickle), letGoOn };
    }
    const hers = await answering(2_000_000, 'Alice');
    const his = await Promise.all(Array.from({ length: 8 }, () => answering(900_000, 'Mallory')));
    const lost = await new Promise((resolve) => {
      for (const { answer } of [hers, ...his]) answer.catch(resolve);
    });
    expect(lost).toMatchObject({ kind: 'reset', message: 'too many long answers arrive at once' });
    for (const { letGoOn } of [hers, ...his]) letGoOn();
    expect((await hers.answer).body).toHaveLength(2_000_000);
    const ends = await Promise.allSettled(his.map(({ answer }) => answer));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
  });
});

describe('no answer', () => {
  test('connection refused: certainly not sent', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    await expect(sendRequest(targetOf(port), tickle)).rejects.toMatchObject({
      name: 'TransportError',
      kind: 'unreachable',
      maybeSent: false,
      message: 'cannot connect: ECONNREFUSED',
    });
  });

  test('a TLS handshake that never ends: certainly not sent', async () => {
    const target = targetOf(await listen(createTcpServer()), { protocol: 'https', connectTimeoutMs: 50 });
    await expect(sendRequest(target, tickle)).rejects.toMatchObject({ kind: 'timeout', maybeSent: false });
  });

  test('the deadline passes while connecting: certainly not sent, now or later', async () => {
    const target = targetOf(await listen(createTcpServer()), { protocol: 'https', callTimeoutMs: 50 });
    await expect(sendRequest(target, tickle)).rejects.toMatchObject({ kind: 'timeout', maybeSent: false });
  });

  test('closed after the request was read: maybe sent', async () => {
    const target = await serveRaw((socket) => socket.destroy());
    await expect(sendRequest(target, tickle)).rejects.toMatchObject({ kind: 'reset', maybeSent: true });
  });

  test('reset after the request was read: maybe sent', async () => {
    const target = await serveRaw((socket) => socket.resetAndDestroy());
    await expect(sendRequest(target, tickle)).rejects.toMatchObject({ kind: 'reset', maybeSent: true });
  });

  test('cut in the middle of the body: maybe sent', async () => {
    const target = await serveRaw((socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half":');
    });
    await expect(sendRequest(target, tickle)).rejects.toMatchObject({ kind: 'reset', maybeSent: true });
  });

  test('an answer that is not HTTP: maybe sent', async () => {
    const target = await serveRaw((socket) => socket.end('hello\r\n\r\n'));
    await expect(sendRequest(target, tickle)).rejects.toMatchObject({ kind: 'reset', maybeSent: true });
  });

  test('no answer in time: maybe sent', async () => {
    const target = await serveRaw(() => {}, { callTimeoutMs: 50 });
    await expect(sendRequest(target, tickle)).rejects.toMatchObject({ kind: 'timeout', maybeSent: true });
  });

  test('a body that never ends is bounded by the same deadline', async () => {
    const target = await serveRaw(
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'),
      {
        callTimeoutMs: 50,
      },
    );
    await expect(sendRequest(target, tickle)).rejects.toMatchObject({ kind: 'timeout', maybeSent: true });
  });

  test('the connection works again after each failure', async () => {
    let requests = 0;
    const target = await serve((request, response) => {
      requests += 1;
      if (requests % 2 === 1) request.socket.destroy();
      else response.end('{}');
    });
    for (let i = 0; i < 3; i++) {
      await expect(sendRequest(target, tickle)).rejects.toMatchObject({ kind: 'reset' });
      expect(await sendRequest(target, tickle)).toEqual({ status: 200, body: '{}' });
    }
  });

  test('a path that was not encoded is a fault of the caller, not of the network', async () => {
    const target = await serve((_request, response) => response.end());
    await expect(sendRequest(target, { method: 'GET', path: '/a b' })).rejects.not.toMatchObject({
      name: 'TransportError',
    });
  });
});
