/** What went wrong on this side of the API; `failure-words.ts` says what each code means to a person. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  readonly code: ConsoleErrorCode;

  constructor(code: ConsoleErrorCode, options?: ErrorOptions) {
    super(`The console met: ${code}.`, options);
    this.code = code;
  }
}

type ConsoleErrorCode =
  /** The device was offline, so nothing was sent. */
  | 'offline'
  /** What is asked for first was not answered, in time or at all, or not as it should be. */
  | 'timeout'
  | 'unreachable'
  | 'gateway_failed'
  | 'foreign_answer'
  /** Something was to be changed, and no answer tells whether it was. */
  | 'answer_lost'
  /** A part of the site that is loaded on demand did not arrive, in the second case since the device was offline. */
  | 'part_not_loaded'
  | 'part_offline'
  /** The deployment lacks what sign-in needs. */
  | 'sign_in_not_set_up';
