import { randomBytes, randomUUID } from 'node:crypto';
import { initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type FirestoreServer, startFirestoreServer } from '../../../local/src/firestore/server.ts';
import { Vault } from '../store/vault.ts';
import { TooManyRequests } from './rate-limits.ts';
import { RecordAdapter } from './record-adapter.ts';
import { RegistrationCap } from './registration-cap.ts';

const HOUR_MS = 3_600_000;
let server: FirestoreServer;
let db: Firestore;

beforeAll(async () => {
  server = await startFirestoreServer({ port: 0 });
  vi.stubEnv('FIRESTORE_EMULATOR_HOST', `127.0.0.1:${server.port}`);
  db = getFirestore(initializeApp({ projectId: 'demo-registrations' }));
});
afterAll(async () => {
  await db.terminate();
  await server.stop();
});

it('lets so many clients register in a day, however many instances there are, and goes on the next day', async () => {
  const vault = new Vault(`test:${randomBytes(32).toString('base64')}`);
  const register = () => new RecordAdapter({ db, vault }, 'Client').upsert(randomUUID(), {});
  // Each a new instance, which has counted nothing yet.
  const check = (hoursLater: number) =>
    new RegistrationCap(db, 3).check(new Date(Date.now() + hoursLater * HOUR_MS));
  for (let client = 0; client < 3; client += 1) {
    await check(0);
    await register();
  }
  await expect(check(0)).rejects.toBeInstanceOf(TooManyRequests);
  await expect(check(23)).rejects.toBeInstanceOf(TooManyRequests);
  await check(25);
});
