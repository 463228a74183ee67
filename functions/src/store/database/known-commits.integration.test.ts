/** What is written once though the answer to a commit was lost: Firestore's client runs a transaction again then. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeEach, expect, it } from 'vitest';
import { auditStorage } from '../../testing/audit.ts';
import { useWeakFirestore } from '../../testing/firestore.ts';
import { type Connection, createConnection, listConnections, updateConnection } from '../connections.ts';
import { createApiKey, listApiKeys } from '../credentials/api-keys.ts';
import { changeGrantRules, createGrant, findGrant } from '../credentials/grants.ts';
import { consumeOidcRecord, saveOidcRecord } from '../oidc/oidc-storage.ts';
import { saveUser } from '../users.ts';
import { runTransactionOnce } from './known-commits.ts';

let db: Firestore;
const storage = useWeakFirestore((opened) => {
  db = opened;
});

let ownerUid: string;
let connection: Connection;
beforeEach(async () => {
  ownerUid = `u${randomUUID()}`;
  ({ connection } = await createConnection(db, { ownerUid, kind: 'sandbox', mode: 'paper', label: 'Mine' }));
});

/** Lets the next commit lose its answer. */
function loseNextAnswer(): void {
  let commits = 0;
  storage.decide = (rpc) => (rpc === 'Commit' && ++commits === 1 ? 'lost' : 'answered');
}

const newGrant = () => ({
  id: randomUUID(),
  ownerUid,
  connectionId: connection.id,
  scope: 'write' as const,
  clientId: 'c',
  clientName: 'Claude',
  redirectHost: 'claude.ai',
  limits: {},
  approval: null,
});

it('a key is made, and is one', async () => {
  loseNextAnswer();
  const { id } = await createApiKey(db, { connection, label: 'job', scope: 'read' });
  expect((await listApiKeys(db, connection.id)).map((key) => key.id)).toContain(id);
  expect(await listApiKeys(db, connection.id)).toHaveLength(2);
});

it('a connection is made, and is one', async () => {
  loseNextAnswer();
  await createConnection(db, { ownerUid, kind: 'sandbox', mode: 'paper', label: 'Second' });
  expect(await listConnections(db, ownerUid)).toHaveLength(2);
});

it('settings are changed, and were not changed elsewhere', async () => {
  loseNextAnswer();
  const limits = { maxOrderValue: 500 };
  const change = await updateConnection(db, connection.id, { limits }, { known: connection.version });
  expect(change?.made).toEqual({ limits: { maxOrderValue: { from: null, to: 500 } } });
});

it('an app is allowed, and what it may do is changed', async () => {
  const grant = newGrant();
  loseNextAnswer();
  await createGrant(db, grant);
  loseNextAnswer();
  const change = await changeGrantRules(db, grant.id, { approval: 'owner' }, { known: 1 });
  expect(change?.made).toEqual({ approval: { from: null, to: 'owner' } });
  expect(await findGrant(db, grant.id)).toMatchObject({ approval: 'owner', version: 2 });
});

it('a code is used for the first time, not again', async () => {
  const oidc = auditStorage(db);
  const grant = newGrant();
  await createGrant(db, grant);
  const expireAt = new Date(Date.now() + 60_000);
  await saveOidcRecord(oidc, 'AuthorizationCode', 'code', { grantId: grant.id, clientId: 'c' }, expireAt);
  loseNextAnswer();
  expect(await consumeOidcRecord(oidc, 'AuthorizationCode', 'code')).toMatchObject({ uses: 1 });
  expect(await consumeOidcRecord(oidc, 'AuthorizationCode', 'code')).toMatchObject({ uses: 2 });
});

it('somebody signed in, of which a record is written', async () => {
  loseNextAnswer();
  expect(await saveUser(db, { uid: ownerUid, email: 'a@example.com' }, new Date())).toBe(true);
});

it('what somebody else wrote meanwhile is not taken for it', async () => {
  const record = db.collection('turns').doc('one');
  let commits = 0;
  storage.decide = (rpc) => {
    if (rpc !== 'Commit') return 'answered';
    commits += 1;
    if (commits === 1) return 'lost';
    if (commits > 2) return 'answered';
    // The client repeats the commit; before it learns that this is in vain, somebody else is there.
    void record.set({ turn: 10 });
    return { lateBy: 1_000 };
  };
  const turn = await runTransactionOnce(db, record, async (transaction, mark) => {
    const next = Number((await transaction.get(record)).get('turn') ?? 0) + 1;
    transaction.set(record, { turn: next, ...mark });
    return next;
  });
  expect([turn, (await record.get()).get('turn')]).toEqual([11, 11]);
});
