/**
 * Between handlers, which speak `Request` and `Response`, and oidc-provider, which speaks Node's own. The provider is
 * told the public origin and the few headers that mean something to it; what a caller says of hosts and proxies never
 * reaches it, and neither do cookies but the ones given here.
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

const PASSED_ON = ['accept', 'authorization', 'content-type'];

export interface ProviderRequest {
  method: 'GET' | 'POST';
  /** Path and query. */
  target: string;
  /** Of the caller. */
  headers: Headers;
  /** Of the caller, where one is known. */
  address?: string;
  body?: Uint8Array;
  /** Name and value of what the provider shall find among its cookies. */
  cookies?: Readonly<Record<string, string>>;
}

/** A request as Node would hand it to the provider. */
export function providerRequest(publicOrigin: string, request: ProviderRequest): IncomingMessage {
  const { host, protocol } = new URL(publicOrigin);
  const { method, target, body = new Uint8Array() } = request;
  const incoming = new IncomingMessage(new Socket());
  incoming.method = method;
  incoming.url = target;
  incoming.headers = {
    host,
    'x-forwarded-proto': protocol.slice(0, -1),
    ...(request.address !== undefined && { 'x-forwarded-for': request.address }),
  };
  for (const name of PASSED_ON) {
    const value = request.headers.get(name);
    if (value !== null) incoming.headers[name] = value;
  }
  const cookies = Object.entries(request.cookies ?? {}).map((pair) => pair.join('='));
  if (cookies.length > 0) incoming.headers.cookie = cookies.join('; ');
  if (method === 'POST') incoming.headers['content-length'] = String(body.byteLength);
  incoming.push(body.byteLength > 0 ? body : null);
  if (body.byteLength > 0) incoming.push(null);
  return incoming;
}

/** Keeps what is answered instead of sending it, in one part or several. */
class KeptResponse extends ServerResponse {
  readonly #chunks: Buffer[] = [];

  get body(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(Buffer.concat(this.#chunks));
  }

  override write(chunk: unknown): boolean {
    this.#chunks.push(bytesOf(chunk));
    return true;
  }

  override end(chunk?: unknown): this {
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') this.write(chunk);
    return super.end();
  }
}

/** @throws {TypeError} for what `ServerResponse.write` does not take either. */
function bytesOf(chunk: unknown): Buffer {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return Buffer.from(chunk);
  throw new TypeError('The provider answers with text or bytes.');
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** What the provider answers, without its cookies. */
export async function callProvider(
  listener: Listener,
  publicOrigin: string,
  request: ProviderRequest,
): Promise<Response> {
  const incoming = providerRequest(publicOrigin, request);
  const outgoing = new KeptResponse(incoming);
  await listener(incoming, outgoing);
  const headers = new Headers();
  // A redirect needs no page of its own, which would repeat where it leads.
  const isRedirect = outgoing.hasHeader('location');
  const omitted = ['set-cookie', ...(isRedirect ? ['content-type', 'content-length'] : [])];
  for (const [name, value] of Object.entries(outgoing.getHeaders())) {
    if (!omitted.includes(name) && value !== undefined) headers.set(name, String(value));
  }
  const body = isRedirect || outgoing.body.byteLength === 0 ? null : outgoing.body;
  return new Response(body, { status: outgoing.statusCode, headers });
}
