/** What a test, or the demo, says of one user name of the simulated IBKR. */

import { randomBytes } from 'node:crypto';
import { badRequest } from '../http/answer.ts';
import { numberOf, textOf } from '../http/json-body.ts';
import { HASHES, PROTOCOLS } from './srp.ts';
import { bytesOf, newTotpSecret } from './totp.ts';

/** As IBKR numbers them: authenticator app, SMS, IB Key on Android and on an iPhone. */
export const SECOND_FACTORS = ['4', '4.2', '5.2a', '5.2i'] as const;
export type SecondFactor = (typeof SECOND_FACTORS)[number];

/** How a wrong password is told: IBKR's text, nothing at all, or a proof (M2) that is not the client's. */
const REFUSALS = ['text', 'nothing', 'other_proof'] as const;
const MODES = ['paper', 'live'] as const;
const PUSHES = ['waiting', 'approved', 'denied'] as const;

export interface UserSettings {
  readonly username: string;
  readonly password: string;
  readonly mode: (typeof MODES)[number];
  /** None: the password is enough. */
  readonly secondFactors: readonly SecondFactor[];
  readonly totpSecret: string;
  /** How far IBKR's clock is ahead of the app's. */
  readonly clockDriftMs: number;
  /** What the phone says to an IB Key push. */
  readonly push: (typeof PUSHES)[number];
  /** IB Key shows a challenge to be answered in place of a push. */
  readonly asksChallenge: boolean;
  /** A device that has not been seen (cookie `SBID`) needs a code that is mailed, in place of other factors. */
  readonly mailsCodeToNewDevice: boolean;
  /** `lp`; without it the first eight characters of a password count. */
  readonly longPassword: boolean;
  readonly wrongPassword: (typeof REFUSALS)[number];
  /** `reached_max_login` on every sign-in, whatever its password. */
  readonly reachedMaxLogin: boolean;
  /** How long after a sign-in its cookie `USERID` comes. */
  readonly userIdAfterMs: number;
  /** Parameters of the exchange, where they are to be others: as IBKR writes them. */
  readonly N?: string;
  readonly g?: string;
  readonly hash?: string;
  readonly proto?: string;
}

/** One who has nothing but a name and a password; nobody knows that yet. */
export function newUser(username: string): UserSettings {
  return {
    username,
    password: randomBytes(12).toString('base64url'),
    mode: 'paper',
    secondFactors: [],
    totpSecret: newTotpSecret(),
    clockDriftMs: 0,
    push: 'waiting',
    asksChallenge: false,
    mailsCodeToNewDevice: false,
    longPassword: true,
    wrongPassword: 'text',
    reachedMaxLogin: false,
    userIdAfterMs: 0,
  };
}

type Checks = { readonly [Name in keyof UserSettings]-?: (value: unknown) => UserSettings[Name] | undefined };

const CHECKS: Checks = {
  username: textOf,
  password: textOf,
  mode: oneOf(MODES),
  secondFactors: (value) => {
    const factors = Array.isArray(value) ? value.map(oneOf(SECOND_FACTORS)) : [undefined];
    return factors.every((factor) => factor !== undefined) ? factors : undefined;
  },
  totpSecret: (value) => (isBase32(value) ? value : undefined),
  clockDriftMs: numberOf,
  push: oneOf(PUSHES),
  asksChallenge: flag,
  mailsCodeToNewDevice: flag,
  longPassword: flag,
  wrongPassword: oneOf(REFUSALS),
  reachedMaxLogin: flag,
  userIdAfterMs: numberOf,
  N: (value) => (typeof value === 'string' && /^[0-9a-f]+$/.test(value) ? value : undefined),
  g: (value) => (typeof value === 'string' && /^\d+$/.test(value) ? value : undefined),
  hash: oneOf(HASHES),
  proto: oneOf(PROTOCOLS),
};

/**
 * The user as told now: what is not named stays as it was.
 * @throws {Refusal} 400 naming what is wrong.
 */
export function changedUser(before: UserSettings, changes: Readonly<Record<string, unknown>>): UserSettings {
  const checked = Object.entries(changes).map(([name, value]) => {
    const read = CHECKS[name as keyof UserSettings];
    const found = read?.(value);
    if (found === undefined) throw badRequest(`${name} is not valid`);
    return [name, found];
  });
  return { ...before, ...Object.fromEntries(checked), username: before.username };
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function oneOf<T extends string>(allowed: readonly T[]): (value: unknown) => T | undefined {
  return (value) => allowed.find((each) => each === value);
}

function isBase32(value: unknown): value is string {
  try {
    return typeof value === 'string' && bytesOf(value).length > 0;
  } catch {
    return false;
  }
}
