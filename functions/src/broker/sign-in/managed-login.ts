/** Signing in to IBKR for a person, within what all instances know of the sign-ins of that IBKR user name. */

import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isLoopbackHost } from '../../public-address.ts';
import { BrokerError, type Problem } from '../errors.ts';
import type { LiveSession } from '../transport/login.ts';
import {
  begin,
  type Decision,
  end,
  type Outcome,
  resume,
  type Stop,
  send,
  stopOf,
  taken,
  type UserAttempts,
} from './attempts.ts';
import { Cookies } from './cookies.ts';
import type { ManagedCredentials } from './managed-credentials.ts';
import { sessionToken } from './managed-transport.ts';
import { codeAt, nextCodeAt, windowOf } from './one-time-code.ts';
import { SignInPages } from './pages.ts';
import { type Attempts, signIn } from './sign-in.ts';

/** IBKR ends a session after a day at the latest, most of them at the reset of the night. */
const SESSION_MS = 24 * 3_600_000;

/** What all instances know of the sign-ins of one IBKR user name. */
export interface AttemptsStore {
  /** @param next Answers what is known from then on, null to leave it. May be asked more than once. */
  change<Result>(
    next: (known: UserAttempts) => { known: UserAttempts | null; result: Result },
  ): Promise<Result>;
}

export interface ManagedOptions {
  attempts: AttemptsStore;
  connectionId: string;
  /** What the owner read from their authenticator app just now. */
  typedCode?: string | undefined;
}

/**
 * One sign-in, if one may be made now.
 * @returns what `managedTransport` calls with.
 * @throws {BrokerError} why there is no session.
 */
export async function managedSession(
  credentials: ManagedCredentials,
  options: ManagedOptions,
): Promise<LiveSession> {
  const { attempts, connectionId } = options;
  const turn = { connection: connectionId, name: randomUUID() };
  const isIbkr = !isLoopbackHost(credentials.signInUrl.hostname);
  await allowed(attempts, (known) => begin(known, { ...turn, isIbkr }, Date.now()));

  const cookies = new Cookies();
  const pages = new SignInPages(credentials.signInUrl, cookies);
  let outcome: Outcome = 'failed';
  try {
    const counted = countedAttempts(credentials, options, turn);
    await signIn(credentials, { pages, cookies, attempts: counted }, deviceId(connectionId));
    outcome = 'signed_in';
    const token = sessionToken({ apiUrl: credentials.apiUrl.href, cookies: cookies.all });
    return { token, expiresAt: Date.now() + SESSION_MS };
  } catch (error) {
    outcome = outcomeOf(error);
    throw error;
  } finally {
    await pages.close();
    await ended(attempts, turn, outcome);
  }
}

/** @throws {BrokerError} where a second code was refused: with that, its secret is. */
async function ended(
  attempts: AttemptsStore,
  { connection, name }: { connection: string; name: string },
  outcome: Outcome,
): Promise<void> {
  const stop = await attempts.change((before) => {
    const known = end(before, connection, name, outcome, Date.now());
    return { known, result: stopOf(known, connection) };
  });
  if (outcome === 'wrong_code' && stop !== null) throw stopped(stop);
}

/** The owner did something, after which what was refused may be tried again. */
export function letSignIn(attempts: AttemptsStore, connectionId: string): Promise<void> {
  return attempts.change((known) => ({ known: resume(known, connectionId), result: undefined }));
}

/** Lets nothing leave that was not counted before. */
function countedAttempts(
  { totpSecret }: ManagedCredentials,
  { attempts, typedCode }: ManagedOptions,
  { connection, name }: { connection: string; name: string },
): Attempts {
  const take = (counted: 'passwords' | 'codes') =>
    attempts.change((known) => ({ known: taken(known, connection, counted), result: undefined }));
  const ofWindow = (known: UserAttempts, codeWindow: number, now: number) =>
    send(known, connection, name, { codes: 1, codeWindow }, now);
  return {
    async beforePassword() {
      await allowed(attempts, (known) => send(known, connection, name, { passwords: 1 }, Date.now()));
    },
    passwordTaken: () => take('passwords'),
    codeTaken: () => take('codes'),
    async code() {
      if (typedCode !== undefined) {
        await allowed(attempts, (known) => ofWindow(known, known.codeWindow, Date.now()));
        return typedCode;
      }
      if (totpSecret === null) throw new BrokerError({ name: 'code_wanted', from: 'app' });
      for (;;) {
        const used = await attempts.change((known) => ({ known: null, result: known.codeWindow }));
        await delay(nextCodeAt(Date.now(), used) - Date.now());
        const now = Date.now();
        const isIn = await allowed(attempts, (known) =>
          nextCodeAt(now, known.codeWindow) > now ? null : ofWindow(known, windowOf(now), now),
        );
        if (isIn) return codeAt(totpSecret, now);
      }
    },
  };
}

/**
 * Does what is decided.
 * @returns false where nothing was decided.
 * @throws {BrokerError} why it may not be done.
 */
async function allowed(
  attempts: AttemptsStore,
  decide: (known: UserAttempts) => Decision | null,
): Promise<boolean> {
  const decision = await attempts.change((known) => {
    const result = decide(known);
    return { known: result?.allowed ? result.known : null, result };
  });
  if (decision === null || decision.allowed) return decision !== null;
  if (!('until' in decision)) throw stopped(decision.because);
  const retryAfter = Math.max(1, Math.ceil((decision.until - Date.now()) / 1000));
  throw new BrokerError({ name: 'sign_in_waits', why: decision.because }, { retryAfter });
}

const STOPS: Readonly<Record<Stop, Problem>> = {
  wrong_password: { name: 'credentials_refused_before' },
  wrong_code: { name: 'codes_refused' },
  wrong_mode: { name: 'wrong_mode' },
  user_locked: { name: 'user_locked' },
  sign_in_changed: { name: 'sign_in_changed', what: null },
  code_wanted: { name: 'code_wanted', from: 'app' },
  approval_wanted: { name: 'approval_wanted' },
  unanswered: { name: 'sign_ins_unanswered' },
};

function stopped(stop: Stop): BrokerError {
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
