/** A call to IBKR and its answer, whatever carries them. */
import { createHash } from 'node:crypto';

/** A call to IBKR's Web API, below `/v1/api`. */
export interface IbkrRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Starts with `/`; every variable segment is already percent-encoded. */
  path: string;
  query?: Readonly<Record<string, string>>;
  /** Sent as compact JSON. A POST without one is sent with `Content-Length: 0`, which IBKR demands. */
  body?: unknown;
}

/** The same for the same request, and short whatever is in it. */
export function nameOf({ method, path, query, body }: IbkrRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([method, path, query, body]))
    .digest('hex');
}

/** Whatever came back, unparsed: IBKR also answers HTML, plain text and nothing at all. */
export interface IbkrResponse {
  status: number;
  body: string;
  /** How long the server asks callers to wait (`Retry-After`, in seconds); IBKR documents none. */
  retryAfterMs?: number;
  /** Where a redirect leads, which is not followed. */
  location?: string;
}

/** No HTTP answer came. Anything with an HTTP status is an answer and never throws. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  /** `refused`: our own rules forbid the address or certificate. */
  readonly kind: 'unreachable' | 'timeout' | 'reset' | 'refused';
  /** False only if the request certainly never left: whoever changes state must know. */
  readonly maybeSent: boolean;

  constructor(
    kind: TransportError['kind'],
    maybeSent: boolean,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.kind = kind;
    this.maybeSent = maybeSent;
  }
}
