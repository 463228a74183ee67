/** The login in front of the gateway's API: `/sso/Login`, `/sso/Dispatcher`. Outside of `/v1/api`. */

import { type Answer, ok } from '../http/answer.ts';
import type { Session } from './session-state.ts';

const LOGIN = '/sso/Login?forwardTo=22&RL=1&ip2loc=US';
/** Where IBKR has its web site; what is there is what a gateway shows instead. */
const LOGGED_IN = '/portal';
/** With this password the login fails, so that a client can be seen to handle it. */
const WRONG_PASSWORD = 'wrong';

/** Field names and classes are those that headless logins look for. */
export function loginPage(message: string): Answer {
  const error = message === '' ? '' : `<p class="xyz-errormessage" role="alert">${message}</p>`;
  const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Login (simulator)</title></head>
<body>
<h1>Simulated login</h1>
<p>Any username and password will do. This is not Interactive Brokers.</p>
${error}
<form method="post" action="/sso/Login">
<label>Username <input name="username" autocomplete="off" required></label>
<label>Password <input name="password" type="password" autocomplete="off" required></label>
<label for="toggle1">Paper</label><input id="toggle1" name="paper" type="checkbox" checked>
<button class="btn btn-lg xyz-button-login" type="submit">Login</button>
</form>
</body>
</html>`;
  return { status: 200, body, headers: { 'Content-Type': 'text/html;charset=utf-8' } };
}

function redirect(location: string, headers: Record<string, string> = {}): Answer {
  return { status: 302, body: '', headers: { Location: location, ...headers } };
}

/** Answers what is not API; undefined for other paths. */
export function answerLogin(
  method: string,
  pathname: string,
  form: URLSearchParams,
  session: Session,
  now: number,
): Answer | undefined {
  if (pathname === '/') return redirect(LOGIN);
  if (pathname === '/sso/Login' && method === 'POST') {
    const isComplete = form.get('username') && form.get('password');
    if (!isComplete || form.get('password') === WRONG_PASSWORD)
      return loginPage('Invalid username password combination');
    session.logIn(now);
    return redirect('/sso/Dispatcher?forwardTo=22', {
      'Set-Cookie': `api=${session.token}; Path=/; HttpOnly`,
    });
  }
  if (pathname === '/sso/Login') return loginPage('');
  // A gateway in between takes a redirection from here, and only that, for a login that succeeded.
  if (pathname === '/sso/Dispatcher') return session.isLoggedIn ? redirect(LOGGED_IN) : loginPage('');
  if (pathname === LOGGED_IN) {
    return session.isLoggedIn ? { status: 200, body: 'Client login succeeds' } : redirect(LOGIN);
  }
  // Keep-alive and re-login tokens of the gateway, which it does without when it must.
  if (pathname === '/sso/ping' || pathname.startsWith('/sso/Authenticat'))
    return ok({ success: session.isLoggedIn });
  return undefined;
}
