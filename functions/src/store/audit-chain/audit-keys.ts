/**
 * The keys that audit records are hashed with: `auditKeys/{id}`, sealed. They are none of the vault's own ring, since
 * what was hashed has to be verifiable after those have changed.
 */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { isRecordId } from '../../text/record-id.ts';
import { perDatabase } from '../database/per-database.ts';
import { sealed } from '../database/stored-fields.ts';
import type { Vault } from '../vault/vault.ts';

/** What the audit needs to be written and verified. */
export interface AuditStorage {
  db: Firestore;
  vault: Vault;
  /** For how many days records are kept, where it is not the usual number. */
  auditDays?: number;
}

/** The one in use. Another one takes another id, and records say which one is theirs. */
export const CURRENT_KEY = 'first';
/** How long records are kept where the operator says nothing. */
export const DEFAULT_AUDIT_DAYS = 90;
const KEY_BYTES = 32;
/** gRPC's status, as Firestore reports it. */
const ALREADY_EXISTS = 6;

/** Keys never change. As objects of Node.js: of bytes it makes one each time, which takes longer than the hash. */
const keysOf = perDatabase(() => new Map<string, Promise<KeyObject | null>>());

/** The key of records that are written now; made by whoever needs it first. */
export async function currentAuditKey(storage: AuditStorage): Promise<{ id: string; key: KeyObject }> {
  const key = await rememberKey(storage, CURRENT_KEY, async () => {
    return (await readKey(storage, CURRENT_KEY)) ?? makeKey(storage);
  });
  if (key === null) throw new Error('The audit has no key.');
  return { id: CURRENT_KEY, key };
}

/** Null when there is none such. */
export function auditKey(storage: AuditStorage, id: string): Promise<KeyObject | null> {
  return rememberKey(storage, id, () => readKey(storage, id));
}

function rememberKey(
  { db }: AuditStorage,
  id: string,
  read: () => Promise<KeyObject | null>,
): Promise<KeyObject | null> {
  const keys = keysOf(db);
  const before = keys.get(id);
  if (before !== undefined) return before;
  const reading = read();
  keys.set(id, reading);
  // What is missing now may be made, and what failed may go well.
  const forget = () => keys.delete(id);
  reading.then((key) => key === null && forget(), forget);
  return reading;
}

async function readKey({ db, vault }: AuditStorage, id: string): Promise<KeyObject | null> {
  if (!isRecordId(id)) return null;
  const snapshot = await db.collection('auditKeys').doc(id).get();
  if (!snapshot.exists) return null;
  return createSecretKey(vault.open(snapshot.ref.path, sealed.parse(snapshot.get('sealed'))));
}

async function makeKey(storage: AuditStorage): Promise<KeyObject | null> {
  const { db, vault } = storage;
  const key = randomBytes(KEY_BYTES);
  const record = db.collection('auditKeys').doc(CURRENT_KEY);
  try {
    await record.create({ sealed: vault.seal(record.path, key), createdAt: new Date() });
    return createSecretKey(key);
  } catch (error) {
    // Another instance was first.
    if (error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS)
      return readKey(storage, CURRENT_KEY);
    throw error;
  }
}
