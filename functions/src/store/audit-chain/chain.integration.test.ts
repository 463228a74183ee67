/** Chains of audit records against a real Firestore server, with several instances that write. */
import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { startFirestoreServer } from '../../../../local/src/firestore/server.ts';
import { auditStorage, otherInstance, recordTestCall } from '../../testing/audit.ts';
import { useFirestore } from '../../testing/firestore.ts';
import type { AuditStorage } from './audit-keys.ts';
import { allChains, verifyChain } from './verify-chain.ts';

const DAY_MS = 86_400_000;

let db: Firestore;
let storage: AuditStorage;

useFirestore((opened) => {
  db = opened;
  storage = auditStorage(db);
});

const newChain = () => `c${randomBytes(8).toString('hex')}`;
const ofConnection = (connectionId: string) => ({ ownerUid: 'owner', connectionId });
const verified = (chain: string, now?: Date) =>
  verifyChain(storage, ofConnection(chain), now === undefined ? {} : { now });
const recordsOf = async (chain: string) =>
  (await db.collection('audit').where('connectionId', '==', chain).get()).docs;

async function written(chain: string, count: number, at?: Date): Promise<void> {
  for (let n = 1; n <= count; n++) await recordTestCall(storage, chain, { n }, at);
}

it('keeps one chain for each connection, however many instances write at once', async () => {
  const instances = [storage, otherInstance(), otherInstance(), otherInstance()];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ by: fc.nat(3), of: fc.nat(2), pause: fc.nat(3) }), {
        minLength: 1,
        maxLength: 60,
      }),
      async (calls) => {
        const chains = [newChain(), newChain(), newChain()];
        const writing = calls.map(async ({ by, of, pause }, n) => {
          for (let turn = 0; turn < pause; turn++) await new Promise(setImmediate);
          const chain = chains[of] ?? '';
          return (await recordTestCall(instances[by] ?? storage, chain, { n })).id;
        });
        const ids = await Promise.all(writing);
        expect(new Set(ids).size).toBe(calls.length);
        for (const [index, chain] of chains.entries()) {
          const records = calls.filter(({ of }) => of === index).length;
          expect(await verified(chain)).toMatchObject({
            isIntact: true,
            records,
            sequence: records,
            breaks: [],
          });
          expect(await recordsOf(chain)).toHaveLength(records);
        }
      },
    ),
    { numRuns: 15 },
  );
});

it('writes a record and the end of its chain in one commit, and reads nothing again', async () => {
  const chain = newChain();
  await written(chain, 1);
  const counted = countedCalls(db);
  const together = Array.from({ length: 25 }, (_, n) => recordTestCall(storage, chain, { n }));
  await Promise.all(together);
  // The first one goes alone; the others wait for it, and go together.
  expect(counted.end()).toEqual({ commits: 2, reads: 0 });
  expect(await verified(chain)).toMatchObject({ isIntact: true, records: 26 });
});

/** How often the database is asked through this object. */
function countedCalls(database: Firestore) {
  const calls = { commits: 0, reads: 0 };
  const request = Reflect.get(database, 'request') as (method: string, ...rest: unknown[]) => unknown;
  const stream = Reflect.get(database, 'requestStream') as (method: string, ...rest: unknown[]) => unknown;
  Object.assign(database, {
    request(method: string, ...rest: unknown[]) {
      if (method === 'commit') calls.commits += 1;
      return request.call(database, method, ...rest);
    },
    requestStream(method: string, ...rest: unknown[]) {
      calls.reads += 1;
      return stream.call(database, method, ...rest);
    },
  });
  return {
    end() {
      Object.assign(database, { request, requestStream: stream });
      return calls;
    },
  };
}

it('is intact with whatever has expired gone, in any order, and not with more', async () => {
  const chain = newChain();
  const days = [0, 0, 1, 2, 10, 50, 89];
  const began = Date.now();
  for (const day of days) await recordTestCall(storage, chain, { day }, new Date(began + day * DAY_MS));
  const records = await recordsOf(chain);
  const deleteOnly = async (indices: number[], now: Date) => {
    for (const index of indices) await records[index]?.ref.delete();
    const report = await verified(chain, now);
    for (const index of indices) {
      const record = records[index];
      if (record !== undefined) await record.ref.set(record.data());
    }
    return report;
  };
  const after = (day: number) => new Date(began + (90 + day) * DAY_MS + 1_000);
  expect(await deleteOnly([], after(2))).toMatchObject({ isIntact: true, records: 7 });
  for (const gone of [[0], [1], [0, 1, 2, 3], [1, 3], [2], [0, 2]]) {
    expect(await deleteOnly(gone, after(2)), `${gone}`).toMatchObject({ isIntact: true, breaks: [] });
  }
  for (const gone of [[3], [0, 1, 2, 3], [4], [1, 3], [6]]) {
    expect(await deleteOnly(gone, after(1)), `${gone}`).toMatchObject({ isIntact: false });
  }
  expect(await deleteOnly([0, 1, 2, 3, 4, 5, 6], after(89))).toMatchObject({ isIntact: true, records: 0 });
  expect(await deleteOnly([0, 1, 2, 3, 4, 5, 6], after(88))).toMatchObject({
    isIntact: false,
    breaks: [{ kind: 'end_missing' }],
  });
});

