import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Network } from '../network/public-address.ts';
import { listen } from '../testing/listening.ts';
import { addressFault, postOutbound } from './outbound-request.ts';

const local: Network = { localMode: true };
const deployed: Network = { localMode: false };
const message = { headers: { 'webhook-id': 'one' }, body: '{}' };

describe('an address', () => {
  it.each(['https://example.com/news?token=1', 'https://example.com:8443/', 'https://hooks.example.com'])(
    '%s may be sent to',
    (url) => {
      expect(addressFault(url, deployed)).toBeNull();
    },
  );

  it.each([
    ['example.com', 'no address'],
    ['http://example.com/', 'https://'],
    ['ftp://example.com/', 'https://'],
    ['https://me:secret@example.com/', 'password'],
    ['https://10.0.0.1/', 'public'],
    ['https://[::1]/', 'public'],
    ['https://169.254.169.254/latest', 'public'],
    ['https://metadata.google.internal/', 'public'],
    ['https://localhost/', 'public'],
    ['https://example.com:22/', 'port'],
  ])('%s may not: %s', (url, why) => {
    expect(addressFault(url, deployed)).toContain(why);
  });

  it('of one’s own machine may be sent to on that machine alone', () => {
    expect(addressFault('http://localhost:8080/', local)).toBeNull();
    expect(addressFault('http://127.0.0.1:8080/', local)).toBeNull();
    expect(addressFault('http://127.0.0.1:8080/', deployed)).not.toBeNull();
    expect(addressFault('http://example.com/', local)).not.toBeNull();
    expect(addressFault('https://192.168.1.1/', local)).not.toBeNull();
  });
});

/** Answers each path as it is named. */
async function startServer(): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/redirect') response.writeHead(307, { Location: '/taken' }).end();
    else if (request.url === '/huge') {
      response.writeHead(200);
      for (let chunk = 0; chunk < 100 && !response.destroyed; chunk += 1) {
        response.write('x'.repeat(10_000));
        await delay(1);
      }
      response.end();
    } else if (request.url === '/hangs') response.writeHead(200).flushHeaders();
    else if (request.url !== '/silent')
      response.writeHead(200, { 'Retry-After': '7' }).end(`well\n${'y'.repeat(900)}`);
  });
  return { origin: `http://127.0.0.1:${await listen(server)}`, asked };
}

it('is told the status and the beginning of the answer', async () => {
  const { origin } = await startServer();
  const answer = await postOutbound(`${origin}/taken`, message, local);
  expect(answer).toMatchObject({ status: 200, retryAfter: '7', text: `well ${'y'.repeat(194)}…` });
});

it('follows no redirect', async () => {
  const { origin, asked } = await startServer();
  expect(await postOutbound(`${origin}/redirect`, message, local)).toMatchObject({ status: 307 });
  expect(asked).toEqual(['/redirect']);
});

it.each([
  ['/huge', 'more than 64 KiB', 10_000, 'connection_refused'],
  ['/hangs', 'did not answer within 0.2 seconds', 200, 'timeout'],
  ['/silent', 'did not answer within 0.2 seconds', 200, 'timeout'],
])('gives %s up: %s', async (path, why, deadlineMs, reason) => {
  const { origin } = await startServer();
  const sent = postOutbound(origin + path, message, local, deadlineMs);
  await expect(sent).rejects.toMatchObject({ message: expect.stringContaining(why), reason });
});

it('says that nobody listens', async () => {
  const nobody = postOutbound('http://127.0.0.1:1/', message, local);
  await expect(nobody).rejects.toThrow('It could not be reached (ECONNREFUSED).');
});

it('connects to no name that means an address inside, whatever it meant when it was entered', async () => {
  const { origin, asked } = await startServer();
  const { port } = new URL(origin);
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const url = `https://rebound.example:${port}/taken`;
  expect(addressFault(url, deployed)).toBeNull();
  await expect(postOutbound(url, message, { ...deployed, resolve })).rejects.toThrow('public Internet');
  expect(asked).toEqual([]);
});
