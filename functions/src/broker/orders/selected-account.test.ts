/** A call for one account of a login, while another call selects another account. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { playIbkr } from '../../testing/played/played-ibkr.ts';
import { newSandbox, useSimulator } from '../../testing/sandbox.ts';
import { getAccounts, selectAccount } from '../accounts/accounts.ts';
import { getPnl } from '../accounts/pnl.ts';
import { findOrderByClientId } from './order-lookup.ts';
import { getOrderStatus, placeOrder } from './orders.ts';
import { getTrades } from './trades.ts';

useSimulator();

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

/** A row of `GET /iserver/account/trades`. */
function execution(account: string): object {
  const terms = { conid: NVDA, symbol: 'NVDA', side: 'B', size: 1, price: '98.0' };
  return { execution_id: `e-${account}`, order_id: 1, ...terms, account, accountCode: account };
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

test.each([
  ['none', []],
  ['others', [execution('DU2')]],
])('executions are not %s because another account is selected', async (_, ofOther) => {
  let selected = 'DU1';
  let reads = 0;
  const { connection } = await playIbkr(
    { accounts: ['DU1', 'DU2'] },
    {
      'GET /iserver/accounts': () => ({
        isPaper: true,
        accounts: ['DU1', 'DU2'],
        selectedAccount: selected,
      }),
      'POST /iserver/account': ({ body }) => {
        selected = (body as { acctId: string }).acctId;
        return { set: true, acctId: selected };
      },
      'GET /iserver/account/trades': () => {
        // Another call selects the other account before this one is answered.
        if (reads === 0) selected = 'DU2';
        reads += 1;
        return selected === 'DU1' ? [execution('DU1')] : ofOther;
      },
    },
  );
  const { trades } = await getTrades(connection.client(), 'DU1');
  expect(trades).toMatchObject([{ accountId: 'DU1', price: 98 }]);
});

test('profit and loss is that of the account asked for, though another one is selected', async () => {
  const { sandbox, first, second } = await orderInFirst();
  await getPnl(sandbox.client(), second);
  await sandbox.fault({
    kind: 'delay',
    delayMs: 1_000,
    times: 1,
    match: { path: '/iserver/account/pnl/partitioned' },
  });
  const reading = getPnl(sandbox.client(), first);
  await delay(1_500);
  await selectAccount(sandbox.client(), second);
  expect(await reading).toMatchObject({ accountId: first, daily: expect.any(Number) });
});
