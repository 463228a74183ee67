/** The one way a request leaves this process for IBKR, whatever the connection kind. */

import { type Dispatcher, errors, Pool } from 'undici';
import { Arrivals } from '../../network/arrivals.ts';
import type { BrokerError } from '../errors.ts';
import { percentEncode } from '../wire/api-path.ts';
import { type IbkrRequest, type IbkrResponse, TransportError } from '../wire/request.ts';

/** IBKR's edge answers an HTML 403 to requests without one. */
const USER_AGENT = 'ibkr-gateway/0.1';
/** Several times the longest of IBKR's, the parameters of scanners, which have hundreds of kilobytes. */
const MAX_RESPONSE_BYTES = 2 * 1024 * 1024;
export const CONNECT_TIMEOUT_MS = 5_000;
/** Four answers of the longest kind: a gateway is its owner's, and may answer at length. Most of IBKR's are a thousandth. */
const MOST_ARRIVING_BYTES = 4 * MAX_RESPONSE_BYTES;
const arrivingAnswers = new Arrivals(MOST_ARRIVING_BYTES);

/** Where requests go: kept-alive connections to one origin, and what every request to it shares. */
export interface HttpTarget {
  pool: Pool;
  /** Prefix of every path, without a trailing slash, such as `/v1/api`. */
  basePath: string;
  /** From the start of the call to the last byte of the answer, waiting for a connection included. */
  callTimeoutMs: number;
  /** Whose server it is, where it is not IBKR's: answers of all their servers share what may arrive at once. */
  owner?: string | undefined;
}

/**
 * Kept-alive HTTP/1.1 connections to one origin, opened when needed.
 * @param connect TLS, address and timeout settings of a new connection.
 */
export function openPool(origin: string, connect: Pool.Options['connect'] & object = {}): Pool {
  return new Pool(origin, {
    allowH2: false,
    connect: typeof connect === 'function' ? connect : { timeout: CONNECT_TIMEOUT_MS, ...connect },
  });
}

/** What a call ends with when our own rules stop it before it leaves; `cause` says which. */
export function refusedError(reason: BrokerError): TransportError {
  return new TransportError('refused', false, reason.message, { cause: reason });
}

/** A request as it is written. */
export interface HttpRequest {
  method: IbkrRequest['method'];
  /** With its query. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body: string | null;
}

/** An answer as it came. */
export interface HttpAnswer {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  body: string;
}

/**
 * Sends one request, once: no redirects, no retries.
 * @throws {TransportError} when no whole HTTP answer came in time.
 */
export async function sendRequest(
  target: HttpTarget,
  request: IbkrRequest,
  headers: Readonly<Record<string, string>> = {},
): Promise<IbkrResponse> {
  const hasBody = request.body !== undefined;
  const answer = await sendHttp(target, {
    method: request.method,
    path: target.basePath + pathWithQuery(request),
    headers: { ...(hasBody && { 'content-type': 'application/json' }), ...headers },
    body: hasBody ? JSON.stringify(request.body) : null,
  });
  const { status, body } = answer;
  const { location } = answer.headers;
  const retryAfter = String(answer.headers['retry-after']);
  return {
    status,
    body,
    ...(/^\d{1,6}$/.test(retryAfter) && { retryAfterMs: 1000 * Number(retryAfter) }),
    ...(status >= 300 && status < 400 && typeof location === 'string' && { location }),
  };
}

/** `sendRequest` for what is not in the form of IBKR's API. */
export function sendHttp(
  target: Pick<HttpTarget, 'pool' | 'callTimeoutMs' | 'owner'>,
  { method, path, headers, body }: HttpRequest,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let [status, answered]: [number, HttpAnswer['headers']] = [0, {}];
    let receivedBytes = 0;
    const chunks: Buffer[] = [];
    let failure: Error | undefined;

    const arrival = arrivingAnswers.begin(target.owner ?? target.pool, () =>
      fail(new TransportError('reset', true, 'too many long answers arrive at once')),
    );
    const fail = (error: Error): void => {
      clearTimeout(deadline);
      arrival.end();
      chunks.length = 0;
      failure ??= error;
      reject(failure);
      controller?.abort(failure);
    };
    const deadline = setTimeout(
      () => fail(new TransportError('timeout', controller !== undefined, `no answer to ${method} in time`)),
      target.callTimeoutMs,
    );

    target.pool.dispatch(
      {
        method,
        path,
        headers: { 'user-agent': USER_AGENT, accept: '*/*', ...headers },
        body,
        headersTimeout: 0, // `deadline` bounds the whole call
        bodyTimeout: 0,
      },
      {
        /** Called on a connected socket, just before the first byte is written. */
        onRequestStart(started) {
          if (failure) started.abort(failure);
          else controller = started;
        },
        onResponseStart(_controller, statusCode, headers) {
          [status, answered] = [statusCode, headers];
          if (Number(headers['content-length']) > MAX_RESPONSE_BYTES) fail(tooLong());
        },
        onResponseData(_controller, chunk) {
          receivedBytes += chunk.length;
          if (receivedBytes <= MAX_RESPONSE_BYTES) {
            chunks.push(chunk);
            arrival.add(chunk.length);
          } else fail(tooLong());
        },
        onResponseEnd() {
          clearTimeout(deadline);
          arrival.end();
          resolve({ status, headers: answered, body: Buffer.concat(chunks).toString('utf8') });
        },
        onResponseError(_controller, error) {
          fail(transportError(error, controller !== undefined));
        },
      },
    );
  });
}

function tooLong(): TransportError {
  return new TransportError('reset', true, `the answer exceeds ${MAX_RESPONSE_BYTES} bytes`);
}

function pathWithQuery({ path, query = {} }: IbkrRequest): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`,
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function transportError(error: Error, maybeSent: boolean): Error {
  // A request that could not even be written down is our fault; a connection that was refused says so itself.
  if (error instanceof errors.InvalidArgumentError || error instanceof TransportError) return error;
  const reason = 'code' in error ? String(error.code) : error.name;
  if (error instanceof errors.ConnectTimeoutError) {
    return new TransportError('timeout', false, 'no connection in time', { cause: error });
  }
  if (!maybeSent) {
    return new TransportError('unreachable', false, `cannot connect: ${reason}`, { cause: error });
  }
  return new TransportError('reset', true, `the connection broke before the whole answer came: ${reason}`, {
    cause: error,
  });
}
