/**
 * What went wrong at or on the way to IBKR, as facts. Nothing here is for people to read: whoever uses the broker words
 * it for its own.
 */

import type { Factor } from './sign-in/factors.ts';

/** What kind of failure it was, which decides what a caller can do. */
export type BrokerErrorKind =
  /** Cannot be reached, or answers with an error of its own. */
  | 'unavailable'
  | 'timed_out'
  | 'rate_limited'
  | 'unexpected_answer'
  /** IBKR refused the request itself. */
  | 'rejected'
  /** There is no login, or no brokerage session comes of it. */
  | 'signed_out'
  /** Another session of the same user has the brokerage session. */
  | 'competing'
  | 'credentials_rejected'
  // What signing in for a person ends with besides.
  | 'wrong_mode'
  | 'user_locked'
  | 'code_wanted'
  | 'sent_code_wanted'
  | 'approval_wanted'
  | 'sign_in_changed'
  | 'not_found'
  | 'ambiguous'
  /** What was asked for cannot be right; IBKR was not needed to say so, or said it. */
  | 'invalid'
  | 'no_data'
  /** A change was sent and no clear answer came. */
  | 'outcome_unknown'
  | 'not_cancellable';

/** An instrument that IBKR has, as far as it takes to tell it from others. */
export interface NamedInstrument {
  conid: number;
  symbol: string;
  name: string | null;
  exchange: string | null;
  currency: string;
  secType: string;
}

/** Who has not got what was asked for, and what there is instead. */
export type Instead =
  | { kind: 'nothing' }
  /** It is also the symbol of something of another kind. */
  | { kind: 'other_meaning'; meaning: OtherMeaning }
  | { kind: 'listed'; instruments: readonly NamedInstrument[] }
  /** Spelled a little differently. */
  | { kind: 'alike'; instruments: readonly NamedInstrument[] }
  /** Of companies that are called so. */
  | { kind: 'named'; instruments: readonly NamedInstrument[] }
  | { kind: 'no_coin'; symbol: string }
  | { kind: 'coins'; instruments: readonly NamedInstrument[] }
  | { kind: 'no_futures'; symbol: string };

/** What a symbol means besides: a currency, a cryptocurrency, or the futures on something. */
export type OtherMeaning =
  | { kind: 'coin'; symbol: string }
  | { kind: 'currency'; symbol: string }
  | { kind: 'futures'; symbol: string; underlying: string };

/** By what an instrument was asked for. */
export type AskedInstrument =
  | { conid: number }
  | { symbol: string; exchange?: string | undefined; currency?: string | undefined };

/** What is wrong with one field of what a connection is set up with. */
export type FieldFault =
  | { is: 'malformed' }
  // Keys, the prime and the secret of OAuth.
  | { is: 'not_pem' | 'encrypted' | 'public_key' | 'damaged' | 'not_rsa' | 'not_base64' }
  | { is: 'other_pem'; label: string }
  | { is: 'bits'; bits: number }
  | { is: 'length'; bytes: number; expected: number }
  | { is: 'keys_swapped' | 'not_opened' | 'not_hex' | 'not_prime' | 'negative' | 'differs_from_file' }
  | { is: 'not_settable' | 'not_on_this_machine' }
  // The secret of an authenticator app.
  | { is: 'not_activation_code' }
  // The URL of a gateway.
  | {
      is:
        | 'not_url'
        | 'not_https'
        | 'has_user'
        | 'has_query'
        | 'unusual_address'
        | 'not_public'
        | 'not_web_port';
    }
  // Its headers.
  | { is: 'header_name' }
  | { is: 'header_framing' | 'header_twice' | 'header_value'; header: string }
  // Its certificate, as it was entered.
  | { is: 'private_key' | 'sha1' | 'not_certificate' | 'unreadable' };

/** Why the certificate that a gateway presented is not accepted; fingerprints are SHA-256 in lower-case hex. */
export type CertificateFault =
  /** The one that everybody has, private key included. */
  | { is: 'stock' }
  | { is: 'not_pinned'; fingerprint: string }
  /** OpenSSL's or Node's reason. */
  | { is: 'unverified'; verifyError: string; fingerprint: string };

/** A second factor that IBKR wants. */
interface WantedFactor {
  /** IBKR has just sent a code, or asked on the phone, and the sign-in waits. */
  isSent: boolean;
  /** What was typed, or said on the phone, was a no. */
  isRefused: boolean;
  /** Those of which IBKR takes one; null where it was not asked now. */
  offered: readonly Factor[] | null;
  /** The one that its owner chose and that IBKR does not offer them. */
  notOffered: Factor | null;
}

