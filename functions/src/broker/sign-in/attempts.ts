/**
 * What is known of the sign-ins of one IBKR user name, over all connections and instances, and what follows from it:
 * IBKR locks a user for a day after ten that failed. What it counts is written down before it leaves, so that one who dies
 * on the way, or gets no answer, cannot try once too often. Pure: time is passed in.
 */

import { isNightlyReset, isWeekendMaintenance } from '../wire/nightly-reset.ts';

/** Why a connection signs in no more before its owner did something. */
export type Stop =
  | 'wrong_password'
  | 'wrong_code'
  | 'wrong_mode'
  | 'user_locked'
  | 'sign_in_changed'
  | 'code_wanted'
  | 'approval_wanted'
  /** Twice in a row no answer came to a password or a code. */
  | 'unanswered';

/** Of one connection, since its owner did something or IBKR let it in. */
export interface ConnectionAttempts {
  /** Passwords and codes that were sent and that IBKR did not take, as far as is known. */
  passwords: number;
  codes: number;
  /** Sign-ins in a row that ended in neither a yes nor a no. */
  failures: number;
  /** ms since 1970 */
  notBefore: number;
  stop: Stop | null;
}

/** Of one IBKR user name. Times in ms since 1970. */
export interface UserAttempts {
  /** Who signs in now. */
  holder: { name: string; until: number } | null;
  /** When passwords and codes left that IBKR did not take, of the last day. */
  untaken: readonly number[];
  /** The last period whose code was sent. */
  codeWindow: number;
  /** By connection. */
  connections: Readonly<Record<string, ConnectionAttempts>>;
}

export const NO_ATTEMPTS: UserAttempts = { holder: null, untaken: [], codeWindow: -1, connections: {} };
const NEW: ConnectionAttempts = { passwords: 0, codes: 0, failures: 0, notBefore: 0, stop: null };

/** How long a sign-in may take; one that takes longer is taken for dead. */
export const SIGN_IN_MS = 120_000;
const MOST_UNTAKEN = 2;
/** Of ten, over all connections of a user name: its owners may have mistyped theirs elsewhere too. */
const MOST_UNTAKEN_A_DAY = 6;
const DAY_MS = 86_400_000;
const BACK_OFF_MS = [60_000, 3_600_000, 6 * 3_600_000];

/** Whether something may be done, and what is known from then on. */
export type Decision =
  | { allowed: true; known: UserAttempts }
  | { allowed: false; because: Stop }
  | { allowed: false; because: 'busy' | 'back_off' | 'maintenance' | 'many_failures'; until: number };

/**
 * Begins a sign-in of a connection, which nobody else of the user name may be at.
 * @param isIbkr False where something plays IBKR, which is not maintained at night.
 */
export function begin(
  known: UserAttempts,
  { connection, name, isIbkr }: { connection: string; name: string; isIbkr: boolean },
  now: number,
): Decision {
  const { stop, notBefore } = of(known, connection);
  if (stop !== null) return { allowed: false, because: stop };
  const { holder } = known;
  if (holder !== null && holder.until > now) return { allowed: false, because: 'busy', until: holder.until };
  if (notBefore > now) return { allowed: false, because: 'back_off', until: notBefore };
  const maintained = isIbkr ? maintainedUntil(now) : null;
  if (maintained !== null) return { allowed: false, because: 'maintenance', until: maintained };
  const recent = untakenOf(known, now);
  const [oldest] = recent;
  if (oldest !== undefined && recent.length >= MOST_UNTAKEN_A_DAY) {
    return { allowed: false, because: 'many_failures', until: oldest + DAY_MS };
  }
  return { allowed: true, known: { ...known, untaken: recent, holder: { name, until: now + SIGN_IN_MS } } };
}

