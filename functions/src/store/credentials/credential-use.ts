/** When keys and tokens were last used: `lastUsedAt` of their records and of grants. */
import type { Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { networkOf } from '../../network/ip-ranges.ts';
import { isStatus, NOT_FOUND } from '../database/status.ts';
import { time } from '../database/stored-fields.ts';
import { writeNews } from '../news/news.ts';
import type { Credential } from './credentials.ts';

const LAST_USED_RESOLUTION_MS = 60_000;
/** Networks that are remembered of a key. */
const MOST_NETWORKS = 20;

/**
 * Brings a credential's `lastUsedAt` up to date when it is older than a minute. Its owner is told of a key that comes from
 * a network that it did not come from before; the first is where it was put to use.
 * @param address Of the caller; null: it is not known.
 */
export async function noteUse(
  db: Firestore,
  credential: Credential,
  at: Date,
  address: string | null,
): Promise<void> {
  const { id, source, label, ownerUid, connectionId, lastUsedAt, usedRecords, networks } = credential;
  const network = source === 'api_key' && address !== null ? networkOf(address) : null;
  const isNewPlace = network !== null && !networks.includes(network);
  const isRecent = lastUsedAt !== null && at.getTime() - lastUsedAt.getTime() < LAST_USED_RESOLUTION_MS;
  if (isRecent && !isNewPlace) return;
  const known = isNewPlace ? { networks: [...networks, network].slice(-MOST_NETWORKS) } : {};
  const batch = db.batch();
  for (const record of usedRecords) batch.update(record, { lastUsedAt: at, ...known });
  if (isNewPlace && networks.length > 0) {
    const newsId = `${id}-${network.replaceAll(/[^\w]/g, '_')}-${at.getTime()}`;
    const told = { id: newsId, ownerUid, connectionId, at };
    writeNews(db, batch, { ...told, type: 'key.new_place', label, address: address ?? network });
  }
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
