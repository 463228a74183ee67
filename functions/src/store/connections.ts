import { type DocumentSnapshot, type Firestore, Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';
import { type CreatedApiKey, newApiKey } from './api-keys.ts';

export const CONNECTION_KINDS = ['sandbox', 'gateway', 'oauth'] as const;
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

/** `paper` or `live`: what the owner says the account is; checked against what IBKR says of it. */
export type AccountMode = 'paper' | 'live';

/** One way to one IBKR login. `connections/{id}`; its secrets are kept apart, in `vault/{id}`. */
export interface Connection {
  id: string;
  ownerUid: string;
  kind: ConnectionKind;
  mode: AccountMode;
  label: string;
  /** The account tools use when none is named; null until one is chosen. */
  currentAccountId: string | null;
  createdAt: Date;
}

const storedConnection = z.object({
  ownerUid: z.string(),
  kind: z.enum(CONNECTION_KINDS),
  mode: z.enum(['paper', 'live']),
  label: z.string(),
  currentAccountId: z.string().nullable(),
  createdAt: z.instanceof(Timestamp),
});

/** The connection in a snapshot of `connections/{id}`, or null if there is none. */
export function connectionFrom(snapshot: DocumentSnapshot): Connection | null {
  if (!snapshot.exists) return null;
  const stored = storedConnection.parse(snapshot.data());
  return { ...stored, id: snapshot.id, createdAt: stored.createdAt.toDate() };
}

/** Creates a connection together with its read & write key named `default`. */
export async function createConnection(
  db: Firestore,
  fields: { ownerUid: string; kind: ConnectionKind; mode: AccountMode; label: string },
): Promise<{ connection: Connection; key: CreatedApiKey }> {
  const record = db.collection('connections').doc();
  const connection: Connection = { ...fields, id: record.id, currentAccountId: null, createdAt: new Date() };
  const key = newApiKey({ connection, label: 'default', scope: 'write' });
  const { id: _, ...stored } = connection;
  const batch = db.batch();
  batch.create(record, stored);
  batch.create(db.collection('apiKeys').doc(key.id), key.record);
  await batch.commit();
  return { connection, key };
}

/** Makes `accountId` the account that tools use when none is named. */
export async function setCurrentAccount(
  db: Firestore,
  connectionId: string,
  accountId: string,
): Promise<void> {
  await db.collection('connections').doc(connectionId).update({ currentAccountId: accountId });
}
