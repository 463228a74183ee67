/**
 * Serves one MCP request in either protocol era with one plain JSON answer. The SDK's own entry streams to
 * 2025-era clients, which Hosting would buffer, so those are routed to its JSON transport instead.
 */
import {
  createMcpHandler,
  isLegacyRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';

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
  const handler = createMcpHandler(build, { legacy: 'reject', onerror: report, maxSubscriptions: 0 });
  return handler.fetch(request, withBody);
}
