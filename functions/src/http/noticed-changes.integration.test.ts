/** Orders that IBKR fills by itself are told of while an app or a page looks, without the schedule. */
import type { Firestore } from 'firebase-admin/firestore';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { listIntents, listNewestIntents } from '../store/orders/order-intents.ts';
import { idToken, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole } from '../testing/console/requests.ts';
import { askEvents } from '../testing/hosts/events-host.ts';
import { type McpTrader, newMcpTrader } from '../testing/orders/mcp-trader.ts';
import { setPrice, simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { controlSimulator } from '../testing/simulator-control.ts';
import { noticeOrderChanges } from './noticed-changes.ts';

const NVDA = 4815747;

let db: Firestore;
let trader: McpTrader;

useServers((opened) => {
  db = opened;
});
useConsoleOwner();
beforeAll(() => setPrice(NVDA, 100));
beforeEach(async () => {
  trader = await newMcpTrader(db);
});
afterEach(() => setPrice(NVDA, 100));

async function poll(cursor: string | null) {
  const { result, error } = await askEvents(trader.service, trader.apiKey, 'events/poll', {
    name: 'order.filled',
    cursor,
  });
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result;
}

/** How often IBKR was asked for one order. */
async function looks(): Promise<number> {
  const path = `requests?sandbox=${trader.connection.id}`;
  const { counts } = (await controlSimulator(simulatorUrl(), 'GET', path)) as {
    counts: Record<string, number>;
  };
  return Object.entries(counts)
    .filter(([request]) => request.startsWith('GET /iserver/account/order/status'))
    .reduce((sum, [, count]) => sum + count, 0);
}

const working = () => listIntents(db, trader.connection.id, ['working']);
const notice = () => noticeOrderChanges(trader.service, trader.connection);

it('tells an app that polls of a fill, and has it ask sooner while an order works', async () => {
  const begun = await poll(null);
  expect(begun.nextPollMs).toBe(15_000);
  await trader.buy(1);
  expect((await poll(begun.cursor)).nextPollMs).toBe(5_000);
  await setPrice(NVDA, 97);
  let { cursor } = begun;
  const told: string[] = [];
  await expect
    .poll(async () => {
      const polled = await poll(cursor);
      ({ cursor } = polled);
      told.push(...polled.events.map(({ name }: { name: string }) => name));
      return told;
    })
    .toEqual(['order.filled']);
  expect(await working()).toEqual([]);
});

it.each(['list', 'order'])('shows a fill to an owner who looks at the %s', async (what) => {
  await trader.buy(1);
  const [order] = await working();
  await setPrice(NVDA, 97);
  const { ownerUid, id } = trader.connection;
  const path = what === 'list' ? `/api/connections/${id}/intents` : `/api/intents/${order?.id}`;
  await expect
    .poll(async () => {
      const { body } = await askConsole(trader.service, { method: 'GET', path, bearer: idToken(ownerUid) });
      return JSON.stringify(body);
    })
    .toContain('"state":"filled"');
});

it('asks IBKR for nothing where no order works', async () => {
  const before = await looks();
  expect(await notice()).toBe(false);
  expect(await looks()).toBe(before);
});

it('writes down nothing of an order that is as it was, and asks once for all who look at a time', async () => {
  await trader.buy(1);
  const [before] = await working();
  const looked = await looks();
  expect(await Promise.all([notice(), notice(), notice()])).toEqual([true, true, true]);
  expect(await looks()).toBe(looked + 1);
  expect(await working()).toEqual([before]);
});

it('answers while IBKR does not, and leaves it in peace', async () => {
  await trader.buy(1);
  const { id: sandbox } = trader.connection;
  const fault = {
    kind: 'status',
    status: 500,
    times: 100,
    match: { path: '/iserver/account/order/status/*', sandbox },
  };
  await controlSimulator(simulatorUrl(), 'POST', 'faults', fault);
  expect(await notice()).toBe(true);
  const looked = await looks();
  await controlSimulator(simulatorUrl(), 'DELETE', `faults?sandbox=${sandbox}`);
  await setPrice(NVDA, 97);
  expect(await notice()).toBe(true);
  expect(await looks()).toBe(looked);
  expect(await listNewestIntents(db, sandbox, 1)).toMatchObject([{ state: 'working' }]);
});
