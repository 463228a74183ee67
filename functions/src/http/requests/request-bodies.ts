/**
 * Bounds the body of a request before anybody reads it. The functions runtime inflates and parses all of it, up to
 * 1 GiB, before it calls a function, and has no setting for that: a stranger's few bytes could take the memory of an
 * instance and end it, with all calls that it is answering.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Failure } from '../../contract/failure.ts';
import { Arrivals } from '../../network/arrivals.ts';
import { clientAddress } from './client-address.ts';

export interface BodyBounds {
  mostBytes: number;
  /** Of all bodies that arrive at the same time. */
  mostBytesTogether: number;
  /** How long a body may take to arrive, in ms. */
  withinMs: number;
  /** Whether the function takes events: the runtime fails at a request that holds none. */
  ofEvents: boolean;
}

/**
 * What the endpoint takes that takes most; the others refuse the rest themselves. Of all that arrive together the longest
 * are given up first: of the 80 requests that an instance takes at once, none of less than 100 KiB alone is one of those.
 */
const BOUNDS: BodyBounds = {
  mostBytes: 1_048_576,
  mostBytesTogether: 8 * 1_048_576,
  withinMs: 10_000,
  ofEvents: false,
};
/**
 * How long a caller who was refused has to close its connection, once all of its body is here. Closed at once, it fails
 * in callers that have not noticed yet that all is written; Firebase's emulator ends then.
 */
const CALLER_CLOSES_WITHIN_MS = 1_000;
/**
 * How long after a piece of a refused body the next one is read. As fast as somebody can send, what is dropped would take
 * the time of others, and memory until it is collected.
 */
const NEXT_PIECE_AFTER_MS = 10;

interface Refusal {
  status: 400 | 408 | 413 | 415 | 503;
  message: string;
  headers?: Record<string, string>;
}

const TOO_LARGE: Refusal = { status: 413, message: 'The request body is larger than 1 MiB.' };
const TOO_SLOW: Refusal = { status: 408, message: 'The request body did not arrive in time.' };
const TOO_MUCH_AT_ONCE: Refusal = {
  status: 503,
  message: 'Too many long request bodies arrive at once. Try again in a moment.',
  headers: { 'Retry-After': '2' },
};
const ENCODED: Refusal = {
  status: 415,
  message: 'Request bodies are taken as they are: leave Content-Encoding out.',
  headers: { 'Accept-Encoding': 'identity' },
};

const NO_EVENT: Refusal = { status: 400, message: 'The request holds no event.' };

/**
 * From now on every HTTP server of this process hands on only requests whose bodies are within bounds. To be called
 * before the runtime starts its server, while the functions are loaded.
 */
export function boundRequestBodies(changes: Partial<BodyBounds> = {}): void {
  const bounds = { ...BOUNDS, ...changes };
  const bounded = new WeakSet<Server>();
  const arrivals = new Arrivals(bounds.mostBytesTogether);
  // Published for each request before its server tells anybody of it (nodejs.org, "Diagnostics Channel").
  subscribe('http.server.request.start', (message) => {
    const { server } = message as { server: Server };
    if (bounded.has(server)) return;
    bounded.add(server);
    const listeners = server.listeners('request') as RequestListener[];
    const handOn: RequestListener = (request, response) => {
      if (isAdmitted(request, response, bounds, arrivals)) {
        for (const listener of listeners) listener.call(server, request, response);
      }
    };
    server.removeAllListeners('request').on('request', handOn);
    // Else Node.js would ask for a body that is to be refused (RFC 9110 section 10.1.1).
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (refusalOf(request, bounds) === null) response.writeContinue();
      handOn(request, response);
    });
  });
}

/** Refuses a request, or lets it through with a body that is watched while it arrives. */
function isAdmitted(
  request: IncomingMessage,
  response: ServerResponse,
  bounds: BodyBounds,
  arrivals: Arrivals,
): boolean {
  const refusal = refusalOf(request, bounds);
  if (refusal === null) watch(request, response, bounds, arrivals);
  else refuse(request, response, refusal, bounds);
  return refusal === null;
}

