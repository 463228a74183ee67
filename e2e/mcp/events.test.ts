/** A published client of MCP Events against the whole stack: what it is sent it verifies itself. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  createMCPClient,
  experimental_createMCPEventWebhook as createMCPEventWebhook,
  type Experimental_MCPEvent as MCPEvent,
  type Experimental_MCPEventStore as MCPEventStore,
  type Experimental_MCPEventSubscription as MCPEventSubscription,
} from '@ai-sdk/mcp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { controlSimulator } from '../../functions/src/testing/simulator-control.ts';
import { SANDBOX_WARNINGS } from '../../functions/src/trading/domain/accepted-warnings.ts';
import { callTool } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { newSandbox, type SandboxConnection } from '../sandbox.ts';

const BUY = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };

const ends: (() => Promise<unknown>)[] = [];
let sandbox: SandboxConnection;

beforeEach(async () => {
  sandbox = await newSandbox({ approval: 'none', acceptedWarnings: [...SANDBOX_WARNINGS] });
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** What the client keeps of its subscriptions, for as long as a test takes. */
function newStore() {
  const kept = new Map<string, MCPEventSubscription>();
  const store: MCPEventStore = {
    get: async (key) => kept.get(key),
    getById: async (id) => [...kept.values()].find((one) => one.id === id),
    set: async (subscription) => void kept.set(subscription.key, subscription),
    update: async (key, patch) => {
      const before = kept.get(key);
      if (before !== undefined) kept.set(key, { ...before, ...patch });
    },
    delete: async (key) => void kept.delete(key),
  };
  return { store, kept };
}

/** The client's own receiver behind a server; requests it refused are noted by their status. */
async function startReceiver(store: MCPEventStore) {
  const events: MCPEvent[] = [];
  const statuses: number[] = [];
  const receive = createMCPEventWebhook({ store, onEvent: async ({ event }) => void events.push(event) });
  const server = createServer(async (request, response) => {
    const answer = await receive(await webRequest(request, url));
    statuses.push(answer.status);
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
  return { url, events, statuses };
}

async function webRequest(request: IncomingMessage, base: string): Promise<Request> {
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const body = Uint8Array.from(await buffer(request));
  return new Request(new URL(request.url ?? '/', base), { method: 'POST', headers, body });
}

async function connect(store: MCPEventStore) {
  const { origin } = demo();
  const headers = { Authorization: `Bearer ${sandbox.key}` };
  const client = await createMCPClient({
    transport: { type: 'http', url: `${origin}/mcp`, headers },
    experimental_events: { store },
  });
  ends.push(() => client.close());
  return client.experimental_events;
}

it('is subscribed by the AI SDK, sends it a fill, is renewed and ended', async () => {
  const { store, kept } = newStore();
  const receiver = await startReceiver(store);
  const client = await connect(store);
  const { events } = await client.list();
  expect(events.find(({ name }) => name === 'order.filled')?.delivery).toContain('webhook');

  const delivery = { mode: 'webhook', url: receiver.url, allowInsecureLocalhost: true } as const;
  const subscribed = await client.subscribe({ name: 'order.filled', delivery });
  expect([...kept.values()]).toMatchObject([{ id: subscribed.id, status: 'active', truncated: false }]);
  expect(receiver.statuses).toEqual([200]);

  const { intent_id } = await callTool('place_order', BUY, sandbox.key);
  await callTool('wait_for_order', { intent_id, seconds: 20 }, sandbox.key);
  await expect.poll(() => receiver.events.length, { timeout: 150_000 }).toBe(1);
  expect(receiver.events).toMatchObject([
    { name: 'order.filled', data: { type: 'order.filled', intentId: intent_id, filledQuantity: 1 } },
  ]);
  expect(receiver.statuses).toEqual([200, 204]);

  const renewed = await client.refresh({ id: subscribed.id });
  expect(renewed).toMatchObject({ id: subscribed.id, refreshBefore: expect.any(String) });
  await client.unsubscribe({ id: subscribed.id });
  expect(kept.size).toBe(0);
  expect(receiver.statuses).toEqual([200, 204]);
});

it('is told of a price that it has watched', async () => {
  const { store } = newStore();
  const receiver = await startReceiver(store);
  const client = await connect(store);
  const trades = (last: number) => {
    const price = { conid: 4815747, last, bid: last, ask: last, sandbox: sandbox.id };
    return controlSimulator(`http://${demo().simulator}`, 'POST', 'prices', price);
  };
  await trades(95);
  const delivery = { mode: 'webhook', url: receiver.url, allowInsecureLocalhost: true } as const;
  const level = { symbol: 'NVDA', price: 100, direction: 'above' };
  const { id } = await client.subscribe({ name: 'price.crossed', arguments: level, delivery });
  await trades(104);
  // The schedule looks.
  await expect.poll(() => receiver.events.length, { timeout: 150_000 }).toBe(1);
  expect(receiver.events).toMatchObject([
    { name: 'price.crossed', data: { symbol: 'NVDA', price: 100, direction: 'above', last: 104 } },
  ]);
  await client.unsubscribe({ id });
});