/** By name, what is known of a problem besides what every error carries. */
interface ProblemFields {
  unreachable: unknown;
  /** By our own rules; null where those are not the reason. */
  connection_refused: { refusal: BrokerError | null; why: string };
  server_error: { isNightlyReset: boolean };
  /** A change was not looked at, for the session had ended; it is open again. */
  session_had_ended: unknown;
  /** IBKR calls a session good that carries no calls. */
  session_unusable: unknown;
  opening_refused: unknown;
  no_sessions_at_night: unknown;
  /** Other calls keep selecting another account of the login. */
  account_contended: unknown;

  no_answer: unknown;
  status_overdue: { orderId: string };

  rate_limited: unknown;

  unexpected_answer: unknown;
  unreadable_order: { orderId: string };
  unreadable_pair: { pair: string };

  refused: unknown;

  signed_out: unknown;
  session_not_opened: unknown;

  competing: unknown;

  /** Before, and they were not changed since. */
  credentials_refused_before: unknown;
  session_tokens_differ: unknown;
  consumer_key_unknown: unknown;
  credentials_refused: unknown;

  wrong_password: unknown;
  /** The first of a sign-in that has a secret for more. */
  wrong_code: unknown;
  codes_refused: unknown;
  wrong_mode: unknown;
  user_locked: unknown;
  /** Of an authenticator app. */
  code_wanted: WantedFactor;
  /** One that IBKR sends, by e-mail or text message. */
  sent_code_wanted: WantedFactor;
  /** `challenge`: what IB Key wants the answer to, where it does not just want a yes. */
  approval_wanted: WantedFactor & { challenge: string | null };
  /** Nothing was sent: somebody is at it, IBKR is not to be asked now, or too much was refused lately. */
  sign_in_waits: { why: 'busy' | 'back_off' | 'maintenance' | 'many_failures' };
  /** Twice no answer came to what is counted. */
  sign_ins_unanswered: unknown;
  /** `what` is the part of the sign-in that is not as it is known; null: it was found before. */
  sign_in_changed: { what: string | null };
  no_such_account: unknown;
  no_such_order: { orderId: string };
  /** It has no status; it may be over long since. */
  order_not_shown: { orderId: string };
  no_such_conid: { conid: number };
  no_such_instrument: { asked: AskedInstrument; instead: Instead };
  pair_not_traded: { base: string; quote: string; isInverseTraded: boolean };
  no_performance: unknown;
  no_rate: { source: string; target: string };
  no_options: { symbol: string; conid: number };
  no_such_options: {
    symbol: string;
    right: string | null;
    tradingClass: string | null;
    /** An ISO date or a month. */
    expiry: string | null;
    seenExpiries: readonly string[];
    months: readonly string[];
    /** Within which the strikes had to be; null: there is no such bound. */
    strikeMin: number | null;
    strikeMax: number | null;
    /** Not all strikes could be looked at. */
    isCut: boolean;
  };

  several_instruments: { symbol: string; instruments: readonly NamedInstrument[] };
  /** Listings that cannot be read may be the one that is meant. */
  unread_listings: { instruments: readonly NamedInstrument[] };
  several_futures: { symbol: string; futures: readonly { conid: number; expiry: string }[] };

  nothing_asked: unknown;
  contradiction: {
    asked: AskedInstrument;
    instrument: NamedInstrument;
    /** What it is not: on that exchange, in that currency, that symbol. */
    not: { exchange?: string; currency?: string; symbol?: string };
  };
  option_by_symbol: { asked: string; symbol: string; option: string };
  not_a_pair: { symbol: string };
  no_such_scanner: { type: string; instrument: string; location: string };
  period: { period: string };
  bar: { bar: string | undefined; period: string; sizes: readonly string[] };
  end_time: { endTime: string };
  month_without_options: { expiry: string; months: readonly string[] };
  price: { price: string; fault: PriceFault };
  pair_with_exits: unknown;
  field: { field: string; fault: FieldFault };
  certificate: { fault: CertificateFault };

  no_pnl: unknown;
  no_history: unknown;

  outcome_unknown: { change: 'order' | 'cancellation' };
  undecided: { why: 'list_cut' | 'nameless_order' | 'unreadable_row' };

  not_cancellable: { orderId: string };
}

/** How a price of a ticket does not fit its type; `amount_or_percent`: it follows by exactly one of the two. */
export type PriceFault =
  | { is: 'price_missing' | 'price_not_taken' | 'amount_or_percent'; orderType: string }
  | { is: 'not_a_number' };

export type ProblemName = keyof ProblemFields;
export type Problem<N extends ProblemName = ProblemName> = { [K in N]: { name: K } & ProblemFields[K] }[N];

