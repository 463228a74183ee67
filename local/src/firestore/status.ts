import { type StatusObject, status } from '@grpc/grpc-js';

/** An error that reaches the client with this gRPC status. */
export class StatusError extends Error {
  override name = 'StatusError';
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** Google's words for a transaction that was committed, was rolled back or took too long: its client tells it by them. */
const EXPIRED = {
  code: status.INVALID_ARGUMENT,
  details: 'The referenced transaction has expired or is no longer valid.',
};

/** What went wrong as a gRPC status. The database's own errors carry a code; anything else is `INTERNAL`. */
export function toStatus(error: unknown): Pick<StatusObject, 'code' | 'details'> {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (String(message).includes('Unknown transaction.')) return EXPIRED;
  return {
    code: typeof code === 'number' ? code : status.INTERNAL,
    // The client puts "5 NOT_FOUND: " in front of the details itself.
    details: String(message ?? error).replace(/^\d+ [A-Z_]+: /, ''),
  };
}
