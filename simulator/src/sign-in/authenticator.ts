/** The posts to `/sso/Authenticator`, one for each step of a sign-in. */

import { Attempt } from './attempt.ts';
import type { Reply } from './reply.ts';
import { decrypt } from './rsa-key.ts';
import { SecondFactorCheck } from './second-factor.ts';
import { numberOfHex } from './srp.ts';
import type { UserRecord } from './user-record.ts';
import { SECOND_FACTORS } from './user-settings.ts';

/** What IBKR's page says. */
const WRONG_PASSWORD = 'Invalid username password combination';
const WRONG_CODE = 'Incorrect security code';
const FAILED = 'failed';
const LIVE_FOR_PAPER =
  'You have selected the Live Account Mode, but the specified user is a Paper Trading user. Please select the correct Login mode.';
/** Not seen: made after the other. */
const PAPER_FOR_LIVE =
  'You have selected the Paper Account Mode, but the specified user is a Live Trading user. Please select the correct Login mode.';
/** The only one there is. */
const VERSION = '1';

/** A post of a client. */
export interface Post {
  readonly form: URLSearchParams;
  /** Its cookie `JSESSIONID`. */
  readonly browser: string;
  /** Its cookie `SBID`. */
  readonly device: string | undefined;
  readonly now: number;
  /** By the clock that apps have too, which no test moves. */
  readonly realNow: number;
}

/** Why nobody can sign in to this user in this mode (`LOGIN_TYPE`); undefined when one can. */
export function wrongMode({ isUnknown, settings }: UserRecord, loginType: string | null): string | undefined {
  if (isUnknown) return undefined;
  if (settings.mode === 'paper' && loginType === '1') return LIVE_FOR_PAPER;
  return settings.mode === 'live' && loginType === '2' ? PAPER_FOR_LIVE : undefined;
}

export class Authenticator {
  readonly #userOf: (name: string) => UserRecord;
  /** By the cookie `JSESSIONID`. */
  readonly #attempts = new Map<string, Attempt>();

  constructor(userOf: (name: string) => UserRecord) {
    this.#userOf = userOf;
  }

  /** What the browser has begun. */
  attemptOf(browser: string): Attempt | undefined {
    return this.#attempts.get(browser);
  }

  forget(browser: string): void {
    this.#attempts.delete(browser);
  }

  answer(post: Post): Reply {
    const action = post.form.get('ACTION');
    if (action === 'INIT') return this.#begin(post);
    const attempt = this.#attempts.get(post.browser);
    const isOurs = attempt?.user.settings.username === post.form.get('USER')?.toLowerCase();
    if (!attempt || !isOurs || post.form.get('VERSION') !== VERSION) return { error: FAILED };
    if (action === 'COMPLETEAUTH') return this.#checkPassword(attempt, post);
    if (!attempt.proof) return { error: FAILED };
    if (action === 'COMPLETEAUTH_1') return askSecondFactor(attempt, post);
    return action === 'COMPLETETWOFACT' ? checkSecondFactor(attempt, post) : { error: FAILED };
  }

  #begin({ form, browser }: Post): Reply {
    this.#attempts.delete(browser);
    const [name, a] = [form.get('USER') ?? '', form.get('A') ?? ''];
    if (name === '' || !/^[0-9a-f]+$/i.test(a)) return { error: FAILED };
    const user = this.#userOf(name);
    user.attempts += 1;
    const error = wrongMode(user, form.get('LOGIN_TYPE'));
    if (error !== undefined) return { error };
    const attempt = new Attempt(user, numberOfHex(a));
    this.#attempts.set(browser, attempt);
    return { start: attempt.start };
  }

  #checkPassword(attempt: Attempt, { form, browser, device, now }: Post): Reply {
    const { user } = attempt;
    if (user.settings.reachedMaxLogin || user.isLocked(now)) {
      this.#attempts.delete(browser);
      return { reachedMaxLogin: true };
    }
    const proof = user.isUnknown ? undefined : attempt.prove(form.get('M1') ?? '');
    if (!proof) {
      this.#attempts.delete(browser);
      user.refused += 1;
      user.fail(now);
      return refusal(user, now);
    }
    if (decrypt(form.get('EKX') ?? '')?.toLowerCase() !== proof.key) return { error: FAILED };
    attempt.proof = proof;
    attempt.clientProof = form.get('M1') ?? '';
    const secondFactors = user.factorsOn(device);
    attempt.isComplete = secondFactors.length === 0;
    return {
      M2: proof.serverProof,
      reachedMaxLogin: false,
      ...(secondFactors.length > 0 && { secondFactors }),
    };
  }
}

function refusal(user: UserRecord, now: number): Reply {
  const reachedMaxLogin = user.isLocked(now);
  if (user.settings.wrongPassword === 'nothing') return { reachedMaxLogin };
  if (user.settings.wrongPassword === 'other_proof')
    return { M2: '0'.repeat(39).concat('1'), reachedMaxLogin };
  return { reachedMaxLogin, error: WRONG_PASSWORD };
}

function askSecondFactor(attempt: Attempt, { form, device }: Post): Reply {
  const kind = SECOND_FACTORS.find((each) => each === form.get('SF'));
  const isSame = numberOfHex(form.get('M1') ?? '') === numberOfHex(attempt.clientProof);
  if (kind === undefined || !isSame || !attempt.user.factorsOn(device).includes(kind))
    return { error: FAILED };
  const check = new SecondFactorCheck(attempt.user, kind, attempt.user.isNew(device));
  attempt.secondFactor = check;
  return { twoFactor: { type: check.type, challenge: check.challenge } };
}

function checkSecondFactor(attempt: Attempt, { form, device, now, realNow }: Post): Reply {
  const { user, secondFactor } = attempt;
  if (user.isLocked(now)) return { isAuthenticated: false, reachedMaxLogin: true };
  if (!secondFactor || secondFactor.kind !== form.get('SF')) return { isAuthenticated: false, error: FAILED };
  const outcome = secondFactor.judge(form.get('RESPONSE') ?? '', realNow);
  if (outcome === 'waiting') return { isAuthenticated: false };
  if (outcome === 'refused') {
    user.codesRefused += 1;
    user.fail(now);
    return { isAuthenticated: false, error: secondFactor.type === 'IBTK' ? FAILED : WRONG_CODE };
  }
  if (device !== undefined) user.devices.add(device);
  attempt.isComplete = true;
  return { isAuthenticated: true };
}
