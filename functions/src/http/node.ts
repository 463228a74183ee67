/** Between the functions runtime, which speaks Express, and handlers, which speak `Request` and `Response`. */
import type { ServerResponse } from 'node:http';
import type { Request as FunctionsRequest } from 'firebase-functions/https';
import { type Service, service } from '../service.ts';
import * as logger from './logging/logger.ts';
import { tellingAtOnce } from './news-at-once.ts';
import { clientAddress } from './requests/client-address.ts';

/**
 * Answers a request to a function with what the handler returns, never sniffed, and cached only if the handler says so.
 * @param handle Its last argument is the address that the request comes from.
 */
export async function serve(
  incoming: FunctionsRequest,
  outgoing: ServerResponse,
  handle: (request: Request, service: Service, address: string) => Response | Promise<Response>,
): Promise<void> {
  const settings = await startedService();
  if (settings === null) {
    const failure = { error: { code: 'internal_error', message: 'The gateway could not start. Try again.' } };
    outgoing.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '10' });
    outgoing.end(JSON.stringify(failure));
    return;
  }
  // On one's own machine nothing but the caller would have written it.
  const forwardedFor = settings.localMode ? undefined : incoming.get('x-forwarded-for');
  const address = clientAddress(forwardedFor ?? null, incoming.socket.remoteAddress, settings.trustedProxies);
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort(new Error('The caller has gone.')));
  const request = webRequest(incoming, settings.publicOrigin, gone.signal);
  const response =
    request instanceof Response
      ? request
      : await tellingAtOnce(settings, () => handle(request, settings, address));
  outgoing.removeHeader('X-Powered-By');
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  outgoing.setHeader('Cache-Control', response.headers.get('cache-control') ?? 'no-store');
  outgoing.setHeader('X-Content-Type-Options', 'nosniff');
  outgoing.setHeader('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

/** Null where settings are wrong, or Cloud KMS does not unwrap the vault's keys. */
async function startedService(): Promise<Service | null> {
  try {
    return await service();
  } catch (error) {
    logger.log('start_failed', error);
    return null;
  }
}

/**
 * The runtime has read the body already, into `rawBody`.
 * @param signal Aborted when nobody waits for the answer any more.
 * @returns the refusal of what no `Request` can be made of.
 */
function webRequest(
  incoming: FunctionsRequest,
  publicOrigin: string,
  signal: AbortSignal,
): Request | Response {
  const url = URL.parse(publicOrigin + incoming.originalUrl);
  if (url === null) return new Response(null, { status: 400 });
  if (incoming.method === 'TRACE')
    return new Response(null, { status: 405, headers: { Allow: 'GET, POST' } });
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i] ?? '', incoming.rawHeaders[i + 1] ?? '');
  }
  const { method } = incoming;
  const body = method === 'GET' || method === 'HEAD' ? null : new Uint8Array(incoming.rawBody ?? []);
  return new Request(url, { method, headers, body, signal });
}
