import type { IncomingMessage } from 'node:http';
import { accessDenied, badRequest, failureAnswer } from './answer.ts';

const MAX_BODY_BYTES = 1_048_576;

/** The body as text. @throws {Refusal} 411 for a POST without length, 413 for too much. */
export async function readText(request: IncomingMessage): Promise<string> {
  const { method, headers } = request;
  const hasLength = headers['content-length'] !== undefined;
  if (method === 'POST' && !hasLength) throw failureAnswer(411, 'Length Required');
  if (!hasLength && headers['transfer-encoding'] === undefined) return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw failureAnswer(413, 'Payload Too Large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A JSON body, undefined when empty. @throws {Refusal} 400, or 403 for what the edge takes for an attack. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  if (/>=|<=|!=/.test(text)) throw accessDenied();
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('the body is not JSON');
  }
}
