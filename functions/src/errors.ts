/**
 * The closed list of failures a caller can meet, and the one error class that carries them.
 * This file imports nothing, so every layer may throw what the person at the other end should read.
 */

/** Every code, with whether the same call may succeed later without anyone changing anything. */
const RETRYABLE = {
  /** An argument is missing, unknown, of the wrong type or out of range. */
  invalid_arguments: false,
  /** The credential may read but the tool trades. */
  insufficient_scope: false,
  /** No instrument, order or account by that name. */
  not_found: false,
  /** A symbol that names several instruments. */
  ambiguous_symbol: false,
  /** Orders are not accepted for this kind of connection. */
  trading_unavailable: false,
  /** A limit that the owner set forbids the order. */
  limit_exceeded: false,
  /** The order waits for a yes: the owner's on a page, or the model's by `confirm_order`. */
  approval_required: false,
  /** The yes came too late, or the order it was for is no longer waiting. */
  approval_expired: false,
  /** The same order was placed a moment ago. */
  possible_duplicate: false,
  /** The client order id was used for another order. */
  idempotency_conflict: false,
  /** The order certainly does not exist at IBKR. */
  not_placed: false,
  /** IBKR refused the order. */
  order_rejected: false,
  /** IBKR asks a question about the order before it takes it. */
  order_needs_reply: false,
  /** The order was sent and no answer came: it may or may not exist. */
  order_state_unknown: false,
  /** IBKR does not take this order in its present state (filled, cancelled). */
  order_not_cancellable: false,
  /** IBKR (or the gateway or simulator in front of it) cannot be reached or answers 5xx. */
  ibkr_unavailable: true,
  /** IBKR did not answer in time. */
  ibkr_timeout: true,
  /** IBKR's request limits are reached, here or there. */
  ibkr_rate_limited: true,
  /** IBKR answered something this program does not understand. */
  ibkr_unexpected_answer: false,
  /** IBKR refused the request itself; its reason is not passed on raw. */
  ibkr_rejected: false,
  /** The brokerage login is missing or over and a person has to sign in. */
  session_expired: false,
  /** Another IBKR session (TWS, mobile) holds the brokerage session. */
  session_competing: false,
  /** IBKR refused the credentials of the connection. */
  credentials_rejected: false,
  /** The connection says paper and IBKR says live, or the reverse. */
  account_mode_mismatch: false,
  /** IBKR has no market data for the instrument now. */
  no_market_data: true,
  /** The fault is ours. */
  internal_error: true,
} as const;

/** One of the closed list of error codes a tool call can answer. */
export type ErrorCode = keyof typeof RETRYABLE;

/** What a caller sees of a failure. `retryAfter` is in seconds; `details` is what a program may go on with. */
export interface PublicError {
  code: ErrorCode;
  message: string;
  hint: string;
  retryable: boolean;
  retryAfter?: number;
  details?: Record<string, unknown>;
}

/**
 * A failure that is safe to show: `message` says what happened, `hint` what the person can do.
 * Neither may hold a secret, a stack trace or another party's raw text. The cause is for the operator only.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryAfter: number | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    hint: string,
    options: { cause?: unknown; retryAfter?: number; details?: Record<string, unknown> } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = hint;
    this.retryAfter = options.retryAfter;
    this.details = options.details;
  }

  /** The part that leaves the process. */
  toPublic(): PublicError {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      retryable: RETRYABLE[this.code],
      ...(this.retryAfter === undefined ? {} : { retryAfter: this.retryAfter }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}
