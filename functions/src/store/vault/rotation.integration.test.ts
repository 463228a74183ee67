/** Taking a new vault key into use, and letting the old one go. */
import { randomBytes } from 'node:crypto';
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../errors.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { createConnection, readSecrets } from '../connections.ts';
import type { Sealed } from '../database/stored-fields.ts';
import { findOidcRecord, saveOidcRecord } from '../oidc/oidc-storage.ts';
import { sessionStore } from '../sessions.ts';
import { countOthers, resealAll, SEALED_BY_SIGN_IN, SEALED_BY_VAULT } from './rotation.ts';
import { Vault } from './vault.ts';

const [oldKey, newKey] = ['old', 'new'].map((id) => `${id}:${randomBytes(32).toString('base64')}`);
const before = new Vault(`${oldKey}`);
const accepting = new Vault(`${oldKey},${newKey}`);
const using = new Vault(`${newKey},${oldKey}`);
const after = new Vault(`${newKey}`);

const HOUR_MS = 3_600_000;
const TOKEN = randomBytes(20);
const MODELS = ['Client', 'Interaction', 'Grant'];

let db: Firestore;
useFirestore((opened) => {
  db = opened;
});
beforeEach(async () => {
  for (const collection of await db.listCollections()) await db.recursiveDelete(collection);
});

async function newConnection(
  vault: Vault,
  value: unknown = { url: 'https://ibkr.example' },
): Promise<string> {
  const fields = { ownerUid: 'owner', kind: 'gateway', mode: 'paper', label: 'Mine' } as const;
  const { connection } = await createConnection(db, fields, { vault, value });
  return connection.id;
}

/** Everything that the service seals, each once. */
async function sealEverything(vault: Vault): Promise<string> {
  const id = await newConnection(vault);
  const until = Date.now() + HOUR_MS;
  const session = sessionStore(db, vault, id);
  await session.write({
    accountIds: ['DU1'],
    liveSession: { token: TOKEN, expiresAt: until },
    portfolioAccounts: { body: '[1]', until },
  });
  await session.shareRead('request', { turn: 1, body: 'orders', until });
  await session.shareRead('request', { turn: 2, body: 'more', until });
  for (const model of MODELS) {
    await saveOidcRecord({ db, vault }, model, 'id', { of: model }, new Date(until));
  }
  const pair = db.doc('deployment/pushKeys');
  await pair.set({ keys: vault.seal(pair.path, TOKEN) });
  const key = db.doc('auditKeys/first');
  await key.set({ sealed: vault.seal(key.path, TOKEN), createdAt: Timestamp.now() });
  return id;
}

async function expectReadable(vault: Vault, id: string): Promise<void> {
  expect(await readSecrets(db, vault, id)).toEqual({ url: 'https://ibkr.example' });
  const session = sessionStore(db, vault, id);
  const { liveSession, portfolioAccounts, accountIds } = await session.read();
  expect(Buffer.from(liveSession?.token ?? [])).toEqual(TOKEN);
  expect([portfolioAccounts?.body, accountIds]).toEqual(['[1]', ['DU1']]);
  expect((await session.sharedReads('request')).map(({ body }) => body)).toEqual(['orders', 'more']);
  for (const model of MODELS) {
    const found = await findOidcRecord({ db, vault }, model, 'id');
    expect(found?.payload).toEqual({ of: model, jti: 'id' });
  }
  const { sealed } = (await db.doc('auditKeys/first').get()).data() as { sealed: Sealed };
  expect(Buffer.from(vault.open('auditKeys/first', sealed))).toEqual(TOKEN);
}

/** Ids of the keys that anything anywhere in the database is sealed by. */
async function keyIdsInUse(): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const collection of await db.listCollections()) {
    const { docs } = await collection.get();
    for (const { 1: id } of JSON.stringify(docs.map((doc) => doc.data())).matchAll(/"keyId":"([^"]*)"/g)) {
      ids.add(id as string);
    }
  }
  return ids;
}

it('seals everything anew, after which the old key can go', async () => {
  const id = await sealEverything(before);
  expect(await keyIdsInUse()).toEqual(new Set(['old']));
  const { resealed, left } = await resealAll(db, using, SEALED_BY_VAULT);
  expect({ resealed, left }).toEqual({ resealed: 7, left: [] });
  expect(await keyIdsInUse()).toEqual(new Set(['new']));
  await expectReadable(after, id);
  expect(await resealAll(db, after, SEALED_BY_VAULT)).toMatchObject({ resealed: 0, left: [] });
});

