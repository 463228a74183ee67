/** Whether records of a chain are as they were written, and all there. Knows no database. */
import type { KeyObject } from 'node:crypto';
import { type DocumentData, Timestamp } from 'firebase-admin/firestore';
import type { BreakKind } from '../../contract/audit.ts';
import {
  type ChainEnd,
  type ChainOf,
  chainId,
  type Head,
  headMac,
  type Link,
  link,
  placeOf,
  recordHash,
  storedHead,
} from './chain.ts';

/** Of these the first ones are told; how many there are is counted. */
const MOST_TOLD = 20;

/** What is wrong at one place of a chain. */
export interface ChainBreak {
  /**
   * `changed`: a record says something else than was written, or nothing of ours wrote it. `missing`: records before
   * this one were deleted. `order`: it does not follow the one before. `end_missing`: the last records were deleted.
   * `end_changed`: where the chain ends was changed, deleted or put back. `end_lost`: it was so when this one was written.
   * `replaced`: another record is at the place of one that was known from elsewhere. `foreign`: a record of no place in
   * the chain. `unverifiable`: its key is gone.
   */
  kind: BreakKind;
  /** The record it was found at; null: the end of the chain. */
  recordId: string | null;
  /** Its place in the chain, where it has one. */
  sequence: number | null;
  /** When it says that it was; null where it cannot be believed to the day. */
  at: Date | null;
}

export interface ChainReport {
  chain: string;
  /** There is anything of it. */
  isThere: boolean;
  isIntact: boolean;
  /** From the first record on, not only the newest ones. */
  isWhole: boolean;
  /** Those that were verified. */
  records: number;
  /** When the oldest and the newest of them were. */
  since: Date | null;
  until: Date | null;
  /** The place and hash of the last one, to compare with what the log or an earlier report says. */
  sequence: number;
  hash: string | null;
  /** From before there were chains: nothing proves them. */
  unproven: number;
  breaks: ChainBreak[];
  breakCount: number;
}

/** A record as the database has it. */
export interface FoundRecord {
  id: string;
  data: DocumentData;
  /** Firestore's own, which no writer chooses. */
  createTime: Timestamp;
}

/** A record's place and hash as the log or an earlier report named them. */
export type KnownRecord = Pick<ChainEnd, 'sequence' | 'hash'>;

export interface CheckOptions {
  now: Date;
  /** The place of the first record that is given; those before are not looked at. */
  from?: number;
  known?: KnownRecord | undefined;
  /** There has to be a chain. */
  isDue?: boolean;
}

export type KeyOf = (keyId: string) => KeyObject | null;

/** Checks one chain; its records are given in the order of their ids, and its end after them. */
export class ChainCheck {
  readonly #chain: string;
  readonly #options: CheckOptions;
  readonly #keyOf: KeyOf;
  readonly #breaks: ChainBreak[] = [];
  readonly #foreign: FoundRecord[] = [];
  #breakCount = 0;
  #records = 0;
  #since: Date | null = null;
  #until: Date | null = null;
  #last: (Pick<ChainEnd, 'sequence'> & { hash: string | null }) | null = null;

  constructor(of: ChainOf, keyOf: KeyOf, options: CheckOptions) {
    this.#chain = chainId(of);
    this.#keyOf = keyOf;
    this.#options = options;
    const { from = 1 } = options;
    this.#last = from > 1 ? { sequence: from - 1, hash: null } : null;
  }

  /** The place of the last record so far. */
  get lastSequence(): number {
    return this.#last?.sequence ?? 0;
  }

