/** Reads chains of audit records from the database, a page at a time, and checks them. */
import type { KeyObject } from 'node:crypto';
import { type DocumentSnapshot, FieldPath, type Firestore, type Query } from 'firebase-admin/firestore';
import { z } from 'zod';
import { type AuditStorage, auditKey, CURRENT_KEY, DEFAULT_AUDIT_DAYS } from './audit-keys.ts';
import { type ChainOf, chainId, placeOf, recordIdOf } from './chain.ts';
import { ChainCheck, type ChainReport, type KnownRecord } from './chain-check.ts';

const PAGE = 500;
const DAY_MS = 86_400_000;
/** An end that is ahead of its records is looked after so often: records are written while a chain is read. */
const MOST_LOOKS = 5;

export interface VerifyOptions {
  now?: Date;
  /** Of a chain that is longer, only so many of its last records are checked. */
  newest?: number;
  known?: KnownRecord | undefined;
}

/** Checks a chain. */
export async function verifyChain(
  storage: AuditStorage,
  of: ChainOf,
  { now: given, newest = Number.POSITIVE_INFINITY, known }: VerifyOptions = {},
): Promise<ChainReport> {
  const { db } = storage;
  const keys = new Map<string, KeyObject | null>();
  const head = db.collection('auditChains').doc(chainId(of));
  const before = await head.get();
  const length = sequenceIn(before);
  // By storage's clock, as what has expired is deleted by it.
  const now = given ?? before.readTime.toDate();
  const from = length > newest ? length - newest + 1 : 1;
  const isDue = await isChainDue(storage, of, now);
  const check = new ChainCheck(of, (id) => keys.get(id) ?? null, { now, from, known, isDue });
  const all = recordsOf(db, of);
  let rest = from === 1 ? all : all.startAt(recordIdOf(chainId(of), from));
  for (let look = 1; ; look++) {
    for (;;) {
      const { docs } = await rest.limit(PAGE).get();
      const last = docs.at(-1);
      if (last === undefined) break;
      const keyIds = docs.map((document) => document.get('keyId'));
      await readKeys(storage, keys, keyIds);
      for (const document of docs) {
        check.take({ id: document.id, data: document.data(), createTime: document.createTime });
      }
      rest = all.startAfter(last.id);
      if (docs.length < PAGE) break;
    }
    const end = await head.get();
    await readKeys(storage, keys, [end.get('keyId')]);
    if (sequenceIn(end) <= check.lastSequence || look === MOST_LOOKS) return check.end(end.data());
  }
}

function sequenceIn(head: DocumentSnapshot): number {
  const sequence: unknown = head.get('sequence');
  return typeof sequence === 'number' ? sequence : 0;
}

/** Whether there has to be a chain: of a connection that was made since there are chains, for that was recorded. */
async function isChainDue(storage: AuditStorage, { connectionId }: ChainOf, now: Date): Promise<boolean> {
  if (connectionId === '') return false;
  const { db, auditDays = DEFAULT_AUDIT_DAYS } = storage;
  const [connection, key] = await db.getAll(
    db.collection('connections').doc(connectionId),
    db.collection('auditKeys').doc(CURRENT_KEY),
  );
  const [made, began] = [connection?.createTime, key?.createTime];
  if (made === undefined || began === undefined) return false;
  return made.toMillis() > began.toMillis() && made.toMillis() > now.getTime() - auditDays * DAY_MS;
}

/** Whatever says that it belongs to the chain, in the order of ids. */
function recordsOf(db: Firestore, { ownerUid, connectionId }: ChainOf): Query {
  const audit = db.collection('audit').where('connectionId', '==', connectionId);
  // Two equalities and the id need no index of their own.
  const ofChain = connectionId === '' ? audit.where('ownerUid', '==', ownerUid) : audit;
  return ofChain.orderBy(FieldPath.documentId());
}

async function readKeys(
  storage: AuditStorage,
  keys: Map<string, KeyObject | null>,
  ids: readonly unknown[],
): Promise<void> {
  for (const id of new Set(ids)) {
    if (typeof id === 'string' && !keys.has(id)) keys.set(id, await auditKey(storage, id));
  }
}

const owned = z.object({ ownerUid: z.string(), connectionId: z.string() });

/** All chains that there are, or should be: of connections, of ends, and of whatever says that it is a record. */
export async function* allChains(db: Firestore): AsyncGenerator<ChainOf> {
  const seen = new Set<string>();
  const isNew = (of: ChainOf) => {
    const before = seen.size;
    return seen.add(chainId(of)).size > before;
  };
  for await (const { id, data } of documents(db.collection('connections').select('ownerUid'))) {
    const { data: of } = owned.safeParse({ ...data, connectionId: id });
    if (of !== undefined && isNew(of)) yield of;
  }
  for await (const { id, data } of documents(db.collection('auditChains'))) {
    const of = owned.safeParse(data).data ?? { ownerUid: '', connectionId: id };
    if (isNew(of)) yield of;
  }
  // From one chain to the next, since ids of a chain's records begin alike.
  const records = db.collection('audit').orderBy(FieldPath.documentId()).select('ownerUid', 'connectionId');
  let after = '';
  for (;;) {
    const { docs } = await (after === '' ? records : records.startAfter(after)).limit(1).get();
    const [document] = docs;
    if (document === undefined) return;
    const { data: of } = owned.safeParse(document.data());
    if (of !== undefined && isNew(of)) yield of;
    const chain = placeOf(document.id)?.chain;
    after = chain === undefined ? document.id : `${chain}-:`;
  }
}

async function* documents(query: Query) {
  const ordered = query.orderBy(FieldPath.documentId()).limit(PAGE);
  let page = await ordered.get();
  while (page.docs.length > 0) {
    for (const document of page.docs) yield { id: document.id, data: document.data() };
    page = await ordered.startAfter(page.docs.at(-1)?.id).get();
  }
}
