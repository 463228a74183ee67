/** The transport of `sandbox` connections: a simulated account of its own for each connection. */

import { percentEncode } from '../wire/api-path.ts';
import { openPool, sendRequest } from './http-request.ts';
import type { Transport } from './transport.ts';

const CALL_TIMEOUT_MS = 8_000;

export interface SandboxTarget {
  /** Where the simulator listens, such as `http://localhost:4290`. */
  simulatorUrl: string;
  connectionId: string;
  /** What the simulator answers to; undefined where it answers anybody. */
  simulatorKey?: string | undefined;
  /** Whose it is, which the simulator bounds sandboxes by. */
  person?: string;
}

export function sandboxTransport({
  simulatorUrl,
  connectionId,
  simulatorKey,
  person,
}: SandboxTarget): Transport {
  const { origin, pathname } = new URL(simulatorUrl);
  const target = {
    pool: openPool(origin),
    basePath: `${pathname.replace(/\/$/, '')}/sandbox/${percentEncode(connectionId)}/v1/api`,
    callTimeoutMs: CALL_TIMEOUT_MS,
  };
  const headers = {
    ...(simulatorKey && { 'x-simulator-key': simulatorKey }),
    ...(person && { 'x-sandbox-person': person }),
  };
  return {
    send: (request) => sendRequest(target, request, headers),
    close: () => target.pool.close(),
  };
}
