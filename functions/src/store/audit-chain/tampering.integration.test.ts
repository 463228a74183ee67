/** What can be done to the audit by whoever may write to the database, and whether it is found. */
import fc from 'fast-check';
import { type DocumentData, type Firestore, Timestamp } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { auditStorage, recordTestCall } from '../../testing/audit.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { type AuditStorage, auditKey } from './audit-keys.ts';
import { placeOf } from './chain.ts';
import { ChainCheck, type FoundRecord, type KeyOf } from './chain-check.ts';
import { verifyChain } from './verify-chain.ts';

const TAMPERINGS = 1_000;
const RECORDS = 12;
const [MINE, OTHER] = ['mine', 'other'] as const;

let db: Firestore;
let storage: AuditStorage;

useFirestore((opened) => {
  db = opened;
  storage = auditStorage(db);
});

/** All that the database holds of the audit: its records by id, and the ends of its chains. */
interface Audit {
  records: Map<string, FoundRecord>;
  heads: Map<string, DocumentData>;
}

async function readAudit(): Promise<Audit & { keyOf: KeyOf; earlierHead: DocumentData }> {
  let earlierHead: DocumentData = {};
  for (let n = 1; n <= RECORDS; n++) {
    await recordTestCall(storage, MINE, { n, note: 'x'.repeat(n) });
    await recordTestCall(storage, OTHER, { n });
    if (n === RECORDS / 2) earlierHead = (await db.collection('auditChains').doc(MINE).get()).data() ?? {};
  }
  const [records, heads] = await Promise.all([
    db.collection('audit').get(),
    db.collection('auditChains').get(),
  ]);
  const key = await auditKey(storage, 'first');
  return {
    records: new Map(
      records.docs.map((each) => [each.id, { id: each.id, data: each.data(), createTime: each.createTime }]),
    ),
    heads: new Map(heads.docs.map((each) => [each.id, each.data()])),
    keyOf: (id) => (id === 'first' ? key : null),
    earlierHead,
  };
}

/** As `verifyChain` reads it. */
function isIntact({ records, heads }: Audit, keyOf: KeyOf, chain: string): boolean {
  const check = new ChainCheck({ ownerUid: 'owner', connectionId: chain }, keyOf, { now: new Date() });
  const own = [...records.values()].filter(({ data }) => data.connectionId === chain);
  for (const record of own.toSorted((a, b) => (a.id < b.id ? -1 : 1))) check.take(record);
  return check.end(heads.get(chain)).isIntact;
}

/** Another value of the kind that a field may have, or another kind. */
function changedValue(value: unknown, by: number): unknown {
  if (by % 7 === 0) return value === null ? 'something' : null;
  if (value instanceof Timestamp) {
    return by % 2 === 0
      ? new Timestamp(value.seconds, (value.nanoseconds + 1_000 * (1 + (by % 900))) % 1_000_000_000)
      : new Timestamp(value.seconds - 1 - by, value.nanoseconds);
  }
  if (typeof value === 'number') return by % 2 === 0 ? String(value) : value + 1 + by;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return `was ${String(value)}`;
  const at = by % (value.length + 1);
  return `${value.slice(0, at)}${value[at] === 'z' ? 'y' : 'z'}${value.slice(at + (by % 2))}`;
}

function changedFields(data: DocumentData, which: number, by: number): DocumentData {
  const names = Object.keys(data).toSorted();
  const name = names[which % names.length] ?? '';
  if (by % 11 === 0) {
    const { [name]: _, ...rest } = data;
    return rest;
  }
  if (by % 13 === 0) return { ...data, added: by };
  return { ...data, [name]: changedValue(data[name], by) };
}

interface Tampering {
  kind: (typeof KINDS)[number];
  one: number;
  other: number;
  by: number;
}

const KINDS = [
  'edit',
  'delete',
  'delete some',
  'swap',
  'renumber',
  'truncate',
  'truncate and put back an end',
  'truncate and forge an end',
  'behead',
  'edit the end',
  'duplicate',
  'move to another connection',
  'move to another chain',
  'take from another chain',
  'let expire and delete',
  'put in',
  'put in as if old',
] as const;

const tampering: fc.Arbitrary<Tampering> = fc.record({
  kind: fc.constantFrom(...KINDS),
  one: fc.nat(RECORDS - 1),
  other: fc.nat(RECORDS - 1),
  by: fc.nat(10_000),
});

const idOf = (chain: string, index: number) => `${chain}-${String(index + 1).padStart(10, '0')}`;
const HEAD_FIELDS = [
  'sequence',
  'hash',
  'lastExpireAt',
  'begunAt',
  'keyId',
  'mac',
  'ownerUid',
  'connectionId',
  'expireAt',
];

