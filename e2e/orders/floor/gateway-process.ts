/**
 * One function instance: the MCP endpoint and the authorization server in a process, on a free port that it prints; and
 * `POST /owner`, for what its owner and the schedule do there.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { flushCompileCache } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tellingAtOnce } from '../../../functions/src/http/news-at-once.ts';
import { deliverNewsOf } from '../../../functions/src/jobs/news-delivery.ts';
import { handleMcp } from '../../../functions/src/mcp/handler.ts';
import { handleOauth } from '../../../functions/src/oauth/app.ts';
import { service } from '../../../functions/src/service.ts';
import { type OwnerAct, ownerActs } from './owner.ts';

/** All news of an owner that comes until then goes with one task. */
const TOLD_WITHIN_MS = 500;

const toldSoon = new Set<string>();
/** The simulator of a floor has no limits either: thousands of orders would wait for their turns. */
const settings = { ...(await service()), sandboxLimits: [], enqueueNewsOf: tellSoon };

const server = createServer(async (incoming, outgoing) => {
  if (incoming.url === '/owner') {
    const act = (await (await webRequest(incoming)).json()) as OwnerAct;
    const acting = () => ownerActs(settings, act);
    outgoing.end(JSON.stringify({ came: await tellingAtOnce(settings, acting).catch(String) }));
    return;
  }
  const handle = incoming.url?.startsWith('/mcp') ? handleMcp : handleOauth;
  const response = await handle(await webRequest(incoming), settings, '127.0.0.1');
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});

// Whoever started it may be killed.
process.once('disconnect', () => process.exit());

// A connection that is closed while a busy caller writes on it would look like a failed call.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  // It would be written at the end, which none of these processes lives to see.
  flushCompileCache();
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});

/** By a task of this process, which ends with it. */
async function tellSoon(ownerUid: string): Promise<void> {
  if (toldSoon.has(ownerUid)) return;
  toldSoon.add(ownerUid);
  setTimeout(() => {
    toldSoon.delete(ownerUid);
    deliverNewsOf(settings, ownerUid).catch(console.error);
  }, TOLD_WITHIN_MS);
}

async function webRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method = 'POST' } = incoming;
  return new Request(new URL(incoming.url ?? '/', settings.publicOrigin), {
    method,
    headers: Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    ),
    body: method === 'GET' ? null : Buffer.concat(chunks),
  });
}
