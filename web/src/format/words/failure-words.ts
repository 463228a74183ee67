/** What a failed call means to a person. */
export interface FailureWords {
  title: string;
  text: string;
}

interface Failure {
  /** Of the API's error, or what the connection to it suffered. */
  code: string;
  message: string;
}

/** What axios throws, as far as it is read here. */
interface FailedCall extends Error {
  code?: string;
  response?: { data?: { error?: Partial<Failure & { hint: string }> } };
}

/** Axios's code of an answer that is not the API's. */
export const FOREIGN_ANSWER = 'ERR_FOREIGN_ANSWER';

/** The first row that names the code is used. Where a row has no text, the API's own message says it best. */
const WORDS: readonly (readonly [codes: RegExp, title: string, text?: string])[] = [
  [/^offline$/, 'You are offline', 'Nothing was sent. Try again when this device has a connection.'],
  [/^answer_lost$/, 'The answer was lost', 'It may have arrived. This page looks as soon as it can.'],
  [
    /^part_not_loaded$/,
    'This part could not be loaded',
    'The console was updated since you opened it, or the connection broke. Try again.',
  ],
  [/^part_offline$/, 'This part is not loaded yet', 'It comes when this device has a connection.'],
  [
    /^sign_in_not_set_up$/,
    'Nobody can sign in here',
    'This deployment has no web API key. Tell its operator.',
  ],
  [/^timeout$/, 'No answer in time', 'The gateway or IBKR is slow. Try again in a moment.'],
  [
    /^(unreachable|auth\/network-request-failed)$/,
    'The gateway cannot be reached',
    'Check your connection, then try again.',
  ],
  [
    /^foreign_answer$/,
    'Something else answered',
    'A proxy, or the sign-in page of your network, answered in place of the gateway. Check your connection, then try again.',
  ],
  [/^gateway_failed$/, 'Something went wrong', 'The gateway failed to answer. Try again in a moment.'],
  // Read by who has signed in again: until then a page to sign in stands in the place of all others.
  [/^signed_out$/, 'Not done: your sign-in had ended', 'You are signed in again. Try once more.'],
  [/^sign_in_again$/, 'Not done: it needs a new sign-in'],
  [/^interaction_expired$/, 'This request is over'],
  [/^auth\/user-mismatch$/, 'That is another account', 'Sign in with the one that this page is open for.'],
  [/^auth\/popup-blocked$/, 'The sign-in window was blocked', 'Allow pop-ups for this site, then try again.'],
  [/^auth\/(popup-closed|cancelled|user-cancelled)/, 'Sign-in was not finished', 'Try again when you like.'],
  [/^auth\//, 'Sign-in did not work', 'Try again in a moment.'],
  [
    /^changed_elsewhere$/,
    'Not saved: it was changed elsewhere',
    'See what holds now, then save again if you still want to.',
  ],
  [/^orders_open$/, 'Orders may be working at IBKR'],
  [/^not_found$/, 'Not found'],
  [/^too_many_(keys|apps|connections|channels)$/, 'You have reached the limit'],
  [/^invalid_(body|query|arguments)$/, 'Check what you entered'],
  [/^body_too_large$/, 'That is too long'],
  [/^not_invited$/, 'This account is not invited here'],
  [/^not_operator$/, 'Only for the operator of this gateway'],
  [/^foreign_origin$|^method_not_allowed$/, 'This page may not do that'],
  [/^(sandbox|managed)_unavailable$/, 'Not offered here'],
  [/^unavailable$/, 'The gateway cannot answer now'],
  [/^channel_off$/, 'It is turned off'],
  [/^browser_known$/, 'This browser is already added'],
  [/^insufficient_scope$/, 'This access is read-only'],
  [/^address_not_allowed$/, 'Used from an address that is not allowed'],
  [/^ambiguous_symbol$/, 'Several instruments have this symbol'],
  [/^no_market_data$/, 'IBKR has no price for it now'],
  [/^(approval_required|order_needs_reply)$/, 'The order waits for an answer'],
  [/^(possible_duplicate|idempotency_conflict)$/, 'Not sent: it was asked for before'],
  [/^not_placed$/, 'The order is not at IBKR'],
  [/^order_not_cancellable$/, 'The order cannot be cancelled or changed'],
  [/^mail_failed$/, 'The email was not sent'],
  [/^mail_link_over$/, 'This link has expired'],
  [/^approval_expired$/, 'This approval is not valid'],
  [/^limit_exceeded$/, 'One of your limits forbids this order'],
  [/^order_state_unknown$/, 'An earlier order has to be settled first'],
  [/^(order_rejected|ibkr_rejected)$/, 'IBKR refused'],
  [/^session_expired$/, 'IBKR needs you to sign in'],
  [/^session_competing$/, 'Another program is using this IBKR login'],
  [/^credentials_rejected$/, 'IBKR refused the credentials of this connection'],
  [/^account_mode_mismatch$/, 'Paper and live do not match'],
  [/^sign_in_code_needed$/, 'IBKR needs a code from your authenticator app'],
  [/^sign_in_sent_code_needed$/, 'IBKR needs a code that it sends you'],
  [/^sign_in_approval_needed$/, 'IBKR needs your approval on your phone'],
  [/^ibkr_locked$/, 'Locked at IBKR'],
  [/^ibkr_changed_sign_in$/, 'IBKR changed its sign-in'],
  [/^too_many_requests$/, 'Too many requests'],
  [/^ibkr_rate_limited$/, 'IBKR asks for fewer calls'],
  [/^ibkr_(unavailable|timeout)$/, 'IBKR could not be reached'],
  [/^ibkr_/, 'IBKR did not answer as it should'],
  [/./, 'Something went wrong'],
];
/** What the person has to change first, or what stays as it is: asking again would not help. */
const LASTING = /^(not_found|ambiguous_symbol|invalid_arguments|account_mode_mismatch|insufficient_scope)$/;

/** What to tell a person about anything that a call or a sign-in threw. */
export function failureWords(error: unknown): FailureWords {
  const { code, message } = failureOf(error);
  const row = WORDS.find(([codes]) => codes.test(code));
  return { title: row?.[1] ?? code, text: row?.[2] ?? message };
}

/** The code of the API's error, or of what kept the call from being answered. */
export function failureCode(error: unknown): string {
  return failureOf(error).code;
}

/** Whether two failures are one to a person. */
export function isSameFailure(one: unknown, other: unknown): boolean {
  const [words, others] = [failureWords(one), failureWords(other)];
  return words.title === others.title && timeless(words.text) === timeless(others.text);
}

/** The sentences of a text that another does not say. */
export function textBeyond(text: string, told: string | null): string {
  const known = new Set(sentences(told ?? '').map(timeless));
  return sentences(text)
    .filter((sentence) => !known.has(timeless(sentence)))
    .join(' ');
}

function sentences(text: string): string[] {
  return text.split(/(?<=\.) /);
}

/** `Wait 59 seconds` is what `Wait 60 seconds` was a second before. */
function timeless(text: string): string {
  return text.replaceAll(/\d+ seconds?/g, 'seconds');
}

/** Whether what was asked for does not exist or is somebody else's. */
export function isNotFound(error: unknown): boolean {
  return failureCode(error) === 'not_found';
}

/** Whether a change was refused because it was made from what does not hold any more. */
export function isChangedElsewhere(error: unknown): boolean {
  return failureCode(error) === 'changed_elsewhere';
}

/** Whether something was refused, and not done, because the sign-in is too old for it. */
export function needsNewSignIn(error: unknown): boolean {
  return failureCode(error) === 'sign_in_again';
}

/** Whether a change may have been made although no answer said so. */
export function isAnswerLost(error: unknown): boolean {
  return failureCode(error) === 'answer_lost';
}

/** Whether asking again, and changing nothing before, may help. */
export function mayHelpToRetry(error: unknown): boolean {
  return !LASTING.test(failureCode(error));
}

function failureOf(error: unknown): Failure {
  if (!isAxiosError(error)) return ofLibrary(error);
  const { code, message, hint } = error.response?.data?.error ?? {};
  if (code !== undefined && message !== undefined) {
    return { code, message: hint === undefined ? message : `${message} ${hint}` };
  }
  if (error.response !== undefined) {
    return { code: 'internal_error', message: 'The gateway failed to answer. Try again in a moment.' };
  }
  return { code: CODES[error.code ?? ''] ?? 'unreachable', message: '' };
}

/** By axios's code of a call without an answer. */
const CODES: Readonly<Record<string, string>> = {
  ECONNABORTED: 'timeout',
  [FOREIGN_ANSWER]: 'foreign_answer',
};

/** By axios's mark on its errors: pages that call nothing shall not load axios to ask it. */
function isAxiosError(error: unknown): error is FailedCall {
  return error instanceof Error && 'isAxiosError' in error;
}

/** The console's own errors and Firebase's have a code. What an error says besides is for programmers. */
function ofLibrary(error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return { code, message: 'This page has an error. Load it again.' };
}
