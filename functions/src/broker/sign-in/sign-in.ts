/**
 * Signing in to IBKR as its sign-in page does: a password proof (SRP), a second factor where one is wanted, and the way
 * through the dispatcher that makes a session of it. Whatever is not as it is known ends it with `sign_in_changed`.
 */

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import { readChallenge, readFactorTaken, readProven, readStarted, type Started } from './answers.ts';
import type { Cookies } from './cookies.ts';
import { factorNamed } from './factors.ts';
import { encryptedKey } from './key-encryption.ts';
import type { SignInPages } from './pages.ts';
import { signInChanged } from './refusals.ts';
import {
  clientProof,
  hashHex,
  isPublicValue,
  passwordKey,
  publicValue,
  scrambler,
  serverProof,
  sessionKey,
  sharedKey,
  sharedSecret,
  toHex,
  unknownParameter,
} from './srp.ts';

export interface Person {
  username: string;
  password: string;
  isPaper: boolean;
}

/** Asked directly before something leaves that IBKR counts; what it throws keeps it from leaving. */
export interface Attempts {
  beforePassword(): Promise<void>;
  /** The password was right. */
  passwordTaken(): Promise<void>;
}

/** A sign-in whose password was right, and what the rest of it goes on with. */
export const proven = z.object({
  username: z.string(),
  loginType: z.string(),
  /** M1 */
  proof: z.string(),
  /** For the cookies `XYZAB`. */
  session: z.string(),
});
export type Proven = z.output<typeof proven>;

/** A second factor that IBKR was asked for, and waits for. */
export const asked = z.object({
  proven,
  /** As IBKR calls it (`SF`). */
  factor: z.string(),
  /** What IB Key wants the answer to, where it does not just want a yes. */
  challenge: z.string().nullable(),
});
export type Asked = z.output<typeof asked>;

const AUTHENTICATOR = '/sso/Authenticator';
const DISPATCHER = '/sso/Dispatcher';
const SHORT_PASSWORD = 8;
/** `USERID` may come this much later than the success, and without it IBKR takes no call. */
const USER_WITHIN_MS = 25_000;
const USER_POLL_MS = 1_000;

/** The way through IBKR's pages, and the cookies that are collected on it. */
export interface Way {
  pages: SignInPages;
  cookies: Cookies;
}

/**
 * Shows that a person knows their password.
 * @param deviceId What the browser of a device keeps for ever: a new one gets codes by e-mail.
 * @returns also the second factors of which one is wanted; none: none is.
 * @throws {BrokerError} `wrong_password`, `wrong_mode`, `user_locked`, `sign_in_changed`, or what kept IBKR from answering.
 */
export async function provePassword(
  person: Person,
  { pages, cookies }: Way,
  attempts: Attempts,
  deviceId: string,
): Promise<{ proven: Proven; factors: readonly string[] }> {
  cookies.set('SBID', deviceId);
  const loginType = person.isPaper ? '2' : '1';
  await pages.get(`/sso/Login?loginType=${loginType}&forwardTo=22&clt=0&RL=1&ip2loc=US`);
  const username = person.username.toLowerCase();
  const exponent = BigInt(`0x${randomBytes(32).toString('hex')}`);
  const clientValue = publicValue(exponent);
  const parameters = await start(username, clientValue, loginType, pages);
  const serverValue = BigInt(`0x${parameters.B}`);
  if (!isPublicValue(serverValue)) throw signInChanged('B');
  const salt = BigInt(`0x${parameters.s}`);
  const password = parameters.lp ? person.password : person.password.slice(0, SHORT_PASSWORD);
  const secret = sharedSecret({
    exponent,
    serverValue,
    passwordKey: passwordKey(username, password, salt),
    scrambler: scrambler(clientValue, serverValue),
  });
  const key = sharedKey(secret);
  const proof = clientProof({ username, salt, clientValue, serverValue, key });
  const encrypted = encryptedKey(key, parameters.rsapub);
  if (encrypted === null) throw signInChanged('rsapub');

  await attempts.beforePassword();
  const answer = readProven(
    await pages.post(AUTHENTICATOR, {
      ACTION: 'COMPLETEAUTH',
      USER: username,
      M1: hashHex(proof),
      EKX: encrypted,
      VERSION: '1',
      LOGIN_TYPE: loginType,
      RESP_TYPE: 'JSON',
    }),
  );
  if (answer.reached_max_login === true) throw new BrokerError({ name: 'user_locked' });
  const isServers = BigInt(`0x${answer.M2 ?? 0}`) === serverProof(clientValue, proof, key);
  if (!isServers) throw new BrokerError({ name: 'wrong_password' });
  await attempts.passwordTaken();
  const session = hashHex(sessionKey(serverValue, key));
  return {
    proven: { username, loginType, proof: hashHex(proof), session },
    factors: (answer.sftypes ?? []).filter((factor) => factor !== ''),
  };
}

