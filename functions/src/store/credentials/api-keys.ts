import type { DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { APPROVAL_MODES } from '../../contract/rules/approval.ts';
import { SCOPES, type Scope } from '../../contract/rules/scope.ts';
import { isRecordId } from '../../text/record-id.ts';
import { type ChangedSettings, type ChangeTerms, changeSettings } from '../changed-settings.ts';
import { runTransactionOnce } from '../database/known-commits.ts';
import { time } from '../database/stored-fields.ts';
import { generateApiKey, hashApiKey } from './api-key-format.ts';

const keyClient = z.object({
  name: z.string(),
  version: z.string(),
  /** The `User-Agent` of that request: tells two programs that share a key apart. */
  userAgent: z.string(),
});

/** The program a key was last introduced by: MCP's `initialize`, which later 2025-era calls do not repeat. */
export type KeyClient = z.output<typeof keyClient>;

export const storedApiKey = z.object({
  connectionId: z.string(),
  ownerUid: z.string(),
  label: z.string(),
  scope: z.enum(SCOPES),
  /** The first 9 and last 4 characters, to recognise it by. */
  first: z.string(),
  last: z.string(),
  createdAt: time,
  lastUsedAt: time.nullable(),
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
  client: keyClient.nullable(),
  /** What the owner allows this key, within what the connection allows. */
  limits: z.record(z.string(), z.unknown()),
  /** Who has to say yes to its orders, where that is stricter than the connection's rule. */
  approval: z.enum(APPROVAL_MODES).nullable(),
  // Keys of before there were ranges, and versions, have none.
  /** The addresses it may be used from, as CIDR ranges; everywhere when there are none. */
  allowedIps: z.array(z.string()).default([]),
  /** Grows with every change of the owner's. */
  version: z.number().default(1),
  /** Where it was used from, as networks, the newest last. */
  networks: z.array(z.string()).default([]),
});

/** `apiKeys/{sha256 of the key}`: a static bearer token for one connection. */
export type ApiKey = z.output<typeof storedApiKey> & {
  /** SHA-256 of the key, in hex. */
  id: string;
};

/** The key in a snapshot of `apiKeys/{id}`, or null if there is none. */
export function apiKeyFrom(snapshot: DocumentSnapshot): ApiKey | null {
  return snapshot.exists ? { id: snapshot.id, ...storedApiKey.parse(snapshot.data()) } : null;
}

/** An ended key is still listed for so long. */
const KEPT_DAYS = 90;
const KEPT_MS = KEPT_DAYS * 86_400_000;

/** A key just made; `apiKey` is the only place its raw text ever appears. */
export interface CreatedApiKey {
  id: string;
  apiKey: string;
  record: Omit<ApiKey, 'id'>;
}

/** Makes a key and the record to store for it; stores nothing. */
export function newApiKey(fields: {
  connection: { id: string; ownerUid: string };
  label: string;
  scope: Scope;
  expiresAt?: Date | null;
  limits?: Record<string, unknown>;
  approval?: ApiKey['approval'];
  allowedIps?: string[];
}): CreatedApiKey {
  const apiKey = generateApiKey();
  return {
    id: hashApiKey(apiKey),
    apiKey,
    record: {
      connectionId: fields.connection.id,
      ownerUid: fields.connection.ownerUid,
      label: fields.label,
      scope: fields.scope,
      first: apiKey.slice(0, 9),
      last: apiKey.slice(-4),
      createdAt: new Date(),
      lastUsedAt: null,
      expiresAt: fields.expiresAt ?? null,
      revokedAt: null,
      client: null,
      limits: fields.limits ?? {},
      approval: fields.approval ?? null,
      allowedIps: fields.allowedIps ?? [],
      version: 1,
      networks: [],
    },
  };
}

const MOST_ACTIVE_KEYS = 20;
/** Those that have ended included, which would else be listed, and looked through for one more key, without end. */
const MOST_KEPT_KEYS = 1_000;

/** The connection has as many keys as it may. */
export class TooManyKeys extends Error {
  override readonly name = 'TooManyKeys';
}

/**
 * Makes and stores a further key of a connection.
 * @throws {TooManyKeys}
 */
export async function createApiKey(
  db: Firestore,
  fields: Parameters<typeof newApiKey>[0],
): Promise<CreatedApiKey> {
  const key = newApiKey(fields);
  const { connectionId, createdAt, expiresAt } = key.record;
  const expireAt = expiresAt === null ? null : keptUntil(expiresAt);
  const keys = db.collection('apiKeys');
  const kept = await keys.where('connectionId', '==', connectionId).count().get();
  if (kept.data().count >= MOST_KEPT_KEYS) {
    throw new TooManyKeys(
      `A connection had at most ${MOST_KEPT_KEYS.toLocaleString('en')} keys in ${KEPT_DAYS} days. Wait, or add another connection.`,
    );
  }
  return runTransactionOnce(db, keys.doc(key.id), async (transaction, mark) => {
    const { docs } = await transaction.get(
      keys.where('connectionId', '==', connectionId).where('revokedAt', '==', null),
    );
    const active = docs.map(apiKeyFrom).filter((one) => one?.expiresAt == null || one.expiresAt > createdAt);
    if (active.length >= MOST_ACTIVE_KEYS) {
      throw new TooManyKeys(`A connection has at most ${MOST_ACTIVE_KEYS} keys that work. Revoke one first.`);
    }
    transaction.create(keys.doc(key.id), { ...key.record, expireAt, ...mark });
    return key;
  });
}

/** The keys of a connection, the newest first, revoked ones included. */
export async function listApiKeys(db: Firestore, connectionId: string): Promise<ApiKey[]> {
  const found = await db.collection('apiKeys').where('connectionId', '==', connectionId).get();
  return found.docs
    .map(apiKeyFrom)
    .filter((key) => key !== null)
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/** An owner's keys that open something, over all connections, the newest first. */
export async function listWorkingKeys(db: Firestore, ownerUid: string, now: Date): Promise<ApiKey[]> {
  const found = await db
    .collection('apiKeys')
    .where('ownerUid', '==', ownerUid)
    .where('revokedAt', '==', null)
    .get();
  return found.docs
    .map(apiKeyFrom)
    .filter((key) => key !== null)
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/** The owner's key of that id; null when there is none or it is somebody else's. */
export async function findOwnApiKey(db: Firestore, ownerUid: string, id: string): Promise<ApiKey | null> {
  const key = isRecordId(id) ? await findApiKey(db, id) : null;
  return key?.ownerUid === ownerUid ? key : null;
}

/** What the owner may change of a key. */
type ChangeableKeyField = 'label' | 'limits' | 'approval' | 'allowedIps';

/**
 * Changes a key, from its next call on, as `changeSettings` does.
 * @returns null when there is no such key.
 * @throws {ChangedElsewhere} or what the check throws.
 */
export function updateApiKey(
  db: Firestore,
  id: string,
  changes: Partial<Pick<ApiKey, ChangeableKeyField>>,
  terms: ChangeTerms<ApiKey> = {},
): Promise<ChangedSettings<ApiKey> | null> {
  return changeSettings(db.collection('apiKeys').doc(id), apiKeyFrom, changes, terms);
}

/** Ends a key; it is refused from the next call on. */
export async function revokeApiKey(
  db: Firestore,
  { id, revokedAt }: Pick<ApiKey, 'id' | 'revokedAt'>,
): Promise<void> {
  if (revokedAt === null) await db.collection('apiKeys').doc(id).update(revoked(new Date()));
}

/** Ends every key of a connection, or of an owner. @returns how many there were to end. */
export async function revokeAllApiKeys(
  db: Firestore,
  of: { connectionId: string } | { ownerUid: string },
): Promise<number> {
  const keys = db.collection('apiKeys').where('revokedAt', '==', null);
  const active = await ('ownerUid' in of
    ? keys.where('ownerUid', '==', of.ownerUid)
    : keys.where('connectionId', '==', of.connectionId)
  ).get();
  const batch = db.batch();
  for (const { ref } of active.docs) batch.update(ref, revoked(new Date()));
  await batch.commit();
  return active.size;
}

function revoked(now: Date) {
  return { revokedAt: now, expireAt: keptUntil(now) };
}

function keptUntil(end: Date): Date {
  return new Date(end.getTime() + KEPT_MS);
}

/** A key by its id, whatever its state; null if there is none. */
export async function findApiKey(db: Firestore, id: string): Promise<ApiKey | null> {
  return apiKeyFrom(await db.collection('apiKeys').doc(id).get());
}

/** Remembers which program introduced itself with this key. */
export async function saveKeyClient(db: Firestore, id: string, client: KeyClient): Promise<void> {
  await db.collection('apiKeys').doc(id).update({ client });
}
