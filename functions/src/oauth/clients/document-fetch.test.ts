/** Against real servers on this machine; addresses that must not be reached are told apart by nobody having called. */
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fetchDocument, isDocumentAddress } from './document-fetch.ts';

const deployed = { localMode: false };
const local = { localMode: true };
const cleanups: (() => unknown)[] = [];
let certificate: { key: string; cert: string };

beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
  certificate = { key: made.private, cert: made.cert };
});
afterEach(() => {
  for (const cleanUp of cleanups.splice(0)) cleanUp();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function publish(answer: RequestListener): Promise<string> {
  const server = createHttpsServer(certificate, answer);
  cleanups.push(() => server.closeAllConnections());
  return `https://localhost:${await listen(server)}/client.json`;
}

const json =
  (body: string, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(body);
  };

describe('which client ids may be addresses', () => {
  it.each([
    'https://claude.ai/oauth/claude-code-client-metadata',
    'https://chatgpt.com/oauth/abc/client.json',
  ])('%s', (id) => expect(isDocumentAddress(id, deployed)).toBe(true));

  it.each([
    'http://app.example/client.json',
    'https://app.example',
    'https://app.example/',
    'https://app.example:8443/client.json',
    'https://app.example/client.json?a=1',
    'https://app.example/client.json#a',
    'https://user@app.example/client.json',
    'https://app.example/a/../client.json',
    'https://APP.example/client.json',
    'https://127.0.0.1/client.json',
    'https://[::1]/client.json',
    'https://8.8.8.8/client.json',
    'https://localhost/client.json',
    'https://metadata.google.internal/client.json',
    'https://intranet/client.json',
    `https://app.example/${'x'.repeat(240)}`,
    'client',
  ])('not %s', (id) => expect(isDocumentAddress(id, deployed)).toBe(false));

  it('one’s own machine, on one’s own machine', () => {
    expect(isDocumentAddress('https://localhost:8443/client.json', local)).toBe(true);
    expect(isDocumentAddress('https://127.0.0.1:8443/client.json', local)).toBe(true);
    expect(isDocumentAddress('https://10.0.0.1/client.json', local)).toBe(false);
  });
});

describe('fetching', () => {
  it.each([
    ['', 300],
    ['max-age=3600', 3600],
    ['public, max-age=1', 300],
    ['max-age=9999999', 86_400],
    ['no-store', 300],
  ])('keeps what is said to be %j for %i seconds', async (cacheControl, freshSeconds) => {
    const address = await publish(
      json('{"a":1}', cacheControl === '' ? {} : { 'Cache-Control': cacheControl }),
    );
    expect(await fetchDocument(address, local)).toEqual({ text: '{"a":1}', freshSeconds });
  });

  it.each([
    [
      'a redirect',
      ((_, response) => response.writeHead(302, { Location: '/other' }).end()) as RequestListener,
    ],
    ['an error', ((_, response) => response.writeHead(500).end()) as RequestListener],
    ['6 KB', json(`{"a":"${'x'.repeat(6 * 1024)}"}`)],
    ['HTML', json('<p>', { 'Content-Type': 'text/html' })],
  ])('fails on %s', async (_, answer) => {
    await expect(fetchDocument(await publish(answer), local)).rejects.toMatchObject({
      name: 'DocumentFetchFailed',
      gone: false,
    });
  });

  it.each([404, 410])('knows by %i that there is none', async (status) => {
    const address = await publish((_, response) => response.writeHead(status).end());
    await expect(fetchDocument(address, local)).rejects.toMatchObject({ gone: true });
  });

  it('gives up on a server that does not answer', async () => {
    const address = await publish(() => {});
    await expect(fetchDocument(address, local)).rejects.toMatchObject({ name: 'DocumentFetchFailed' });
  });

  it.each(['127.0.0.1', '169.254.169.254', '10.0.0.1', '::ffff:127.0.0.1', '::1'])(
    'does not so much as connect to a name that means %s',
    async (address) => {
      const calls: unknown[] = [];
      const port = await listen(createTcpServer((socket) => calls.push(socket.destroy())));
      const plain = createServer((_, response) => calls.push(response.end()));
      await listen(plain);
      const network = {
        localMode: false,
        resolve: async () => [{ address, family: address.includes(':') ? 6 : 4 }],
      };
      await expect(fetchDocument(`https://rebound.example:${port}/c.json`, network)).rejects.toMatchObject({
        name: 'DocumentFetchFailed',
      });
      expect(calls).toEqual([]);
    },
  );
});