it('keeps no record shorter than an earlier one of its chain', async () => {
  const chain = newChain();
  const at = new Date();
  await recordTestCall({ ...storage, auditDays: 365 }, chain, {}, at);
  await recordTestCall({ ...storage, auditDays: 30 }, chain, {}, at);
  for (const record of await recordsOf(chain)) {
    expect(record.get('expireAt')).toEqual(Timestamp.fromMillis(at.getTime() + 365 * DAY_MS));
  }
});

it('goes on behind an end that was deleted, put back or changed, and says so ever after', async () => {
  for (const harm of ['delete', 'put back', 'change', 'truncate'] as const) {
    const chain = newChain();
    const head = db.collection('auditChains').doc(chain);
    await written(chain, 2);
    const before = (await head.get()).data() ?? {};
    await written(chain, 2);
    if (harm === 'delete') await head.delete();
    if (harm === 'put back') await head.set(before);
    if (harm === 'change') await head.update({ sequence: 3 });
    if (harm === 'truncate') {
      await head.delete();
      const records = await recordsOf(chain);
      for (const record of records.slice(2)) await record.ref.delete();
    }
    expect(await verified(chain), harm).toMatchObject({ isIntact: false });
    // Those that remember where it ended, and those that are new to it.
    for (const instance of [otherInstance(), storage, otherInstance()]) {
      await recordTestCall(instance, chain, { after: harm });
    }
    const report = await verified(chain);
    expect(report.isIntact, harm).toBe(false);
    expect(report.breaks.map(({ kind }) => kind)).toContain('end_lost');
  }
});

it('is not stopped by a record that was planted where its next one goes', async () => {
  const chain = newChain();
  await written(chain, 1);
  const planted = db.collection('audit').doc(`${chain}-0000000002`);
  const [first] = await recordsOf(chain);
  await planted.set(first?.data() ?? {});
  await written(chain, 2);
  expect(await recordsOf(chain)).toHaveLength(4);
  expect(await verified(chain)).toMatchObject({
    isIntact: false,
    breaks: [{ kind: 'changed' }, { kind: 'end_lost' }],
  });
});

it('verifies under a new key ring what was written under the old one', async () => {
  const chain = newChain();
  const ring = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
  const [old, other] = [ring('old'), ring('new')];
  const server = await startFirestoreServer({ port: 0 });
  try {
    // Its own database, where the audit's key is sealed by the old one.
    const { initializeApp } = await import('firebase-admin/app');
    const { getFirestore } = await import('firebase-admin/firestore');
    const open = () => getFirestore(initializeApp({ projectId: `demo-${randomUUID()}` }, randomUUID()));
    const first = open();
    first.settings({ host: `127.0.0.1:${server.port}`, ssl: false, projectId: 'demo-rotated' });
    await recordTestCall(auditStorage(first, old), chain, {});
    const second = open();
    second.settings({ host: `127.0.0.1:${server.port}`, ssl: false, projectId: 'demo-rotated' });
    const rotated = auditStorage(second, `${other},${old}`);
    await recordTestCall(rotated, chain, {});
    expect(await verifyChain(rotated, ofConnection(chain))).toMatchObject({ isIntact: true, records: 2 });
    await Promise.all([first.terminate(), second.terminate()]);
  } finally {
    await server.stop();
  }
});

it('finds all chains, those without an end or a connection too', async () => {
  const [whole, headless] = [newChain(), newChain()];
  await written(whole, 3);
  await written(headless, 3);
  await db.collection('auditChains').doc(headless).delete();
  const connection = db.collection('connections').doc(newChain());
  await connection.set({ ownerUid: 'owner' });
  const found: string[] = [];
  for await (const { connectionId } of allChains(db)) found.push(connectionId);
  expect(new Set(found).size).toBe(found.length);
  expect(found).toEqual(expect.arrayContaining([whole, headless, connection.id]));
});

it('tells records of before there were chains from those that were put in since', async () => {
  const chain = newChain();
  const audit = db.collection('audit');
  const old = { connectionId: chain, ownerUid: 'owner', tool: 'get_cash', at: new Date() };
  await audit.add(old);
  await written(chain, 2);
  expect(await verified(chain)).toMatchObject({ isIntact: true, records: 2, unproven: 1 });
  await audit.add(old);
  expect(await verified(chain)).toMatchObject({
    isIntact: false,
    unproven: 1,
    breaks: [{ kind: 'foreign' }],
  });
});