/** What the server computes with. */
async function start(
  username: string,
  clientValue: bigint,
  loginType: string,
  pages: SignInPages,
): Promise<Started> {
  const form = {
    ACTION: 'INIT',
    USER: username,
    A: toHex(clientValue),
    RESP_TYPE: 'JSON',
    LOGIN_TYPE: loginType,
    SERVICE: 'AM.LOGIN',
  };
  const answer = readStarted(await pages.post(AUTHENTICATOR, form));
  const unknown = unknownParameter(answer);
  if (unknown !== undefined) throw signInChanged(unknown);
  return answer;
}

/** Has IBKR want a second factor: it then sends a message, or asks on the phone. */
export async function askFactor(proven: Proven, factor: string, { pages }: Way): Promise<Asked> {
  const { type, challenge = null } = readChallenge(
    await pages.post(AUTHENTICATOR, {
      ACTION: 'COMPLETEAUTH_1',
      USER: proven.username,
      M1: proven.proof,
      VERSION: '1',
      SF: factor,
    }),
  );
  const isPhone = factorNamed(factor) === 'phone';
  const isKnown = isPhone ? type === 'IBTK' || (type === 'SWCR' && challenge !== null) : type === 'SWTK';
  if (!isKnown) throw signInChanged('two_factor');
  return { proven, factor, challenge: type === 'SWCR' ? challenge : null };
}

/**
 * Answers what IBKR wants.
 * @param response A code; empty where a yes on the phone is waited for.
 * @throws {BrokerError} `wrong_code` where it is refused.
 */
export async function answerFactor(
  { proven, factor }: Asked,
  response: string,
  { pages }: Way,
): Promise<'taken' | 'waiting'> {
  const answer = readFactorTaken(
    await pages.post(AUTHENTICATOR, {
      ACTION: 'COMPLETETWOFACT',
      USER: proven.username,
      RESPONSE: response,
      VERSION: '1',
      SF: factor,
    }),
  );
  if (answer.reached_max_login === true) throw new BrokerError({ name: 'user_locked' });
  if (answer.auth_res) return 'taken';
  if (response === '') return 'waiting';
  throw new BrokerError({ name: 'wrong_code' });
}

/** Makes a session of the proofs; the cookies are it from then on. */
export async function enter({ session, loginType }: Proven, way: Way): Promise<void> {
  way.cookies.set('XYZAB_AM.LOGIN', session);
  way.cookies.set('XYZAB', session);
  await dispatch(loginType, way);
}

async function dispatch(loginType: string, { pages, cookies }: Way): Promise<void> {
  const enter = () => pages.post(DISPATCHER, { loginType, forwardTo: '22' });
  const page = await enter();
  if (!page.includes('Client login succeeds')) {
    throw /correct login mode/i.test(page)
      ? new BrokerError({ name: 'wrong_mode' })
      : signInChanged('Dispatcher');
  }
  for (const until = Date.now() + USER_WITHIN_MS; !cookies.has('USERID'); ) {
    if (Date.now() > until) throw new BrokerError({ name: 'no_answer' }, { endpoint: `POST ${DISPATCHER}` });
    await delay(USER_POLL_MS);
    await enter();
  }
}
