import type { Firestore } from 'firebase-admin/firestore';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import { FIRESTORE_SETTINGS } from '../store/firestore.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { useConsoleOwner } from '../testing/console/console-owner.ts';
import { setPrice, simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { ORIGIN, testService } from '../testing/service.ts';
import { type WeakNetwork, weakNetwork } from '../testing/weak-network.ts';
import { handleMcp } from './handler.ts';

const ORDERS = 5;
const PATIENCE_MS = 240_000;
const NVDA = 4815747;

let db: Firestore;
let network: WeakNetwork;
useServers(
  (opened) => {
    opened.settings(FIRESTORE_SETTINGS);
    db = opened;
  },
  {
    simulator: { warmUpMs: 0 },
    database: async () => {
      const server = await startFirestoreServer({ port: 0 });
      network = await weakNetwork(server.port);
      const stop = async () => {
        await network.stop();
        await server.stop();
      };
      return { port: network.port, stop };
    },
  },
);
useConsoleOwner();
beforeAll(() => setPrice(NVDA, 100));
afterEach(() => network.set({ is: 'whole' }));

const answered = z.object({
  result: z.object({
    isError: z.boolean().optional(),
    structuredContent: z.looseObject({
      order_id: z.string().nullish(),
      error: z.object({ code: z.string(), hint: z.string() }).optional(),
    }),
  }),
});
/** A request that could not be answered says nothing of the order. */
type Answer = z.output<typeof answered>['result']['structuredContent'] | null;

async function newTrader() {
  const service = testService(db, { simulatorUrl: simulatorUrl() });
  const { connection, apiKey } = await newSandboxConnection(db);
  const call = async (name: string, args: object): Promise<Answer> => {
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } };
    const request = new Request(`${ORIGIN}/mcp`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${apiKey}`,
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify(body),
    });
    const answer = await handleMcp(request, service, '203.0.113.7');
    if (answer.status === 503) return null;
    return answered.parse(await answer.json()).result.structuredContent;
  };
  const { account_id: account } = z
    .looseObject({ account_id: z.string() })
    .parse(await call('get_current_account', {}));
  return {
    connection,
    call,
    /** Buys so many under a name of their own. */
    buy: (quantity: number) =>
      call('place_order', {
        symbol: 'NVDA',
        side: 'BUY',
        quantity,
        order_type: 'LMT',
        limit_price: 98,
        tif: 'GTC',
        client_order_id: `order-${quantity}`,
      }),
    /** By their quantities. */
    sent: async () => {
      const { orders } = z
        .object({ orders: z.array(z.looseObject({ account: z.string(), quantity: z.number() })) })
        .parse(await (await fetch(`${simulatorUrl()}/sim/orders`)).json());
      return orders.filter((order) => order.account === account).map(({ quantity }) => quantity);
    },
  };
}

const quantities = Array.from({ length: ORDERS }, (_, index) => index + 1);

it('sends each order once where answers come late', { timeout: 2 * PATIENCE_MS }, async () => {
  const trader = await newTrader();
  network.set({ is: 'slow', byMs: 200 });
  await Promise.all(
    quantities.map(async (quantity) => {
      const answer = await trader.buy(quantity);
      const isSent = (await trader.sent()).includes(quantity);
      if (typeof answer?.order_id === 'string') expect(isSent).toBe(true);
      if (answer?.error?.hint.includes('Nothing was sent')) expect(isSent).toBe(false);
    }),
  );
  network.set({ is: 'whole' });
  await Promise.all(
    quantities.map((quantity) =>
      expect
        .poll(async () => (await trader.buy(quantity))?.order_id, { timeout: PATIENCE_MS, interval: 500 })
        .toBeTypeOf('string'),
    ),
  );
  expect((await trader.sent()).toSorted((a, b) => a - b)).toEqual(quantities);
});
