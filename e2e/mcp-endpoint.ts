/** The `/mcp` of the running stack, as a plain HTTP client sees it. */
import { request } from 'node:http';
import { z } from 'zod';
import { unpacked } from '../functions/src/testing/unpacked.ts';
import { demo, seenSecrets } from './own-stack.ts';
import { assertTellsNothingEntered, noteSecrets } from './seen-secrets.ts';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/**
 * Sends one request the way curl does: no header that is not given, so that `Host` and others can be forged.
 */
export function send(
  options: { method?: string; path?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  const { method = 'POST', path = '/mcp', headers = {}, body = '' } = options;
  noteSecrets(seenSecrets(), headers.Authorization ?? '');
  const { hostname, port, host } = new URL(demo().origin);
  return new Promise<Answer>((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const sent = request(
      {
        hostname,
        port,
        path,
        method,
        headers: {
          Host: host,
          Accept: '*/*',
          ...(method === 'POST' ? { 'Content-Length': length } : {}),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, text: Buffer.concat(chunks).toString() });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  }).then((answer) => {
    assertTellsNothingEntered(answer.text);
    return answer;
  });
}

/** A JSON-RPC request with a bearer token, the demo key unless another is given. */
export function rpc(
  method: string,
  params: Record<string, unknown> = {},
  options: { key?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return send({
    headers: {
      Authorization: `Bearer ${options.key ?? demo().apiKey}`,
      'Content-Type': 'application/json',
      ...options.headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
}

const toolAnswer = z.object({
  result: z.object({
    isError: z.boolean().optional(),
    structuredContent: z.record(z.string(), z.unknown()),
    content: z.array(z.object({ type: z.literal('text'), text: z.string() })),
  }),
});

const toolError = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    retryable: z.boolean(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});

/** What a tool answers when it succeeds, its tables as lists of objects; the test fails if it does not. */
export async function callTool(
  name: string,
  args: Record<string, unknown> = {},
  key?: string,
): Promise<Record<string, unknown>> {
  const { result } = await calledTool(name, args, key);
  if (result.isError === true) throw new Error(`${name} failed: ${result.content[0]?.text}`);
  return unpacked(result.structuredContent);
}

/** The error a tool answers; the test fails if it succeeds. */
export async function failTool(name: string, args: Record<string, unknown> = {}, key?: string) {
  const { result } = await calledTool(name, args, key);
  if (result.isError !== true) throw new Error(`${name} succeeded: ${result.content[0]?.text}`);
  return toolError.parse(result.structuredContent).error;
}

async function calledTool(name: string, args: Record<string, unknown>, key: string | undefined) {
  const answer = await rpc('tools/call', { name, arguments: args }, key === undefined ? {} : { key });
  return toolAnswer.parse(JSON.parse(answer.text));
}
