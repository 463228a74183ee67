import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { useFirestore } from '../../testing/firestore.ts';
import { createApiKey, TooManyKeys } from './api-keys.ts';

let db: Firestore;

useFirestore((opened) => {
  db = opened;
});

it('makes no more than 20 keys that work, however many are asked for at once', async () => {
  const fields = {
    connection: { id: 'connection', ownerUid: 'owner' },
    label: 'job',
    scope: 'read',
  } as const;
  const asked = await Promise.allSettled(Array.from({ length: 30 }, () => createApiKey(db, fields)));
  const refused = asked.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(10);
  for (const refusal of refused) expect(refusal).toMatchObject({ reason: expect.any(TooManyKeys) });
  expect((await db.collection('apiKeys').get()).size).toBe(20);
});
