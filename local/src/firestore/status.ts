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

/** What went wrong as a gRPC status. The database's own errors carry a code; anything else is `INTERNAL`. */
export function toStatus(error: unknown): Pick<StatusObject, 'code' | 'details'> {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'number' ? code : status.INTERNAL,
    // The client puts "5 NOT_FOUND: " in front of the details itself.
    details: String(message ?? error).replace(/^\d+ [A-Z_]+: /, ''),
  };
}
