import type { Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import { hashApiKey, isApiKeyShaped } from './api-key-format.ts';
import { type ApiKey, apiKeyFrom } from './api-keys.ts';
import { type Connection, connectionFrom } from './connections.ts';

/**
 * Which connection a key belongs to, by key id. It never changes, so remembering it lets later calls read
 * key and connection in one round trip; both are still read every time, so nothing stale is believed.
 */
const connectionOfKey = new LRUCache<string, string>({ max: 5_000 });

/**
 * The key and its connection, or null if the text is no key, or the key is unknown, revoked or expired.
 * A text without the right checksum is refused without a database read.
 */
export async function findCredential(
  db: Firestore,
  text: string,
  now: Date,
): Promise<{ key: ApiKey; connection: Connection } | null> {
  if (!isApiKeyShaped(text)) return null;
  const id = hashApiKey(text);
  const keys = db.collection('apiKeys');
  const connections = db.collection('connections');

  const remembered = connectionOfKey.get(id);
  const [keySnapshot, early] =
    remembered === undefined
      ? [await keys.doc(id).get(), undefined]
      : await db.getAll(keys.doc(id), connections.doc(remembered));
  const key = keySnapshot === undefined ? null : apiKeyFrom(keySnapshot);
  if (key === null || key.revokedAt !== null) return null;
  if (key.expiresAt !== null && key.expiresAt <= now) return null;

  const connection = connectionFrom(early ?? (await connections.doc(key.connectionId).get()));
  if (connection === null) return null;
  connectionOfKey.set(id, connection.id);
  return { key, connection };
}
