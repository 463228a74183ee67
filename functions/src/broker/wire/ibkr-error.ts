/** What an answer of IBKR, or none, is as an error. */

import { cleanText } from '../../text/outside-text.ts';
import { BrokerError } from '../errors.ts';
import { isNightlyReset } from './nightly-reset.ts';
import type { IbkrRequest, IbkrResponse, TransportError } from './request.ts';

/** The request as people and logs may see it: `GET /portfolio/{id}/ledger`, without account numbers or ids. */
export function endpointName({ method, path }: IbkrRequest): string {
  const segments = path.split('/').map((segment) => (/^[a-z_-]*\d?$/.test(segment) ? segment : '{id}'));
  return `${method} ${segments.join('/')}`;
}

/** No HTTP answer came. */
export function noAnswerError(request: IbkrRequest, cause: TransportError): BrokerError {
  const circumstances = { cause, maybeApplied: cause.maybeSent && request.method !== 'GET' };
  if (cause.kind === 'timeout') return timeoutError(request, circumstances);
  const endpoint = endpointName(request);
  if (cause.kind !== 'refused')
    return new BrokerError({ name: 'unreachable' }, { endpoint, ...circumstances });
  const refusal = cause.cause instanceof BrokerError ? cause.cause : null;
  return new BrokerError(
    { name: 'connection_refused', refusal, why: cause.message },
    { endpoint, ...circumstances },
  );
}

export function timeoutError(
  request: IbkrRequest,
  circumstances: { cause?: unknown; maybeApplied?: boolean } = {},
): BrokerError {
  return new BrokerError({ name: 'no_answer' }, { endpoint: endpointName(request), ...circumstances });
}

/** How long IBKR locks an IP address out after a 429 (its pages say 10, an older one 15 minutes). */
export const PENALTY_MS = 10 * 60_000;

export function rateLimited(retryAfterMs: number, status: number | null = null): BrokerError {
  const retryAfter = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return new BrokerError({ name: 'rate_limited' }, { retryAfter, status });
}

/** A 2xx answer that does not have the form IBKR's answers to this endpoint have. */
export function unexpectedAnswer(request: IbkrRequest, cause: unknown): BrokerError {
  return new BrokerError(
    { name: 'unexpected_answer' },
    { endpoint: endpointName(request), cause, maybeApplied: request.method !== 'GET' },
  );
}

/** An HTTP answer that is a refusal or a failure (401 and 429 have their own ways and do not come here). */
export function refusal(request: IbkrRequest, { status, body, location }: IbkrResponse): BrokerError {
  const reason = errorText(body);
  const answered = { endpoint: endpointName(request), status, reason, location };
  const isChange = request.method !== 'GET';
  if (status >= 500 || status === 423 || status === 410) {
    return new BrokerError(
      { name: 'server_error', isNightlyReset: isNightlyReset(new Date()) },
      { ...answered, maybeApplied: isChange },
    );
  }
  // What is not in IBKR's own words may come from something on the way that saw the request off or not.
  return new BrokerError({ name: 'refused' }, { ...answered, maybeApplied: isChange && reason === null });
}

/** Far above what IBKR writes when it says no more than that. */
const MOST_ERROR_CHARACTERS = 65_536;

/** The `error` text of a JSON body, cleaned; null when there is none. IBKR sends it with 200, too. */
export function errorText(body: string): string | null {
  // Most answers have none, and need not be parsed to know it.
  if (!body.startsWith('{') || !body.includes('"error"') || body.length > MOST_ERROR_CHARACTERS) return null;
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === 'string' && error.trim() !== '' ? cleanText(error) : null;
  } catch {
    return null;
  }
}
