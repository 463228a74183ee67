/**
 * What is known of the sign-ins of one IBKR user name, over all connections and instances, and what follows from it:
 * IBKR locks a user for a day after ten that failed. What it counts is written down before it leaves, so that one who dies
 * on the way, or gets no answer, cannot try once too often. Pure: time is passed in.
 */

import { isMaintenance } from '../wire/nightly-reset.ts';
import type { Factor } from './factors.ts';

/** Why a connection signs in no more before its owner did something. */
export type Stop =
  | 'wrong_password'
  | 'wrong_code'
  | 'wrong_mode'
  | 'user_locked'
  | 'sign_in_changed'
  | 'code_wanted'
  | 'sent_code_wanted'
  | 'approval_wanted'
  /** Twice in a row no answer came to a password or a code. */
  | 'unanswered';

/** Of one connection, since its owner did something or IBKR let it in. */
export interface ConnectionAttempts {
  owner: string;
  /** Passwords and codes that were sent and that IBKR did not take, as far as is known. */
  passwords: number;
  codes: number;
  /** Sign-ins in a row that ended in neither a yes nor a no. */
  failures: number;
  /** ms since 1970 */
  notBefore: number;
  stop: Stop | null;
  /** IBKR took a password of it once: whose connection it is knows the one of this user. */
  isProven: boolean;
  /** Which second factor its owner chose, where IBKR takes several. */
  chosenFactor: Factor | null;
}

/** A password or code that left, and that IBKR did not take as far as is known; or a mode, which it does not count. */
export interface Untaken {
  /** ms since 1970 */
  at: number;
  what: 'password' | 'code' | 'mode';
  connection: string;
  owner: string;
  isProven: boolean;
}

/** What IBKR counts. */
const COUNTED = ['passwords', 'codes'] as const;
type Counted = (typeof COUNTED)[number];
const WHAT = { passwords: 'password', codes: 'code' } as const;

/** Stops by which the owner is wanted: what they do themselves goes on. */
const WANTS_OWNER: readonly (Stop | null)[] = ['code_wanted', 'sent_code_wanted', 'approval_wanted'];

/** Who signs in: one instance, for one connection of an owner. */
export interface Turn {
  connection: string;
  owner: string;
  name: string;
}

/** Of one IBKR user name. Times in ms since 1970. */
export interface UserAttempts {
  /** Who signs in now. */
  holder: { name: string; until: number } | null;
  /** Of the last day, oldest first. */
  untaken: readonly Untaken[];
  /** The last period whose code was sent. */
  codeWindow: number;
  /** By connection. */
  connections: Readonly<Record<string, ConnectionAttempts>>;
}

export const NO_ATTEMPTS: UserAttempts = { holder: null, untaken: [], codeWindow: -1, connections: {} };
const NEW: ConnectionAttempts = {
  owner: '',
  passwords: 0,
  codes: 0,
  failures: 0,
  notBefore: 0,
  stop: null,
  isProven: false,
  chosenFactor: null,
};

/** How long a sign-in may take; one that takes longer is taken for dead. */
export const SIGN_IN_MS = 120_000;
const MOST_UNTAKEN = 2;
/**
 * IBKR takes ten in a day, whoever they come from: eight of them may come from here. Whoever never had the right password
 * may be a stranger who knows the name. All such share six, so that two are left for who has shown to know the
 * password. Of the six an owner has two, and a third while nobody else has used any: it takes three strangers to leave a
 * newcomer none.
 */
const MOST_A_DAY = { all: 8, proven: 4, unproven: 6, ofOwner: 2, ofOnlyOwner: 3, modesOfOwner: 3 };
/** Of a user name. Whoever has heard of one could else add any number, of which nothing is known. */
const MOST_CONNECTIONS = 50;
const DAY_MS = 86_400_000;
const BACK_OFF_MS = [60_000, 3_600_000, 6 * 3_600_000];

/** Whether something may be done, and what is known from then on. */
export type Decision =
  | { allowed: true; known: UserAttempts }
  | { allowed: false; because: Stop }
  | { allowed: false; because: 'busy' | 'back_off' | 'maintenance' | 'many_failures'; until: number };

/**
 * Begins a sign-in of a connection, which nobody else of the user name may be at.
 * @param turn.isIbkr False where something plays IBKR, which is not maintained at night.
 * @param turn.isByOwner The owner takes part in it: that they are wanted may have been found by another since they began.
 */
