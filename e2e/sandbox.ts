/** Sandbox connections for tests about orders, and what the simulator knows of them. */

import { z } from 'zod';
import { api, signInAs } from './console-client.ts';
import { callTool } from './mcp-endpoint.ts';
import { demo } from './own-stack.ts';

export interface SandboxConnection {
  id: string;
  /** An API key of it. */
  key: string;
  /** Changes its limits and who has to say yes. */
  patch(settings: object): Promise<void>;
}

const created = z.object({ connection: z.object({ id: z.string() }), apiKey: z.string() });

/** What `place_order` takes of an order so far from the market that it rests. */
export const RESTING = {
  symbol: 'NVDA',
  side: 'BUY',
  quantity: 10,
  order_type: 'LMT',
  limit_price: 1,
  tif: 'GTC',
};

/** A sandbox connection of its own, with settings that `PATCH /api/connections/:id` takes. */
export async function newSandbox(settings: object = {}): Promise<SandboxConnection> {
  const owner = await signInAs('trader');
  const { connection, apiKey } = created.parse(
    (await api(owner, 'POST', '/connections', { kind: 'sandbox' })).body,
  );
  const patch = async (changes: object) => {
    const answer = await api(owner, 'PATCH', `/connections/${connection.id}`, changes);
    if (answer.status !== 200) throw new Error(`PATCH answered ${JSON.stringify(answer)}`);
  };
  await patch(settings);
  return { id: connection.id, key: apiKey, patch };
}

const simulated = z.object({
  orders: z.array(z.looseObject({ account: z.string(), status: z.string(), orderId: z.string() })),
});

/** All orders that the simulator really has of an account. */
export async function ordersOf(accountId: string) {
  const answer = await fetch(`http://${demo().simulator}/sim/orders`);
  return simulated.parse(await answer.json()).orders.filter(({ account }) => account === accountId);
}

/** All orders that the simulator really has of a key's account. */
export async function ordersAt(key: string) {
  const { account_id } = await callTool('get_current_account', {}, key);
  return ordersOf(z.string().parse(account_id));
}

/** `POST` to the simulator, as its control or past the service; the answer. */
export async function postToSimulator(path: string, body: object): Promise<unknown> {
  const answer = await fetch(`http://${demo().simulator}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

const asked = z.tuple([z.object({ id: z.string() })]);
const placed = z.tuple([z.object({ order_id: z.string() })]);

/** Sells a share of SPY at a stop that is far away, past the service. @returns IBKR's id of the order. */
export async function orderElsewhere({ id, accountId }: { id: string; accountId: string }): Promise<string> {
  const at = `/sandbox/${id}/v1/api/iserver`;
  const order = { conid: 756733, orderType: 'STP', side: 'SELL', quantity: 1, price: 1, tif: 'GTC' };
  const [question] = asked.parse(
    await postToSimulator(`${at}/account/${accountId}/orders`, { orders: [order] }),
  );
  const [{ order_id }] = placed.parse(
    await postToSimulator(`${at}/reply/${question.id}`, { confirmed: true }),
  );
  return order_id;
}

/** Forces a price: `POST /sim/prices`. It holds for all tests that share the simulator. */
export async function setPrice(conid: number, price: object): Promise<void> {
  await postToSimulator('/sim/prices', { conid, ...price });
}

const chain = z.object({
  options: z.array(z.object({ conid: z.number(), strike: z.number(), right: z.enum(['call', 'put']) })),
});

/** Options on AAPL around the money at one expiry, the strikes ascending. */
export async function optionsOnApple(key: string, right: 'CALL' | 'PUT', strikes = 4) {
  return chain.parse(await callTool('get_option_chain', { symbol: 'AAPL', strikes, right }, key)).options;
}