function tampered(
  audit: Audit,
  { kind, one, other: drawn, by }: Tampering,
  earlierHead: DocumentData,
): Audit {
  const records = new Map(audit.records);
  const heads = new Map(audit.heads);
  const other = drawn === one ? (one + 1) % RECORDS : drawn;
  const [id, otherId] = [idOf(MINE, one), idOf(MINE, other)];
  const at = (which: string) => {
    const found = records.get(which);
    if (found === undefined) throw new Error(`There is no ${which}.`);
    return found;
  };
  const put = (which: string, data: DocumentData, createTime = at(id).createTime) =>
    records.set(which, { id: which, data, createTime });
  const [record, second] = [at(id), at(otherId)];
  const head = heads.get(MINE) ?? {};
  const cutFrom = (index: number) => {
    for (let n = index; n < RECORDS; n++) records.delete(idOf(MINE, n));
  };
  switch (kind) {
    case 'edit':
      put(id, changedFields(record.data, other * 31 + by, by));
      break;
    case 'delete':
      records.delete(id);
      break;
    case 'delete some':
      for (let n = Math.min(one, other); n <= Math.max(one, other); n++) records.delete(idOf(MINE, n));
      break;
    case 'swap':
      put(id, second.data);
      put(otherId, record.data);
      break;
    case 'renumber':
      put(id, { ...second.data, sequence: one + 1, previous: record.data.previous });
      put(otherId, { ...record.data, sequence: other + 1, previous: second.data.previous });
      break;
    case 'truncate':
      cutFrom(one);
      break;
    case 'truncate and put back an end':
      // Those of the earlier end stay: it ends there.
      cutFrom(RECORDS / 2 + 1 + (one % (RECORDS / 2 - 1)));
      heads.set(MINE, earlierHead);
      break;
    case 'truncate and forge an end': {
      cutFrom(Math.max(1, one));
      const last = at(idOf(MINE, Math.max(1, one) - 1)).data;
      heads.set(MINE, { ...head, sequence: last.sequence, hash: last.hash, lastExpireAt: last.expireAt });
      break;
    }
    case 'behead':
      heads.delete(MINE);
      break;
    case 'edit the end': {
      const name = HEAD_FIELDS[by % HEAD_FIELDS.length] ?? 'mac';
      heads.set(MINE, { ...head, [name]: changedValue(head[name], by + one) });
      break;
    }
    case 'duplicate':
      put(idOf(MINE, RECORDS + (by % 3)), record.data);
      break;
    case 'move to another connection':
      put(id, { ...record.data, connectionId: OTHER });
      break;
    case 'move to another chain':
      records.delete(id);
      put(idOf(OTHER, RECORDS), { ...record.data, connectionId: OTHER }, record.createTime);
      break;
    case 'take from another chain':
      put(id, { ...at(idOf(OTHER, one)).data, connectionId: MINE });
      break;
    case 'let expire and delete':
      put(otherId, {
        ...second.data,
        previousExpireAt: Timestamp.fromMillis(0),
        expireAt: Timestamp.fromMillis(0),
      });
      records.delete(id);
      break;
    case 'put in':
      put(`planted${by}`, record.data);
      break;
    case 'put in as if old': {
      const { sequence: _, previous: __, hash: ___, keyId: ____, ...plain } = record.data;
      put(`planted${by}`, { ...plain, at: Timestamp.fromMillis(0) });
      break;
    }
  }
  return { records, heads };
}

it(`finds each of ${TAMPERINGS.toLocaleString('en')} random tamperings with a chain`, async () => {
  const { keyOf, earlierHead, ...audit } = await readAudit();
  expect([MINE, OTHER].map((chain) => isIntact(audit, keyOf, chain))).toEqual([true, true]);
  const found = new Map<string, number>();
  fc.assert(
    fc.property(tampering, (drawn) => {
      const after = tampered(audit, drawn, earlierHead);
      expect(isIntact(after, keyOf, MINE) && isIntact(after, keyOf, OTHER)).toBe(false);
      found.set(drawn.kind, (found.get(drawn.kind) ?? 0) + 1);
    }),
    { numRuns: TAMPERINGS },
  );
  expect([...found.values()].reduce((sum, count) => sum + count, 0)).toBe(TAMPERINGS);
  expect([...found.keys()].toSorted()).toEqual([...KINDS].toSorted());
});

it('finds them in the database, and nothing once they are undone', async () => {
  const { keyOf: _, earlierHead, ...audit } = await readAudit();
  const verdict = (chain: string) => verifyChain(storage, { ownerUid: 'owner', connectionId: chain });
  const drawn = fc.sample(tampering, 40);
  for (const [index, each] of drawn.entries()) {
    // Each kind at least twice.
    const one = { ...each, kind: KINDS[index % KINDS.length] ?? 'edit' };
    const after = tampered(audit, one, earlierHead);
    await write(audit, after);
    const reports = await Promise.all([verdict(MINE), verdict(OTHER)]);
    expect(
      reports.every((report) => report.isIntact),
      one.kind,
    ).toBe(false);
    await write(after, audit);
    expect(await verdict(MINE), one.kind).toMatchObject({ isIntact: true });
  }
  expect(await verdict(MINE)).toMatchObject({ isIntact: true });
});

/** Makes one state of the database of the other. */
async function write(from: Audit, to: Audit): Promise<void> {
  for (const id of new Set([...from.records.keys(), ...to.records.keys()])) {
    const [before, after] = [from.records.get(id), to.records.get(id)];
    const document = db.collection('audit').doc(id);
    if (after === undefined) await document.delete();
    else if (before?.data !== after.data) await document.set(after.data);
  }
  const chains = new Set([...from.heads.keys(), ...to.heads.keys()]);
  for (const chain of chains) {
    const after = to.heads.get(chain);
    const document = db.collection('auditChains').doc(chain);
    if (after === undefined) await document.delete();
    else if (from.heads.get(chain) !== after) await document.set(after);
  }
}

it('knows the ids of a chain from others', () => {
  expect(placeOf('a-0000000012')).toEqual({ chain: 'a', sequence: 12 });
  expect(placeOf('user-a-b-0000000001')).toEqual({ chain: 'user-a-b', sequence: 1 });
  for (const other of ['a', 'a-1', 'a-00000000012', 'a_0000000012', '-0000000001'])
    expect(placeOf(other)).toBeNull();
});
