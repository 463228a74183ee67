/**
 * What a request must pass before its credential is looked at. Each check answers the refusal, or null.
 * The bare function address is public too, so nothing is trusted for having come through Hosting.
 */
import type { Config } from '../config.ts';

export const MOST_BODY_BYTES = 1_048_576;

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Addresses under which Google runs functions: where Hosting's own requests arrive. */
const FUNCTION_HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)?\.(run\.app|cloudfunctions\.net)$/;

/** A refusal with a JSON-RPC body, for requests that have not been read as far as their id. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ jsonrpc: '2.0', id: null, error: { code: -32_000, message } }, { status, headers });
}

/** Only POST is served. A browser that opens the address gets a sentence for the person in front of it. */
export function checkMethod(request: Request, { publicOrigin }: Config): Response | null {
  if (request.method === 'POST') return null;
  const sentence = `This is the MCP endpoint of IBKR Gateway, made for AI hosts and scripts rather than browsers: add ${publicOrigin}/mcp to your host as a remote MCP server, or see ${publicOrigin}.\n`;
  return new Response(sentence, {
    status: 405,
    headers: { Allow: 'POST', 'Content-Type': 'text/plain; charset=utf-8' },
  });
}

/** Stops DNS rebinding: a page of another name that resolves to this machine is not this service. */
export function checkHost(request: Request, config: Config): Response | null {
  const forwarded = request.headers.get('x-forwarded-host');
  const names = [request.headers.get('host'), ...(forwarded ?? '').split(',')];
  const foreign = names.some((name) => name !== null && name.trim() !== '' && !isOurs(name.trim(), config));
  return foreign ? refusal(403, 'This host name is not served here.') : null;
}

function isOurs(host: string, { publicOrigin, localMode }: Config): boolean {
  const name = host.toLowerCase();
  if (name === new URL(publicOrigin).host || FUNCTION_HOST.test(name)) return true;
  return localMode && LOOPBACK_NAMES.includes(name.replace(/:\d+$/, ''));
}

/** Only pages of our own origin may call from a browser; programs send no `Origin`. */
export function checkOrigin(request: Request, { publicOrigin }: Config): Response | null {
  const origin = request.headers.get('origin');
  return origin === null || origin === publicOrigin
    ? null
    : refusal(403, 'This origin may not call the gateway.');
}

export function checkBodySize(byteLength: number): Response | null {
  return byteLength <= MOST_BODY_BYTES ? null : refusal(413, 'The request body is larger than 1 MiB.');
}

/**
 * Answers are always plain JSON, so any `Accept` that allows it will do. (The SDK insists on both JSON and
 * event streams by name, which `curl` and simple scripts do not send.)
 */
export function checkAccept(request: Request): Response | null {
  const accept = request.headers.get('accept') ?? '*/*';
  const allowed = accept.split(',').some((range) => {
    const [type = ''] = range.split(';');
    return ['*/*', 'application/*', 'application/json', 'text/event-stream'].includes(
      type.trim().toLowerCase(),
    );
  });
  return allowed ? null : refusal(406, 'Answers are application/json, which the Accept header rules out.');
}
