/**
 * The errors of the broker as this product tells them: which of its codes each is, what happened, and what the person
 * who waits for the answer can do. The only place that words them.
 */

import { BrokerError, type BrokerErrorKind, type Problem, type ProblemName } from '../broker/errors.ts';
import { type ErrorCode, GatewayError } from '../errors.ts';
import { certificateWords, fieldWords, type Words } from './field-words.ts';
import {
  candidates,
  contradiction,
  futuresWords,
  noSuchInstrument,
  noSuchOptions,
  optionBySymbol,
} from './instrument-words.ts';
import { SIGN_IN_WORDS } from './sign-in/sign-in-words.ts';
import { priceFaultWords } from './ticket-words.ts';

const CODES: Readonly<Record<BrokerErrorKind, ErrorCode>> = {
  unavailable: 'ibkr_unavailable',
  timed_out: 'ibkr_timeout',
  rate_limited: 'ibkr_rate_limited',
  unexpected_answer: 'ibkr_unexpected_answer',
  rejected: 'ibkr_rejected',
  signed_out: 'session_expired',
  competing: 'session_competing',
  credentials_rejected: 'credentials_rejected',
  wrong_mode: 'account_mode_mismatch',
  user_locked: 'ibkr_locked',
  code_wanted: 'sign_in_code_needed',
  sent_code_wanted: 'sign_in_sent_code_needed',
  approval_wanted: 'sign_in_approval_needed',
  sign_in_changed: 'ibkr_changed_sign_in',
  not_found: 'not_found',
  ambiguous: 'ambiguous_symbol',
  invalid: 'invalid_arguments',
  no_data: 'no_market_data',
  outcome_unknown: 'order_state_unknown',
  not_cancellable: 'order_not_cancellable',
};

/** The product's code for a kind of failure. */
export function codeOf(kind: BrokerErrorKind): ErrorCode {
  return CODES[kind];
}

/**
 * An error of the broker as the one that callers of this product meet; any other error as it is. Whatever catches what
 * a call of the broker threw, and looks at it, passes it through here first.
 * @param ownWords Those that the kind of the connection has for it, where that is known.
 */
export function inWords(error: unknown, ownWords?: (error: BrokerError) => Words | null): unknown {
  if (!(error instanceof BrokerError)) return error;
  const { problem, retryAfter } = error;
  const { message, hint } = ownWords?.(error) ?? wordsOf(error);
  return new GatewayError(CODES[error.kind], message, hint, {
    cause: inWords(error.cause),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...detailsOf(problem),
  });
}

/** What a program goes on with. */
function detailsOf(problem: Problem): { details?: Record<string, unknown> } {
  if (problem.name === 'field') return { details: { field: problem.field } };
  if (!('isSent' in problem)) return {};
  const { isSent, offered } = problem;
  const challenge = 'challenge' in problem ? problem.challenge : null;
  return {
    details: { sent: isSent, ...(challenge !== null && { challenge }), ...(offered !== null && { offered }) },
  };
}

/** For the `catch` of a promise: fails with the same, in words. */
export function rejectInWords(error: unknown): never {
  throw inWords(error);
}

/** What happened and what to do, for whoever asked: a model, or the owner on a page. */
export function wordsOf(error: BrokerError): Words {
  const { problem } = error;
  return (WORDS[problem.name] as Wording)(problem, error);
}

type Wording<N extends ProblemName = ProblemName> = (problem: Problem<N>, error: BrokerError) => Words;

const TRY_LATER = 'Try again in a minute; if it goes on, see https://www.interactivebrokers.com for outages.';
const RESET_HINT =
  'Around this time of the night IBKR resets all brokerage sessions. Try again in about 15 minutes.';
const NO_SUCH_ACCOUNT = {
  message: 'The IBKR login has no such account.',
  hint: 'Use one of the accounts get_accounts lists.',
};
const CHECK_ARGUMENTS =
  'Check the arguments: IBKR says this of instruments, accounts and ids it does not know.';

