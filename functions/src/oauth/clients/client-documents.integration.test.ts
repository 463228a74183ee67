/** What clients publish, from a real server on this machine that can be told to fail. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Firestore } from 'firebase-admin/firestore';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Service } from '../../service.ts';
import {
  type ClientDocument,
  findClientDocument,
  saveClientDocument,
} from '../../store/oidc/client-documents.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { RateLimits } from '../provider/rate-limits.ts';
import { ClientDocuments } from './client-documents.ts';

let db: Firestore;
let origin: string;
let address: string;
let status: number;
let asked: number;
/** The client that documents are of; each its own when undefined. */
let describes: string | undefined;
let next = 0;
let close: () => void;

useFirestore((opened) => {
  db = opened;
});
beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
  const published = createServer({ key: made.private, cert: made.cert }, (request, response) => {
    asked++;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(
      JSON.stringify({ client_id: describes ?? origin + request.url, client_name: `version ${asked}` }),
    );
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
  describes = undefined;
});

/** Another instance of the service. */
function instance(): ClientDocuments {
  return new ClientDocuments({ db, localMode: true } as Service, new RateLimits());
}

async function nameAt(documents: ClientDocuments): Promise<unknown> {
  if (!(await documents.obtain(address))) return undefined;
  return JSON.parse(await (await documents.fetch(address)).text()).client_name;
}

/** Makes the stored document another. */
async function change(fields: Partial<ClientDocument>): Promise<void> {
  const document = await findClientDocument(db, address, new Date());
  if (document === null) throw new Error('Nothing is stored.');
  await saveClientDocument(db, address, { ...document, ...fields }, new Date());
}

/** Has the stored document need to be asked for again. */
const goStale = () => change({ freshUntil: new Date(0) });

/** Has it fetch all that it may in a minute. */
function exhaust(documents: ClientDocuments, caller?: string) {
  return Promise.allSettled(
    Array.from({ length: 70 }, (_, index) =>
      documents.obtain(`${origin}/many-${next}-${index}.json`, caller),
    ),
  );
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

it('lets go of one that its server no longer has, after a day', async () => {
  await nameAt(instance());
  await goStale();
  status = 404;
  expect(await nameAt(instance())).toBe('version 1');
  const gone = await findClientDocument(db, address, new Date());
  expect(gone?.goneSince).toBeInstanceOf(Date);
  await change({ goneSince: new Date(Date.now() - 86_400_000) });
  expect(await nameAt(instance())).toBeUndefined();
  status = 500;
  expect(await nameAt(instance())).toBeUndefined();
});

it('does not count the day on when its server has it again', async () => {
  await nameAt(instance());
  await change({ freshUntil: new Date(0), goneSince: new Date(0) });
  expect(await nameAt(instance())).toBe('version 2');
  await goStale();
  status = 410;
  expect(await nameAt(instance())).toBe('version 2');
});

it('does not ask again at once for one that is of another client', async () => {
  describes = 'https://other.example/client.json';
  const one = instance();
  // The provider is given it, and refuses it.
  expect([await nameAt(one), await nameAt(one)]).toEqual(['version 1', 'version 1']);
  expect(asked).toBe(1);
});

it('has none where there never was one, and does not ask again at once', async () => {
  status = 500;
  const one = instance();
  expect([await nameAt(one), await nameAt(one)]).toEqual([undefined, undefined]);
  expect(asked).toBe(1);
});

it('does not let strangers have it fetch without end', async () => {
  const refused = (await exhaust(instance())).filter((each) => each.status === 'rejected');
  expect(refused).toHaveLength(10);
  expect(refused[0]).toMatchObject({ reason: { statusCode: 429 } });
});

it('goes on with what is known when it may not fetch', async () => {
  const one = instance();
  await nameAt(one);
  await goStale();
  await exhaust(one);
  expect(await nameAt(one)).toBe('version 1');
});

it('leaves room for other callers', async () => {
  const one = instance();
  const refused = (await exhaust(one, '203.0.113.1')).filter((each) => each.status === 'rejected');
  expect(refused).toHaveLength(40);
  expect(await one.obtain(address, '203.0.113.2')).toBe(true);
});

it('fetches nothing that was not obtained', async () => {
  await expect(instance().fetch(address)).rejects.toThrow('Only client metadata documents');
});
