import { randomBytes } from 'node:crypto';

/** Where a request comes from, and what it is called in the log. */
export interface RequestTrace {
  /** Of the caller. */
  address: string;
  /** The trace id under which Google's logs have the request and what was logged for it; else a random one. */
  requestId: string;
}

/** W3C Trace Context, section 3.2. */
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-/;

/** @param address As `serve` tells it. */
export function requestTrace({ headers }: Request, address: string): RequestTrace {
  const traceId = TRACEPARENT.exec(headers.get('traceparent') ?? '')?.[1];
  return { address, requestId: traceId ?? randomBytes(16).toString('hex') };
}
