/** Test support: records of the audit, and the chains that they make. */
import { randomBytes, randomUUID } from 'node:crypto';
import { type App, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { listCalls } from '../store/activity/listed-calls.ts';
import { recordCall } from '../store/audit.ts';
import type { AuditStorage } from '../store/audit-chain/audit-keys.ts';
import { Vault } from '../store/vault/vault.ts';
import { closeAfterFile } from './after-file.ts';

const RING = `ring:${randomBytes(32).toString('base64')}`;

export function auditStorage(db: Firestore, ring = RING): AuditStorage & { vault: Vault } {
  return { db, vault: new Vault(ring) };
}

/** The same database as another instance of the service has it. Needs `useFirestore`. */
export function otherInstance(): AuditStorage {
  const app: App = initializeApp({ projectId: 'demo-test' }, randomUUID());
  const db = getFirestore(app);
  closeAfterFile(() => db.terminate());
  return auditStorage(db);
}

/** A call by a key, of a tool that says which one it was. */
export function recordTestCall(
  storage: AuditStorage,
  connectionId: string,
  args: object,
  at = new Date(),
  ownerUid = 'owner',
): ReturnType<typeof recordCall> {
  return recordCall(storage, {
    at,
    caller: {
      source: 'api_key',
      credentialId: 'key',
      credentialLabel: 'job',
      clientName: 'bot',
      clientVersion: '1',
      scope: 'write',
      address: '203.0.113.7',
      requestId: 'a'.repeat(32),
    },
    connection: { id: connectionId, kind: 'sandbox', ownerUid },
    tool: 'place_order',
    args,
    outcome: { outcome: 'ok', errorCode: null, errorMessage: null, intentId: 'order', upstreamCalls: 2 },
  });
}

/** What the schedule did to a connection, as its owner is told, the oldest first. */
export async function scheduledActs(db: Firestore, connectionId: string, ownerUid = 'owner') {
  const { items = [] } = (await listCalls(db, ownerUid, { connectionId, limit: 200 })) ?? {};
  return items
    .filter(({ source }) => source === 'schedule')
    .map(({ tool, arguments: args, intentId, errorMessage }) => {
      return { act: tool, args: JSON.parse(args), intentId, why: errorMessage };
    })
    .reverse();
}

/** The database, but no record of the audit can be written to it. */
export function unableToRecord(db: Firestore): Firestore {
  const batch = () => {
    const made = db.batch();
    const create = made.create.bind(made);
    made.create = (document, data) => {
      if (document.parent.id === 'audit') {
        made.commit = async () => {
          throw Object.assign(new Error('7 PERMISSION_DENIED'), { code: 7 });
        };
      }
      return create(document, data);
    };
    return made;
  };
  return new Proxy(db, {
    get: (target, property) => (property === 'batch' ? batch : Reflect.get(target, property, target)),
  });
}
