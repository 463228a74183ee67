/** The adapter on a real Firestore: what is at rest, and what happens when many want the same at once. */
import { randomBytes } from 'node:crypto';
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { errors } from 'oidc-provider';
import { expect, it } from 'vitest';
import { listCalls } from '../../store/activity/listed-calls.ts';
import { findGrant, revokeGrant } from '../../store/credentials/grants.ts';
import { oidcRecord } from '../../store/oidc/oidc-records.ts';
import { Vault } from '../../store/vault/vault.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { storeGrant } from '../../testing/oauth/grants.ts';
import { RecordAdapter } from './record-adapter.ts';
import { GRACE_MS } from './refresh-grace.ts';

const DAY = 86_400;
let db: Firestore;
const vault = new Vault(`test:${randomBytes(32).toString('base64')}`);

useFirestore((opened) => {
  db = opened;
});

const adapter = (model: string) => new RecordAdapter({ db, vault }, model);
const newToken = () => randomBytes(32).toString('base64url');

const newGrant = (clientId?: string) => storeGrant(db, clientId === undefined ? {} : { clientId });

async function issued(model: string, grantId: string): Promise<string> {
  const id = newToken();
  const payload = { kind: model, jti: id, grantId, clientId: 'client', scope: 'read', aud: 'resource' };
  await adapter(model).upsert(id, payload, DAY);
  return id;
}

it('keeps the newest access tokens of a grant, so many that it is taken back in one go', async () => {
  const [grantId, otherId] = [await newGrant(), await newGrant()];
  const [oldest, other] = [await issued('AccessToken', grantId), await issued('AccessToken', otherId)];
  const record = (await oidcRecord(db, 'AccessToken', oldest).get()).data() ?? {};
  const writer = db.bulkWriter();
  const copied = Array.from({ length: 99 }, (_, n) => ({
    token: newToken(),
    endsAt: Date.now() + DAY * 1_000 + n,
  }));
  for (const { token, endsAt } of copied) {
    const expireAt = Timestamp.fromMillis(endsAt);
    writer.create(oidcRecord(db, 'AccessToken', token), { ...record, expireAt });
  }
  await writer.close();
  await oidcRecord(db, 'AccessToken', oldest).update({ expireAt: Timestamp.fromMillis(Date.now() + 60_000) });
  const exists = async (token: string) => (await oidcRecord(db, 'AccessToken', token).get()).exists;
  const newest = [await issued('AccessToken', grantId), await issued('AccessToken', grantId)];
  const all = [oldest, ...copied.map(({ token }) => token), ...newest];
  expect(await Promise.all(all.map(exists))).toEqual(all.map((_, n) => n > 1));
  await revokeGrant(db, grantId);
  expect(await Promise.all(all.map(exists))).not.toContain(true);
  expect(await exists(other)).toBe(true);
});

/** How many of the attempts succeed; the others have to fail with `invalid_grant`. */
async function successes(attempts: Promise<unknown>[]): Promise<number> {
  const all = await Promise.allSettled(attempts);
  for (const each of all) {
    if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(errors.InvalidGrant);
  }
  return all.filter(({ status }) => status === 'fulfilled').length;
}

it('brings back what it was given, addresses as names and all', async () => {
  const payload = {
    kind: 'Grant',
    accountId: 'owner',
    resources: { 'https://gateway.example/mcp': 'read write' },
    openid: { scope: 'offline_access' },
    rejected: undefined,
  };
  await adapter('Grant').upsert('a.b/c', payload, DAY);
  const { rejected: _, ...kept } = payload;
  expect(await adapter('Grant').find('a.b/c')).toEqual({ ...kept, jti: 'a.b/c' });
});

it.each(['../../users/x', 'x'.repeat(8_000), '', '\u0000', '__proto__'])(
  'finds nothing under %j',
  async (id) => {
    expect(await adapter('AccessToken').find(id)).toBeUndefined();
  },
);

it('keeps neither ids nor what they stand for where they can be read', async () => {
  const id = newToken();
  await adapter('Interaction').upsert(
    id,
    { jti: id, returnTo: `https://a.example/${id}`, params: { state: 'xyzzy' } },
    60,
  );
  const secret = newToken();
  await adapter('Client').upsert('confidential', { client_id: 'confidential', client_secret: secret });
  const collections = await db.listCollections();
  const documents = await Promise.all(collections.map((collection) => collection.get()));
  const dump = JSON.stringify(documents.map(({ docs }) => docs.map((doc) => [doc.ref.path, doc.data()])));
  for (const text of [id, secret, 'xyzzy']) expect(dump).not.toContain(text);
});

it('does not find what has expired, though it is still there', async () => {
  const id = await issued('AccessToken', await newGrant());
  await oidcRecord(db, 'AccessToken', id).update({ expireAt: new Date(Date.now() - 1) });
  expect(await adapter('AccessToken').find(id)).toBeUndefined();
});

it('uses up a code once, and ends its grant when that is tried again', async () => {
  const grantId = await newGrant();
  const [code, token] = [await issued('AuthorizationCode', grantId), await issued('AccessToken', grantId)];
  expect(await successes(Array.from({ length: 8 }, () => adapter('AuthorizationCode').consume(code)))).toBe(
    1,
  );
  expect(await adapter('AccessToken').find(token)).toBeUndefined();
  await expect(issued('AccessToken', grantId)).rejects.toBeInstanceOf(errors.InvalidGrant);
});

it('shows a code that was used up as such', async () => {
  const code = await issued('AuthorizationCode', await newGrant());
  await adapter('AuthorizationCode').consume(code);
  expect(await adapter('AuthorizationCode').find(code)).toMatchObject({ consumed: expect.any(Number) });
});

