/** The addresses of IBKR's sign-in, over which a client gets from a password to a session. */

import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, accessDenied, serviceUnavailable } from '../http/answer.ts';
import { cookieOf, newCookie } from '../http/cookies.ts';
import { loginPage } from '../session/login-page.ts';
import type { Attempt } from './attempt.ts';
import { wrongMode } from './authenticator.ts';
import { writeReply } from './reply.ts';
import type { SignedIn, SignIns } from './sign-ins.ts';

/** Two names of this machine stand for IBKR's several hosts. */
const HOSTS = ['localhost', '127.0.0.1'];
const REGION = 'nj';

/** A request outside of the API. */
export interface SsoRequest {
  readonly method: string;
  readonly pathname: string;
  readonly form: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly now: number;
  readonly realNow: number;
}

/** Older clients write `/sso/Authenticator;jsessionid=…`. */
function pathOf(pathname: string): string {
  return pathname.split(';')[0] ?? '';
}

/** The client's `JSESSIONID`. */
function browserOf(pathname: string, { cookie }: IncomingHttpHeaders): string | undefined {
  return pathname.split(';jsessionid=')[1] ?? cookieOf(cookie, 'JSESSIONID');
}

/**
 * What the request is called where faults and counts name it, with the step after the path
 * (`/sso/Authenticator/INIT`); undefined for what is no part of a sign-in.
 */
export function signInPath(request: SsoRequest, signIns: SignIns): string | undefined {
  const { method, pathname, form, headers } = request;
  const path = pathOf(pathname);
  if (path === '/sso/Login' && method === 'GET') return path;
  const action = form.get('ACTION');
  if (path === '/sso/Authenticator' && method === 'POST' && action !== null) return `${path}/${action}`;
  const isDispatched = path === '/sso/Dispatcher' || path === '/portal';
  const isOfSignIn = signIns.isClaimed(headers.cookie) || attemptOf(request, signIns) !== undefined;
  return isDispatched && isOfSignIn ? path : undefined;
}

/** The user that the request is about, where it tells. */
export function signInUser(request: SsoRequest, signIns: SignIns): string | undefined {
  const user = signIns.signedIn(request.headers.cookie)?.user ?? attemptOf(request, signIns)?.user;
  return request.form.get('USER')?.toLowerCase() ?? user?.settings.username;
}

function attemptOf({ pathname, headers }: SsoRequest, signIns: SignIns): Attempt | undefined {
  return signIns.authenticator.attemptOf(browserOf(pathname, headers) ?? '');
}

/** Answers a request that `signInPath` has a name for. */
export function answerSignIn(request: SsoRequest, signIns: SignIns): Answer {
  const { method, pathname, form, headers, now, realNow } = request;
  if (!headers['user-agent']) throw accessDenied();
  if (!signIns.isOpen(now)) throw serviceUnavailable();
  const path = pathOf(pathname);
  const browser = signIns.browser(browserOf(pathname, headers));
  const answer = () => {
    if (path === '/sso/Login') return loginPage('');
    if (path === '/portal') return portal(request, signIns);
    if (path === '/sso/Dispatcher' && method === 'GET') return secondHop(request, signIns);
    if (path === '/sso/Dispatcher') return dispatch(request, browser.id, signIns);
    const device = cookieOf(headers.cookie, 'SBID');
    const reply = signIns.authenticator.answer({ form, browser: browser.id, device, now, realNow });
    return writeReply(reply, form.get('RESP_TYPE') === 'JSON');
  };
  return browser.isNew ? withCookies(answer(), [newCookie('JSESSIONID', browser.id, '/sso')]) : answer();
}

/** Takes the cookies that the client made of its key for a sign-in, and leads on to another host of IBKR. */
function dispatch({ form, headers, now }: SsoRequest, browser: string, signIns: SignIns): Answer {
  const attempt = signIns.authenticator.attemptOf(browser);
  if (attempt?.isComplete && hasKey(headers.cookie, attempt.proof?.sessionKey)) {
    const error = wrongMode(attempt.user, form.get('loginType'));
    if (error !== undefined) return loginPage(error);
    signIns.open(attempt, now);
    signIns.authenticator.forget(browser);
  }
  const signedIn = signIns.signedIn(headers.cookie);
  if (!signedIn) return loginPage('failed');
  const here = signIns.redirectTo ?? `${otherHost(headers.host)}/sso/Dispatcher`;
  return redirect(`${here}?forwardTo=22&loginType=${form.get('loginType') ?? ''}`, cookiesOf(signedIn, now));
}

/** The other host knows who comes by the same cookies, and has its own to add. */
function secondHop({ headers, now }: SsoRequest, signIns: SignIns): Answer {
  const signedIn = signIns.signedIn(headers.cookie);
  if (!signedIn) return loginPage('failed');
  return redirect('/portal', [...cookiesOf(signedIn, now), newCookie('cp', randomUUID(), '/portal.proxy')]);
}

function portal({ headers, now }: SsoRequest, signIns: SignIns): Answer {
  const signedIn = signIns.signedIn(headers.cookie);
  if (!signedIn) return loginPage('failed');
  const api = newCookie('api', signedIn.session.token, '/v1/api');
  return withCookies({ status: 200, body: 'Client login succeeds' }, [...cookiesOf(signedIn, now), api]);
}

/** Of a session key; both of its cookies have it. */
function hasKey(cookies: string | undefined, key: string | undefined): boolean {
  return ['XYZAB', 'XYZAB_AM.LOGIN'].every((name) => cookieOf(cookies, name) === key);
}

function cookiesOf({ session, userIdFrom }: SignedIn, now: number): string[] {
  const userId = now < userIdFrom ? [] : [newCookie('USERID', String(session.userId), '/')];
  return [...userId, newCookie('REGION', REGION, '/')];
}

/** Nothing for a client that comes by neither name, such as through a Client Portal Gateway: it stays where it is. */
function otherHost(host = ''): string {
  const [name = '', port] = host.split(':');
  const other = HOSTS.find((each) => each !== name);
  return HOSTS.includes(name) ? `http://${other}${port === undefined ? '' : `:${port}`}` : '';
}

function redirect(location: string, cookies: readonly string[]): Answer {
  return withCookies({ status: 302, body: '', headers: { Location: location } }, cookies);
}

function withCookies({ status, body, headers }: Answer, cookies: readonly string[]): Answer {
  const others = headers?.['Set-Cookie'] ?? [];
  return { status, body, headers: { ...headers, 'Set-Cookie': [...others, ...cookies] } };
}
