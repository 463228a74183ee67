/** Whose certificate a gateway may have. */
import { X509Certificate } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { generate } from 'selfsigned';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Network } from '../../network/public-address.ts';
import { listen } from '../../testing/listening.ts';
import { told } from '../../testing/told.ts';
import type { IbkrResponse } from '../wire/request.ts';
import { fingerprintOf } from './certificate-pin.ts';
import { type GatewayConfig, gatewayTransport } from './gateway-transport.ts';

const local: Network = { localMode: true };

/** One GET through a transport of its own. */
async function get(config: GatewayConfig, network = local): Promise<IbkrResponse> {
  const transport = gatewayTransport(config, network);
  onTestFinished(() => transport.close());
  return await transport.send({ method: 'GET', path: '/tickle' });
}

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
    onTestFinished(() => transport.close());
    const calls = await Promise.allSettled(
      Array.from({ length: 5 }, () => transport.send({ method: 'POST', path: '/tickle' })),
    );
    expect(calls.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(seen.bytes).toBe(0);
  });

  test('connections are kept alive', async () => {
    const { url, seen } = await gateway(selfSigned);
    const transport = gatewayTransport({ url, ca: selfSigned.cert }, local);
    onTestFinished(() => transport.close());
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
