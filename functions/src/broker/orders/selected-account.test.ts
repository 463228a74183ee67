/** A call for one account of a login, while another call selects another account. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startSimulator } from '../../../../simulator/src/server.ts';
import { newSandbox, useSimulator } from '../../testing/sandbox.ts';
import { getAccounts, selectAccount } from '../accounts/accounts.ts';
import { findOrderByClientId } from './order-lookup.ts';
import { getOrderStatus, placeOrder } from './orders.ts';

useSimulator(() => startSimulator({ port: 0, nightlyReset: false, pacing: false }));

const NVDA = 4815747;

/** A login with an order in its first account, and its other account. */
async function orderInFirst() {
  const sandbox = newSandbox();
  await sandbox.control('prices', { conid: NVDA, last: 100, bid: 99.9, ask: 100.1 });
  await sandbox.control('sandboxes', { id: sandbox.name, accounts: 2 });
  const client = sandbox.client();
  const [first = '', second = ''] = (await getAccounts(client)).accounts.map(({ accountId }) => accountId);
  const terms = {
    conid: NVDA,
    side: 'BUY',
    quantity: 1,
    orderType: 'LMT',
    limitPrice: 98,
    tif: 'GTC',
  } as const;
  const placed = await placeOrder(client, first, { ...terms, clientOrderId: 'mine' });
  if (placed.kind !== 'accepted') throw new Error(`It was not taken: ${placed.kind}`);
  return { sandbox, first, second, orderId: placed.orderId };
}

test('an order is not taken for unknown because another account is selected', async () => {
  const { sandbox, first, second, orderId } = await orderInFirst();
  const match = { path: '/iserver/account/order/status/*' };
  await sandbox.fault({ kind: 'delay', delayMs: 1_000, times: 1, match });
  const reading = getOrderStatus(sandbox.client(), first, orderId);
  await delay(500);
  await selectAccount(sandbox.client(), second);
  expect(await reading).toMatchObject({ orderId, accountId: first });
});

test('an order is not absent because another account is selected', async () => {
  const { sandbox, first, second, orderId } = await orderInFirst();
  const match = { path: '/iserver/account/orders' };
  const body = { orders: [], snapshot: true };
  await sandbox.fault({ kind: 'status', status: 200, body, times: 2, match });
  const looking = findOrderByClientId(sandbox.client(), first, 'mine');
  await delay(500);
  await selectAccount(sandbox.client(), second);
  expect(await looking).toMatchObject({ kind: 'found', order: { orderId } });
});
