/** Test support: orders through `/mcp`, on storage that may fail. */
import type { Firestore } from 'firebase-admin/firestore';
import { afterEach, beforeAll } from 'vitest';
import { z } from 'zod';
import { startFirestoreServer } from '../../../../local/src/firestore/server.ts';
import type { WeakStorage } from '../../../../local/src/firestore/weak-storage.ts';
import { handleMcp } from '../../mcp/handler.ts';
import type { Service } from '../../service.ts';
import { FIRESTORE_SETTINGS } from '../../store/database/firestore.ts';
import { newSandboxConnection } from '../access.ts';
import { useConsoleOwner } from '../console/console-owner.ts';
import { setPrice, simulatorUrl } from '../sandbox.ts';
import { useServers } from '../servers.ts';
import { ADDRESS, ORIGIN, testService } from '../service.ts';

const NVDA = 4815747;

/**
 * Runs the servers for the tests of a file, the database with the settings of the service. Call it at the top of the file.
 * @param storage On the way to the database; it recovers after each test.
 */
export function useMcpTraders(storage: WeakStorage, use: (db: Firestore, host: string) => void): void {
  useServers(
    (opened, host) => {
      opened.settings(FIRESTORE_SETTINGS);
      use(opened, host);
    },
    {
      simulator: { warmUpMs: 0 },
      database: () => startFirestoreServer({ port: 0, interceptors: [storage.interceptor] }),
    },
  );
  useConsoleOwner();
  beforeAll(() => setPrice(NVDA, 100));
  afterEach(() => storage.recover());
}

const answered = z.object({
  result: z.object({
    isError: z.boolean().optional(),
    structuredContent: z.looseObject({
      order_id: z.string().nullish(),
      error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
    }),
  }),
});
/** A request that could not be answered says nothing of the order. */
export type ToolAnswer = z.output<typeof answered>['result']['structuredContent'] | null;

export type McpTrader = Awaited<ReturnType<typeof newMcpTrader>>;

/**
 * Tool calls with a key.
 * @param answer Answers one: a handler, or an instance elsewhere.
 */
export function toolCalls(apiKey: string, answer: (request: Request) => Promise<Response>) {
  const call = async (name: string, args: object): Promise<ToolAnswer> => {
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
    const response = await answer(request);
    if (response.status === 503) return null;
    return answered.parse(await response.json()).result.structuredContent;
  };
  return {
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
  };
}

/** A new sandbox of somebody who trades through `/mcp`; `more` is what the service has besides. */
export async function newMcpTrader(db: Firestore, more: Partial<Service> = {}) {
  const service = testService(db, { simulatorUrl: simulatorUrl(), ...more });
  const { connection, apiKey } = await newSandboxConnection(db);
  const { call, buy } = toolCalls(apiKey, (request) => handleMcp(request, service, ADDRESS));
  const { account_id: account } = z
    .looseObject({ account_id: z.string() })
    .parse(await call('get_current_account', {}));
  return {
    service,
    connection,
    apiKey,
    call,
    buy,
    /** By their quantities. */
    sent: async () => {
      const { orders } = z
        .object({ orders: z.array(z.looseObject({ account: z.string(), quantity: z.number() })) })
        .parse(await (await fetch(`${simulatorUrl()}/sim/orders`)).json());
      return orders.filter((order) => order.account === account).map(({ quantity }) => quantity);
    },
  };
}
