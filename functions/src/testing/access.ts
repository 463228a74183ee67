/** Test support: what a person has here: a sandbox connection, and the keys and apps that may use it. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import type { ApprovalMode } from '../contract/rules/approval.ts';
import type { Limits } from '../contract/rules/limits.ts';
import { type Connection, createConnection } from '../store/connections.ts';
import { createApiKey } from '../store/credentials/api-keys.ts';
import { SANDBOX_WARNINGS } from '../trading/domain/accepted-warnings.ts';
import { storeGrant } from './oauth/grants.ts';

export interface OwnedSandbox {
  uid: string;
  connection: Connection;
  /** The key that it comes with. */
  apiKey: string;
  keyId: string;
}

/** A sandbox connection that accepts what its simulator warns of: of somebody new, unless `fields` say whose. */
export async function newSandboxConnection(
  db: Firestore,
  fields: Partial<Pick<Connection, 'ownerUid' | 'label' | 'acceptedWarnings'>> = {},
): Promise<OwnedSandbox> {
  const { connection, key } = await createConnection(db, {
    ownerUid: `u${randomUUID()}`,
    kind: 'sandbox',
    mode: 'paper',
    label: 'Mine',
    acceptedWarnings: [...SANDBOX_WARNINGS],
    ...fields,
  });
  return { uid: connection.ownerUid, connection, apiKey: key.apiKey, keyId: key.id };
}

/** A key and an app that may write to a connection, by these rules; `allowedIps` are of the key. */
export async function newAccess(
  db: Firestore,
  connection: Connection,
  { allowedIps = [], ...rules }: { limits?: Limits; approval?: ApprovalMode; allowedIps?: string[] } = {},
): Promise<{ keyId: string; grantId: string }> {
  const { id: keyId } = await createApiKey(db, {
    connection,
    label: 'bot',
    scope: 'write',
    allowedIps,
    ...rules,
  });
  const grant = { ownerUid: connection.ownerUid, connectionId: connection.id, scope: 'write' } as const;
  return { keyId, grantId: await storeGrant(db, { ...grant, ...rules }) };
}