it('seals passwords anew by the ring that they are sealed by, and by no other', async () => {
  const fields = { ownerUid: 'owner', kind: 'managed', mode: 'paper', label: 'Mine' } as const;
  const secrets = { vault: before, value: { password: 'p' }, collection: 'signInVault' } as const;
  const { connection } = await createConnection(db, fields, secrets);
  expect(await resealAll(db, using, SEALED_BY_VAULT)).toMatchObject({ resealed: 0, left: [] });
  expect(await resealAll(db, using, SEALED_BY_SIGN_IN)).toMatchObject({ resealed: 1, left: [] });
  expect(await readSecrets(db, after, connection.id, 'signInVault')).toEqual({ password: 'p' });
});

it('keeps what else is in a record, and the session going', async () => {
  const id = await sealEverything(before);
  const record = db.doc(`sessions/${id}`);
  const known = (await record.get()).data();
  await resealAll(db, using, SEALED_BY_VAULT);
  const now = (await record.get()).data();
  const withoutSealed = (data: unknown) =>
    JSON.stringify(data, (name, value) => (['token', 'answer'].includes(name) ? null : value));
  expect(withoutSealed(now)).toBe(withoutSealed(known));
});

it('is read and written alike by instances before and after, once all accept the new key', async () => {
  for (const [one, other] of [
    [accepting, using],
    [using, accepting],
  ] as const) {
    const id = await sealEverything(one);
    await expectReadable(other, id);
  }
  // An instance that does not know it yet says which key it lacks.
  const id = await newConnection(using);
  const failure = await readSecrets(db, before, id).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(GatewayError);
  expect(failure).toMatchObject({ message: expect.stringContaining('"new"') });
});

it('goes on where it was killed', async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, () => newConnection(before)));
  const killed = new Vault(`${newKey},${oldKey}`);
  const seal = killed.seal.bind(killed);
  let sealed = 0;
  killed.seal = (...args) => {
    sealed += 1;
    // Whatever comes after it never happens.
    if (sealed > 12) throw new Error('killed');
    return seal(...args);
  };
  const { left } = await resealAll(db, killed, SEALED_BY_VAULT);
  expect(left).toHaveLength(18);
  expect((await countOthers(db, using, SEALED_BY_VAULT)).left).toHaveLength(18);
  expect(await resealAll(db, using, SEALED_BY_VAULT)).toMatchObject({ resealed: 18, left: [] });
  for (const id of ids) expect(await readSecrets(db, after, id)).toEqual({ url: 'https://ibkr.example' });
});

it('loses nothing that is written meanwhile', async () => {
  const id = await newConnection(before);
  const rotating = new Vault(`${newKey},${oldKey}`);
  const seal = rotating.seal.bind(rotating);
  const record = db.doc(`vault/${id}`);
  let written: Promise<unknown> | undefined;
  rotating.seal = (...args) => {
    // Of an instance that still seals with the old key, after the record was read and before it is written.
    written ??= record.set({ ...accepting.seal(record.path, Buffer.from('"newer"')) });
    return seal(...args);
  };
  await resealAll(db, rotating, SEALED_BY_VAULT);
  await written;
  expect(await readSecrets(db, using, id)).toBe('newer');
  await resealAll(db, using, SEALED_BY_VAULT);
  expect(await readSecrets(db, after, id)).toBe('newer');
});

describe('a key that is gone too early', () => {
  it('is named with every record that needs it, and nothing is changed', async () => {
    const id = await newConnection(before);
    const { left } = await resealAll(db, after, SEALED_BY_VAULT);
    expect(left).toEqual([
      { path: `vault/${id}`, keyIds: ['old'], reason: expect.stringContaining('"old"') },
    ]);
    expect((await countOthers(db, after, SEALED_BY_VAULT)).left).toMatchObject([
      { path: `vault/${id}`, keyIds: ['old'] },
    ]);
    // Put back, it opens as before.
    expect(await readSecrets(db, using, id)).toEqual({ url: 'https://ibkr.example' });
  });

  it('is not missed for what is past', async () => {
    const id = await newConnection(after);
    const session = sessionStore(db, before, id);
    const past = Date.now() - 1;
    await session.write({
      liveSession: { token: TOKEN, expiresAt: past },
      portfolioAccounts: { body: '[1]', until: past },
    });
    await saveOidcRecord({ db, vault: before }, 'Client', 'past', {}, new Date(past));
    expect((await resealAll(db, after, SEALED_BY_VAULT)).left).toEqual([]);
    expect(await sessionStore(db, after, id).read()).toMatchObject({
      liveSession: null,
      portfolioAccounts: null,
    });
  });
});
