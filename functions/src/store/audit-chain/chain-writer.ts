/**
 * Appends to chains of audit records. A chain has one end, `auditChains/{chain}`, that moves with every record in one
 * commit, however many instances write. Within an instance the records of a chain that wait are committed together,
 * one commit after the other, and where the chain ends is remembered from the commit before: a record alone costs two
 * writes and no read.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type DocumentData, type DocumentReference, Timestamp } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import { withDeadline } from '../database/in-time.ts';
import { perDatabase } from '../database/per-database.ts';
import { ABORTED, ALREADY_EXISTS, FAILED_PRECONDITION, isStatus, NOT_FOUND } from '../database/status.ts';
import { type AuditStorage, auditKey, currentAuditKey } from './audit-keys.ts';
import {
  type ChainEnd,
  type ChainOf,
  chainId,
  type Head,
  headMac,
  link,
  recordHash,
  recordIdOf,
  storedHead,
} from './chain.ts';

const MOST_AT_ONCE = 100;
const MOST_WRITERS = 2_000;
/** Firestore deletes what has expired within days: the end of a chain stays until all of it is gone. */
const HEAD_OUTLIVES_MS = 30 * 86_400_000;
/** For so long a record tries to get its place among those of other instances. */
const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 200;
/** How far a chain goes on behind what may still be there of an end that was lost. */
const SKIPPED_AFTER_LOSS = 1_000;
const NEWEST = 20;

/** Somebody else changed the end of the chain. */
const OVERTAKEN = [NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED];

/** What a record tells, and how long it is kept. */
export interface Entry {
  fields: DocumentData;
  expireAt: Date;
}

/** What was appended, and where. */
export interface Appended {
  id: string;
  chain: string;
  sequence: number;
  hash: string;
  /** The end of the chain was gone or had been changed: somebody wrote to the database. */
  afterLoss: boolean;
}

const writersOf = perDatabase(() => new LRUCache<string, ChainWriter>({ max: MOST_WRITERS }));

/**
 * Appends a record to its chain.
 * @throws {Error} when it was not written, or is not known to have been.
 */
export function appendToChain(storage: AuditStorage, of: ChainOf, entry: Entry): Promise<Appended> {
  const writers = writersOf(storage.db);
  const id = chainId(of);
  const writer = writers.get(id) ?? new ChainWriter(storage, of);
  writers.set(id, writer);
  return writer.append(entry);
}

interface Waiting extends Entry {
  written: PromiseWithResolvers<Appended>;
}

/** Where the chain ends as far as this instance knows. */
interface KnownEnd {
  /** Null: there is nothing yet. */
  end: ChainEnd | null;
  begunAt: Timestamp;
  /** Of the head; null: there is none yet. */
  updateTime: Timestamp | null;
  /** It had to be guessed. */
  isLost: boolean;
}

class ChainWriter {
  readonly #storage: AuditStorage;
  readonly #of: ChainOf;
  readonly #id: string;
  readonly #head: DocumentReference;
  readonly #waiting: Waiting[] = [];
  #isWriting = false;
  #known: KnownEnd | null = null;

  constructor(storage: AuditStorage, of: ChainOf) {
    this.#storage = storage;
    this.#of = of;
    this.#id = chainId(of);
    this.#head = storage.db.collection('auditChains').doc(this.#id);
  }

  append(entry: Entry): Promise<Appended> {
    const written = Promise.withResolvers<Appended>();
    this.#waiting.push({ ...entry, written });
    if (!this.#isWriting) void this.#writeAll();
    return written.promise;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const entries = this.#waiting.splice(0, MOST_AT_ONCE);
      try {
        const appended = await this.#write(entries);
        for (const [index, { written }] of entries.entries()) {
          const own = appended[index];
          if (own !== undefined) written.resolve(own);
        }
      } catch (error) {
        this.#known = null;
        for (const { written } of entries) written.reject(error);
      }
    }
    this.#isWriting = false;
  }

