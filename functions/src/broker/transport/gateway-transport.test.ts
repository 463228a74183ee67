import { X509Certificate } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Network } from '../../public-address.ts';
import { told } from '../../testing/told.ts';
import type { IbkrResponse } from '../wire/request.ts';
import { fingerprintOf } from './certificate-pin.ts';
import {
  checkGatewayConfig,
  type GatewayConfig,
  gatewayApiUrl,
  gatewayTransport,
} from './gateway-transport.ts';

const deployed: Network = { localMode: false };
const local: Network = { localMode: true };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** One GET through a transport of its own. */
async function get(config: GatewayConfig, network = local): Promise<IbkrResponse> {
  const transport = gatewayTransport(config, network);
  cleanups.push(() => transport.close());
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
    const port = await listen(
      createServer((_request, response) => {
        response.writeHead(302, { location: `http://127.0.0.1:${target}/latest/meta-data` }).end();
      }),
    );
    expect(await get({ url: `http://127.0.0.1:${port}` })).toEqual({ status: 302, body: '' });
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
    cleanups.push(() => transport.close());

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

describe('the certificate', () => {
  interface Certificate {
    cert: string;
    private: string;
  }
  type Options = NonNullable<Parameters<typeof generate>[1]>;
  type Extensions = NonNullable<Options['extensions']>;
  const forLoopback: Extensions = [
    { name: 'basicConstraints', cA: false },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 7, ip: '127.0.0.1' },
      ],
    },
  ];
  const longAgo: Options = { notBeforeDate: new Date('2019-02-10'), notAfterDate: new Date('2019-05-11') };

  function issue(name: string | undefined, options: Options = {}): Promise<Certificate> {
    const subject = name === undefined ? [] : [{ name: 'commonName', value: name }];
    return generate(subject, { keyType: 'ec', algorithm: 'sha256', extensions: forLoopback, ...options });
  }

  let selfSigned: Certificate;
  let expired: Certificate;
  let nameless: Certificate;
  let authority: Certificate;
  let otherAuthority: Certificate;
  beforeAll(async () => {
    const noExtension: Extensions = [{ name: 'basicConstraints', cA: false }];
    const asAuthority: Extensions = [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ];
    selfSigned = await issue('localhost');
    expired = await issue('localhost', longAgo);
    nameless = await issue(undefined, { extensions: noExtension, ...longAgo });
    authority = await issue('An authority', { extensions: asAuthority });
    otherAuthority = await issue('Another authority', { extensions: asAuthority });
  });

  const issuedBy = (ca: Certificate, options: Options = {}) =>
    issue('gateway', { ca: { key: ca.private, cert: ca.cert }, ...options });

  /** A gateway with this certificate; counts the requests that reached it and the bytes it decrypted. */
  async function gateway({ cert, private: key }: Certificate) {
    const seen = { connections: 0, requests: 0, bytes: 0 };
    const server = createHttpsServer({ cert, key }, (_request, response) => {
      seen.requests += 1;
      response.end('{}');
    });
    server.on('secureConnection', (socket) => {
      seen.connections += 1;
      socket.on('data', (data: Buffer) => (seen.bytes += data.length));
    });
    return { url: `https://localhost:${await listen(server)}`, seen };
  }

  async function expectRefused(url: string, ca: string | undefined, reason: RegExp): Promise<void> {
    await expect(get({ url, ca })).rejects.toMatchObject({
      name: 'TransportError',
      kind: 'refused',
      maybeSent: false,
      cause: told({ code: 'invalid_arguments', message: expect.stringMatching(reason) }),
    });
  }

  const sha256 = ({ cert }: Certificate): string => new X509Certificate(cert).fingerprint256;

  test('self-signed is refused without pinning, and told how to pin', async () => {
    const { url, seen } = await gateway(selfSigned);
    await expectRefused(url, undefined, /is self-signed/);
    await expect(get({ url })).rejects.toMatchObject({
      cause: told({ hint: expect.stringContaining(sha256(selfSigned)) }),
    });
    expect(seen).toMatchObject({ requests: 0, bytes: 0 });
  });

  test('self-signed, expired and nameless certificates work when pinned', async () => {
    for (const certificate of [selfSigned, expired, nameless]) {
      const { url, seen } = await gateway(certificate);
      const colons = sha256(certificate);
      for (const ca of [
        colons,
        colons.replaceAll(':', '').toLowerCase(),
        `sha256 Fingerprint=${colons}\n`,
        certificate.cert,
        certificate.cert.replaceAll('\n', '\r\n'),
      ]) {
        expect(await get({ url, ca })).toEqual({ status: 200, body: '{}' });
      }
      expect(seen.requests).toBe(5);
      await expectRefused(url, undefined, /self-signed|expired/);
    }
  });

  test('another certificate than the pinned one is refused before a byte of the request', async () => {
    for (const presented of [selfSigned, nameless, await issuedBy(authority)]) {
      const { url, seen } = await gateway(presented);
      await expectRefused(url, sha256(expired), /is not the pinned one/);
      expect(seen).toEqual({ connections: expect.any(Number), requests: 0, bytes: 0 });
    }
  });

  test('the pin is of the certificate, not of its key', async () => {
    const { private: key } = selfSigned;
    const renewed = await issue('localhost', {
      keyPair: {
        privateKey: key,
        publicKey: new X509Certificate(selfSigned.cert).publicKey
          .export({ type: 'spki', format: 'pem' })
          .toString(),
      },
    });
    const { url } = await gateway(renewed);
    await expectRefused(url, sha256(selfSigned), /is not the pinned one/);
  });

  test('a certificate from the given authority works, name and dates being right', async () => {
    const { url, seen } = await gateway(await issuedBy(authority));
    expect(await get({ url, ca: authority.cert })).toEqual({ status: 200, body: '{}' });
    expect(await get({ url, ca: otherAuthority.cert + authority.cert })).toEqual({ status: 200, body: '{}' });
    expect(await get({ url: url.replace('localhost', '127.0.0.1'), ca: authority.cert })).toMatchObject({
      status: 200,
    });
    expect(seen.requests).toBe(3);
  });

  test('a certificate from another authority, an expired one and one for another name are refused', async () => {
    const right = await gateway(await issuedBy(authority));
    await expectRefused(right.url, otherAuthority.cert, /not trusted/);
    await expectRefused(right.url, undefined, /not trusted/);
    const old = await gateway(await issuedBy(authority, longAgo));
    await expectRefused(old.url, authority.cert, /has expired/);
    const elsewhere = await gateway(
      await issuedBy(authority, {
        extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'gw.example.com' }] }],
      }),
    );
    await expectRefused(elsewhere.url, authority.cert, /for another host name/);
    expect([right, old, elsewhere].map(({ seen }) => seen.bytes)).toEqual([0, 0, 0]);
  });

  test('requests at the same time are each refused', async () => {
    const { url, seen } = await gateway(selfSigned);
    const transport = gatewayTransport({ url }, local);
    cleanups.push(() => transport.close());
    const calls = await Promise.allSettled(
      Array.from({ length: 5 }, () => transport.send({ method: 'POST', path: '/tickle' })),
    );
    expect(calls.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(seen.bytes).toBe(0);
  });

  test('connections are kept alive', async () => {
    const { url, seen } = await gateway(selfSigned);
    const transport = gatewayTransport({ url, ca: selfSigned.cert }, local);
    cleanups.push(() => transport.close());
    for (let i = 0; i < 5; i++) await transport.send({ method: 'POST', path: '/tickle' });
    expect(seen.requests).toBe(5);
    expect(seen.connections).toBeLessThanOrEqual(2);
  });

  test('a server without TLS is unreachable', async () => {
    const server: HttpServer = createServer((_request, response) => response.end());
    const port = await listen(server);
    await expect(get({ url: `https://localhost:${port}` })).rejects.toMatchObject({
      kind: 'unreachable',
      maybeSent: false,
    });
  });

  test('fingerprints are lower-case hex', () => {
    expect(fingerprintOf(new X509Certificate(selfSigned.cert))).toMatch(/^[0-9a-f]{64}$/);
  });
});
