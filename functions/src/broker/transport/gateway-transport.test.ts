import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Network } from '../../network/public-address.ts';
import { listen } from '../../testing/listening.ts';
import { told } from '../../testing/told.ts';
import type { IbkrResponse } from '../wire/request.ts';
import {
  checkGatewayConfig,
  type GatewayConfig,
  gatewayApiUrl,
  gatewayTransport,
} from './gateway-transport.ts';

const deployed: Network = { localMode: false };
const local: Network = { localMode: true };

/** One GET through a transport of its own. */
async function get(config: GatewayConfig, network = local): Promise<IbkrResponse> {
  const transport = gatewayTransport(config, network);
  onTestFinished(() => transport.close());
  return await transport.send({ method: 'GET', path: '/tickle' });
}

describe('the URL', () => {
  test.each([
    ['https://gw.example.com', 'https://gw.example.com/v1/api'],
    ['https://gw.example.com/', 'https://gw.example.com/v1/api'],
    ['  https://GW.example.com:5000/v1/api/ ', 'https://gw.example.com:5000/v1/api'],
    ['https://gw.example.com:443/ibkr/', 'https://gw.example.com/ibkr/v1/api'],
    ['https://gw.example.com.', 'https://gw.example.com/v1/api'],
    ['https://8.8.8.8:5000', 'https://8.8.8.8:5000/v1/api'],
    ['https://[2606:4700:4700::1111]', 'https://[2606:4700:4700::1111]/v1/api'],
  ])('%s becomes %s', (input, expected) => {
    expect(gatewayApiUrl(input, deployed).href).toBe(expected);
  });

  test('one on this machine, in local mode', () => {
    for (const url of [
      'https://localhost:5000',
      'https://127.0.0.1:5000',
      'https://[::1]:5000',
      'http://localhost:5000',
    ]) {
      expect(gatewayApiUrl(url, local).href).toBe(`${url}/v1/api`);
    }
  });

  test('a redirect is an answer, not a way to somewhere else', async () => {
    let elsewhere = 0;
    const target = await listen(createTcpServer(() => (elsewhere += 1)));
    const location = `http://127.0.0.1:${target}/latest/meta-data`;
    const port = await listen(
      createServer((_request, response) => {
        response.writeHead(302, { location }).end();
      }),
    );
    expect(await get({ url: `http://127.0.0.1:${port}` })).toEqual({ status: 302, body: '', location });
    expect(elsewhere).toBe(0);
  });
});