/** Counts a password or code that is about to leave. */
export function send(
  known: UserAttempts,
  connection: string,
  name: string,
  what: { passwords: 1 } | { codes: 1; codeWindow: number },
  now: number,
): Decision {
  const { holder } = known;
  if (holder?.name !== name) return { allowed: false, because: 'busy', until: holder?.until ?? now };
  const before = of(known, connection);
  const counted = 'codes' in what ? 'codes' : 'passwords';
  if (before[counted] >= MOST_UNTAKEN) return { allowed: false, because: before.stop ?? 'unanswered' };
  const after = { ...before, [counted]: before[counted] + 1 };
  // Two on their way that nobody heard of again are two that may have been wrong.
  const stop = after[counted] >= MOST_UNTAKEN ? 'unanswered' : after.stop;
  return {
    allowed: true,
    known: {
      ...withConnection(known, connection, { ...after, stop }),
      untaken: [...untakenOf(known, now), now],
      codeWindow: 'codes' in what ? Math.max(known.codeWindow, what.codeWindow) : known.codeWindow,
    },
  };
}

/** IBKR took the password or code that was sent last. */
export function taken(known: UserAttempts, connection: string, counted: 'passwords' | 'codes'): UserAttempts {
  const before = of(known, connection);
  const stop = before.stop === 'unanswered' ? null : before.stop;
  return {
    ...withConnection(known, connection, { ...before, [counted]: 0, stop }),
    untaken: known.untaken.slice(0, -1),
  };
}

/** How a sign-in ended: with a session, with a no, or with neither. */
export type Outcome = 'signed_in' | Exclude<Stop, 'unanswered'> | 'failed';

/** Ends a sign-in. */
export function end(
  known: UserAttempts,
  connection: string,
  name: string,
  outcome: Outcome,
  now: number,
): UserAttempts {
  const holder = known.holder?.name === name ? null : known.holder;
  const released = { ...known, holder };
  if (outcome === 'signed_in') return withConnection(released, connection, NEW);
  const before = of(known, connection);
  if (outcome === 'failed' || isFirstWrongCode(outcome, before)) {
    const wait = BACK_OFF_MS[Math.min(before.failures, BACK_OFF_MS.length - 1)] ?? 0;
    const after = { ...before, failures: before.failures + 1, notBefore: now + wait };
    return withConnection(released, connection, after);
  }
  const stopped = withConnection(released, connection, { ...before, stop: outcome });
  return outcome === 'user_locked' ? withAllLocked(stopped) : stopped;
}

/** A user that IBKR locked is locked whoever signs in. */
function withAllLocked(known: UserAttempts): UserAttempts {
  const connections = Object.entries(known.connections).map(
    ([connection, attempts]) => [connection, { ...attempts, stop: 'user_locked' as const }] as const,
  );
  return { ...known, connections: Object.fromEntries(connections) };
}

/** A clock may have been off, or the code the one before: it is tried once more. */
function isFirstWrongCode(outcome: Outcome, { codes }: ConnectionAttempts): boolean {
  return outcome === 'wrong_code' && codes < MOST_UNTAKEN;
}

/** The owner did something: entered other credentials, asked for another try, or typed a code. */
export function resume(known: UserAttempts, connection: string): UserAttempts {
  return withConnection(known, connection, NEW);
}

/** Why a connection signs in no more before its owner did something; null when it does. */
export function stopOf(known: UserAttempts, connection: string): Stop | null {
  return of(known, connection).stop;
}

/** When IBKR will have done with its sessions; null: it is not at it. */
function maintainedUntil(now: number): number | null {
  const quarter = 15 * 60_000;
  const isAtIt = (at: number) => isNightlyReset(new Date(at)) || isWeekendMaintenance(new Date(at));
  if (!isAtIt(now)) return null;
  let until = now + quarter;
  while (isAtIt(until)) until += quarter;
  return until;
}

function of({ connections }: UserAttempts, connection: string): ConnectionAttempts {
  return connections[connection] ?? NEW;
}

function untakenOf({ untaken }: UserAttempts, now: number): readonly number[] {
  return untaken.filter((at) => at > now - DAY_MS);
}

function withConnection(known: UserAttempts, connection: string, attempts: ConnectionAttempts): UserAttempts {
  return { ...known, connections: { ...known.connections, [connection]: attempts } };
}