  take(record: FoundRecord): void {
    const place = placeOf(record.id);
    if (place?.chain !== this.#chain) {
      this.#foreign.push(record);
      return;
    }
    const { sequence } = place;
    const trusted = this.#trusted(record, link.safeParse(record.data).data, sequence);
    if (trusted === null) {
      // What is missing before it cannot be told from it.
      this.#last = { sequence, hash: null };
      return;
    }
    if (trusted.afterLoss) this.#break('end_lost', record, sequence);
    else this.#checkBefore(record, trusted);
    const { known } = this.#options;
    if (known?.sequence === sequence && known.hash !== trusted.hash)
      this.#break('replaced', record, sequence);
    this.#records += 1;
    const at = timeOf(record.data);
    if (at !== null && (this.#since === null || at < this.#since)) this.#since = at;
    if (at !== null && (this.#until === null || at > this.#until)) this.#until = at;
    this.#last = { sequence, hash: trusted.hash };
  }

  /** @param head Read after the last record. */
  end(head: DocumentData | undefined): ChainReport {
    const trusted = this.#trustedHead(head);
    this.#checkEnd(head !== undefined, trusted);
    let unproven = 0;
    for (const record of this.#foreign) {
      const isOld =
        placeOf(record.id) === null &&
        (trusted === null || record.createTime.toMillis() < trusted.begunAt.toMillis());
      if (isOld) unproven += 1;
      else this.#break('foreign', record, null);
    }
    return {
      chain: this.#chain,
      isThere: head !== undefined || this.#last !== null || this.#foreign.length > 0,
      isIntact: this.#breakCount === 0,
      isWhole: (this.#options.from ?? 1) === 1,
      records: this.#records,
      since: this.#since,
      until: this.#until,
      sequence: this.lastSequence,
      hash: this.#last?.hash ?? null,
      unproven,
      breaks: this.#breaks,
      breakCount: this.#breakCount,
    };
  }

  #trusted(record: FoundRecord, known: Link | undefined, sequence: number): Link | null {
    const key = known === undefined ? null : this.#keyOf(known.keyId);
    if (known !== undefined && key === null) {
      this.#break('unverifiable', record, sequence);
      return null;
    }
    const isAsWritten =
      known !== undefined &&
      key !== null &&
      known.sequence === sequence &&
      recordHash(key, record.id, record.data) === known.hash;
    if (isAsWritten) return known;
    this.#break('changed', record, sequence);
    return null;
  }

  #checkBefore(record: FoundRecord, { sequence, previous, previousExpireAt }: Link): void {
    if (sequence !== this.lastSequence + 1) {
      // None expires before an earlier one: with the last of those that are missing, all of them have.
      if (previousExpireAt === null || !this.#isOver(previousExpireAt))
        this.#break('missing', record, sequence);
      return;
    }
    if (this.#last?.hash !== null && previous !== (this.#last?.hash ?? null)) {
      this.#break('order', record, sequence);
    }
  }

  #trustedHead(data: DocumentData | undefined): Head | null {
    const head = storedHead.safeParse(data).data;
    const key = head === undefined ? null : this.#keyOf(head.keyId);
    if (head === undefined || key === null) return null;
    return headMac(key, this.#chain, head) === head.mac ? head : null;
  }

  #checkEnd(isThere: boolean, head: Head | null): void {
    const { known, isDue = false } = this.#options;
    if (head === null) {
      if (isThere || isDue || this.#last !== null) this.#break('end_changed', null, null);
      else if (known !== undefined) this.#break('end_missing', null, known.sequence);
      return;
    }
    if (known !== undefined && known.sequence > head.sequence)
      this.#break('end_missing', null, known.sequence);
    if (head.sequence < this.lastSequence) this.#break('end_changed', null, head.sequence);
    else if (head.sequence > this.lastSequence) {
      if (!this.#isOver(head.lastExpireAt)) this.#break('end_missing', null, head.sequence);
    } else if (this.#last !== null && this.#last.hash !== null && this.#last.hash !== head.hash) {
      this.#break('end_changed', null, head.sequence);
    }
  }

  #isOver(expireAt: Timestamp): boolean {
    return expireAt.toMillis() <= this.#options.now.getTime();
  }

  #break(kind: ChainBreak['kind'], record: FoundRecord | null, sequence: number | null): void {
    this.#breakCount += 1;
    if (this.#breaks.length >= MOST_TOLD) return;
    const at = record === null ? null : timeOf(record.data);
    this.#breaks.push({ kind, recordId: record?.id ?? null, sequence, at });
  }
}

function timeOf({ at }: DocumentData): Date | null {
  return at instanceof Timestamp ? at.toDate() : null;
}
