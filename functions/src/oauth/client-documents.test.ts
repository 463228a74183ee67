/** What clients publish, from a real server on this machine that can be told to fail. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Firestore } from 'firebase-admin/firestore';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import type { Service } from '../service.ts';
import { findClientDocument, saveClientDocument } from '../store/client-documents.ts';
import { useFirestore } from '../store/firestore-fixture.ts';
import { ClientDocuments } from './client-documents.ts';
import { RateLimits } from './rate-limits.ts';

let db: Firestore;
let origin: string;
let address: string;
let status: number;
let asked: number;
let next = 0;
let close: () => void;

useFirestore(
  () => startFirestoreServer({ port: 0 }),
  (opened) => {
    db = opened;
  },
);
beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
  const published = createServer({ key: made.private, cert: made.cert }, (request, response) => {
    asked++;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ client_id: origin + request.url, client_name: `version ${asked}` }));
  });
  await new Promise<void>((resolve) => published.listen(0, '127.0.0.1', resolve));
  origin = `https://localhost:${(published.address() as AddressInfo).port}`;
  close = () => published.close();
});
afterAll(() => close());
beforeEach(() => {
  address = `${origin}/client-${next++}.json`;
  status = 200;
  asked = 0;
});

/** Another instance of the service. */
function instance(): ClientDocuments {
  return new ClientDocuments({ db, localMode: true } as Service, new RateLimits());
}

async function nameAt(documents: ClientDocuments): Promise<unknown> {
  if (!(await documents.obtain(address))) return undefined;
  return JSON.parse(await (await documents.fetch(address)).text()).client_name;
}

/** Has the stored document need to be asked for again. */
async function goStale(): Promise<void> {
  const document = await findClientDocument(db, address, new Date());
  if (document === null) throw new Error('Nothing is stored.');
  await saveClientDocument(db, address, { ...document, freshUntil: new Date(0) }, new Date());
}

it('asks once, for all instances and whoever asks at the same time', async () => {
  const one = instance();
  expect(await Promise.all([nameAt(one), nameAt(one), nameAt(one)])).toEqual(Array(3).fill('version 1'));
  expect(await nameAt(instance())).toBe('version 1');
  expect(asked).toBe(1);
});

it('asks again when it is no longer fresh', async () => {
  await nameAt(instance());
  await goStale();
  expect(await nameAt(instance())).toBe('version 2');
});

it('goes on with the last good one while its server fails, and leaves the server in peace', async () => {
  await nameAt(instance());
  await goStale();
  status = 500;
  const one = instance();
  expect(await nameAt(one)).toBe('version 1');
  expect(await nameAt(one)).toBe('version 1');
  expect(asked).toBe(2);
});

it('lets go of one that its server no longer has', async () => {
  await nameAt(instance());
  await goStale();
  status = 404;
  expect(await nameAt(instance())).toBeUndefined();
  status = 500;
  expect(await nameAt(instance())).toBeUndefined();
});

it('has none where there never was one, and does not ask again at once', async () => {
  status = 500;
  const one = instance();
  expect([await nameAt(one), await nameAt(one)]).toEqual([undefined, undefined]);
  expect(asked).toBe(1);
});

it('does not let strangers have it fetch without end', async () => {
  const one = instance();
  const all = await Promise.allSettled(
    Array.from({ length: 70 }, (_, index) => one.obtain(`${origin}/many-${index}.json`)),
  );
  const refused = all.filter((each) => each.status === 'rejected');
  expect(refused).toHaveLength(10);
  expect(refused[0]).toMatchObject({ reason: { statusCode: 429 } });
});

it('fetches nothing that was not obtained', async () => {
  await expect(instance().fetch(address)).rejects.toThrow('Only client metadata documents');
});
