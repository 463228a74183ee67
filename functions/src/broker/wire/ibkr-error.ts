/** What went wrong at or on the way to IBKR, in words for the person who waits for the answer. */

import { withoutAccountNumbers } from '../../account-numbers.ts';
import { type ErrorCode, GatewayError } from '../../errors.ts';
import { isNightlyReset, RESET_HINT } from './nightly-reset.ts';
import type { IbkrRequest, IbkrResponse, TransportError } from './request.ts';

const TRY_LATER = 'Try again in a minute; if it goes on, see https://www.interactivebrokers.com for outages.';

/** A `GatewayError` that also tells the code above what IBKR did, so that it can say something better. */
export class IbkrError extends GatewayError {
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** False if the request certainly changed nothing at IBKR. */
  readonly maybeApplied: boolean;
  /** IBKR's own `error` text, cleaned, for the few places that may show it; null when it gave none. */
  readonly reason: string | null;

  constructor(
    code: ErrorCode,
    message: string,
    hint: string,
    facts: {
      status?: number;
      maybeApplied?: boolean;
      reason?: string | null;
      retryAfter?: number;
      cause?: unknown;
    },
  ) {
    super(code, message, hint, {
      cause: facts.cause,
      ...(facts.retryAfter === undefined ? {} : { retryAfter: facts.retryAfter }),
    });
    this.status = facts.status ?? null;
    this.maybeApplied = facts.maybeApplied ?? false;
    this.reason = facts.reason ?? null;
  }

  /** The same failure, of a request that was only to prepare another one: that one never left. */
  beforeSending(): IbkrError {
    const { code, message, hint, status, reason, retryAfter, cause } = this;
    return new IbkrError(code, message, hint, {
      ...(status === null ? {} : { status }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
      reason,
      cause,
    });
  }

  /** Whether IBKR answered that the request itself was wrong; it says so with 500 as often as with 400. */
  get isBadInput(): boolean {
    const { status } = this;
    return status === 200 || status === 400 || status === 404 || (status === 500 && this.reason !== null);
  }
}

/** The request as people and logs may see it: `GET /portfolio/{id}/ledger`, without account numbers or ids. */
export function endpointName({ method, path }: IbkrRequest): string {
  const segments = path.split('/').map((segment) => (/^[a-z_-]*\d?$/.test(segment) ? segment : '{id}'));
  return `${method} ${segments.join('/')}`;
}

/** No HTTP answer came. */
export function unanswered(request: IbkrRequest, cause: TransportError): IbkrError {
  const facts = { cause, maybeApplied: cause.maybeSent && request.method !== 'GET' };
  if (cause.kind === 'timeout') return timedOut(request, facts);
  if (cause.kind === 'refused') {
    return new IbkrError(
      'ibkr_unavailable',
      `The connection to IBKR was not made: ${cause.message}`,
      cause.cause instanceof GatewayError
        ? cause.cause.hint
        : 'Check the address and certificate of the connection.',
      facts,
    );
  }
  return new IbkrError(
    'ibkr_unavailable',
    'IBKR cannot be reached.',
    'Try again in a minute. If the connection goes through your own gateway, check that it is running.',
    facts,
  );
}

export function timedOut(
  request: IbkrRequest,
  facts: { cause?: unknown; maybeApplied?: boolean } = {},
): IbkrError {
  return new IbkrError(
    'ibkr_timeout',
    `IBKR did not answer ${endpointName(request)} in time.`,
    TRY_LATER,
    facts,
  );
}

/** How long IBKR locks an IP address out after a 429 (its pages say 10, an older one 15 minutes). */
export const PENALTY_MS = 10 * 60_000;

export function rateLimited(retryAfterMs: number, status?: number): IbkrError {
  const retryAfter = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return new IbkrError(
    'ibkr_rate_limited',
    "IBKR's request limit is reached.",
    `Wait ${retryAfter} seconds before the next call: until then nothing is sent to IBKR.`,
    { retryAfter, ...(status === undefined ? {} : { status }) },
  );
}

/** A 2xx answer that does not have the form IBKR's answers to this endpoint have. */
export function unexpectedAnswer(request: IbkrRequest, cause: unknown): IbkrError {
  return new IbkrError(
    'ibkr_unexpected_answer',
    `IBKR answered ${endpointName(request)} in a form this service does not understand.`,
    'Try again. If it stays, please report the endpoint named here.',
    { cause, maybeApplied: request.method !== 'GET' },
  );
}

/** An HTTP answer that is a refusal or a failure (401 and 429 have their own ways and do not come here). */
export function refusal(request: IbkrRequest, { status, body }: IbkrResponse): IbkrError {
  const facts = { status, reason: errorText(body) };
  if (status >= 500 || status === 423 || status === 410) {
    return new IbkrError(
      'ibkr_unavailable',
      `IBKR answered ${endpointName(request)} with an error of its own (${status}).`,
      isNightlyReset(new Date()) ? RESET_HINT : TRY_LATER,
      { ...facts, maybeApplied: request.method !== 'GET' },
    );
  }
  return new IbkrError(
    'ibkr_rejected',
    `IBKR refused ${endpointName(request)} (${status}).`,
    'Check the arguments: IBKR says this of instruments, accounts and ids it does not know.',
    // What is not in IBKR's own words may come from something on the way that saw the request off or not.
    { ...facts, maybeApplied: request.method !== 'GET' && facts.reason === null },
  );
}

/** The `error` text of a JSON body, cleaned; null when there is none. IBKR sends it with 200, too. */
export function errorText(body: string): string | null {
  if (!body.startsWith('{')) return null;
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === 'string' && error.trim() !== '' ? cleanText(error) : null;
  } catch {
    return null;
  }
}

const MAX_TEXT = 400;

/** IBKR's own words made safe to show: no markup, no control characters, no account numbers, bounded. */
export function cleanText(text: string): string {
  const plain = text
    .slice(0, 8 * MAX_TEXT)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\p{C}+/gu, ' ');
  const cleaned = withoutAccountNumbers(plain).replace(/\s+/g, ' ').trim();
  return cleaned.length <= MAX_TEXT ? cleaned : `${cleaned.slice(0, MAX_TEXT - 1)}…`;
}