export function begin(
  known: UserAttempts,
  turn: Turn & { isIbkr: boolean; isByOwner: boolean },
  now: number,
): Decision {
  const { connection, name, isIbkr, isByOwner } = turn;
  const { notBefore } = attemptsOf(known, connection);
  const stop = stopOfOwner(known, turn);
  if (stop !== null && !(isByOwner && WANTS_OWNER.includes(stop))) return { allowed: false, because: stop };
  const { holder } = known;
  if (holder !== null && holder.until > now) return { allowed: false, because: 'busy', until: holder.until };
  if (notBefore > now) return { allowed: false, because: 'back_off', until: notBefore };
  const maintained = isIbkr ? maintainedUntil(now) : null;
  if (maintained !== null) return { allowed: false, because: 'maintenance', until: maintained };
  const until = tooManyUntil(known, turn, now);
  if (until !== null) return { allowed: false, because: 'many_failures', until };
  const untaken = recentUntaken(known, now);
  return { allowed: true, known: { ...known, untaken, holder: { name, until: now + SIGN_IN_MS } } };
}

/** Why a connection, or all of its owner with this user name, signs in no more before they did something. */
function stopOfOwner(known: UserAttempts, { connection, owner }: Turn): Stop | null {
  const { stop } = attemptsOf(known, connection);
  if (stop !== null || COUNTED.every((counted) => sumOf(known, owner, counted) < MOST_UNTAKEN)) return stop;
  const [first] = ownOf(known, owner).filter((each) => each.stop !== null && each.passwords + each.codes > 0);
  return first?.stop ?? 'unanswered';
}

/** What is counted of all connections of an owner. */
function sumOf(known: UserAttempts, owner: string, counted: Counted): number {
  return ownOf(known, owner).reduce((sum, each) => sum + each[counted], 0);
}

function ownOf({ connections }: UserAttempts, owner: string): ConnectionAttempts[] {
  return Object.values(connections).filter((each) => each.owner === owner);
}

/** When what a connection may send in vain is not used up any more; null: it is not. */
function tooManyUntil(known: UserAttempts, turn: Turn, now: number): number | null {
  const { owner } = turn;
  const isProven = knowsPassword(known, turn);
  const untaken = recentUntaken(known, now);
  const all = untaken.filter(({ what }) => what !== 'mode');
  const alike = all.filter((each) => each.isProven === isProven);
  if (isProven) return latest([endOf(all, MOST_A_DAY.all), endOf(alike, MOST_A_DAY.proven)]);
  const own = alike.filter((each) => each.owner === owner);
  const modes = untaken.filter((each) => each.what === 'mode' && each.owner === owner);
  return latest([
    endOf(all, MOST_A_DAY.all),
    endOf(alike, MOST_A_DAY.unproven),
    endOf(own, own.length < alike.length ? MOST_A_DAY.ofOwner : MOST_A_DAY.ofOnlyOwner),
    endOf(modes, MOST_A_DAY.modesOfOwner),
  ]);
}

/** Whether IBKR took a password of the connection once, or of another of its owner. */
function knowsPassword(known: UserAttempts, { connection, owner }: Turn): boolean {
  return attemptsOf(known, connection).isProven || ownOf(known, owner).some(({ isProven }) => isProven);
}

function latest(ends: readonly (number | null)[]): number | null {
  return ends.reduce((last, end) => (end !== null && end > (last ?? 0) ? end : last), null);
}

function endOf(untaken: readonly Untaken[], most: number): number | null {
  const next = untaken.at(-most);
  return next === undefined ? null : next.at + DAY_MS;
}

/** Counts a password or code that is about to leave. */
export function send(
  known: UserAttempts,
  turn: Turn,
  what: { passwords: 1 } | { codes: 1; codeWindow: number },
  now: number,
): Decision {
  const { connection, owner, name } = turn;
  const { holder } = known;
  if (holder?.name !== name) return { allowed: false, because: 'busy', until: holder?.until ?? now };
  const before = attemptsOf(known, connection);
  const counted = 'codes' in what ? 'codes' : 'passwords';
  if (sumOf(known, owner, counted) >= MOST_UNTAKEN) {
    return { allowed: false, because: stopOfOwner(known, turn) ?? 'unanswered' };
  }
  const until = tooManyUntil(known, turn, now);
  if (until !== null) return { allowed: false, because: 'many_failures', until };
  const after = { ...before, owner, [counted]: before[counted] + 1 };
  // Two on their way that nobody heard of again are two that may have been wrong.
  const stop = after[counted] >= MOST_UNTAKEN ? 'unanswered' : after.stop;
  return {
    allowed: true,
    known: {
      ...replaceAttempts(known, connection, { ...after, stop }),
      untaken: [
        ...recentUntaken(known, now),
        { at: now, what: WHAT[counted], connection, owner, isProven: knowsPassword(known, turn) },
      ],
      codeWindow: 'codes' in what ? Math.max(known.codeWindow, what.codeWindow) : known.codeWindow,
    },
  };
}

/** IBKR took the password or code that was sent last. */
export function acceptLast(known: UserAttempts, connection: string, counted: Counted): UserAttempts {
  const before = attemptsOf(known, connection);
  const stop = before.stop === 'unanswered' ? null : before.stop;
  const last = known.untaken.findLastIndex((each) => each.connection === connection);
  return {
    ...replaceAttempts(known, connection, { ...before, [counted]: 0, stop, isProven: true }),
    untaken: known.untaken.filter((_, index) => index !== last),
  };
}

