/** Orders of a login with several accounts: IBKR tells of those of the selected account only. */
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { callTool } from './mcp-endpoint.ts';
import { demo } from './own-stack.ts';
import { newSandbox, type SandboxConnection } from './sandbox.ts';

const RESTING = { symbol: 'SPY', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 1, tif: 'GTC' };

let sandbox: SandboxConnection;
let first = '';
let second = '';

async function simulator(path: string, body: object): Promise<unknown> {
  const answer = await fetch(`http://${demo().simulator}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.json();
}

beforeAll(async () => {
  sandbox = await newSandbox();
  const opened = await simulator('/sim/sandboxes', { id: sandbox.id, accounts: 2 });
  [first = '', second = ''] = z.object({ accounts: z.array(z.string()) }).parse(opened).accounts;
});

it('are told, changed and cancelled in their own account, whichever is selected', async () => {
  const place = (account_id: string) => callTool('place_order', { ...RESTING, account_id }, sandbox.key);
  const [one, other] = [await place(first), await place(second)];
  expect(other).toMatchObject({ state: 'working', account_id: second });
  for (const { order_id, intent_id, account_id } of [one, other, one]) {
    const found = { order_id, account_id, state: 'working' };
    expect(await callTool('get_order_status', { order_id }, sandbox.key)).toMatchObject(found);
    expect(await callTool('get_order_status', { intent_id }, sandbox.key)).toMatchObject(found);
  }
  const { order_id, account_id } = other;
  await callTool('modify_order', { order_id, account_id, limit_price: 2 }, sandbox.key);
  expect(await callTool('get_order_status', { order_id: one.order_id }, sandbox.key)).toMatchObject({
    limit_price: 1,
  });
  expect(await callTool('cancel_order', { order_id, account_id }, sandbox.key)).toMatchObject({
    account_id: second,
    limit_price: 2,
    state: 'cancelled',
  });
});

it('placed elsewhere are told of the account that is named', async () => {
  const placed = await simulator(`/sandbox/${sandbox.id}/v1/api/iserver/account/${second}/orders`, {
    orders: [{ conid: 756733, orderType: 'STP', side: 'SELL', quantity: 1, price: 1, tif: 'GTC' }],
  });
  const [question] = z.array(z.object({ id: z.string() })).parse(placed);
  const reply = `/sandbox/${sandbox.id}/v1/api/iserver/reply/${question?.id}`;
  const [{ order_id } = { order_id: '' }] = z
    .array(z.object({ order_id: z.string() }))
    .parse(await simulator(reply, { confirmed: true }));
  await callTool('get_orders', { account_id: first }, sandbox.key);
  expect(await callTool('get_order_status', { order_id, account_id: second }, sandbox.key)).toMatchObject({
    order_id,
    account_id: second,
  });
});
