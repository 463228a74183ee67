/** The MCP server of one request. It knows only the tools of the caller it is built for. */
import {
  type CallToolResult,
  type Tool as ListedTool,
  ProtocolError,
  ProtocolErrorCode,
  Server,
} from '@modelcontextprotocol/server';
import type { ToolResult } from '../tools/call-tool.ts';
import type { ToolCalls } from './tool-calls.ts';

const IDENTITY = { name: 'ibkr-gateway', title: 'IBKR Gateway', version: '0.1.0' };

const INSTRUCTIONS = `Access to one Interactive Brokers login. Tools take tickers directly (symbol: "NVDA"), so look nothing up first. Say whether the account is paper or live when it matters, and say when prices are delayed. Money is in the currency that stands beside it. A failed call says what to do in error.hint; call again only if error.retryable is true.`;

const TOOLS_TTL_MS = 300_000;

export function buildMcpServer(toolCalls: ToolCalls): Server {
  const server = new Server(IDENTITY, {
    capabilities: { tools: {} },
    instructions: INSTRUCTIONS,
    cacheHints: { 'tools/list': { ttlMs: TOOLS_TTL_MS, cacheScope: 'private' } },
  });
  server.setRequestHandler('tools/list', () => ({
    tools: toolCalls.tools.map(({ name, title, description, annotations, inputSchema, outputSchema }) => ({
      name,
      title,
      description,
      annotations,
      inputSchema: inputSchema as ListedTool['inputSchema'],
      outputSchema: outputSchema as ListedTool['inputSchema'],
    })),
  }));
  server.setRequestHandler('tools/call', async ({ params }) => {
    const called = await toolCalls.call(params.name, params.arguments ?? {});
    if (called === null)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    return server.projectCallToolResult(shaped(called.result), called.tool.outputSchema);
  });
  return server;
}

/** The result twice over: as data, and as the same data in text for hosts that pass only text to the model. */
function shaped(result: ToolResult): CallToolResult {
  const structuredContent = result.ok ? result.value : { error: result.error };
  return {
    content: [{ type: 'text', text: JSON.stringify(structuredContent) }],
    structuredContent,
    ...(result.ok ? {} : { isError: true }),
  };
}
