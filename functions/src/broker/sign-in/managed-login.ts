/** Signing in to IBKR for a person, within what all instances know of the sign-ins of that IBKR user name. */

import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Secret } from 'otpauth';
import { isLoopbackHost } from '../../network/public-address.ts';
import { BrokerError, type Problem } from '../errors.ts';
import type { LiveSession } from '../transport/login.ts';
import {
  acceptLast,
  begin,
  choose,
  chosenFactorOf,
  type Decision,
  end,
  type Outcome,
  resume,
  type Stop,
  send,
  stopOf,
  type Turn,
  type UserAttempts,
} from './attempts.ts';
import { Cookies } from './cookies.ts';
import type { Factor } from './factors.ts';
import type { ManagedCredentials } from './managed-credentials.ts';
import { SESSION_MS, sessionToken } from './managed-transport.ts';
import { codeAt, nextCodeAt, windowOf } from './one-time-code.ts';
import { SignInPages } from './pages.ts';
import {
  type Asking,
  type Codes,
  goOn,
  type OwnersAct,
  readUnfinished,
  showFactor,
  type UnfinishedStore,
} from './second-factor.ts';
import { type Attempts, enter, provePassword, type Way } from './sign-in.ts';

/** What all instances know of the sign-ins of one IBKR user name. */
export interface AttemptsStore {
  /**
   * @param next Answers what is known from then on, null to leave it. May be asked more than once. `now` is by the one clock
   * that all instances share, in ms since 1970.
   */
  change<Result>(
    next: (known: UserAttempts, now: number) => { known: UserAttempts | null; result: Result },
  ): Promise<Result>;
}

export interface ManagedOptions {
  attempts: AttemptsStore;
  connectionId: string;
  /** Whose connection it is. */
  owner: string;
  unfinished: UnfinishedStore;
  /** Undefined where nobody is there to be asked. */
  act?: OwnersAct | undefined;
}

/**
 * One sign-in, if one may be made now, or the rest of one that waits for its owner.
 * @returns what `managedTransport` calls with.
 * @throws {BrokerError} why there is no session.
 */
export async function managedSession(
  credentials: ManagedCredentials,
  options: ManagedOptions,
): Promise<LiveSession> {
  const { attempts, connectionId: connection, owner } = options;
  const turn = { connection, owner, name: randomUUID() };
  const isIbkr = !isLoopbackHost(credentials.signInUrl.hostname);
  const isByOwner = options.act !== undefined;
  await decideAndRecord(attempts, (known, now) => begin(known, { ...turn, isIbkr, isByOwner }, now));

  const cookies = new Cookies();
  const pages = new SignInPages(credentials.signInUrl, cookies);
  let outcome: Outcome = 'failed';
  try {
    await signIn(credentials, options, turn, { pages, cookies });
    outcome = 'signed_in';
    const token = sessionToken({ apiUrl: credentials.apiUrl.href, cookies: cookies.all });
    return { token, expiresAt: Date.now() + SESSION_MS };
  } catch (error) {
    outcome = outcomeOf(error);
    throw error;
  } finally {
    await pages.close();
    await recordEnd(attempts, turn, outcome);
  }
}

async function signIn(
  credentials: ManagedCredentials,
  options: ManagedOptions,
  turn: Turn,
  way: Way,
): Promise<void> {
  const { attempts, act, unfinished: store } = options;
  const asking: Asking = {
    act,
    codes: countCodes(credentials, options, turn),
    store,
    chosen: await chosenFactor(options),
    hasSecret: credentials.totpSecret !== null,
  };
  // What was asked for before is over: a code that is typed from now on is not for that.
  if (act?.act === 'ask') await store.write(null);
  const begun = act === undefined ? null : await store.read();
  if (act !== undefined && begun !== null) {
    const state = readUnfinished(begun);
    way.cookies.restore(state.cookies);
    return enter(await goOn(state, act, way, asking), way);
  }
  // Who only looks has nothing signed in anew.
  if (act?.act === 'look') throw stopError('approval_wanted');
  const counted = countPasswords(attempts, turn);
  const { proven, factors } = await provePassword(credentials, way, counted, deviceId(turn.connection));
  if (factors.length > 0) await showFactor(proven, factors, way, asking);
  await enter(proven, way);
}

/** What the owner chose, now or before. */
function chosenFactor({ attempts, connectionId, act }: ManagedOptions): Promise<Factor | null> {
  const by = act?.act === 'ask' ? act.by : undefined;
  return attempts.change((before) => {
    const known = by === undefined ? null : choose(before, connectionId, by);
    return { known, result: chosenFactorOf(known ?? before, connectionId) };
  });
}

