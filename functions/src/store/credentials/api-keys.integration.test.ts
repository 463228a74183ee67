import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { useFirestore } from '../../testing/firestore.ts';
import { createApiKey, newApiKey, TooManyKeys } from './api-keys.ts';

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

it('makes no more than 1,000 in the time that ended ones are kept, however soon they end', async () => {
  const fields = { connection: { id: 'busy', ownerUid: 'owner' }, label: 'job', scope: 'read' } as const;
  const ended = { ...newApiKey(fields).record, expiresAt: new Date(1), expireAt: null };
  const writer = db.bulkWriter();
  for (let n = 0; n < 999; n += 1) writer.create(db.collection('apiKeys').doc(), ended);
  await writer.close();
  await createApiKey(db, fields);
  await expect(createApiKey(db, fields)).rejects.toMatchObject({
    name: 'TooManyKeys',
    message: expect.stringContaining('1,000 keys'),
  });
});
