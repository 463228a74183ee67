import { randomBytes, randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeEach, expect, it } from 'vitest';
import { Vault } from '../../store/vault/vault.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { storeGrant } from '../../testing/oauth/grants.ts';
import { TooManyRequests } from '../provider/rate-limits.ts';
import { RecordAdapter } from '../provider/record-adapter.ts';
import { RegistrationCap } from './registration-cap.ts';

let db: Firestore;

useFirestore((opened) => {
  db = opened;
});

const MINUTE_MS = 60_000;
const vault = new Vault(`test:${randomBytes(32).toString('base64')}`);
const adapter = (model: string) => new RecordAdapter({ db, vault }, model);

/** Registers a client. */
async function register(): Promise<string> {
  const clientId = randomUUID();
  await adapter('Client').upsert(clientId, { client_id: clientId });
  return clientId;
}

/** Has somebody consent to a client. */
async function use(clientId: string): Promise<void> {
  const grantId = await storeGrant(db, { clientId });
  const code = { kind: 'AuthorizationCode', grantId, clientId, scope: 'read', aud: 'resource' };
  await adapter('AuthorizationCode').upsert(randomUUID(), code, 60);
}

/** Asks a new instance, which has counted nothing yet. */
const check = (minutesLater: number, caps = { many: 2, most: 3 }) =>
  new RegistrationCap(db, caps).check(new Date(Date.now() + minutesLater * MINUTE_MS));

beforeEach(async () => {
  const { docs } = await db.collection('oidc_Client').get();
  await Promise.all(docs.map(({ ref }) => ref.delete()));
});

it('lets so many clients register in a day, however many instances there are, and goes on the next day', async () => {
  for (let client = 0; client < 3; client += 1) {
    await check(0);
    await use(await register());
  }
  await expect(check(0)).rejects.toBeInstanceOf(TooManyRequests);
  await expect(check(23 * 60)).rejects.toBeInstanceOf(TooManyRequests);
  await check(25 * 60);
});

it('lets those go that nobody consented to, before others are refused', async () => {
  const used = await register();
  await use(used);
  const unused = [await register(), await register()];
  // Somebody may still be asked.
  await expect(check(14)).rejects.toBeInstanceOf(TooManyRequests);
  for (const id of unused) expect(await adapter('Client').find(id)).toBeDefined();
  await check(16);
  for (const id of unused) expect(await adapter('Client').find(id)).toBeUndefined();
  expect(await adapter('Client').find(used)).toBeDefined();
});

it('keeps unused ones while there are few', async () => {
  const unused = await register();
  await check(24 * 60 - 1);
  expect(await adapter('Client').find(unused)).toBeDefined();
});