/** @throws {BrokerError} where a second code was refused: with that, its secret is. */
async function recordEnd(attempts: AttemptsStore, turn: Turn, outcome: Outcome): Promise<void> {
  const stop = await attempts.change((before, now) => {
    const known = end(before, turn, outcome, now);
    return { known, result: stopOf(known, turn.connection) };
  });
  if (outcome === 'wrong_code' && stop !== null) throw stopError(stop);
}

/** The owner did something, after which what was refused may be tried again. */
export function letSignIn(attempts: AttemptsStore, connectionId: string, owner: string): Promise<void> {
  return attempts.change((known) => ({ known: resume(known, connectionId, owner), result: undefined }));
}

function take(attempts: AttemptsStore, { connection }: Turn, counted: 'passwords' | 'codes') {
  return attempts.change((known) => ({ known: acceptLast(known, connection, counted), result: undefined }));
}

/** Lets no password leave that was not counted before. */
function countPasswords(attempts: AttemptsStore, turn: Turn): Attempts {
  return {
    async beforePassword() {
      await decideAndRecord(attempts, (known, now) => send(known, turn, { passwords: 1 }, now));
    },
    passwordTaken: () => take(attempts, turn, 'passwords'),
  };
}

/** Lets no code leave that was not counted before, and of an app none twice. */
function countCodes(
  { totpSecret }: ManagedCredentials,
  { attempts, act }: ManagedOptions,
  turn: Turn,
): Codes {
  const ofWindow = (known: UserAttempts, codeWindow: number, now: number) =>
    send(known, turn, { codes: 1, codeWindow }, now);
  const beforeCode = async () => {
    await decideAndRecord(attempts, (known, now) => ofWindow(known, known.codeWindow, now));
  };
  const typed = (code: string) => async () => {
    await beforeCode();
    return code;
  };
  const made = (secret: Secret) => async () => {
    for (;;) {
      const waitMs = await attempts.change(({ codeWindow }, now) => ({
        known: null,
        result: nextCodeAt(now, codeWindow) - now,
      }));
      await delay(waitMs);
      const sentAt = await decideAndRecord(attempts, (known, now) =>
        nextCodeAt(now, known.codeWindow) > now ? null : ofWindow(known, windowOf(now), now),
      );
      if (sentAt !== null) return codeAt(secret, sentAt);
    }
  };
  return {
    ofApp() {
      if (act?.act === 'code') return typed(act.code);
      return totpSecret === null ? null : made(totpSecret);
    },
    beforeCode,
    codeTaken: () => take(attempts, turn, 'codes'),
  };
}

/**
 * Does what is decided.
 * @returns when that was; null where nothing was decided.
 * @throws {BrokerError} why it may not be done.
 */
async function decideAndRecord(
  attempts: AttemptsStore,
  decide: (known: UserAttempts, now: number) => Decision | null,
): Promise<number | null> {
  const { decision, at } = await attempts.change((known, now) => {
    const result = decide(known, now);
    return { known: result?.allowed ? result.known : null, result: { decision: result, at: now } };
  });
  if (decision === null) return null;
  if (decision.allowed) return at;
  if (!('until' in decision)) throw stopError(decision.because);
  const retryAfter = Math.max(1, Math.ceil((decision.until - at) / 1000));
  throw new BrokerError({ name: 'sign_in_waits', why: decision.because }, { retryAfter });
}

const NOT_ASKED = { isSent: false, isRefused: false, offered: null, notOffered: null };

const STOPS: Readonly<Record<Stop, Problem>> = {
  wrong_password: { name: 'credentials_refused_before' },
  wrong_code: { name: 'codes_refused' },
  wrong_mode: { name: 'wrong_mode' },
  user_locked: { name: 'user_locked' },
  sign_in_changed: { name: 'sign_in_changed', what: null },
  code_wanted: { name: 'code_wanted', ...NOT_ASKED },
  sent_code_wanted: { name: 'sent_code_wanted', ...NOT_ASKED },
  approval_wanted: { name: 'approval_wanted', ...NOT_ASKED, challenge: null },
  unanswered: { name: 'sign_ins_unanswered' },
};

function stopError(stop: Stop): BrokerError {
  return new BrokerError(STOPS[stop]);
}

/** What a failed sign-in says of the next: a refusal, what the owner has to do, or nothing. */
function outcomeOf(error: unknown): Outcome {
  const name = error instanceof BrokerError ? error.problem.name : undefined;
  switch (name) {
    case 'wrong_password':
    case 'wrong_code':
    case 'wrong_mode':
    case 'user_locked':
    case 'sign_in_changed':
    case 'code_wanted':
    case 'sent_code_wanted':
    case 'approval_wanted':
      return name;
    default:
      return 'failed';
  }
}

/** Of a connection always the same: IBKR mails a code to who comes with a new one. */
function deviceId(connectionId: string): string {
  return createHash('sha256').update(`device ${connectionId}`).digest('hex').slice(0, 32);
}
