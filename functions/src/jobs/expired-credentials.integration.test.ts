import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import type { Connection } from '../store/connections.ts';
import { createApiKey, listApiKeys, revokeApiKey } from '../store/credentials/api-keys.ts';
import { revokeGrant } from '../store/credentials/grants.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { auditStorage, scheduledActs } from '../testing/audit.ts';
import { useFirestore } from '../testing/firestore.ts';
import { storeGrant } from '../testing/oauth/grants.ts';
import { recordExpired } from './expired-credentials.ts';

const MINUTE_MS = 60_000;

let db: Firestore;
useFirestore((opened) => {
  db = opened;
});

async function newConnection(): Promise<Connection> {
  return (await newSandboxConnection(db)).connection;
}

const later = (minutes: number) => new Date(Date.now() + minutes * MINUTE_MS);
const run = (minutes: number) => recordExpired(auditStorage(db), later(minutes));
const acts = ({ id, ownerUid }: Connection) => scheduledActs(db, id, ownerUid);

it('is told once, however many look at the same time', async () => {
  const connection = await newConnection();
  await createApiKey(db, { connection, label: 'job', scope: 'read', expiresAt: later(5) });
  await createApiKey(db, { connection, label: 'longer', scope: 'read', expiresAt: later(50) });
  await run(4);
  expect(await acts(connection)).toEqual([]);
  await Promise.all([run(6), run(6), run(7)]);
  await run(8);
  expect(await acts(connection)).toMatchObject([
    { act: 'key.expire', args: { label: 'job', last: expect.stringMatching(/^.{4}$/) } },
  ]);
});

it('is not told of what its owner had ended before', async () => {
  const connection = await newConnection();
  await createApiKey(db, { connection, label: 'job', scope: 'read', expiresAt: later(5) });
  const key = (await listApiKeys(db, connection.id)).find(({ label }) => label === 'job');
  if (key === undefined) throw new Error('There is no key.');
  await revokeApiKey(db, key);
  const { id: connectionId, ownerUid } = connection;
  const grantId = await storeGrant(db, { ownerUid, connectionId });
  await db.doc(`grants/${grantId}`).update({ expireAt: later(5) });
  await revokeGrant(db, grantId);
  await run(6);
  expect(await acts(connection)).toEqual([]);
});

it('is told of an app whose last token has expired', async () => {
  const connection = await newConnection();
  const { id: connectionId, ownerUid } = connection;
  const grantId = await storeGrant(db, { ownerUid, connectionId });
  await db.doc(`grants/${grantId}`).update({ expireAt: later(5) });
  await run(6);
  await run(7);
  expect(await acts(connection)).toMatchObject([{ act: 'app.expire', args: { label: expect.any(String) } }]);
});
