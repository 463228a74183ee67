/** `GET /api/audit/records`: all that is recorded of a person, so that each chain can be followed. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { type AuditRecord, recordList } from '../contract/audit.ts';
import { auditStorage, recordTestCall } from '../testing/audit.ts';
import { idToken, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole } from '../testing/console/requests.ts';
import { useFirestore } from '../testing/firestore.ts';
import { testService } from '../testing/service.ts';

let db: Firestore;
useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();

async function read(uid: string, query: Record<string, string> = {}) {
  const path = `/api/audit/records?${new URLSearchParams(query)}`;
  return askConsole(testService(db), { method: 'GET', path, bearer: idToken(uid) });
}

/** All pages. */
async function readAll(uid: string, query: Record<string, string> = {}): Promise<AuditRecord[]> {
  const all: AuditRecord[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = recordList.parse((await read(uid, { ...query, ...(cursor && { cursor }) })).body);
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

/** Where a reader of the records finds that one does not follow the one before it. */
function gaps(records: readonly AuditRecord[]): string[] {
  const chains = Map.groupBy(records, ({ connectionId }) => connectionId);
  return [...chains.values()].flatMap((chain) =>
    chain
      .filter(({ sequence, previous }, index) => {
        const before = chain[index - 1];
        return sequence !== index + 1 || previous !== (before?.hash ?? null);
      })
      .map(({ id }) => id),
  );
}

/** Somebody with records of two connections and of none. */
async function newOwner() {
  const uid = `u${randomUUID()}`;
  const [one, other] = [randomUUID(), randomUUID()];
  for (let n = 1; n <= 5; n++) {
    for (const id of [one, other, '']) await recordTestCall(auditStorage(db), id, { n }, new Date(), uid);
  }
  return { uid, one, other };
}

it('has all connections in pages, each chain in its order', async () => {
  const { uid, one, other } = await newOwner();
  const all = await readAll(uid, { limit: '4' });
  expect(all).toHaveLength(15);
  expect(new Set(all.map(({ id }) => id)).size).toBe(15);
  expect(new Set(all.map(({ connectionId }) => connectionId))).toEqual(new Set([one, other, '']));
  expect(gaps(all)).toEqual([]);
  expect(await readAll(uid)).toEqual(all);
  const ofOne = await readAll(uid, { connectionId: one });
  expect(ofOne).toEqual(all.filter(({ connectionId }) => connectionId === one));
});

it('shows a reader where a record is missing, and where one was put in', async () => {
  const { uid, one, other } = await newOwner();
  await db.doc(`audit/${one}-0000000003`).delete();
  const record = await db.doc(`audit/${other}-0000000002`).get();
  await db.doc(`audit/${other}-0000000004`).set(record.data() ?? {});
  expect(gaps(await readAll(uid))).toContain(`${one}-0000000004`);
  expect(gaps(await readAll(uid))).toContain(`${other}-0000000004`);
});

it('has nothing of anybody else, whatever cursor or connection is named', async () => {
  const { uid, one } = await newOwner();
  const stranger = await newOwner();
  const before = await readAll(stranger.uid);
  expect(await readAll(stranger.uid, { connectionId: one })).toEqual([]);
  const page = recordList.parse((await read(stranger.uid, { cursor: `${one}-0000000001` })).body);
  const ids = new Set(before.map(({ id }) => id));
  expect(page.items.filter(({ id }) => !ids.has(id))).toEqual([]);
  expect((await read(uid, { cursor: 'a/b' })).status).toBe(400);
  expect((await read(uid, { limit: '501' })).status).toBe(400);
});
