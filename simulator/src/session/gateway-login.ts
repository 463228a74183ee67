/**
 * What a Client Portal Gateway does upstream after its browser login, before any caller's request: it fetches a
 * shared key and proves with it that it may have the brokerage session. Callers of the API never do this.
 */

import { createHash, randomBytes } from 'node:crypto';
import { type Answer, ok, unauthorized } from '../http/answer.ts';
import { objectBody, textOf } from '../http/json-body.ts';
import type { Call, Route } from '../http/router.ts';
import { authStatus, openBrokerage } from './brokerage-status.ts';

/** Asks for the proof; the answer to a `ssodh/init` that names a machine. */
export function challengeGateway({ session }: Call): Answer {
  session.gatewayChallenge = randomBytes(16).toString('hex');
  return ok({ challenge: session.gatewayChallenge });
}

/** Always the same: a gateway that logs in anew may ask twice at once. */
function sharedKey({ session }: Call): Answer {
  return ok({ st: session.gatewayKey });
}

/**
 * SHA-1 over challenge and key, given and returned in hex. The gateway writes them as numbers, so each loses its
 * leading zeros, and fills the front to whole bytes.
 */
export function gatewayProof(challenge: string, key: string): string {
  const digits = BigInt(`0x${challenge}`).toString(16) + BigInt(`0x${key}`).toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return createHash('sha1').update(bytes).digest('hex');
}

function answerChallenge(call: Call): Answer {
  const { session, body } = call;
  const { gatewayChallenge: challenge, gatewayKey: key } = session;
  const response = textOf(objectBody(body).response)?.toLowerCase();
  const isProven = challenge !== '' && response === gatewayProof(challenge, key);
  session.gatewayChallenge = '';
  if (!isProven) throw unauthorized();
  openBrokerage(call, true);
  return ok({ passed: true, ...authStatus(session) });
}

function oneUser({ session: { username, userId, isPaper, accountIds } }: Call): Answer {
  return ok({
    username,
    users: [{ username, id: userId, loginType: isPaper ? 2 : 1, isPaper }],
    accounts: accountIds,
  });
}

export const gatewayLoginRoutes: readonly Route[] = [
  { method: 'GET', path: '/one/user', needs: 'login', handle: oneUser },
  { method: 'GET', path: '/ssodh/init', needs: 'login', handle: () => ok({ success: true }) },
  { method: 'GET', path: '/ssodh/st', needs: 'login', handle: sharedKey },
  { method: 'POST', path: '/iserver/auth/ssodh/response', needs: 'login', handle: answerChallenge },
  { method: 'POST', path: '/portfolio/validate', needs: 'login', handle: () => ok({ success: true }) },
];
