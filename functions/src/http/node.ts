/** Between the functions runtime, which speaks Express, and handlers, which speak `Request` and `Response`. */

import type { ServerResponse } from 'node:http';
import type { Request as FunctionsRequest } from 'firebase-functions/https';

/** The incoming request, without its body: the runtime has read that already, into `rawBody`. */
export function webRequest(incoming: FunctionsRequest, publicOrigin: string): Request {
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i] ?? '', incoming.rawHeaders[i + 1] ?? '');
  }
  return new Request(new URL(incoming.originalUrl, publicOrigin), { method: incoming.method, headers });
}

/** Sends a handler's answer, never cached and never sniffed. */
export async function sendResponse(outgoing: ServerResponse, response: Response): Promise<void> {
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  outgoing.setHeader('Cache-Control', 'no-store');
  outgoing.setHeader('X-Content-Type-Options', 'nosniff');
  outgoing.setHeader('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}
