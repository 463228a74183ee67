/** The transport of `sandbox` connections: a simulated account of its own for each connection. */

import { percentEncode } from '../wire/api-path.ts';
import { openPool, sendRequest } from './http-request.ts';
import type { Transport } from './transport.ts';

const CALL_TIMEOUT_MS = 8_000;

export interface SandboxTarget {
  /** Where the simulator listens, such as `http://localhost:4290`. */
  simulatorUrl: string;
  connectionId: string;
}

export function sandboxTransport({ simulatorUrl, connectionId }: SandboxTarget): Transport {
  const { origin, pathname } = new URL(simulatorUrl);
  const target = {
    pool: openPool(origin),
    basePath: `${pathname.replace(/\/$/, '')}/sandbox/${percentEncode(connectionId)}/v1/api`,
    callTimeoutMs: CALL_TIMEOUT_MS,
  };
  return {
    send: (request) => sendRequest(target, request),
    close: () => target.pool.close(),
  };
}
