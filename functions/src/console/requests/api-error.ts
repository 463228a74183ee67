import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ConsoleErrorCode } from '../../contract/failure.ts';

/** A refusal as the console's API answers it: `{error: {code, message, fields?}}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: ContentfulStatusCode;
  readonly code: ConsoleErrorCode;
  /** What is wrong with single fields of the body, by their path (`limits.maxOrderValue`). */
  readonly fields: Readonly<Record<string, string>> | undefined;
  /** What is answered beside the error. */
  readonly answer: object | undefined;
  /** In seconds. */
  readonly retryAfter: number | undefined;

  constructor(
    status: ContentfulStatusCode,
    code: ConsoleErrorCode,
    message: string,
    {
      fields,
      answer,
      retryAfter,
      ...options
    }: {
      cause?: unknown;
      fields?: Readonly<Record<string, string>>;
      answer?: object;
      retryAfter?: number;
    } = {},
  ) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.answer = answer;
    this.retryAfter = retryAfter;
  }
}

/** For what does not exist and for what is somebody else's: an answer must not tell which. */
export function notFoundError(what: string): ApiError {
  return new ApiError(404, 'not_found', `There is no such ${what}.`);
}
