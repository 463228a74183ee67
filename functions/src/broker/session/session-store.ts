/**
 * What the many instances serving one connection share about its IBKR session. This layer declares it; the store
 * implements it over `sessions/{connectionId}`.
 */

import type { BrokerErrorKind } from '../errors.ts';
import type { LiveSession } from '../transport/login.ts';

export interface SessionRecord {
  /** How many times the brokerage session was opened; 0 before the first. A higher one than yours: use that. */
  epoch: number;
  /** Milliseconds since 1970; null before the first opening. */
  openedAt: number | null;
  /** No call before this moment (ms since 1970): IBKR answered 429. */
  pacedUntil: number | null;
  liveSession: LiveSession | null;
  /** Set when IBKR refused the credentials; whoever changes the credentials clears it. */
  credentialRejections: { count: number; at: number } | null;
  /** The accounts of the login, as the last opening saw them; null before the first. */
  accountIds: readonly string[] | null;
  /** The opening since which IBKR has answered what it first answers empty (`warmUp`); 0 before the first. */
  warmedEpoch: number;
  /** Its `GET /portfolio/accounts` then, which IBKR takes too rarely for every instance to ask. */
  portfolioAccounts: KeptAnswer | null;
}

/** An answer of IBKR's that may serve later reads. */
export interface KeptAnswer {
  /** Names the owner, so whoever stores it encrypts it. */
  body: string;
  /** Milliseconds since 1970. */
  until: number;
}

/** A read of which IBKR takes few, as all instances know it. */
export interface SharedRead {
  /** When it begins or began (ms since 1970); unlike any other's of the same request. */
  turn: number;
  /** IBKR's answer, which may tell anything, so whoever stores it encrypts it; null while there is none. */
  body: string | null;
  /** Until when it may be used or waited for (ms since 1970). */
  until: number;
}

/** The turns at a limit that all instances take together. */
export interface SharedTurns {
  /** The latest that was taken (ms since 1970); 0 before the first. */
  last: number;
  /** What the instances told each other of a request, as far as it is not past. */
  reads: readonly SharedRead[];
}

const NEW_SESSION: SessionRecord = {
  epoch: 0,
  openedAt: null,
  pacedUntil: null,
  liveSession: null,
  credentialRejections: null,
  accountIds: null,
  warmedEpoch: 0,
  portfolioAccounts: null,
};

/** What is written of a session. */
export interface SessionChange extends Partial<SessionRecord> {
  /** Why the last attempt to open it failed; null when it succeeded. Nothing here reads it. */
  trouble?: { kind: BrokerErrorKind; at: number } | null;
}

/** Bound to one connection. */
export interface SessionStore {
  read(): Promise<SessionRecord>;
  /** Sets the given fields and leaves the others. */
  write(fields: SessionChange): Promise<void>;
  /**
   * Takes the right to open the session, for `ttlMs` at most, unless another holder has it.
   * @returns whether `holder` has it now.
   */
  acquireLease(holder: string, ttlMs: number): Promise<boolean>;
  /** Gives it back; nothing happens if `holder` does not have it. */
  releaseLease(holder: string): Promise<void>;
  /**
   * Changes what is known of the turns of that name, which all instances take together.
   * @param request Names the request whose reads are meant.
   * @param next Answers what is known from then on, null to leave it. May be asked more than once.
   */
  changeTurns(name: string, request: string, next: (known: SharedTurns) => SharedTurns | null): Promise<void>;
  /** What the instances told each other of a request, as far as it is not past. */
  sharedReads(request: string): Promise<readonly SharedRead[]>;
  /**
   * Tells all instances of a read, in place of what they know of the same turn. What is past is forgotten, and what is
   * too long to keep.
   */
  shareRead(request: string, read: SharedRead): Promise<void>;
}

/** A store for a program that is one process. */
export function inMemorySessionStore(): SessionStore {
  let record = NEW_SESSION;
  let lease: { holder: string; until: number } | null = null;
  const turns = new Map<string, number>();
  const reads = new Map<string, readonly SharedRead[]>();
  const readsOf = (request: string) => (reads.get(request) ?? []).filter(({ until }) => until > Date.now());
  return {
    read: async () => record,
    write: async (fields) => {
      record = { ...record, ...fields };
    },
    acquireLease: async (holder, ttlMs) => {
      if (lease !== null && lease.holder !== holder && lease.until > Date.now()) return false;
      lease = { holder, until: Date.now() + ttlMs };
      return true;
    },
    releaseLease: async (holder) => {
      if (lease?.holder === holder) lease = null;
    },
    changeTurns: async (name, request, next) => {
      const changed = next({ last: turns.get(name) ?? 0, reads: readsOf(request) });
      if (changed === null) return;
      turns.set(name, changed.last);
      reads.set(request, changed.reads);
    },
    sharedReads: async (request) => readsOf(request),
    shareRead: async (request, read) => {
      reads.set(request, [...readsOf(request).filter(({ turn }) => turn !== read.turn), read]);
    },
  };
}