const WORDS: { readonly [N in ProblemName]: Wording<N> } = {
  unreachable: () => ({
    message: 'IBKR cannot be reached.',
    hint: 'Try again in a minute. If the connection goes through your own gateway, check that it is running.',
  }),
  connection_refused({ refusal, why }) {
    const { message, hint } =
      refusal === null
        ? { message: why, hint: 'Check the address and certificate of the connection.' }
        : wordsOf(refusal);
    return { message: `The connection to IBKR was not made: ${message}`, hint };
  },
  server_error: ({ isNightlyReset }, { endpoint, status }) => ({
    message: `IBKR answered ${endpoint} with an error of its own (${status}).`,
    hint: isNightlyReset ? RESET_HINT : TRY_LATER,
  }),
  session_had_ended: () => ({
    message:
      "IBKR's session had ended just before, so IBKR did not look at the request; it is open again now.",
    hint: 'Nothing was changed. Make the call again.',
  }),
  session_unusable: () => ({
    message: 'IBKR opened a brokerage session and then did not accept calls on it.',
    hint: 'Try again in a minute.',
  }),
  opening_refused: (_, { endpoint, status }) => ({
    message: `IBKR refused ${endpoint} (${status}) while the session was opened.`,
    hint: 'Try again in a minute. If it fails again, check that the address of the connection leads to IBKR.',
  }),
  no_sessions_at_night: () => ({ message: 'IBKR does not open brokerage sessions now.', hint: RESET_HINT }),
  account_contended: () => ({
    message: 'Other calls are using another account of this login, and IBKR tells of one account at a time.',
    hint: 'Try again in a moment.',
  }),
  no_answer: (_, { endpoint }) => ({ message: `IBKR did not answer ${endpoint} in time.`, hint: TRY_LATER }),
  status_overdue: ({ orderId }) => ({
    message: `IBKR did not tell the status of order ${orderId} in time.`,
    hint: 'Try again in a minute.',
  }),
  rate_limited: (_, { retryAfter }) => ({
    message: "IBKR's request limit is reached.",
    hint: `Wait ${retryAfter} seconds before the next call: until then nothing is sent to IBKR.`,
  }),
  unexpected_answer: (_, { endpoint }) => ({
    message: `IBKR answered ${endpoint} in a form this service does not understand.`,
    hint: 'If it happens again, please report the endpoint named here.',
  }),
  unreadable_order: ({ orderId }) => ({
    message: `IBKR lists an order that may be ${orderId} in a form that this service does not understand.`,
    hint: 'Look at it in IBKR’s own app. cancel_order can ask to cancel it all the same.',
  }),
  unreadable_pair: ({ pair }) => ({
    message: `IBKR lists a currency pair that may be ${pair} in a form that this service does not understand.`,
    hint: 'Name the pair by its conid. Please report it.',
  }),
  refused: (_, { endpoint, status }) => ({
    message: status === 200 ? 'IBKR refused the request.' : `IBKR refused ${endpoint} (${status}).`,
    hint: CHECK_ARGUMENTS,
  }),
  signed_out: () => ({
    message: 'The connection is not signed in to IBKR.',
    hint: 'If the connection goes through your own Client Portal Gateway, sign in there in a browser; IBKR asks for that once a day. Otherwise see the page of the connection.',
  }),
  session_not_opened: () => ({
    message: 'IBKR did not open a brokerage session.',
    hint: 'Sign in to IBKR with this user in a browser once, look for messages there, and try again.',
  }),
  competing: () => ({
    message:
      'Another session of this IBKR user (TWS, mobile, another program) holds the brokerage session, and it was left alone.',
    hint: 'Sign out there, or allow this connection to take the session over in its settings.',
  }),
  credentials_refused_before: () => ({
    message: 'IBKR refused the credentials of this connection, and they were not changed since.',
    hint: 'Enter them again in its settings. If they are right, and IBKR was only late to take them, test the connection ten minutes after the last attempt at the earliest.',
  }),
  session_tokens_differ: () => ({
    message: 'IBKR and this service computed different session tokens, twice.',
    hint: 'The Diffie-Hellman prime is not the one uploaded to IBKR. Enter the one from the uploaded file.',
  }),
  consumer_key_unknown: () => ({
    message: 'IBKR does not know the consumer key of this connection.',
    hint: 'A new consumer key works only after IBKR activated it, which takes from a day to two weeks. Test the connection again then; if yours is older, check it.',
  }),
  credentials_refused: () => ({
    message: 'IBKR refused the OAuth credentials of this connection.',
    hint: 'Check that access token, secret and keys are the ones now shown in the IBKR portal, and enter them again.',
  }),
  ...SIGN_IN_WORDS,
  no_such_account: () => NO_SUCH_ACCOUNT,
  no_such_order: ({ orderId }) => ({
    message: `IBKR has no open order ${orderId}.`,
    hint: 'get_orders lists the orders of today and those still open.',
  }),
  order_not_shown: ({ orderId }) => ({
    message: `IBKR does not show order ${orderId} now.`,
    hint: 'get_orders lists the orders of today and those still open; get_trades lists executions of the last days.',
  }),
  no_such_conid: ({ conid }) => ({
    message: `IBKR knows no instrument conid ${conid}.`,
    hint: 'Find it with search_security and use its conid.',
  }),
  no_such_instrument: noSuchInstrument,
  pair_not_traded: ({ base, quote, isInverseTraded }) => ({
    message: `IBKR does not trade ${base}.${quote}${isInverseTraded ? `, only ${quote}.${base}` : ''}.`,
    hint: isInverseTraded
      ? `To buy ${base} with ${quote}, SELL ${quote}.${base}; to sell ${base}, BUY it. The quantity is then in ${quote}, and the price 1 divided by yours.`
      : 'get_exchange_rate converts between any two currencies.',
  }),
  no_performance: () => ({
    message: 'IBKR has no performance data for this account.',
    hint: 'Data appears the day after an account was opened; get_accounts lists the accounts.',
  }),
  no_rate: ({ source, target }) => ({
    message: `IBKR gives no rate from ${source} to ${target}.`,
    hint: 'Use ISO codes of currencies IBKR trades, such as USD or EUR.',
  }),
  no_options: ({ symbol, conid }) => ({
    message: `IBKR lists no options on ${symbol} (conid ${conid}).`,
    hint: 'Options are listed on the primary listing of a stock or ETF and on some indices; check the conid.',
  }),
  no_such_options: noSuchOptions,
  several_instruments: ({ symbol, instruments }) => ({
    message: `'${symbol}' names several instruments: ${candidates(instruments)}.`,
    hint: 'Call again with the conid of the right one, or with its exchange or currency.',
  }),
  unread_listings: ({ instruments }) => ({
    message: `IBKR lists more under that ticker than can be read, and the US listing may be among it. Read were: ${candidates(instruments)}.`,
    hint: 'Call again with the conid of the one that is meant, or with its exchange or currency.',
  }),
  several_futures: ({ symbol, futures }) => ({
    message: `'${symbol}' names futures, of which each has its own conid: ${futuresWords(futures)}.`,
    hint: 'Call again with the conid of the one that is meant.',
  }),
  nothing_asked: () => ({ message: 'Neither symbol nor conid was given.', hint: 'Give one of them.' }),
  contradiction,
  option_by_symbol: optionBySymbol,
  not_a_pair: ({ symbol }) => ({
    message: `'${symbol}' is not a currency pair.`,
    hint: 'Write pairs as EUR.USD: the currency that is traded, then the one it is priced in.',
  }),
  no_such_scanner: ({ type, instrument, location }) => ({
    message: `IBKR has no scanner ${type} for ${instrument} in ${location} with these filters.`,
    hint: 'A scanner that works: instrument STK, location STK.US.MAJOR, type TOP_PERC_GAIN, HOT_BY_VOLUME or MOST_ACTIVE.',
  }),
  period: ({ period }) => ({
    message: `period '${period}' is not accepted.`,
    hint: 'period is 1-30min, 1-8h, 1-1000d, 1-792w, 1-182m (months) or 1-15y, for example 1d or 6m.',
  }),
  bar: ({ bar, period, sizes }) => ({
    message: `bar '${bar}' does not go with period '${period}'.`,
    hint: `With this period, bar is one of ${sizes.join(', ')}. 1min is a minute, 1m a month.`,
  }),
  end_time: ({ endTime }) => ({
    message: `endTime '${endTime}' is not a time.`,
    hint: 'endTime is ISO 8601 with a zone, for example 2026-04-01T20:00:00Z.',
  }),
  month_without_options: ({ expiry, months }) => ({
    message: `expiry '${expiry}' is not in a month with listed options.`,
    hint: `expiry is an ISO date or a month in one of ${months.join(', ')}.`,
  }),
  price: ({ price, fault }) => ({
    message: `${price} does not fit the order type. ${priceFaultWords(fault)[0]}`,
    hint: `Correct ${price}.`,
  }),
  pair_with_exits: () => ({
    message: 'The orders of a pair that cancel each other cannot have exits of their own.',
    hint: 'Leave take profit and stop loss out, or place one order with both.',
  }),
  field: fieldWords,
  certificate: certificateWords,
  no_pnl: () => ({
    message: 'IBKR has not computed the P&L of this account yet.',
    hint: 'Try again in a few seconds; get_portfolio has the unrealized P&L of each position.',
  }),
  no_history: () => ({
    message: 'IBKR has no price history for this instrument and window.',
    hint: 'Try another period or source, or check the conid.',
  }),
  outcome_unknown: ({ change }) => ({
    message: `The ${change} was sent to IBKR, but no clear answer came, so it is not known whether IBKR took it.`,
    hint: 'Do not send it again. Look it up with get_orders first.',
  }),
  undecided: ({ why }) => ({
    message: `It cannot be told whether IBKR has the order. ${WHY_UNDECIDED[why]}`,
    hint: 'Do not send it again. Compare with the orders that IBKR’s own app shows.',
  }),
  not_cancellable: ({ orderId }, { reason }) => ({
    message: `IBKR does not cancel order ${orderId}: ${reason}`,
    hint: 'Read its state with get_order_status; filled and cancelled orders cannot be cancelled.',
  }),
};

const WHY_UNDECIDED = {
  list_cut: 'IBKR’s list of orders is longer than it can show.',
  nameless_order: 'IBKR lists an order of the same kind without saying which one it is.',
  unreadable_row: 'IBKR tells of an order in a form that this service does not understand.',
} as const;
