/** What a request must pass besides having a good credential. Each check answers the refusal, or null. */
import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { Config } from '../config.ts';
import { isOwnHost, isOwnOrigin } from '../http/guards.ts';
import { isTooDeep, MOST_LEVELS } from '../http/requests/nesting.ts';
import { isWithin } from '../network/ip-ranges.ts';
import { unreadableCall } from './call-messages.ts';

const MOST_BODY_BYTES = 1_048_576;
/** Batches are a thing of the 2025-03-26 revision. */
const MOST_BATCHED = 20;

/** A refusal with a JSON-RPC body, for requests that have not been read as far as their id. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ jsonrpc: '2.0', id: null, error: { code: -32_000, message } }, { status, headers });
}

export function checkSource(request: Request, config: Config): Response | null {
  if (!isOwnHost(request, config)) return refusal(403, 'This host name is not served here.');
  return isOwnOrigin(request, config) ? null : refusal(403, 'This origin may not call the gateway.');
}

/** Hosting routes everything behind `/mcp` here; at the function's own URL, which ends in its name, the path is `/`. */
export function checkPath(request: Request): Response | null {
  const isEndpoint = /^\/(mcp\/?)?$/.test(new URL(request.url).pathname);
  return isEndpoint ? null : refusal(404, 'The MCP endpoint is /mcp.');
}

/** What a page of our own may send to `/mcp`; pages of others were refused before. */
const PREFLIGHT = {
  Allow: 'POST, OPTIONS',
  'Access-Control-Allow-Methods': 'POST',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, MCP-Protocol-Version, Mcp-Method, Mcp-Name',
};

/** Only POST is served. A browser that opens the address gets a sentence for the person in front of it. */
export function checkMethod(request: Request, { publicOrigin }: Config): Response | null {
  if (request.method === 'POST') return null;
  if (request.method === 'OPTIONS') {
    return new Response(null, {
      status: 204,
      headers: { ...PREFLIGHT, 'Access-Control-Allow-Origin': publicOrigin },
    });
  }
  const sentence = `This is the MCP endpoint of IBKR Gateway, made for AI hosts and scripts rather than browsers: add ${publicOrigin}/mcp to your host as a remote MCP server, or see ${publicOrigin}.\n`;
  return new Response(sentence, {
    status: 405,
    headers: { Allow: 'POST', 'Content-Type': 'text/plain; charset=utf-8' },
  });
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

/** Whether a credential that is bound to addresses is used from one of them. Which they are is not told to others. */
export function checkAddress(address: string, allowed: readonly string[]): Response | null {
  if (allowed.length === 0 || isWithin(address, allowed)) return null;
  const message = `This API key may not be used from ${address}. Its owner can change that in the console.`;
  return refusal(403, message);
}

/** Refuses what is nested deeper than any call is. */
export function checkNesting(body: unknown): Response | null {
  return isTooDeep(body) ? refusal(400, `The JSON is nested deeper than ${MOST_LEVELS} levels.`) : null;
}

export function checkBatch(body: unknown): Response | null {
  if (!Array.isArray(body)) return null;
  if (body.length > MOST_BATCHED) return refusal(400, `A batch may hold at most ${MOST_BATCHED} messages.`);
  // Both would be done, and one of them answered: who asked could not tell which.
  const ids = body.map(askedId).filter((id) => id !== undefined);
  if (new Set(ids).size === ids.length) return null;
  return refusal(400, 'Each message of a batch has an id of its own. Nothing was done.');
}

/** Undefined for what asks for no answer. */
function askedId(message: unknown): unknown {
  const { id, method } = Object(message);
  return method === undefined ? undefined : (id ?? undefined);
}

/** Refuses a call whose arguments are no object in a sentence (JSON-RPC 2.0 section 5.1, invalid params). */
export function checkArguments(body: unknown): Response | null {
  const id = unreadableCall(body);
  if (id === undefined) return null;
  const message = 'The arguments of a call are an object, such as {"symbol": "NVDA"}.';
  return Response.json({ jsonrpc: '2.0', id, error: { code: ProtocolErrorCode.InvalidParams, message } });
}
