/**
 * Signing in to IBKR as its sign-in page does: a password proof (SRP), a second factor where one is wanted, and the way
 * through the dispatcher that makes a session of it. Whatever is not as it is known ends it with `sign_in_changed`.
 */

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError } from '../errors.ts';
import { readChallenge, readFactorTaken, readProven, readStarted, type Started } from './answers.ts';
import type { Cookies } from './cookies.ts';
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
  /** @returns a code to be sent at once. @throws {BrokerError} when there is none. */
  code(): Promise<string>;
  codeTaken(): Promise<void>;
}

/** `SF` of the second factors. */
const APP = '4';
const SMS = '4.2';
const PUSHES = ['5.2a', '5.2i'];

const AUTHENTICATOR = '/sso/Authenticator';
const DISPATCHER = '/sso/Dispatcher';
const SHORT_PASSWORD = 8;
/** `USERID` may come this much later than the success, and without it IBKR takes no call. */
const USER_WITHIN_MS = 25_000;
const USER_POLL_MS = 1_000;

/**
 * Signs a person in; the cookies are the session from then on.
 * @param deviceId What the browser of a device keeps for ever: a new one gets codes by e-mail.
 * @throws {BrokerError} `wrong_password`, `wrong_code`, `wrong_mode`, `user_locked`, `code_wanted`, `approval_wanted`,
 * `sign_in_changed`, or what kept IBKR from answering.
 */
export async function signIn(
  person: Person,
  { pages, cookies, attempts }: { pages: SignInPages; cookies: Cookies; attempts: Attempts },
  deviceId: string,
): Promise<void> {
  cookies.set('SBID', deviceId);
  const loginType = person.isPaper ? '2' : '1';
  await pages.get(`/sso/Login?loginType=${loginType}&forwardTo=22&clt=0&RL=1&ip2loc=US`);
  const { key, proof, serverValue, factors } = await provePassword(person, loginType, pages, attempts);
  if (factors.length > 0) await answerFactor(person, proof, factors, pages, attempts);

  const session = hashHex(sessionKey(serverValue, key));
  cookies.set('XYZAB_AM.LOGIN', session);
  cookies.set('XYZAB', session);
  await dispatch(loginType, pages, cookies);
}

async function provePassword(person: Person, loginType: string, pages: SignInPages, attempts: Attempts) {
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
  return { key, proof, serverValue, factors: (answer.sftypes ?? []).filter((factor) => factor !== '') };
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

async function answerFactor(
  person: Person,
  proof: bigint,
  factors: readonly string[],
  pages: SignInPages,
  attempts: Attempts,
): Promise<void> {
  if (!factors.includes(APP)) throw unattended(factors);
  const USER = person.username.toLowerCase();
  const chosen = { VERSION: '1', SF: APP };
  const type = readChallenge(
    await pages.post(AUTHENTICATOR, { ACTION: 'COMPLETEAUTH_1', USER, M1: hashHex(proof), ...chosen }),
  );
  if (type !== 'SWTK') throw signInChanged('two_factor');
  const RESPONSE = await attempts.code();
  const answer = readFactorTaken(
    await pages.post(AUTHENTICATOR, { ACTION: 'COMPLETETWOFACT', USER, RESPONSE, ...chosen }),
  );
  if (answer.reached_max_login === true) throw new BrokerError({ name: 'user_locked' });
  if (!answer.auth_res) throw new BrokerError({ name: 'wrong_code' });
  await attempts.codeTaken();
}

/** What the person has to do where no authenticator app is among the factors. */
function unattended(factors: readonly string[]): BrokerError {
  if (factors.includes(SMS)) return new BrokerError({ name: 'code_wanted', from: 'sms' });
  if (factors.some((factor) => PUSHES.includes(factor))) return new BrokerError({ name: 'approval_wanted' });
  return signInChanged('sftypes');
}

/** Makes a session of the proofs. */
async function dispatch(loginType: string, pages: SignInPages, cookies: Cookies): Promise<void> {
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
