/** The running stack as the conformance suite's client needs to meet it. */
import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { demo } from '../../own-stack.ts';

/**
 * The suite calls tools by names of its own. Where one of ours does what a check is about, it takes the place;
 * the tools that none of ours can stand in for are left alone, and unknown.
 */
const STAND_INS: Record<string, string> = {
  test_simple_text: 'get_accounts',
  // It needs a symbol, and the suite sends no arguments.
  test_error_handling: 'get_quote',
  test_logging_tool: 'get_accounts',
  test_streaming_elicitation: 'get_accounts',
};

function withStandIns(text: string): string {
  return text.replace(/\btest_\w+/g, (name) => STAND_INS[name] ?? name);
}

export interface ConformanceProxy {
  /** The MCP endpoint behind the proxy. */
  url: string;
  close(): Promise<void>;
}

/**
 * Listens on a free loopback port and passes each request on with the demo key, which the suite's client cannot send
 * (https://github.com/modelcontextprotocol/conformance/issues/453). The proxy's own address becomes the stack's in
 * `Host` and `Origin`; forged ones stay as they are.
 */
export async function startConformanceProxy(): Promise<ConformanceProxy> {
  const { origin, apiKey } = demo();
  const stack = new URL(origin);
  let ownHost: string;
  const server = createServer(async (incoming, outgoing) => {
    const body = withStandIns(Buffer.concat(await incoming.toArray()).toString());
    const headers: OutgoingHttpHeaders = { ...incoming.headers, authorization: `Bearer ${apiKey}` };
    if (headers.host === ownHost) headers.host = stack.host;
    if (headers.origin === `http://${ownHost}`) headers.origin = stack.origin;
    if (typeof headers['mcp-name'] === 'string') headers['mcp-name'] = withStandIns(headers['mcp-name']);
    if (headers['content-length'] !== undefined) headers['content-length'] = `${Buffer.byteLength(body)}`;
    const { hostname, port } = stack;
    const { method, url: path } = incoming;
    const passedOn = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passedOn.on('error', () => outgoing.destroy());
    passedOn.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ownHost = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${ownHost}/mcp`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
