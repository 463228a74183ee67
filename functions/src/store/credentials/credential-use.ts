/** When keys and tokens were last used: `lastUsedAt` of their records and of grants. */
import type { Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { isStatus, NOT_FOUND } from '../database/status.ts';
import { time } from '../database/stored-fields.ts';
import type { Credential } from './credentials.ts';

const LAST_USED_RESOLUTION_MS = 60_000;

/** Brings a credential's `lastUsedAt` up to date when it is older than a minute. */
export async function noteUse(
  db: Firestore,
  { lastUsedAt, usedRecords }: Credential,
  at: Date,
): Promise<void> {
  if (lastUsedAt !== null && at.getTime() - lastUsedAt.getTime() < LAST_USED_RESOLUTION_MS) return;
  const batch = db.batch();
  for (const record of usedRecords) batch.update(record, { lastUsedAt: at });
  try {
    await batch.commit();
  } catch (error) {
    // Revoked in the meantime, a token's record is gone.
    if (!isStatus(error, NOT_FOUND)) throw error;
  }
}

const storedUse = z.object({ connectionId: z.string(), lastUsedAt: time.nullable() });

/** When an owner's keys and apps last called, by the connection they called. */
export async function findLastUses(db: Firestore, ownerUid: string): Promise<Map<string, Date>> {
  const found = await Promise.all(
    ['apiKeys', 'grants'].map((collection) =>
      db.collection(collection).where('ownerUid', '==', ownerUid).select('connectionId', 'lastUsedAt').get(),
    ),
  );
  const newest = new Map<string, Date>();
  for (const document of found.flatMap(({ docs }) => docs)) {
    const { connectionId, lastUsedAt } = storedUse.parse(document.data());
    const known = newest.get(connectionId);
    if (lastUsedAt !== null && (known === undefined || known < lastUsedAt))
      newest.set(connectionId, lastUsedAt);
  }
  return newest;
}