  async #write(entries: readonly Entry[]): Promise<Appended[]> {
    const deadline = Date.now() + PATIENCE_MS;
    for (let attempt = 1; ; attempt++) {
      const known = this.#known ?? (await this.#readEnd());
      const { appended, end, commit } = await this.#prepared(entries, known);
      try {
        // One that is still on its way then counts as overtaken, or the next one does.
        const updateTime = await withDeadline(commit(), undefined, PATIENCE_MS);
        this.#known = { ...known, end, updateTime, isLost: false };
        return appended;
      } catch (error) {
        this.#known = null;
        if (!isOvertaken(error) || Date.now() > deadline) throw error;
        const now = await this.#readEnd();
        // The answer to an attempt was lost, and the library made another one.
        if (now.end?.hash === end.hash) return appended;
        const isBlocked = isStatus(error, ALREADY_EXISTS) && isSameEnd(now, known);
        this.#known = isBlocked ? skipPossibleLoss(now) : now;
        await delay(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * 2 ** attempt));
      }
    }
  }

  /** The records that entries make at an end of the chain, and the end that they make. */
  async #prepared(entries: readonly Entry[], known: KnownEnd) {
    const { db } = this.#storage;
    const { id: keyId, key } = await currentAuditKey(this.#storage);
    const batch = db.batch();
    const appended: Appended[] = [];
    let end = known.end;
    for (const { fields, expireAt } of entries) {
      const sequence = (end?.sequence ?? 0) + 1;
      const id = recordIdOf(this.#id, sequence);
      const record = {
        ...fields,
        ownerUid: this.#of.ownerUid,
        connectionId: this.#of.connectionId,
        sequence,
        previous: end?.hash ?? null,
        previousExpireAt: end?.expireAt ?? null,
        afterLoss: known.isLost && appended.length === 0,
        keyId,
        expireAt: later(Timestamp.fromDate(expireAt), end?.expireAt),
      };
      const hash = recordHash(key, id, record);
      batch.create(db.collection('audit').doc(id), { ...record, hash });
      end = { sequence, hash, expireAt: record.expireAt };
      appended.push({ id, chain: this.#id, sequence, hash, afterLoss: record.afterLoss });
    }
    if (end === null) throw new Error('Nothing was to be written.');
    const fields: Omit<Head, 'mac'> = {
      ownerUid: this.#of.ownerUid,
      connectionId: this.#of.connectionId,
      sequence: end.sequence,
      hash: end.hash,
      lastExpireAt: end.expireAt,
      begunAt: known.begunAt,
      keyId,
      expireAt: Timestamp.fromMillis(end.expireAt.toMillis() + HEAD_OUTLIVES_MS),
    };
    const head: Head = { ...fields, mac: headMac(key, this.#id, fields) };
    if (known.updateTime === null) batch.create(this.#head, head);
    else batch.update(this.#head, { ...head }, { lastUpdateTime: known.updateTime });
    const commit = async () => (await batch.commit()).at(-1)?.writeTime ?? null;
    return { appended, end, commit };
  }

  async #readEnd(): Promise<KnownEnd> {
    const snapshot = await this.#head.get();
    const head = await this.#trusted(snapshot.data());
    const updateTime = snapshot.updateTime ?? null;
    if (head !== null) {
      const { sequence, hash, lastExpireAt: expireAt, begunAt } = head;
      return { end: { sequence, hash, expireAt }, begunAt, updateTime, isLost: false };
    }
    const begunAt = Timestamp.now();
    const newest = await this.#newestThere();
    if (newest === null && updateTime === null) return { end: null, begunAt, updateTime, isLost: false };
    return skipPossibleLoss({ end: newest, begunAt, updateTime, isLost: true });
  }

  async #trusted(data: DocumentData | undefined): Promise<Head | null> {
    const head = storedHead.safeParse(data).data;
    if (head === undefined) return null;
    const key = await auditKey(this.#storage, head.keyId);
    return key !== null && headMac(key, this.#id, head) === head.mac ? head : null;
  }

  /** The last record that is there of a chain whose end is not; null if it has expired too. */
  async #newestThere(): Promise<ChainEnd | null> {
    const { ownerUid, connectionId } = this.#of;
    const { docs } = await this.#storage.db
      .collection('audit')
      .where('ownerUid', '==', ownerUid)
      .where('connectionId', '==', connectionId)
      .orderBy('at', 'desc')
      .limit(NEWEST)
      .get();
    const links = docs.flatMap((document) => link.safeParse(document.data()).data ?? []);
    const last = links.toSorted((a, b) => b.sequence - a.sequence)[0];
    return last === undefined || last.expireAt.toMillis() <= Date.now() ? null : last;
  }
}

function skipPossibleLoss(known: KnownEnd): KnownEnd {
  const end = known.end && { ...known.end, sequence: known.end.sequence + SKIPPED_AFTER_LOSS };
  return { ...known, end, isLost: true };
}

function isSameEnd(a: KnownEnd, b: KnownEnd): boolean {
  return a.end?.hash === b.end?.hash && a.updateTime?.toMillis() === b.updateTime?.toMillis();
}

function later(a: Timestamp, b: Timestamp | undefined): Timestamp {
  return b !== undefined && b.toMillis() > a.toMillis() ? b : a;
}

function isOvertaken(error: unknown): boolean {
  return isStatus(error, ...OVERTAKEN);
}
