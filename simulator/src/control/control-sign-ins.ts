/** `/sim/sign-ins`: who can sign in by name and password, how that goes, and what came of it. */

import { type Answer, badRequest, ok } from '../http/answer.ts';
import { objectBody, textOf } from '../http/json-body.ts';
import type { SignIns } from '../sign-in/sign-ins.ts';
import type { UserRecord } from '../sign-in/user-record.ts';

interface Request {
  readonly signIns: SignIns;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly now: number;
}

/** Those that the query names, or all that were made or tried. */
function usersOf({ signIns, query }: Request): [string, UserRecord][] {
  const name = query.get('user')?.toLowerCase();
  return [...signIns.users].filter(([each]) => name === undefined || each === name);
}

/** Every `INIT`, wrong password and wrong code, together and by user; whom ten failures have locked. */
function tell(request: Request): Answer {
  const users = usersOf(request);
  const sum = (count: (user: UserRecord) => number) =>
    users.reduce((total, [, user]) => total + count(user), 0);
  return ok({
    attempts: sum(({ attempts }) => attempts),
    refused: sum(({ refused }) => refused),
    codesRefused: sum(({ codesRefused }) => codesRefused),
    lockedOut: users.filter(([, { lockouts }]) => lockouts > 0).map(([name]) => name),
    byUser: Object.fromEntries(users.map(([name, user]) => [name, row(user, request.now)])),
  });
}

function row(user: UserRecord, now: number): Record<string, unknown> {
  const { attempts, refused, codesRefused, signedIn, lockouts, sent } = user;
  return { attempts, refused, codesRefused, signedIn, lockouts, isLocked: user.isLocked(now), sent };
}

/** Counts, locks and codes that were sent, of one user or of all. */
function forget(request: Request): Answer {
  for (const [, user] of usersOf(request)) user.forget();
  return ok({});
}

/** `{isClosed?, redirectTo?}`, for everybody; null is the usual other host. */
function arrange({ signIns, body }: Request): Answer {
  const { isClosed, redirectTo } = objectBody(body);
  if (isClosed !== undefined && typeof isClosed !== 'boolean')
    throw badRequest('isClosed must be true or false');
  if (redirectTo !== undefined) signIns.redirectTo = textOf(redirectTo);
  if (isClosed !== undefined) signIns.isClosed = isClosed;
  return ok({ isClosed: signIns.isClosed, redirectTo: signIns.redirectTo ?? null });
}

/** `{username, …}`: makes a user, or changes what is named of one; answers all there is to know. */
function changeUser({ signIns, body }: Request): Answer {
  const { username, ...changes } = objectBody(body);
  const name = textOf(username);
  if (name === undefined) throw badRequest('username is required');
  return ok(signIns.change(name, changes).settings);
}

/** Ends the sessions of one user or of all. */
function endSessions(request: Request): Answer {
  for (const [name] of usersOf(request)) request.signIns.end(name);
  return ok({});
}

export const SIGN_IN_CONTROLS: Readonly<Record<string, (request: Request) => Answer>> = {
  'GET /sim/sign-ins': tell,
  'POST /sim/sign-ins': arrange,
  'DELETE /sim/sign-ins': forget,
  'POST /sim/sign-ins/users': changeUser,
  'DELETE /sim/sign-ins/sessions': endSessions,
};
