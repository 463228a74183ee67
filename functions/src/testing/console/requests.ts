/** Test support: what browsers and programs ask of the gateway. */
import { z } from 'zod';
import { handleConsole } from '../../console/app.ts';
import { handleMcp } from '../../mcp/handler.ts';
import type { Service } from '../../service.ts';
import { ADDRESS, ORIGIN } from '../service.ts';

/** What is asked, and by whom. */
export interface Asked {
  method: string;
  /** With `/api` or `/mcp` before it. */
  path: string;
  /** An ID token or a key; null: nothing that says who asks. */
  bearer: string | null;
  body?: object | undefined;
  headers?: Record<string, string>;
}

function requestOf({ method, path, bearer, body, headers }: Asked): Request {
  return new Request(ORIGIN + path, {
    method,
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      ...(bearer !== null && { Authorization: `Bearer ${bearer}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** What the console's API answers. */
export async function askConsole(service: Service, asked: Asked) {
  const answer = await handleConsole(requestOf(asked), service, ADDRESS);
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    /** Null where there is none. Tests look into it as they like. */
    body: text === '' ? null : JSON.parse(text),
  };
}

const toolAnswer = z.object({
  result: z.object({
    isError: z.boolean().optional(),
    structuredContent: z.record(z.string(), z.unknown()),
  }),
});

/** What MCP answers to an app with a key. */
export function askMcp(service: Service, apiKey: string, method: string, params?: object): Promise<Response> {
  const body = { jsonrpc: '2.0', id: 1, method, params };
  return handleMcp(requestOf({ method: 'POST', path: '/mcp', bearer: apiKey, body }), service, ADDRESS);
}

/** What a tool answers to an app with a key. */
export async function callTool(service: Service, apiKey: string, name: string, args: object = {}) {
  const answer = await askMcp(service, apiKey, 'tools/call', { name, arguments: args });
  return toolAnswer.parse(await answer.json()).result;
}
