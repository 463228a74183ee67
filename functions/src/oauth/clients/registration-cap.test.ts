import { randomBytes, randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { startFirestoreServer } from '../../../../local/src/firestore/server.ts';
import { Vault } from '../../store/vault.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { TooManyRequests } from '../provider/rate-limits.ts';
import { RecordAdapter } from '../provider/record-adapter.ts';
import { RegistrationCap } from './registration-cap.ts';

const HOUR_MS = 3_600_000;
let db: Firestore;

useFirestore(
  () => startFirestoreServer({ port: 0 }),
  (opened) => {
    db = opened;
  },
);

it('lets so many clients register in a day, however many instances there are, and goes on the next day', async () => {
  const vault = new Vault(`test:${randomBytes(32).toString('base64')}`);
  const ledger = () => new RecordAdapter({ db, vault }, 'Client').upsert(randomUUID(), {});
  // Each a new instance, which has counted nothing yet.
  const check = (hoursLater: number) =>
    new RegistrationCap(db, 3).check(new Date(Date.now() + hoursLater * HOUR_MS));
  for (let client = 0; client < 3; client += 1) {
    await check(0);
    await ledger();
  }
  await expect(check(0)).rejects.toBeInstanceOf(TooManyRequests);
  await expect(check(23)).rejects.toBeInstanceOf(TooManyRequests);
  await check(25);
});
