/** One function instance: the MCP endpoint in a process of its own, on a free port that it prints. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleMcp } from '../../functions/src/mcp/handler.ts';
import { service } from '../../functions/src/service.ts';

const settings = service();

const server = createServer(async (incoming, outgoing) => {
  const response = await handleMcp(await webRequest(incoming), settings, '127.0.0.1');
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});

async function webRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return new Request(new URL(incoming.url ?? '/', settings.publicOrigin), {
    method: incoming.method ?? 'POST',
    headers: Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    ),
    body: Buffer.concat(chunks),
  });
}
