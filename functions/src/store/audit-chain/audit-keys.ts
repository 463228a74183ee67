/**
 * The keys that audit records are hashed with: `auditKeys/{id}`, sealed. They are none of the vault's own ring, since
 * what was hashed has to be verifiable after those have changed.
 */
import { randomBytes } from 'node:crypto';
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

/** Keys never change. */
const keysOf = perDatabase(() => new Map<string, Promise<Uint8Array | null>>());

/** The key of records that are written now; made by whoever needs it first. */
export async function currentAuditKey(storage: AuditStorage): Promise<{ id: string; key: Uint8Array }> {
  const key = await rememberKey(storage, CURRENT_KEY, async () => {
    return (await readKey(storage, CURRENT_KEY)) ?? makeKey(storage);
  });
  if (key === null) throw new Error('The audit has no key.');
  return { id: CURRENT_KEY, key };
}

/** Null when there is none such. */
export function auditKey(storage: AuditStorage, id: string): Promise<Uint8Array | null> {
  return rememberKey(storage, id, () => readKey(storage, id));
}

function rememberKey(
  { db }: AuditStorage,
  id: string,
  read: () => Promise<Uint8Array | null>,
): Promise<Uint8Array | null> {
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

async function readKey({ db, vault }: AuditStorage, id: string): Promise<Uint8Array | null> {
  if (!isRecordId(id)) return null;
  const snapshot = await db.collection('auditKeys').doc(id).get();
  return snapshot.exists ? vault.open(snapshot.ref.path, sealed.parse(snapshot.get('sealed'))) : null;
}

async function makeKey(storage: AuditStorage): Promise<Uint8Array | null> {
  const { db, vault } = storage;
  const key = randomBytes(KEY_BYTES);
  const record = db.collection('auditKeys').doc(CURRENT_KEY);
  try {
    await record.create({ sealed: vault.seal(record.path, key), createdAt: new Date() });
    return key;
  } catch (error) {
    // Another instance was first.
    if (error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS)
      return readKey(storage, CURRENT_KEY);
    throw error;
  }
}
