import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import type { ErrorCode } from '../errors.ts';
import type { Scope } from './api-keys.ts';
import type { ConnectionKind } from './connections.ts';

const RETENTION_DAYS = 90;
const DAY_MS = 86_400_000;
const LAST_USED_RESOLUTION_MS = 60_000;

/** One tool call, as kept in `audit/{id}`. Holds no arguments, no results and no account number. */
export interface AuditRecord {
  at: Date;
  source: 'api_key';
  /** The key's id, its SHA-256. */
  keyId: string;
  clientName: string;
  clientVersion: string;
  connectionId: string;
  connectionKind: ConnectionKind;
  ownerUid: string;
  /** As asked for, so it may name no tool. */
  tool: string;
  /** What the credential allowed. */
  scope: Scope;
  outcome: 'ok' | 'error';
  errorCode: ErrorCode | null;
  /** The order the call was about, `orderIntents/{id}`, whose record tells its life. */
  intentId: string | null;
  milliseconds: number;
  /** HTTP requests sent to IBKR for this call. */
  upstreamCalls: number;
}

/**
 * Writes the record of a call. When the key's `lastUsedAt` is older than a minute it is brought up to date in
 * the same commit, so that it costs no round trip of its own.
 */
export async function recordCall(
  db: Firestore,
  record: AuditRecord,
  keyLastUsedAt: Date | null,
): Promise<void> {
  const batch = db.batch();
  const expireAt = Timestamp.fromMillis(record.at.getTime() + RETENTION_DAYS * DAY_MS);
  batch.create(db.collection('audit').doc(), { ...record, expireAt });
  if (keyLastUsedAt === null || record.at.getTime() - keyLastUsedAt.getTime() >= LAST_USED_RESOLUTION_MS) {
    batch.update(db.collection('apiKeys').doc(record.keyId), { lastUsedAt: record.at });
  }
  await batch.commit();
}

/** A record as listed; times in ISO 8601. */
export type ListedCall = Omit<AuditRecord, 'at' | 'ownerUid'> & { id: string; at: string };

/**
 * A page of an owner's records, the newest first.
 * @param filter.cursor `nextCursor` of the page before.
 * @returns null when the cursor is none of the owner's.
 */
export async function listCalls(
  db: Firestore,
  ownerUid: string,
  filter: {
    connectionId?: string | undefined;
    outcome?: AuditRecord['outcome'] | undefined;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<{ items: ListedCall[]; nextCursor: string | null } | null> {
  const audit = db.collection('audit');
  let query = audit.where('ownerUid', '==', ownerUid);
  if (filter.connectionId !== undefined) query = query.where('connectionId', '==', filter.connectionId);
  if (filter.outcome !== undefined) query = query.where('outcome', '==', filter.outcome);
  query = query.orderBy('at', 'desc').limit(filter.limit);
  if (filter.cursor !== undefined) {
    const last = await audit.doc(filter.cursor).get();
    if (last.get('ownerUid') !== ownerUid) return null;
    query = query.startAfter(last);
  }
  const { docs } = await query.get();
  const items = docs.map((document) => {
    const { ownerUid: _, expireAt: __, at, ...record } = document.data();
    return { ...record, id: document.id, at: at.toDate().toISOString() } as ListedCall;
  });
  return { items, nextCursor: docs.length < filter.limit ? null : (docs.at(-1)?.id ?? null) };
}
