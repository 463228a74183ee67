/** Whose session a request belongs to. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Answer, accessDenied, unauthorized } from '../http/answer.ts';
import type { ApiTarget } from '../http/request-target.ts';
import type { SignIns } from '../sign-in/sign-ins.ts';
import { ROOT_SESSION, type Simulation, sandboxKey, signInKey } from '../simulation.ts';
import type { OAuthServer } from './oauth.ts';
import type { Sandboxes } from './sandboxes.ts';
import type { Session } from './session-state.ts';

/** Under which key requests are counted; those of OAuth are at the root. */
export function callerKey({
  sandbox,
  user,
}: {
  sandbox: string | undefined;
  user: string | undefined;
}): string {
  if (sandbox !== undefined) return sandboxKey(sandbox);
  return user === undefined ? ROOT_SESSION : signInKey(user);
}

/** For whom a service keeps a sandbox, as it says itself. */
function personOf({ 'x-sandbox-person': person }: IncomingHttpHeaders): string | undefined {
  return typeof person === 'string' && person.length <= 64 ? person : undefined;
}

/** Whether a caller shows the key of the simulator, where it has one. */
export function showsKey(headers: IncomingHttpHeaders, key: string | undefined): boolean {
  const shown = headers['x-simulator-key'];
  return key === undefined || (typeof shown === 'string' && timingSafeEqual(digest(shown), digest(key)));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

interface Logins {
  readonly simulation: Simulation;
  readonly oauth: OAuthServer;
  readonly sandboxes: Sandboxes;
  readonly signIns: SignIns;
}

/**
 * The session token in the cookie that a login sets, and that a gateway in between sends with every request. Clients
 * of a gateway write it as JSON for the WebSocket: `api={"session":"…"}`.
 */
export function sessionCookie(header: string | undefined): string | undefined {
  const value = /(?:^|;\s*)api=([^;]*)/.exec(header ?? '')?.[1];
  return value === undefined ? undefined : (sessionMessage(value) ?? value);
}

/** The token in `{"session":"…"}`; undefined for any other text. */
export function sessionMessage(text: string): string | undefined {
  return /^\s*\{\s*"session"\s*:\s*"([^"]*)"\s*\}\s*$/.exec(text)?.[1];
}

/**
 * The session at the root. Callers of a gateway need no cookie; where one is in between, it has the cookie of its
 * login, and from then on the login is its alone: it dies with that program.
 */
function rootSession(session: Session, target: ApiTarget, cookies: string | undefined): Session {
  const cookie = sessionCookie(cookies);
  if (isGatewayLogin(target) && cookie === session.token) session.isBoundToCookie = true;
  if (session.isBoundToCookie && cookie !== session.token) throw unauthorized();
  return session;
}

/** A Client Portal Gateway asks this several times while it logs in, more often than callers may. */
export function isGatewayLogin({ path, queryString }: ApiTarget): boolean {
  return path === '/sso/validate' && queryString === 'gw=1';
}

/** The session of cookies that claim a sign-in by name and password: that one or none. */
function signedInSession(
  { cookie, 'user-agent': userAgent }: IncomingHttpHeaders,
  signIns: SignIns,
): Session {
  if (!userAgent) throw accessDenied();
  const session = signIns.session(cookie);
  if (!session) throw unauthorized();
  return session;
}

/** Whose session the request belongs to; or the answer to a login by OAuth. */
export function identify(
  { headers }: IncomingMessage,
  target: ApiTarget,
  now: number,
  { simulation, oauth, sandboxes, signIns }: Logins,
): Session | Answer {
  const { method, pathname, queryString, path, sandbox } = target;
  if (sandbox !== undefined) return sandboxes.session(decodeURIComponent(sandbox), personOf(headers));
  const { authorization, host = '' } = headers;
  if (!authorization?.startsWith('OAuth ') && signIns.isClaimed(headers.cookie))
    return signedInSession(headers, signIns);
  if (!authorization?.startsWith('OAuth '))
    return rootSession(simulation.session(ROOT_SESSION), target, headers.cookie);
  const signed = { method, host, pathname, queryString, authorization, userAgent: headers['user-agent'] };
  if (method === 'POST' && path === '/oauth/live_session_token') {
    const { answer, consumerKey } = oauth.exchange(signed, now);
    const session = simulation.session(`oauth/${consumerKey}`);
    session.logOut();
    session.logIn(now);
    return answer;
  }
  return simulation.session(`oauth/${oauth.authenticate(signed, now)}`);
}

/**
 * Whose session a WebSocket is for, which is not signed: with OAuth the access token in the query tells. That the
 * caller is in the session shows its token, which comes in the cookie or as the first message.
 * @throws {Refusal} 401 for an access token that nobody has, 403 for one without User-Agent.
 */
export function identifySocket(
  { headers }: IncomingMessage,
  { sandbox, queryString }: ApiTarget,
  { simulation, oauth, sandboxes, signIns }: Logins,
): Session {
  if (sandbox !== undefined) return sandboxes.session(decodeURIComponent(sandbox), personOf(headers));
  const accessToken = new URLSearchParams(queryString).get('oauth_token');
  if (accessToken === null && signIns.isClaimed(headers.cookie)) return signedInSession(headers, signIns);
  if (accessToken === null) return simulation.session(ROOT_SESSION);
  if (headers['user-agent'] === undefined) throw accessDenied();
  const consumerKey = oauth.consumerOf(accessToken);
  if (consumerKey === undefined) throw unauthorized();
  return simulation.session(`oauth/${consumerKey}`);
}
