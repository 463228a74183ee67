/**
 * What a Client Portal Gateway does upstream after its browser login, before any caller's request: it fetches a
 * shared key and proves with it that it may have the brokerage session. Callers of the API never do this.
 */

import { createHash, randomBytes } from 'node:crypto';
import { type Answer, ok, unauthorized } from './answer.ts';
import { authStatus, openBrokerage } from './brokerage-status.ts';
import { objectBody, textOf } from './json-body.ts';
import type { Call, Route } from './router.ts';

/** Asks for the proof; the answer to a `ssodh/init` that names a machine. */
export function challengeGateway({ session }: Call): Answer {
  session.gatewayChallenge = randomBytes(16).toString('hex');
  return ok({ challenge: session.gatewayChallenge });
}

function sharedKey({ session }: Call): Answer {
  session.gatewayKey = randomBytes(20).toString('hex');
  return ok({ st: session.gatewayKey });
}

/** The proof is the SHA-1 of the challenge's bytes and the key's. */
function answerChallenge(call: Call): Answer {
  const { session, body } = call;
  const expected = createHash('sha1')
    .update(Buffer.from(session.gatewayChallenge + session.gatewayKey, 'hex'))
    .digest('hex');
  const isProven =
    session.gatewayChallenge !== '' && textOf(objectBody(body).response)?.toLowerCase() === expected;
  session.gatewayChallenge = '';
  if (!isProven) throw unauthorized();
  openBrokerage(call, true);
  return ok({ passed: true, ...authStatus(session) });
}

function oneUser({ session }: Call): Answer {
  return ok({
    username: session.username,
    users: [{ username: session.username, id: session.userId, loginType: 2, isPaper: true }],
    accounts: session.accountIds,
  });
}

export const gatewayLoginRoutes: readonly Route[] = [
  { method: 'GET', path: '/one/user', needs: 'login', handle: oneUser },
  { method: 'GET', path: '/ssodh/init', needs: 'login', handle: () => ok({ success: true }) },
  { method: 'GET', path: '/ssodh/st', needs: 'login', handle: sharedKey },
  { method: 'POST', path: '/iserver/auth/ssodh/response', needs: 'login', handle: answerChallenge },
  { method: 'POST', path: '/portfolio/validate', needs: 'login', handle: () => ok({ success: true }) },
];