/** What can be told before the body arrives. */
function refusalOf({ headers }: IncomingMessage, { mostBytes, ofEvents }: BodyBounds): Refusal | null {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') return ENCODED;
  if (Number(headers['content-length'] ?? 0) > mostBytes) return TOO_LARGE;
  return ofEvents && !hasBody(headers) ? NO_EVENT : null;
}

function hasBody(headers: IncomingMessage['headers']): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
}

function watch(
  request: IncomingMessage,
  response: ServerResponse,
  bounds: BodyBounds,
  arrivals: Arrivals,
): void {
  const { mostBytes, withinMs } = bounds;
  const { headers } = request;
  if (!hasBody(headers)) return;
  // The runtime keeps any bytes, but parses what it knows, and answers what is malformed with a page of HTML. `serve`
  // has the headers as they came.
  headers['content-type'] = 'application/octet-stream';

  let isRefused = false;
  const giveUp = (refusal: Refusal, within: Pick<BodyBounds, 'withinMs'>) => {
    if (isRefused) return;
    end();
    isRefused = true;
    refuse(request, response, refusal, within);
  };
  const timer = setTimeout(() => giveUp(TOO_SLOW, { withinMs: 0 }), withinMs);
  const arrival = arrivals.begin(sourceOf(request), () => giveUp(TOO_MUCH_AT_ONCE, bounds));
  const end = () => {
    clearTimeout(timer);
    arrival.end();
  };
  request.once('close', end);
  // Node.js puts in here what arrives. A listener of `data` would take it from readers that come later.
  const push = request.push.bind(request);
  let bytes = 0;
  request.push = (chunk: Uint8Array | null, encoding) => {
    if (chunk === null) end();
    else arrival.add(chunk.byteLength);
    bytes += chunk?.byteLength ?? 0;
    if (bytes > mostBytes) giveUp(TOO_LARGE, bounds);
    return isRefused ? request.push(chunk) : push(chunk, encoding);
  };
}

/** Whom the front end had the request from, the only one of whom a caller cannot say what it likes. */
function sourceOf({ headers, socket }: IncomingMessage): string {
  return clientAddress(String(headers['x-forwarded-for'] ?? ''), socket.remoteAddress, []);
}

/**
 * Answers, drops what still arrives, and closes the connection. Who waits for the body waits in vain.
 * @param bounds A program that still sends when its connection is closed may never see the answer: it may go on for as
 * long as a body may take.
 */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  { withinMs }: Pick<BodyBounds, 'withinMs'>,
): void {
  if (response.headersSent) {
    request.socket.destroy();
    return;
  }
  // Who waits for the body holds what came of it.
  request.removeAllListeners();
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  let timer = setTimeout(end, withinMs);
  const endSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(end, CALLER_CLOSES_WITHIN_MS);
  };
  // Told that there is no room for more, Node.js reads no more until it is asked to.
  let waits = false;
  const readOn = () => {
    waits = false;
    if (!request.destroyed) request._read(0);
  };
  request.push = (chunk) => {
    if (chunk === null) endSoon();
    else if (!waits) {
      waits = true;
      setTimeout(readOn, NEXT_PIECE_AFTER_MS);
    }
    return false;
  };
  request.once('close', end);

  const body = Buffer.from(JSON.stringify(errorBody(request.url ?? '', refusal)));
  response.writeHead(refusal.status, {
    ...refusal.headers,
    'Content-Type': 'application/json',
    'Content-Length': body.byteLength,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    Connection: 'close',
  });
  response.write(body);
  if (request.complete) endSoon();
}

/** As what is called there says it: the console's API, the authorization server, or else JSON-RPC. */
function errorBody(url: string, { status, message }: Refusal): unknown {
  if (url.startsWith('/api/')) {
    const code = status === 413 ? 'body_too_large' : 'invalid_body';
    return { error: { code, message } } satisfies Failure;
  }
  if (/^\/(oauth|\.well-known)\//.test(url)) return { error: 'invalid_request', error_description: message };
  return { jsonrpc: '2.0', id: null, error: { code: -32_000, message } };
}