/** How a sign-in ended: with a session, with a no, or with neither. */
export type Outcome = 'signed_in' | Exclude<Stop, 'unanswered'> | 'failed';

/** Ends a sign-in. */
export function end(known: UserAttempts, turn: Turn, outcome: Outcome, now: number): UserAttempts {
  const { connection, owner, name } = turn;
  const holder = known.holder?.name === name ? null : known.holder;
  const released = { ...known, holder };
  const before = attemptsOf(known, connection);
  if (outcome === 'signed_in') {
    const { chosenFactor } = before;
    return replaceAttempts(released, connection, { ...NEW, owner, isProven: true, chosenFactor });
  }
  if (outcome === 'failed' || isFirstWrongCode(known, owner, outcome)) {
    const wait = BACK_OFF_MS[Math.min(before.failures, BACK_OFF_MS.length - 1)] ?? 0;
    const after = { ...before, failures: before.failures + 1, notBefore: now + wait };
    return replaceAttempts(released, connection, after);
  }
  const stopped = replaceAttempts(released, connection, { ...before, stop: outcome });
  if (outcome === 'user_locked') return withAllLocked(stopped);
  if (outcome !== 'wrong_mode' || knowsPassword(known, turn)) return stopped;
  // It is told before a password leaves: without this, a stranger could be at it all day.
  const mode = { at: now, what: 'mode', connection, owner, isProven: false } as const;
  return { ...stopped, untaken: [...recentUntaken(known, now), mode] };
}

/** A user that IBKR locked is locked whoever signs in. */
function withAllLocked(known: UserAttempts): UserAttempts {
  const connections = Object.entries(known.connections).map(
    ([connection, attempts]) => [connection, { ...attempts, stop: 'user_locked' as const }] as const,
  );
  return { ...known, connections: Object.fromEntries(connections) };
}

/** A clock may have been off, or the code the one before: it is tried once more. */
function isFirstWrongCode(known: UserAttempts, owner: string, outcome: Outcome): boolean {
  return outcome === 'wrong_code' && sumOf(known, owner, 'codes') < MOST_UNTAKEN;
}

/**
 * The owner did something about a connection: entered other credentials, asked for another try, or typed a code. Others of
 * theirs stay stopped where they are, but what these sent counts no more.
 */
export function resume(known: UserAttempts, connection: string, owner: string): UserAttempts {
  const { isProven, chosenFactor } = attemptsOf(known, connection);
  const counted = Object.entries(known.connections).map(
    ([id, each]) => [id, each.owner === owner ? { ...each, passwords: 0, codes: 0 } : each] as const,
  );
  const resumed = { ...NEW, owner, isProven, chosenFactor };
  return replaceAttempts({ ...known, connections: Object.fromEntries(counted) }, connection, resumed);
}

/** The owner chose how they show that it is them. */
export function choose(known: UserAttempts, connection: string, chosenFactor: Factor): UserAttempts {
  return replaceAttempts(known, connection, { ...attemptsOf(known, connection), chosenFactor });
}

/** Which second factor the owner chose; null: none. */
export function chosenFactorOf(known: UserAttempts, connection: string): Factor | null {
  return attemptsOf(known, connection).chosenFactor;
}

/** Why a connection signs in no more before its owner did something; null when it does. */
export function stopOf(known: UserAttempts, connection: string): Stop | null {
  return attemptsOf(known, connection).stop;
}

/** When IBKR will have done with its sessions; null: it is not at it. */
function maintainedUntil(now: number): number | null {
  const step = 5 * 60_000;
  if (!isMaintenance(new Date(now))) return null;
  let until = now + step;
  while (isMaintenance(new Date(until))) until += step;
  return until;
}

function attemptsOf({ connections }: UserAttempts, connection: string): ConnectionAttempts {
  return connections[connection] ?? NEW;
}

function recentUntaken({ untaken }: UserAttempts, now: number): readonly Untaken[] {
  return untaken.filter(({ at }) => at > now - DAY_MS);
}

function replaceAttempts(
  known: UserAttempts,
  connection: string,
  attempts: ConnectionAttempts,
): UserAttempts {
  const { [connection]: _, ...others } = known.connections;
  const blank = Object.keys(others).filter((each) => isBlank(attemptsOf(known, each)));
  const surplus = blank.slice(0, Math.max(0, Object.keys(others).length + 1 - MOST_CONNECTIONS));
  const kept = Object.entries(others).filter(([each]) => !surplus.includes(each));
  return { ...known, connections: { ...Object.fromEntries(kept), [connection]: attempts } };
}

/** Whether nothing has to be known of a connection. */
function isBlank({ passwords, codes, failures, stop, isProven }: ConnectionAttempts): boolean {
  return passwords + codes + failures === 0 && stop === null && !isProven;
}