it('lets a refresh token be used by ten at once, and ends its grant with the eleventh', async () => {
  const grantId = await newGrant();
  const token = await issued('RefreshToken', grantId);
  expect(await successes(Array.from({ length: 10 }, () => adapter('RefreshToken').consume(token)))).toBe(10);
  expect(await findGrant(db, grantId)).toMatchObject({ revokedAt: null });
  expect(await adapter('RefreshToken').find(token)).toHaveProperty('consumed');
  expect(await successes([adapter('RefreshToken').consume(token)])).toBe(0);
  expect(await findGrant(db, grantId)).toMatchObject({ revokedAt: expect.any(Date) });
});

it('ends the grant of a refresh token that comes back after the grace', async () => {
  const grantId = await newGrant();
  const token = await issued('RefreshToken', grantId);
  await adapter('RefreshToken').consume(token);
  expect(await adapter('RefreshToken').find(token)).not.toHaveProperty('consumed');
  const early = Timestamp.fromMillis(Date.now() - GRACE_MS);
  await oidcRecord(db, 'RefreshToken', token).update({ consumedAt: early });
  expect(await adapter('RefreshToken').find(token)).toHaveProperty('consumed');
  expect(await successes([adapter('RefreshToken').consume(token)])).toBe(0);
  expect(await findGrant(db, grantId)).toMatchObject({ revokedAt: expect.any(Date) });
});

it('records each renewal, and each token that comes back, for the owner', async () => {
  const connectionId = newToken();
  const grantId = await storeGrant(db, { ownerUid: 'watchful', connectionId });
  const token = await issued('RefreshToken', grantId);
  await adapter('RefreshToken').consume(token);
  await adapter('RefreshToken').consume(token);
  const early = Timestamp.fromMillis(Date.now() - GRACE_MS);
  await oidcRecord(db, 'RefreshToken', token).update({ consumedAt: early });
  await successes([adapter('RefreshToken').consume(token)]);
  await adapter('AccessToken').revokeByGrantId(grantId);
  const found = await listCalls(db, 'watchful', { limit: 10 });
  expect(found?.items.map(({ tool, outcome }) => [tool, outcome]).reverse()).toEqual([
    ['app.refresh', 'ok'],
    ['app.refresh_again', 'ok'],
    ['app.replay', 'error'],
  ]);
});

it('records that the provider ended a grant', async () => {
  const grantId = await storeGrant(db, { ownerUid: 'left' });
  await adapter('AccessToken').revokeByGrantId(grantId);
  await adapter('AccessToken').revokeByGrantId(grantId);
  expect((await listCalls(db, 'left', { limit: 10 }))?.items).toMatchObject([{ tool: 'app.end' }]);
});

it('issues nothing for a grant that is taken back at the same moment', async () => {
  const grantId = await newGrant();
  const tokens = Promise.allSettled(Array.from({ length: 10 }, () => issued('AccessToken', grantId)));
  await revokeGrant(db, grantId);
  for (const each of await tokens) {
    if (each.status === 'fulfilled') expect(await adapter('AccessToken').find(each.value)).toBeUndefined();
  }
});

it('ends everything of a grant when the provider revokes it', async () => {
  const grantId = await newGrant();
  await adapter('Grant').upsert(grantId, { kind: 'Grant', accountId: 'owner' }, DAY);
  const [access, refresh] = [await issued('AccessToken', grantId), await issued('RefreshToken', grantId)];
  await Promise.all([
    ...['AccessToken', 'RefreshToken', 'AuthorizationCode'].map((model) =>
      adapter(model).revokeByGrantId(grantId),
    ),
    adapter('Grant').destroy(grantId),
    adapter('RefreshToken').destroy(refresh),
  ]);
  expect(await adapter('AccessToken').find(access)).toBeUndefined();
  expect(await adapter('RefreshToken').find(refresh)).toBeUndefined();
  expect(await adapter('Grant').find(grantId)).toBeUndefined();
});

it('takes one answer to a request', async () => {
  const id = newToken();
  await adapter('Interaction').upsert(id, { jti: id }, 60);
  const answer = () =>
    adapter('Interaction').upsert(id, { jti: id, result: { login: { accountId: 'a' } } }, 60);
  expect(await successes([answer(), answer(), answer()])).toBe(1);
});

it('lets a request go on once, and takes no answer to it any more', async () => {
  const id = newToken();
  const payload = { jti: id, result: { login: { accountId: 'a' } } };
  await adapter('Interaction').upsert(id, { jti: id }, 60);
  const all = await Promise.allSettled(Array.from({ length: 4 }, () => adapter('Interaction').destroy(id)));
  const refused = all.filter((each) => each.status === 'rejected');
  expect(refused.map(({ reason }) => reason)).toEqual(Array(3).fill(expect.any(errors.SessionNotFound)));
  await expect(adapter('Interaction').upsert(id, payload, 60)).rejects.toBeInstanceOf(errors.InvalidGrant);
});

it('keeps a client and a grant longer than what is issued to them', async () => {
  await adapter('Client').upsert('kept', { client_id: 'kept' });
  const before = (await oidcRecord(db, 'Client', 'kept').get()).get('expireAt').toMillis();
  const grantId = await newGrant('kept');
  const id = newToken();
  await adapter('RefreshToken').upsert(id, { jti: id, grantId, clientId: 'kept' }, 90 * DAY);
  const after = (await oidcRecord(db, 'Client', 'kept').get()).get('expireAt').toMillis();
  expect(before).toBeLessThan(Date.now() + 31 * DAY * 1000);
  expect(after).toBeGreaterThan(Date.now() + 90 * DAY * 1000);
  expect((await findGrant(db, grantId))?.expireAt.getTime()).toBe(after);
});
