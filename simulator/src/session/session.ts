import { type Answer, badRequest, failureAnswer, ok, unauthorized } from '../http/answer.ts';
import { objectBody } from '../http/json-body.ts';
import type { BrokerageCall, Call, Route } from '../http/router.ts';
import { authStatus, openBrokerage } from './brokerage-status.ts';
import { challengeGateway } from './gateway-login.ts';

const MAX_SUPPRESSIONS = 51;

function status({ session }: Call): Answer {
  return ok({ fail: '', ...authStatus(session) });
}

/**
 * Answers 200 with `authenticated:false` when another program holds the session and is not to be thrown out.
 * A sandbox has no login page: its lost login comes back here.
 */
function initialize(call: Call): Answer {
  const { session, body, now } = call;
  if (!session.isLoggedIn && session.key.startsWith('sandbox/')) session.logIn(now);
  if (!session.isLoggedIn) throw unauthorized();
  const { compete, machineId } = body === undefined ? {} : objectBody(body);
  if (machineId !== undefined) return challengeGateway(call);
  openBrokerage(call, compete === true || compete === 'true');
  return ok(authStatus(session));
}

function tickle({ session, now }: Call): Answer {
  return ok({
    session: session.token,
    ssoExpires: Math.max(0, session.loginEndsAt - now),
    collission: session.isHeldElsewhere,
    userId: session.userId,
    hmds: { error: 'no bridge' },
    iserver: { authStatus: authStatus(session) },
  });
}

/** Deprecated, still called by old clients; a lost brokerage session comes back as after `ssodh/init`. */
function reauthenticate(call: Call): Answer {
  if (!call.session.brokerage) openBrokerage(call, false);
  return ok({ message: 'triggered' });
}

function logOut({ session }: Call): Answer {
  session.logOut();
  return ok({ status: true });
}

function validate({ session, now }: Call): Answer {
  return ok({
    USER_ID: session.userId,
    USER_NAME: session.username,
    RESULT: true,
    AUTH_TIME: session.loggedInAt,
    SF_ENABLED: false,
    IS_FREE_TRIAL: false,
    CREDENTIAL: session.username,
    IP: '127.0.0.1',
    EXPIRES: Math.max(0, session.loginEndsAt - now),
    QUALIFIED_FOR_MOBILE_AUTH: null,
    LANDING_APP: 'UNIVERSAL',
    IS_MASTER: false,
    lastAccessed: session.lastActivity,
    LOGIN_TYPE: session.isPaper ? 2 : 1,
    PAPER_USER_NAME: session.username,
    features: {
      env: 'PROD',
      wlms: true,
      realtime: true,
      bond: true,
      optionChains: true,
      calendar: true,
      newMf: true,
    },
    region: 'NJ',
  });
}

function suppress({ body, brokerage }: BrokerageCall): Answer {
  const { messageIds } = objectBody(body);
  if (!Array.isArray(messageIds) || messageIds.length === 0) throw failureAnswer(500, 'messageIds is empty');
  if (messageIds.length > MAX_SUPPRESSIONS) throw badRequest(`at most ${MAX_SUPPRESSIONS} message ids`);
  brokerage.suppressed = new Set([...brokerage.suppressed, ...messageIds.map(String)]);
  return ok({ status: 'submitted' });
}

function resetSuppression({ brokerage }: BrokerageCall): Answer {
  brokerage.suppressed = new Set();
  return ok({ status: 'submitted' });
}

export const sessionRoutes: readonly Route[] = [
  { method: 'POST', path: '/iserver/auth/status', needs: 'login', handle: status },
  { method: 'GET', path: '/iserver/auth/status', needs: 'login', handle: status },
  { method: 'POST', path: '/iserver/auth/ssodh/init', needs: 'nothing', handle: initialize },
  { method: 'POST', path: '/tickle', needs: 'login', handle: tickle },
  { method: 'GET', path: '/tickle', needs: 'login', handle: tickle },
  { method: 'POST', path: '/iserver/reauthenticate', needs: 'login', handle: reauthenticate },
  { method: 'GET', path: '/iserver/reauthenticate', needs: 'login', handle: reauthenticate },
  { method: 'POST', path: '/logout', needs: 'login', handle: logOut },
  { method: 'GET', path: '/logout', needs: 'login', handle: logOut },
  { method: 'GET', path: '/sso/validate', needs: 'login', handle: validate },
  { method: 'POST', path: '/iserver/questions/suppress', needs: 'brokerage', handle: suppress },
  { method: 'POST', path: '/iserver/questions/suppress/reset', needs: 'brokerage', handle: resetSuppression },
];
