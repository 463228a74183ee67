/**
 * Serves one MCP request in either protocol era with one plain JSON answer. The SDK's own entry streams to
 * 2025-era clients, which Hosting would buffer, so those are routed to its JSON transport instead.
 */
import {
  createMcpHandler,
  isLegacyRequest,
  ProtocolErrorCode,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { checkLegacyParams } from './legacy-params.ts';

const subscriptionRequest = z.object({
  method: z.literal('subscriptions/listen'),
  id: z.union([z.string(), z.number()]),
});

/**
 * @param body The parsed body, or undefined when it is not JSON, which is then refused as such.
 * @param report Told of rejected requests and faults; the answer is not changed by it.
 */
export async function serveMcp(
  request: Request,
  body: unknown,
  build: () => Server,
  report: (error: Error) => void,
): Promise<Response> {
  const withBody = body === undefined ? {} : { parsedBody: body };
  if (body !== undefined && (await isLegacyRequest(request, body))) {
    const refused = checkLegacyParams(body);
    if (refused !== null) return refused;
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    transport.onerror = report;
    const server = build();
    await server.connect(transport);
    try {
      return await transport.handleRequest(request, withBody);
    } finally {
      await server.close();
    }
  }
  const subscription = subscriptionRequest.safeParse(body);
  if (subscription.success) return methodNotFound(subscription.data.id);
  const handler = createMcpHandler(build, { legacy: 'reject', onerror: report });
  return handler.fetch(request, withBody);
}

/**
 * As the SDK answers any method that a server has not. This one it would serve by itself, with a stream, although
 * nothing here changes that could be announced; its limit of zero says to come again later.
 */
function methodNotFound(id: string | number): Response {
  const error = { code: ProtocolErrorCode.MethodNotFound, message: 'Method not found' };
  return Response.json({ jsonrpc: '2.0', id, error }, { status: 404 });
}
