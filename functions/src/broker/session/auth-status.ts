/** What IBKR says about its sessions, and the errors that follow from it. */

import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import { errorText, refusal, unexpectedAnswer } from '../wire/ibkr-error.ts';
import { parseJsonBody } from '../wire/json-body.ts';
import type { IbkrRequest, IbkrResponse } from '../wire/request.ts';
import { flag } from '../wire/wire-fields.ts';

/** What an answer says about the session: fine (null), or why the call has to be repeated on a new one. */
export type SessionLoss = 'unauthorized' | 'no_bridge' | 'accounts_not_queried';

/** Answer of `auth/status` and `ssodh/init`. */
export const authStatusSchema = z.object({
  authenticated: flag,
  connected: flag,
  competing: flag,
});
export type AuthStatus = z.output<typeof authStatusSchema>;

/** IBKR says whether anybody is logged in, or what went wrong; what says neither is no IBKR. */
const statedStatusSchema = z
  .looseObject({})
  .refine((answer) => 'authenticated' in answer || 'error' in answer)
  .pipe(authStatusSchema);

/** Answer of `tickle`; without a brokerage session old servers leave `iserver` out. */
export const tickleSchema = z.object({ iserver: z.object({ authStatus: authStatusSchema }).nullish() });

/** Reads an answer for signs that the session is gone; IBKR says it in four ways. */
export function sessionLoss({ status, body }: IbkrResponse): SessionLoss | null {
  if (status === 401) return 'unauthorized';
  if (status !== 200 && status !== 400) return null;
  const error = errorText(body)?.toLowerCase() ?? '';
  if (error === 'no session' || error === 'not authenticated') return 'unauthorized';
  if (error.includes('no bridge')) return 'no_bridge';
  if (/query \/(portfolio\/)?accounts first/.test(error)) return 'accounts_not_queried';
  return null;
}

/** Whether the brokerage session can carry calls. */
export function isHealthy(status: AuthStatus): boolean {
  return status.authenticated && status.connected && !status.competing;
}

/**
 * The status in an answer to `auth/status` or `ssodh/init`.
 * @throws {BrokerError} `signed_out` when the login is gone, and what `openingRefusal` makes of other failures.
 */
export function parseStatus(request: IbkrRequest, response: IbkrResponse): AuthStatus {
  return parseAnswer(request, response, statedStatusSchema);
}

/** The status in an answer to `tickle`; throws as `parseStatus` does. */
export function parseTickle(request: IbkrRequest, response: IbkrResponse): AuthStatus {
  const { iserver } = parseAnswer(request, response, tickleSchema);
  return iserver?.authStatus ?? { authenticated: false, connected: false, competing: false };
}

function parseAnswer<S extends z.ZodType>(
  request: IbkrRequest,
  response: IbkrResponse,
  schema: S,
): z.output<S> {
  if (sessionLoss(response) === 'unauthorized') throw signedOutError();
  if (response.status !== 200) throw openingRefusal(request, response);
  try {
    return schema.parse(parseJsonBody(response.body));
  } catch (cause) {
    throw unexpectedAnswer(request, cause);
  }
}

/** A refusal of a call that opens or looks after the session, of which nothing that was asked for can be the reason. */
export function openingRefusal(request: IbkrRequest, response: IbkrResponse): BrokerError {
  const error = refusal(request, response);
  if (error.kind !== 'rejected') return error.beforeSending();
  const { status, endpoint, reason, location } = error;
  return new BrokerError({ name: 'opening_refused' }, { status, endpoint, reason, location });
}

/** The login itself is over. */
export function signedOutError(): BrokerError {
  return new BrokerError({ name: 'signed_out' }, { status: 401 });
}

/** Another session of the user has the brokerage session. */
export function competingError(): BrokerError {
  return new BrokerError({ name: 'competing' });
}

/** `ssodh/init` did not open a session, and no other one is the reason. */
export function notOpenedError(isNight: boolean): BrokerError {
  return new BrokerError({ name: isNight ? 'no_sessions_at_night' : 'session_not_opened' });
}
