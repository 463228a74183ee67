/** A key ring whose keys Cloud KMS has wrapped, against a server that answers as its REST API does. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Vault } from '../store/vault/vault.ts';
import { closeAfterFile } from '../testing/after-file.ts';
import { crc32c, type KmsAccess, kmsDecrypt } from './cloud-kms.ts';
import { openKeyRing } from './key-ring.ts';

const KMS_KEY = 'projects/p/locations/europe-west1/keyRings/gateway/cryptoKeys/vault';
const key = randomBytes(32);
const asWrapped = (value: Uint8Array) => Buffer.from(value).reverse().toString('base64');
const wrapped = `2027:${KMS_KEY}:${asWrapped(key)}`;
const plain = `2026:${randomBytes(32).toString('base64')}`;

let access: KmsAccess;
/** What the server answers in place of what is right, one after the other. */
let faults: { status: number; body: unknown }[];
let asked: { path: string | undefined; authorization: string | undefined }[];

beforeAll(async () => {
  const server = createServer(async (request, response) => {
    asked.push({ path: request.url, authorization: request.headers.authorization });
    const { ciphertext } = (await json(request)) as { ciphertext: string };
    const plaintext = Buffer.from(ciphertext, 'base64').reverse();
    const right = { plaintext: plaintext.toString('base64'), plaintextCrc32c: String(crc32c(plaintext)) };
    const { status, body } = faults.shift() ?? { status: 200, body: right };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterFile(() => new Promise((resolve) => server.close(resolve)));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  access = { origin, accessToken: async () => 'token' };
});
beforeEach(() => {
  faults = [];
  asked = [];
});

const open = (ring: string) => openKeyRing(ring, (name, text) => kmsDecrypt(name, text, access));

it('opens a wrapped key as the same key that stands there plainly', async () => {
  const ring = await open(`${wrapped}, ${plain}`);
  expect(ring).toBe(`2027:${key.toString('base64')},${plain}`);
  expect(new Vault(ring).sealingKeyId).toBe('2027');
  expect(asked).toEqual([{ path: `/v1/${KMS_KEY}:decrypt`, authorization: 'Bearer token' }]);
});

it('asks nobody about a ring without wrapped keys', async () => {
  expect(await open(plain)).toBe(plain);
  expect(asked).toEqual([]);
});

it.each([
  ['it fails', { status: 503, body: {} }],
  ['it is asked too often', { status: 429, body: {} }],
  ['its answer is damaged', { status: 200, body: { plaintext: asWrapped(key), plaintextCrc32c: '1' } }],
  ['its answer is another', { status: 200, body: [] }],
])('asks again where %s', async (_, fault) => {
  faults = [fault];
  expect(await open(wrapped)).toBe(`2027:${key.toString('base64')}`);
  expect(asked).toHaveLength(2);
});

describe('says which key it is, and nothing of it, where', () => {
  it.each([
    ['it may not use it', [{ status: 403, body: {} }], wrapped, '403'],
    ['it goes on failing', Array(3).fill({ status: 500, body: {} }), wrapped, '500'],
    ['it is none', [], `2027:${KMS_KEY}:${asWrapped(randomBytes(16))}`, 'no key of 32 bytes'],
  ])('%s', async (_, given, ring, reason) => {
    faults = given;
    const failure = await open(ring).catch((error: Error) => error.message);
    expect(failure).toContain('vault key 2027');
    expect(failure).toContain(reason);
    expect(failure).not.toContain(asWrapped(key));
  });
});

it('checks by the CRC-32C of RFC 3720', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});
