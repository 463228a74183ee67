import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { withoutAccountNumbers } from '../account-numbers.ts';
import type { ErrorCode } from '../errors.ts';
import { isRecordId } from '../record-id.ts';
import type { Scope } from './api-keys.ts';
import type { ConnectionKind } from './connections.ts';
import type { Credential } from './credentials.ts';

/** gRPC's status, as Firestore reports it. */
const NOT_FOUND = 5;

const RETENTION_DAYS = 90;
const DAY_MS = 86_400_000;
const LAST_USED_RESOLUTION_MS = 60_000;
const MOST_ARGUMENT_CHARACTERS = 1_000;

/** Our API keys, should one stray into an argument. */
const API_KEY = /\bibkr_\w{20,}/g;

/** One tool call, as kept in `audit/{id}`. Holds no results and no account number. */
export interface AuditRecord {
  at: Date;
  /** The console's are the owner's own, and only those that change something are kept. */
  source: Credential['source'] | 'console';
  /** Of the key or the grant; the owner's uid for the console. */
  credentialId: string;
  /** The key's label, or the name of the app, as it was then. */
  credentialLabel: string;
  clientName: string;
  clientVersion: string;
  connectionId: string;
  connectionKind: ConnectionKind;
  ownerUid: string;
  /** As asked for, so it may name no tool. */
  tool: string;
  /** As sent, in JSON, account numbers and keys hidden, and cut off where it is long. */
  arguments: string;
  /** What the credential allowed. */
  scope: Scope;
  outcome: 'ok' | 'error';
  errorCode: ErrorCode | null;
  /** What the caller was told, account numbers hidden. */
  errorMessage: string | null;
  /** The order the call was about, `orderIntents/{id}`, whose record tells its life. */
  intentId: string | null;
  milliseconds: number;
  /** HTTP requests sent to IBKR for this call. */
  upstreamCalls: number;
}

/** What a call came to. */
export type CallOutcome = Pick<
  AuditRecord,
  'outcome' | 'errorCode' | 'errorMessage' | 'intentId' | 'upstreamCalls'
>;

/** Writes the record of a call, at its end. */
export async function recordCall(
  db: Firestore,
  call: Omit<AuditRecord, 'arguments' | 'milliseconds'> & { arguments: unknown },
): Promise<void> {
  const record: AuditRecord = {
    ...call,
    milliseconds: Date.now() - call.at.getTime(),
    arguments: redacted(JSON.stringify(call.arguments ?? {})).slice(0, MOST_ARGUMENT_CHARACTERS),
    errorMessage: call.errorMessage === null ? null : redacted(call.errorMessage),
  };
  const expireAt = Timestamp.fromMillis(call.at.getTime() + RETENTION_DAYS * DAY_MS);
  await db
    .collection('audit')
    .doc()
    .create({ ...record, expireAt });
}

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
    if (!isNotFound(error)) throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === NOT_FOUND;
}

function redacted(text: string): string {
  return withoutAccountNumbers(text).replace(API_KEY, '(key)');
}

/** Any of these together: Firestore joins the indexes that each has with the owner and the time. */
const FILTERS = ['connectionId', 'outcome', 'tool', 'credentialId'] as const;

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
    tool?: string | undefined;
    credentialId?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<{ items: ListedCall[]; nextCursor: string | null } | null> {
  const audit = db.collection('audit');
  let query = audit.where('ownerUid', '==', ownerUid);
  for (const field of FILTERS) {
    if (filter[field] !== undefined) query = query.where(field, '==', filter[field]);
  }
  query = query.orderBy('at', 'desc').limit(filter.limit);
  if (filter.cursor !== undefined) {
    const last = isRecordId(filter.cursor) ? await audit.doc(filter.cursor).get() : null;
    if (last?.get('ownerUid') !== ownerUid) return null;
    query = query.startAfter(last);
  }
  const { docs } = await query.get();
  const items = docs.map((document) => {
    const { ownerUid: _, expireAt: __, at, ...record } = document.data();
    return { ...record, id: document.id, at: at.toDate().toISOString() } as ListedCall;
  });
  return { items, nextCursor: docs.length < filter.limit ? null : (docs.at(-1)?.id ?? null) };
}
