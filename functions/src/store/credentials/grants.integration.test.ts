import { randomBytes } from 'node:crypto';
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { newSandboxConnection } from '../../testing/access.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { storeGrant } from '../../testing/oauth/grants.ts';
import { deleteConnection } from '../connections.ts';
import { oidcRecord } from '../oidc/oidc-records.ts';
import { tokenGrant } from './access-tokens.ts';
import { findCredential } from './credentials.ts';
import {
  changeGrantRules,
  findGrant,
  findOwnGrant,
  listGrants,
  revokeConnectionGrants,
  revokeGrant,
} from './grants.ts';

const RESOURCE = 'https://gateway.example/mcp';

let db: Firestore;

useFirestore((opened) => {
  db = opened;
});

async function newConnection() {
  return (await newSandboxConnection(db)).connection;
}

function newGrant({ id: connectionId, ownerUid }: { id: string; ownerUid: string }): Promise<string> {
  return storeGrant(db, { connectionId, ownerUid, scope: 'write' });
}

/** Stores a token as the authorization server does. */
async function newToken(grantId: string, fields: Record<string, unknown> = {}) {
  const token = randomBytes(32).toString('base64url');
  const grant = await findGrant(db, grantId);
  if (grant === null) throw new Error('There is no such grant.');
  await oidcRecord(db, 'AccessToken', token).create({
    grantId,
    scope: 'read write offline_access',
    audience: RESOURCE,
    expireAt: Timestamp.fromMillis(Date.now() + 60_000),
    grant: tokenGrant(grant),
    lastUsedAt: null,
    ...fields,
  });
  return token;
}

const found = (token: string, now = new Date()) => findCredential(db, token, RESOURCE, now);

it('finds the grant and connection of a token, again and again', async () => {
  const connection = await newConnection();
  const grantId = await newGrant(connection);
  const token = await newToken(grantId);
  for (let call = 0; call < 3; call += 1) {
    expect(await found(token)).toMatchObject({
      credential: { source: 'oauth', id: grantId, label: 'Host', scope: 'write' },
      connection: { id: connection.id },
    });
  }
});

it('takes the scope from the token, which may be less than the grant allows', async () => {
  const grantId = await newGrant(await newConnection());
  const scopeOf = async (scope: string) =>
    (await found(await newToken(grantId, { scope })))?.credential.scope;
  expect(await scopeOf('read')).toBe('read');
  expect(await scopeOf('write')).toBe('write');
  expect(await scopeOf('offline_access')).toBeNull();
});

it('refuses what is unknown, malformed, for another resource, or expired by a millisecond', async () => {
  const grantId = await newGrant(await newConnection());
  const token = await newToken(grantId);
  const expireAt = Timestamp.fromMillis(1_900_000_000_000);
  const limited = await newToken(grantId, { expireAt });
  expect(await found(randomBytes(32).toString('base64url'))).toBeNull();
  expect(await found(`${token}x`)).toBeNull();
  expect(await found('../../users/x')).toBeNull();
  for (const audience of ['https://other.example/mcp', '', null]) {
    expect(await found(await newToken(grantId, { audience }))).toBeNull();
  }
  expect(await found(limited, new Date(expireAt.toMillis() - 1))).not.toBeNull();
  expect(await found(limited, expireAt.toDate())).toBeNull();
});

it('ends every token and code of a grant that is taken back, and of no other', async () => {
  const connection = await newConnection();
  const [grantId, otherId] = [await newGrant(connection), await newGrant(connection)];
  const [token, sibling, other] = [await newToken(grantId), await newToken(grantId), await newToken(otherId)];
  const code = oidcRecord(db, 'AuthorizationCode', 'code');
  await code.create({ grantId });
  expect(await found(token)).not.toBeNull();

  expect(await revokeGrant(db, grantId)).toBe(true);
  expect([await found(token), await found(sibling), (await code.get()).exists]).toEqual([null, null, false]);
  expect(await found(other)).not.toBeNull();
  expect(await findOwnGrant(db, connection.ownerUid, grantId)).toBeNull();
  expect((await listGrants(db, { ownerUid: connection.ownerUid })).map(({ id }) => id)).toEqual([otherId]);
  expect(await revokeGrant(db, grantId)).toBe(true);
  expect(await revokeGrant(db, 'none')).toBe(false);
});

it('reads none that is over, of which there may be any number', async () => {
  const connection = await newConnection();
  const grantId = await newGrant(connection);
  const { ownerUid, id: connectionId } = connection;
  const [past, future] = [Timestamp.fromMillis(1), Timestamp.fromMillis(Date.now() + 60_000)];
  // Whoever reads them fails.
  for (const over of [
    { revokedAt: null, expireAt: past },
    { revokedAt: past, expireAt: future },
  ]) {
    await db.collection('grants').add({ ownerUid, connectionId, createdAt: past, ...over });
  }
  for (const filter of [{ ownerUid }, { ownerUid, connectionId }]) {
    expect((await listGrants(db, filter)).map(({ id }) => id)).toEqual([grantId]);
  }
  expect(await listGrants(db, { ownerUid, connectionId: 'other' })).toEqual([]);
});

it('changes and takes back a grant of which any number of tokens were issued', async () => {
  const connection = await newConnection();
  const grantId = await newGrant(connection);
  const first = await newToken(grantId);
  const record = (await oidcRecord(db, 'AccessToken', first).get()).data() ?? {};
  const writer = db.bulkWriter();
  for (let i = 0; i < 900; i += 1) writer.create(oidcRecord(db, 'AccessToken', `${grantId}-${i}`), record);
  await writer.close();
  const tokens = db.collection('oidc_AccessToken').where('grantId', '==', grantId);
  await changeGrantRules(db, grantId, { approval: 'owner' });
  expect((await tokens.where('grant.approval', '==', 'owner').count().get()).data().count).toBe(901);
  await revokeGrant(db, grantId);
  expect((await tokens.count().get()).data().count).toBe(0);
});

it('tells a token at once of rules that were changed', async () => {
  const grantId = await newGrant(await newConnection());
  const token = await newToken(grantId);
  await changeGrantRules(db, grantId, { limits: { maxOrderValue: 500 } });
  await changeGrantRules(db, grantId, { approval: 'owner' });
  const rules = { limits: { maxOrderValue: 500 }, approval: 'owner' };
  expect((await found(token))?.credential).toMatchObject(rules);
  expect(await findGrant(db, grantId)).toMatchObject(rules);
  await changeGrantRules(db, grantId, { limits: { trading: false, maxOrderValue: null } });
  expect((await found(token))?.credential.limits).toEqual({ trading: false });
});

it('ends the grants of a connection with the connection', async () => {
  const connection = await newConnection();
  const token = await newToken(await newGrant(connection));
  expect(await revokeConnectionGrants(db, connection)).toBe(1);
  expect(await found(token)).toBeNull();
  const later = await newToken(await newGrant(connection));
  await deleteConnection(db, connection);
  expect(await found(later)).toBeNull();
});
