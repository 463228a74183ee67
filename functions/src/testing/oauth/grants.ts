/** Test support: grants as a consent leaves them. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { createGrant } from '../../store/credentials/grants.ts';

/** Stores a grant to read, where `fields` say nothing else. @returns its id. */
export async function storeGrant(
  db: Firestore,
  fields: Partial<Parameters<typeof createGrant>[1]> = {},
): Promise<string> {
  const grant = {
    id: randomUUID(),
    ownerUid: 'owner',
    connectionId: 'connection',
    scope: 'read',
    clientId: 'client',
    clientName: 'Host',
    redirectHost: 'host.example',
    limits: {},
    approval: null,
    ...fields,
  } as const;
  await createGrant(db, grant);
  return grant.id;
}
