/** How the console's API and its tools say that something went wrong. */
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../errors.ts';

/** Failures of the console's API itself; what tools and orders fail with has an `ErrorCode`. */
export const CONSOLE_ERROR_CODES = [
  'invalid_body',
  'invalid_query',
  'body_too_large',
  'method_not_allowed',
  'not_found',
  'foreign_origin',
  'signed_out',
  'not_invited',
  'not_operator',
  'sandbox_unavailable',
  'managed_unavailable',
  'too_many_connections',
  'too_many_keys',
  'too_many_apps',
  'too_many_channels',
  'channel_off',
  'mail_failed',
  'mail_link_over',
  'browser_known',
  'changed_elsewhere',
  'orders_open',
  'too_many_requests',
  'internal_error',
  'sign_in_again',
  /** Of the consent page. */
  'interaction_expired',
  'unavailable',
] as const;
export type ConsoleErrorCode = (typeof CONSOLE_ERROR_CODES)[number];

export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

export const errorCode = z.enum(ERROR_CODES);

export const failure = z.strictObject({
  error: z.strictObject({
    code: z.union([z.enum(CONSOLE_ERROR_CODES), errorCode]),
    message: z.string(),
    /** What is wrong with single fields of the body, by their path (`limits.maxOrderValue`). */
    fields: z.record(z.string(), z.string()).exactOptional(),
  }),
});
export type Failure = z.output<typeof failure>;

/** A failure of a tool: `message` says what happened, `hint` what the person can do. */
export const publicError = z.strictObject({
  code: errorCode,
  message: z.string(),
  hint: z.string(),
  retryable: z.boolean(),
  /** In seconds. */
  retryAfter: z.number().exactOptional(),
  /** What a program may go on with. */
  details: z.record(z.string(), z.unknown()).exactOptional(),
});
export type ToolError = z.output<typeof publicError>;
