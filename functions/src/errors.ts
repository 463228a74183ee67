/**
 * The closed list of failures a caller can meet, and the one error class that carries them.
 * This file imports nothing, so every layer may throw what the person at the other end should read.
 */

/** What one code stands for, in words for the person whose AI or program met it. */
export interface ErrorKind {
  /** Whether the same call may succeed later without anyone changing anything. */
  retryable: boolean;
  meaning: string;
  /** What that person can do. */
  remedy: string;
}

/** The closed list. The help pages print it, so its words are part of the product. */
export const ERRORS = {
  invalid_arguments: {
    retryable: false,
    meaning: 'An argument is missing, unknown, of the wrong type or out of range. Nothing was done.',
    remedy: 'Correct the argument that the message names, and call again.',
  },
  insufficient_scope: {
    retryable: false,
    meaning: 'The app or key may only read, and this tool changes something.',
    remedy: 'Connect the app again and choose read & write, or use a key that has it.',
  },
  address_not_allowed: {
    retryable: false,
    meaning: 'The key was used from an address that its owner does not allow. Nothing was done.',
    remedy: 'If it was not you, revoke the key. If it was, allow the address in the settings of the key.',
  },
  not_found: {
    retryable: false,
    meaning: 'There is no instrument, order or account by that name on this login.',
    remedy: 'Look it up first, with search_security, get_orders or get_accounts.',
  },
  ambiguous_symbol: {
    retryable: false,
    meaning: 'The symbol names several instruments.',
    remedy: 'Give the conid of the right one, or its exchange or currency.',
  },
  limit_exceeded: {
    retryable: false,
    meaning: 'A limit that the owner set forbids the order. Nothing was sent.',
    remedy: 'Place a smaller order. Only the owner can change the limits, in the console.',
  },
  approval_required: {
    retryable: false,
    meaning:
      'No failure: what the activity says of a call whose order awaits approval (state awaiting_approval). It is not sent before.',
    remedy:
      'If the answer has a link, the owner approves the order there. Otherwise the AI reads the order back to you and sends it with confirm_order.',
  },
  approval_expired: {
    retryable: false,
    meaning: 'The approval came too late, or was for an order that no longer waits. It sent nothing.',
    remedy:
      'Ask get_order_status what became of the order. Place it again only where that says that it is not at IBKR.',
  },
  possible_duplicate: {
    retryable: false,
    meaning:
      'The same app placed the same order a moment ago, or that one is not over yet, or IBKR holds another order on the contract that may work again. This one was held back.',
    remedy: 'Ask for the first one with get_order_status. If you do want two, set duplicate_ok.',
  },
  idempotency_conflict: {
    retryable: false,
    meaning: 'The client_order_id was already used for a different order.',
    remedy: 'Use a new client_order_id for a new order.',
  },
  not_placed: {
    retryable: false,
    meaning:
      'The order, or the change of it, is not at IBKR. If it had been sent, it is looked for a few times more.',
    remedy: 'Ask for it again if it is still wanted.',
  },
  order_rejected: {
    retryable: false,
    meaning: 'IBKR refused the order, or the change of it; the message gives its reason.',
    remedy: 'Change what IBKR objects to, and ask for it again.',
  },
  order_needs_reply: {
    retryable: false,
    meaning:
      'No failure: what the activity says of a call whose order IBKR asks about before it takes it (state needs_reply).',
    remedy: 'Read the warnings. Accept them with confirm_order or on the page that the answer links to.',
  },
  order_state_unknown: {
    retryable: false,
    meaning: 'The order was sent and no answer came: it may or may not be at IBKR.',
    remedy: 'Do not place it again. get_order_status finds out; IBKR’s own app shows it too.',
  },
  order_not_cancellable: {
    retryable: false,
    meaning:
      'The order cannot be cancelled or changed as it stands: IBKR does not do it, or it waits and is not at IBKR.',
    remedy: 'Look at it with get_order_status or get_orders: it may be over already, or wait for somebody.',
  },
  ibkr_unavailable: {
    retryable: true,
    meaning: 'IBKR, or the gateway in front of it, cannot be reached or answers with an error of its own.',
    remedy:
      'Wait a minute. IBKR resets its systems every night for some minutes. If you run the Client Portal Gateway, check that it is running.',
  },
  ibkr_timeout: {
    retryable: true,
    meaning: 'IBKR did not answer in time.',
    remedy: 'Try again in a minute.',
  },
  ibkr_rate_limited: {
    retryable: true,
    meaning: 'IBKR takes only so many requests at a time, and they are used up.',
    remedy: 'Wait as long as the answer says; until then nothing is sent to IBKR.',
  },
  ibkr_unexpected_answer: {
    retryable: false,
    meaning: 'IBKR answered something that this service does not understand.',
    remedy: 'Report the message: it names the request.',
  },
  ibkr_rejected: {
    retryable: false,
    meaning: 'IBKR refused the request itself.',
    remedy: 'Check the instrument, account and ids: IBKR says this of those it does not know.',
  },
  session_expired: {
    retryable: false,
    meaning: 'The sign-in of the connection to IBKR is missing or has ended.',
    remedy: 'Sign in to IBKR again (to a Client Portal Gateway on its own page), then try again.',
  },
  session_competing: {
    retryable: false,
    meaning: 'TWS, IBKR Mobile or another program is using the same IBKR login; IBKR allows one at a time.',
    remedy:
      'Close the other one, or allow this connection to take over in its settings. A second IBKR username for the gateway avoids it for good.',
  },
  credentials_rejected: {
    retryable: false,
    meaning:
      'IBKR refused the credentials of the connection. They are tried again when you change them or test the connection, not before.',
    remedy:
      'Enter them again in the console. IBKR activates a new consumer key only after a day to two weeks.',
  },
  sign_in_code_needed: {
    retryable: false,
    meaning: 'IBKR asks for a code of the authenticator app, and the connection has none stored.',
    remedy: 'The owner enters it on the page of the connection.',
  },
  sign_in_sent_code_needed: {
    retryable: false,
    meaning:
      'IBKR asks for a code that it sends to the owner, by email or text message. A device that is new to it may need one.',
    remedy: 'The owner requests the code and enters it on the page of the connection.',
  },
  sign_in_approval_needed: {
    retryable: false,
    meaning:
      'IBKR asks the owner to approve the sign-in in its app on the phone, which cannot be waited for here.',
    remedy:
      'The owner requests it on the page of the connection. With an authenticator app and its activation code stored, nobody has to.',
  },
  ibkr_locked: {
    retryable: false,
    meaning: 'IBKR has locked the username after too many failed sign-ins.',
    remedy: 'Wait a day or call IBKR. Sign in there in a browser once, then test the connection.',
  },
  ibkr_changed_sign_in: {
    retryable: false,
    meaning: 'IBKR’s sign-in is not as this service knows it, so nothing was tried.',
    remedy:
      'Sign in to IBKR in a browser once, to see whether it shows a message. If not, tell the operator.',
  },
  account_mode_mismatch: {
    retryable: false,
    meaning: 'The connection is set up as paper and IBKR says that the login is live, or the reverse.',
    remedy: 'Set the connection to the other one in its settings, or sign it in with the other IBKR user.',
  },
  no_market_data: {
    retryable: true,
    meaning: 'IBKR has no market data for the instrument at the moment.',
    remedy:
      'Try again in a few seconds. If there is still none, the IBKR user may lack the market data subscription.',
  },
  internal_error: {
    retryable: true,
    meaning: 'This service failed.',
    remedy: 'Try once more. If it fails again, tell the operator the time of the call.',
  },
} as const satisfies Record<string, ErrorKind>;

/** One of the closed list of error codes a tool call can answer. */
export type ErrorCode = keyof typeof ERRORS;

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
      retryable: ERRORS[this.code].retryable,
      ...(this.retryAfter === undefined ? {} : { retryAfter: this.retryAfter }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** The fault of ours that an error tells as what it means for its reader; undefined for all other errors. */
export function faultBehind({ code, cause }: GatewayError): unknown {
  const isOurs = code === 'order_state_unknown' || code === 'internal_error';
  return isOurs && !(cause instanceof GatewayError) ? cause : undefined;
}
