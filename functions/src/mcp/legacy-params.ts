/** Parameters of protocol 2025 and before, of which the SDK says as an internal error, in its schema's words, that they are wrong. */
import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { inputProblems } from '../http/requests/input-problems.ts';

const PARAMS: Readonly<Record<string, z.ZodType>> = {
  initialize: z.looseObject({
    protocolVersion: z.string(),
    capabilities: z.looseObject({}),
    clientInfo: z.looseObject({ name: z.string(), version: z.string() }),
  }),
  'tools/list': z.looseObject({ cursor: z.string().optional() }).optional(),
  'tools/call': z.looseObject({ name: z.string() }),
};

const request = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.int()]),
  method: z.string(),
  params: z.unknown().optional(),
});

/** The refusal of a request whose parameters are not those of its method, or null. */
export function checkLegacyParams(body: unknown): Response | null {
  const { data: asked } = request.safeParse(body);
  const schema = asked && Object.hasOwn(PARAMS, asked.method) ? PARAMS[asked.method] : undefined;
  const problem = schema?.safeParse(asked?.params).error;
  if (asked === undefined || problem === undefined) return null;
  const message = `Invalid params for ${asked.method}: ${inputProblems(problem).message}`;
  const error = { code: ProtocolErrorCode.InvalidParams, message };
  return Response.json({ jsonrpc: '2.0', id: asked.id, error });
}