describe('hostile URLs are refused before any connection', () => {
  const toPort = (port: number): string[] => [
    // other schemes
    ...['http', 'ws', 'wss', 'ftp', 'gopher', 'file'].map((scheme) => `${scheme}://gw.example.com:${port}/`),
    'javascript:alert(1)',
    'data:text/plain,x',
    'file:///etc/passwd',
    `http://127.0.0.1:${port}`,
    // not quite a URL
    '',
    'gw.example.com',
    '//gw.example.com',
    'https://',
    `https://gw.example.com:99999`,
    // of another protocol
    ...[22, 25, 6667].map((other) => `https://gw.example.com:${other}`),
    'https://gw example.com',
    // more than a base URL
    `https://user:pass@gw.example.com:${port}`,
    `https://gw.example.com:${port}@127.0.0.1:${port}`,
    `https://user@127.0.0.1:${port}`,
    `https://gw.example.com:${port}/?next=http://10.0.0.1`,
    `https://gw.example.com:${port}/#@127.0.0.1`,
    // loopback in every spelling
    ...[
      'localhost',
      'LOCALHOST',
      'localhost.',
      'gateway.localhost',
      '127.0.0.1',
      '127.1',
      '127.0.1',
      '127.0.0.1.',
      '127.255.255.254',
      '2130706433',
      '0x7f000001',
      '0x7f.0.0.1',
      '0177.0.0.1',
      '017700000001',
      '%31%32%37.0.0.1',
      '127。0。0。1',
      '１２７.0.0.1',
      '0',
      '0.0.0.0',
      '[::1]',
      '[::]',
      '[0:0:0:0:0:0:0:1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
    ].map((host) => `https://${host}:${port}/`),
    // inside
    ...[
      '10.0.0.1',
      '172.16.0.1',
      '192.168.0.1',
      '100.64.0.1',
      '169.254.169.254',
      '2852039166',
      '0xa9fea9fe',
      '[::ffff:169.254.169.254]',
      '[fd00:ec2::254]',
      '[fe80::1]',
      '[fe80::1%25eth0]',
      '[fc00::1]',
      '[ff02::1]',
      '224.0.0.1',
      '255.255.255.255',
      'metadata.google.internal',
      'metadata',
      'kubernetes.default.svc.cluster.local',
      'router.local',
    ].map((host) => `https://${host}/`),
  ];

  test('deployed', async () => {
    let connections = 0;
    const port = await listen(createTcpServer(() => (connections += 1)));
    const urls = toPort(port);
    expect(urls.length).toBeGreaterThan(40);
    for (const url of urls) {
      await expect(get({ url }, deployed), url).rejects.toEqual(
        told({
          code: 'invalid_arguments',
          message: expect.stringMatching(/^The gateway URL /),
          hint: expect.stringMatching(/./),
        }),
      );
    }
    expect(connections).toBe(0);
  });

  test('in local mode the same but for plain loopback', async () => {
    const port = 5000;
    const accepted = toPort(port).filter((url) => {
      try {
        gatewayApiUrl(url, local);
        return true;
      } catch {
        return false;
      }
    });
    expect(accepted).toEqual([
      'http://127.0.0.1:5000',
      ...[
        'localhost',
        'LOCALHOST',
        'localhost.',
        'gateway.localhost',
        '127.0.0.1',
        '127.0.0.1.',
        '127.255.255.254',
      ]
        .concat(['[::1]', '[0:0:0:0:0:0:0:1]'])
        .map((host) => `https://${host}:5000/`),
    ]);
  });

  test.each([
    ['a private address', ['10.0.0.1']],
    ['loopback', ['127.0.0.1']],
    ['metadata', ['169.254.169.254']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['a public and a private address', ['8.8.8.8', '127.0.0.1']],
  ])('a public name that resolves to %s', async (_what, addresses) => {
    let connections = 0;
    const port = await listen(createTcpServer(() => (connections += 1)));
    const resolve = async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    await expect(
      get({ url: `https://gw.example.com:${port}` }, { ...deployed, resolve }),
    ).rejects.toMatchObject({
      name: 'TransportError',
      kind: 'refused',
      maybeSent: false,
      cause: told({ name: 'GatewayError', code: 'invalid_arguments' }),
    });
    expect(connections).toBe(0);
  });

  test('a name that changes its address between check and connection gains nothing', async () => {
    let connections = 0;
    const port = await listen(
      createServer((_request, response) => {
        connections += 1;
        response.writeHead(200, { connection: 'close' }).end('{}');
      }),
    );
    const answers = ['127.0.0.1', '10.0.0.1', '127.0.0.1'];
    let asked = 0;
    const resolve = async () => [{ address: answers[asked++] ?? '', family: 4 }];
    const transport = gatewayTransport({ url: `http://rebind.localhost:${port}` }, { ...local, resolve });
    onTestFinished(() => transport.close());

    // Asked once per connection, connected to that very answer, and checked again for the next one.
    expect(await transport.send({ method: 'GET', path: '/' })).toEqual({ status: 200, body: '{}' });
    await expect(transport.send({ method: 'GET', path: '/' })).rejects.toMatchObject({ kind: 'refused' });
    expect(await transport.send({ method: 'GET', path: '/' })).toEqual({ status: 200, body: '{}' });
    expect({ asked, connections }).toEqual({ asked: 3, connections: 2 });
  });
});

describe('headers', () => {
  test('are sent with every request', async () => {
    let seen: unknown;
    const port = await listen(
      createServer((request, response) => {
        seen = request.headers['x-proxy-secret'];
        response.end('{}');
      }),
    );
    await get({ url: `http://localhost:${port}`, headers: { 'X-Proxy-Secret': 's3cret' } });
    expect(seen).toBe('s3cret');
  });

  test('are stored in one spelling', () => {
    const config = { url: 'https://gw.example.com', headers: { 'X-Secret': 'a b' } };
    expect(checkGatewayConfig(config, deployed)).toEqual({
      url: 'https://gw.example.com/v1/api',
      headers: { 'x-secret': 'a b' },
    });
  });

  test.each([
    [{ Host: 'inside' }],
    [{ 'content-length': '0' }],
    [{ 'Transfer-Encoding': 'chunked' }],
    [{ Connection: 'close' }],
    [{ upgrade: 'websocket' }],
    [{ 'x y': '1' }],
    [{ 'x\r\ny': '1' }],
    [{ '': '1' }],
    [{ x: '' }],
    [{ x: ' padded ' }],
    [{ x: 'a\r\ny: b' }],
    [{ x: 'a\u0000b' }],
    [{ x: 'é' }],
    [{ x: 'v'.repeat(5000) }],
    [{ 'X-A': '1', 'x-a': '2' }],
  ])('%j is refused', (headers) => {
    expect(() => gatewayTransport({ url: 'https://gw.example.com', headers }, deployed)).toThrow(
      told({ code: 'invalid_arguments', message: expect.stringMatching(/^A header/) }),
    );
  });

  test('the value of a refused header is not repeated', () => {
    const headers = { 'x-secret': 's3cret\n' };
    expect(() => checkGatewayConfig({ url: 'https://gw.example.com', headers }, deployed)).toThrow(
      told({ message: expect.not.stringContaining('s3cret') }),
    );
  });
});
