import { randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeEach, expect, it } from 'vitest';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import { useFirestore } from '../testing/firestore.ts';
import { sessionStore } from './sessions.ts';
import { Vault } from './vault.ts';

let db: Firestore;
let connectionId: string;
const vault = new Vault(`test:${randomBytes(32).toString('base64')}`);

useFirestore(
  () => startFirestoreServer({ port: 0 }),
  (opened) => {
    db = opened;
  },
);
beforeEach(async () => {
  const connection = await db.collection('connections').add({ label: 'test' });
  connectionId = connection.id;
});

it('begins as a session nobody opened', async () => {
  expect(await sessionStore(db, vault, connectionId).read()).toEqual({
    epoch: 0,
    openedAt: null,
    pacedUntil: null,
    liveSession: null,
    credentialRejections: null,
    trouble: null,
    accountIds: null,
    portfolioAccounts: null,
  });
});

it('hands what one instance writes to another, and leaves the other fields', async () => {
  const [one, other] = [sessionStore(db, vault, connectionId), sessionStore(db, vault, connectionId)];
  const token = randomBytes(20);
  await one.write({ epoch: 3, openedAt: 1000, liveSession: { token, expiresAt: 2000 } });
  await one.write({ pacedUntil: 5000 });
  await other.write({ credentialRejections: { count: 1, at: 4000 } });
  const read = await other.read();
  expect(Buffer.from(read.liveSession?.token ?? [])).toEqual(token);
  expect(read).toMatchObject({
    epoch: 3,
    openedAt: 1000,
    pacedUntil: 5000,
    liveSession: { expiresAt: 2000 },
    credentialRejections: { count: 1, at: 4000 },
  });
  await one.write({ credentialRejections: null, liveSession: null });
  expect(await one.read()).toMatchObject({ epoch: 3, liveSession: null, credentialRejections: null });
});

it('stores no live session token and no name of an owner that can be read', async () => {
  const token = randomBytes(20);
  const portfolioAccounts = { body: '[{"accountTitle":"Jane Trader"}]', until: Date.now() + 60_000 };
  const store = sessionStore(db, vault, connectionId);
  await store.write({ liveSession: { token, expiresAt: 1 }, portfolioAccounts });
  expect((await store.read()).portfolioAccounts).toEqual(portfolioAccounts);
  const dump = JSON.stringify((await db.collection('sessions').doc(connectionId).get()).data());
  for (const spelling of ['base64', 'hex', 'latin1'] as const) {
    expect(dump).not.toContain(token.toString(spelling));
  }
  expect(dump).not.toContain('Jane');
  expect(dump).not.toContain(Buffer.from('Jane Trader').toString('base64').slice(0, 8));
});

it('gives the lease to one of many, and to the next when it is released or over', async () => {
  const store = sessionStore(db, vault, connectionId);
  const holders = Array.from({ length: 20 }, (_, i) => `holder-${i}`);
  const taken = await Promise.all(holders.map((holder) => store.acquireLease(holder, 60_000)));
  expect(taken.filter(Boolean)).toHaveLength(1);
  const winner = holders[taken.indexOf(true)] ?? '';

  expect(await store.acquireLease(winner, 60_000)).toBe(true);
  await store.releaseLease('somebody else');
  expect(await store.acquireLease('somebody else', 60_000)).toBe(false);
  await store.releaseLease(winner);
  expect(await store.acquireLease('short', -1)).toBe(true);
  expect(await store.acquireLease('next', 60_000)).toBe(true);
});

it('changes a turn for one instance after the other, and leaves the rest', async () => {
  const store = sessionStore(db, vault, connectionId);
  await store.write({ epoch: 7 });
  const turns = await Promise.all(
    Array.from({ length: 10 }, async () => {
      let turn = 0;
      await store.changeTurn('orders', (last) => {
        turn = last + 5_000;
        return turn > 40_000 ? null : turn;
      });
      return turn;
    }),
  );
  expect(turns.toSorted((a, b) => a - b)).toEqual([
    ...[5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000],
    ...[45_000, 45_000],
  ]);
  await store.changeTurn('trades', (last) => {
    expect(last).toBe(0);
    return 1;
  });
  expect(await store.read()).toMatchObject({ epoch: 7 });
});
