import { randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeEach, describe, expect, it } from 'vitest';
import { useFirestore } from '../testing/firestore.ts';
import { createConnection, updateConnection } from './connections.ts';
import { sessionStore } from './sessions.ts';
import { Vault } from './vault/vault.ts';

let db: Firestore;
let connectionId: string;
const vault = new Vault(`test:${randomBytes(32).toString('base64')}`);

useFirestore((opened) => {
  db = opened;
});
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
    warmedEpoch: 0,
    portfolioAccounts: null,
  });
});

it('hands what one instance writes to another, and leaves the other fields', async () => {
  const [one, other] = [sessionStore(db, vault, connectionId), sessionStore(db, vault, connectionId)];
  const token = randomBytes(20);
  const later = Date.now() + 3_600_000;
  await one.write({ epoch: 3, openedAt: 1000, liveSession: { token, expiresAt: later } });
  await one.write({ pacedUntil: 5000 });
  await other.write({ credentialRejections: { count: 1, at: 4000 } });
  const read = await other.read();
  expect(Buffer.from(read.liveSession?.token ?? [])).toEqual(token);
  expect(read).toMatchObject({
    epoch: 3,
    openedAt: 1000,
    pacedUntil: 5000,
    liveSession: { expiresAt: later },
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
      await store.changeTurns('orders', 'list', ({ last, reads }) => {
        turn = last + 5_000;
        return turn > 40_000 ? null : { last: turn, reads };
      });
      return turn;
    }),
  );
  expect(turns.toSorted((a, b) => a - b)).toEqual([
    ...[5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000],
    ...[45_000, 45_000],
  ]);
  await store.changeTurns('trades', 'list', ({ last }) => {
    expect(last).toBe(0);
    return { last: 1, reads: [] };
  });
  expect(await store.read()).toMatchObject({ epoch: 7 });
});

it('keeps the turns when a connection gets new secrets, which may be of the same login', async () => {
  const { connection } = await createConnection(db, {
    ...{ ownerUid: 'owner', kind: 'gateway', mode: 'paper', label: 'test' },
  });
  const store = sessionStore(db, vault, connection.id);
  await store.write({ epoch: 7, accountIds: ['DU1'] });
  await store.changeTurns('orders', 'list', ({ reads }) => ({ last: 5_000, reads }));
  await updateConnection(db, connection.id, {}, { secrets: { vault, value: {} } });
  expect(await store.read()).toMatchObject({ epoch: 0, accountIds: null });
  await store.changeTurns('orders', 'list', ({ last }) => {
    expect(last).toBe(5_000);
    return null;
  });
});

describe('reads of which IBKR takes few', () => {
  const soon = () => Date.now() + 60_000;
  const recordOf = async () => (await db.collection('sessions').doc(connectionId).get()).data();

  it('are told to all instances with their turn, and then with the answer', async () => {
    const [one, other] = [sessionStore(db, vault, connectionId), sessionStore(db, vault, connectionId)];
    const read = { turn: 1_000, body: null, until: soon() };
    await one.changeTurns('performance', 'of A', () => ({ last: 1_000, reads: [read] }));
    expect(await other.sharedReads('of A')).toEqual([read]);
    const answered = { ...read, body: '{"nav":[1,2,3]}', until: soon() };
    await one.shareRead('of A', answered);
    expect(await other.sharedReads('of A')).toEqual([answered]);
    expect(await other.sharedReads('of B')).toEqual([]);
    await other.changeTurns('performance', 'of A', (known) => {
      expect(known).toEqual({ last: 1_000, reads: [answered] });
      return null;
    });
  });

  it('are stored so that nobody reads them there', async () => {
    const body = JSON.stringify({ DU1234567: { owner: 'Jane Trader', nav: [104_233.17] } });
    await sessionStore(db, vault, connectionId).shareRead('of A', { turn: 1, body, until: soon() });
    const dump = JSON.stringify(await recordOf());
    for (const secret of ['DU1234567', 'Jane', '104233']) {
      expect(dump).not.toContain(secret);
      expect(dump).not.toContain(Buffer.from(secret).toString('base64').slice(0, 8));
    }
  });

  it('open for no other request and in no other session', async () => {
    const store = sessionStore(db, vault, connectionId);
    await store.shareRead('of A', { turn: 1, body: '{}', until: soon() });
    const reads = (await recordOf())?.reads['of A'];
    await db
      .collection('sessions')
      .doc(connectionId)
      .set({ reads: { 'of B': reads } }, { merge: true });
    await db
      .collection('sessions')
      .doc('another')
      .set({ reads: { 'of A': reads } });
    await expect(store.sharedReads('of B')).rejects.toThrow();
    await expect(sessionStore(db, vault, 'another').sharedReads('of A')).rejects.toThrow();
  });

  it('are forgotten when they are past or taken back, and leave nothing behind', async () => {
    const store = sessionStore(db, vault, connectionId);
    await store.write({ epoch: 7 });
    await store.shareRead('short', { turn: 1, body: '{}', until: Date.now() + 50 });
    await expect.poll(() => store.sharedReads('short')).toEqual([]);
    await store.shareRead('of A', { turn: 2, body: null, until: soon() });
    await store.shareRead('of A', { turn: 3, body: null, until: soon() });
    expect((await recordOf())?.reads).not.toHaveProperty('short');
    await store.shareRead('of A', { turn: 2, body: null, until: 0 });
    expect(await store.sharedReads('of A')).toMatchObject([{ turn: 3 }]);
    await store.shareRead('of A', { turn: 3, body: null, until: 0 });
    expect(await recordOf()).toMatchObject({ epoch: 7, reads: {} });
  });

  it('end with the session', async () => {
    const { connection } = await createConnection(db, {
      ...{ ownerUid: 'owner', kind: 'gateway', mode: 'paper', label: 'test' },
    });
    const store = sessionStore(db, vault, connection.id);
    await store.shareRead('of A', { turn: 1, body: '{}', until: soon() });
    await updateConnection(db, connection.id, {}, { secrets: { vault, value: {} } });
    expect(await store.sharedReads('of A')).toEqual([]);
    expect((await db.collection('sessions').doc(connection.id).get()).exists).toBe(false);
  });

  it('are never longer together than a record may be: the newest stay', async () => {
    const store = sessionStore(db, vault, connectionId);
    /** As long as stored, for it does not compress. */
    const answer = (bytes: number) => randomBytes(bytes / 2).toString('hex');
    for (let turn = 1; turn <= 12; turn++) {
      await store.shareRead(`of ${turn}`, { turn, body: answer(60_000), until: soon() });
    }
    expect(JSON.stringify(await recordOf()).length).toBeLessThan(300_000);
    expect(await store.sharedReads('of 12')).toHaveLength(1);
    expect(await store.sharedReads('of 1')).toEqual([]);
    await store.shareRead('of 13', { turn: 13, body: answer(2_000_000), until: soon() });
    expect(await store.sharedReads('of 13')).toEqual([]);
    expect(await store.sharedReads('of 12')).toHaveLength(1);
    const orders = JSON.stringify(
      Array.from({ length: 1_000 }, (_, index) => ({ orderId: 1_000_000 + index, ticker: 'AAPL' })),
    );
    await store.shareRead('orders', { turn: 14, body: orders, until: soon() });
    expect(await store.sharedReads('orders')).toMatchObject([{ body: orders }]);
  });
});