const KINDS: Readonly<Record<ProblemName, BrokerErrorKind>> = {
  unreachable: 'unavailable',
  connection_refused: 'unavailable',
  server_error: 'unavailable',
  session_had_ended: 'unavailable',
  session_unusable: 'unavailable',
  opening_refused: 'unavailable',
  no_sessions_at_night: 'unavailable',
  account_contended: 'unavailable',
  no_answer: 'timed_out',
  status_overdue: 'timed_out',
  rate_limited: 'rate_limited',
  unexpected_answer: 'unexpected_answer',
  unreadable_order: 'unexpected_answer',
  unreadable_pair: 'unexpected_answer',
  refused: 'rejected',
  signed_out: 'signed_out',
  session_not_opened: 'signed_out',
  competing: 'competing',
  credentials_refused_before: 'credentials_rejected',
  session_tokens_differ: 'credentials_rejected',
  consumer_key_unknown: 'credentials_rejected',
  credentials_refused: 'credentials_rejected',
  wrong_password: 'credentials_rejected',
  wrong_code: 'unavailable',
  codes_refused: 'credentials_rejected',
  wrong_mode: 'wrong_mode',
  user_locked: 'user_locked',
  code_wanted: 'code_wanted',
  sent_code_wanted: 'sent_code_wanted',
  approval_wanted: 'approval_wanted',
  sign_in_waits: 'unavailable',
  sign_ins_unanswered: 'signed_out',
  sign_in_changed: 'sign_in_changed',
  no_such_account: 'not_found',
  no_such_order: 'not_found',
  order_not_shown: 'not_found',
  no_such_conid: 'not_found',
  no_such_instrument: 'not_found',
  pair_not_traded: 'not_found',
  no_performance: 'not_found',
  no_rate: 'not_found',
  no_options: 'not_found',
  no_such_options: 'not_found',
  several_instruments: 'ambiguous',
  unread_listings: 'ambiguous',
  several_futures: 'ambiguous',
  nothing_asked: 'invalid',
  contradiction: 'invalid',
  option_by_symbol: 'invalid',
  not_a_pair: 'invalid',
  no_such_scanner: 'invalid',
  period: 'invalid',
  bar: 'invalid',
  end_time: 'invalid',
  month_without_options: 'invalid',
  price: 'invalid',
  pair_with_exits: 'invalid',
  field: 'invalid',
  certificate: 'invalid',
  no_pnl: 'no_data',
  no_history: 'no_data',
  outcome_unknown: 'outcome_unknown',
  undecided: 'outcome_unknown',
  not_cancellable: 'not_cancellable',
};

interface Circumstances {
  status?: number | null;
  endpoint?: string | null;
  reason?: string | null;
  location?: string | undefined;
  maybeApplied?: boolean;
  retryAfter?: number | undefined;
  cause?: unknown;
}

/** A failure at or on the way to IBKR. Its message is for logs. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly problem: Problem;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** The request, such as `GET /portfolio/{id}/ledger`, without account numbers or ids; null where it was no one request. */
  readonly endpoint: string | null;
  /** IBKR's own `error` text, cleaned; null when it gave none. */
  readonly reason: string | null;
  /** Where the answer leads instead, as it says itself: for nobody to see. */
  readonly location: string | undefined;
  /** False if the request certainly changed nothing at IBKR. */
  readonly maybeApplied: boolean;
  /** In seconds: until then nothing is sent to IBKR. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, circumstances: Circumstances = {}) {
    const {
      status = null,
      endpoint = null,
      reason = null,
      location,
      maybeApplied = false,
      retryAfter,
      cause,
    } = circumstances;
    super([problem.name, endpoint, status].filter((part) => part !== null).join(' '), { cause });
    this.problem = problem;
    this.status = status;
    this.endpoint = endpoint;
    this.reason = reason;
    this.location = location;
    this.maybeApplied = maybeApplied;
    this.retryAfter = retryAfter;
  }

  get kind(): BrokerErrorKind {
    return KINDS[this.problem.name];
  }

  /** The same failure, of a request that was only to prepare another one: that one never left. */
  beforeSending(): BrokerError {
    const { problem, status, endpoint, reason, location, retryAfter, cause } = this;
    return new BrokerError(problem, { status, endpoint, reason, location, retryAfter, cause });
  }

  /** Whether IBKR answered that the request itself was wrong; it says so with 500 as often as with 400. */
  get isBadInput(): boolean {
    const { status } = this;
    return status === 200 || status === 400 || status === 404 || (status === 500 && this.reason !== null);
  }
}
