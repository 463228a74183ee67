import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { firstAccount, newSandbox, openConnection, useSimulator } from '../../testing/sandbox.ts';
import { findOrderByClientId } from '../orders/order-lookup.ts';
import { getLiveOrders } from '../orders/orders.ts';
import { nameOf } from '../wire/request.ts';
import type { IbkrConnection } from './connection.ts';
import { IBKR_LIMITS, type Limit } from './pacing.ts';
import { inMemorySessionStore } from './session-store.ts';

useSimulator();

const RARE: Limit = { path: /^\/trsrv\/stocks$/, calls: 1, perMs: 15 * 60_000, sharedAs: 'stocks' };
const STOCKS = 'GET /trsrv/stocks';
const WAIT = { timeout: 60_000 };

/** Instances that serve one connection, to a new sandbox. */
function instancesOf(limits: readonly Limit[], count: number) {
  const store = inMemorySessionStore();
  const sandbox = newSandbox();
  const options = { store, limits };
  return {
    sandbox,
    store,
    instances: Array.from({ length: count }, () => openConnection(sandbox.name, options)),
  };
}

function stocks(instance: IbkrConnection | undefined, symbols: string, cacheMs: number) {
  if (instance === undefined) throw new Error('There is no such instance.');
  return instance.client().get('/trsrv/stocks', z.unknown(), { query: { symbols }, cacheMs });
}

it('an answer that may be kept serves all instances, those that ask while it is under way, too', async () => {
  const { sandbox, instances } = instancesOf([RARE], 6);
  const [late, ...early] = instances;
  await sandbox.fault({ match: { path: '/trsrv/stocks' }, kind: 'delay', delayMs: 1_000, times: 1 });
  const answers = await Promise.all(early.map((instance) => stocks(instance, 'AAPL', 60_000)));
  answers.push(await stocks(late, 'AAPL', 60_000));
  for (const answer of answers) expect(answer).toMatchObject({ AAPL: expect.any(Array) });
  expect(await sandbox.requests()).toMatchObject({ [STOCKS]: 1 });
});

it('one that answers something else serves nobody', async () => {
  const { sandbox, instances } = instancesOf([RARE], 2);
  await stocks(instances[0], 'AAPL', 60_000);
  await expect(stocks(instances[1], 'MSFT', 60_000)).rejects.toMatchObject({ kind: 'rate_limited' });
  expect(await sandbox.requests()).toMatchObject({ [STOCKS]: 1 });
});

it('nobody waits for an answer that did not come, and no refusal is kept', async () => {
  const often = { ...RARE, perMs: 100 };
  const { sandbox, instances } = instancesOf([often], 2);
  await Promise.all(instances.map((instance) => instance.client().get('/iserver/accounts', z.unknown())));
  await sandbox.fault({ match: { path: '/trsrv/stocks' }, kind: 'status', status: 400, times: 1 });
  const answers = await Promise.allSettled(instances.map((instance) => stocks(instance, 'AAPL', 60_000)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await sandbox.requests()).toMatchObject({ [STOCKS]: 2 });
});

it('an answer that is used again and again gets no younger', async () => {
  const often = { ...RARE, perMs: 10 };
  const { sandbox, instances } = instancesOf([often], 2);
  const end = Date.now() + 1_500;
  for (let turn = 0; Date.now() < end; turn++) {
    await stocks(instances[turn % 2], 'AAPL', 700);
    await delay(20);
  }
  expect((await sandbox.requests())[STOCKS]).toBeGreaterThanOrEqual(2);
});

describe.concurrent('a list that changes', () => {
  const LIST: Limit = { path: /^\/iserver\/account\/orders$/, calls: 1, perMs: 2_000, sharedAs: 'orders' };
  const ORDERS = 'GET /iserver/account/orders';

  function orders(instance: IbkrConnection | undefined, query: Record<string, string> = {}) {
    if (instance === undefined) throw new Error('There is no such instance.');
    return instance.client().get('/iserver/account/orders', z.unknown(), { query });
  }

  async function opened(count: number, limit = LIST) {
    const made = instancesOf([limit], count);
    await Promise.all(made.instances.map((one) => one.client().get('/iserver/accounts', z.unknown())));
    const lists = async () => (await made.sandbox.requests())[ORDERS] ?? 0;
    return { ...made, lists };
  }

  it('is read once for all who wait for it, in however many instances', async () => {
    const { instances, lists } = await opened(4);
    await orders(instances[0]);
    const answers = await Promise.all([...instances, ...instances].map((instance) => orders(instance)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await lists()).toBe(2);
  });

  it('is read by turns where others ask for another one', async () => {
    const { instances, lists } = await opened(3);
    await Promise.all([
      ...instances.map((instance) => orders(instance)),
      ...instances.map((instance) => orders(instance, { force: 'true' })),
    ]);
    expect(await lists()).toBeLessThanOrEqual(4);
  });

  it.each([
    ['the same instance', 1],
    ['another one', 2],
  ])('was always begun after whoever gets it had asked, in %s', async (_, count) => {
    const { sandbox, instances, lists } = await opened(count);
    const [early, late = early] = instances;
    await sandbox.fault({
      match: { path: '/iserver/account/orders' },
      kind: 'delay',
      delayMs: 1_000,
      times: 1,
    });
    const begun = orders(early);
    await vi.waitFor(async () => expect(await lists()).toBe(1), WAIT);
    await orders(late);
    await begun;
    expect(await lists()).toBe(2);
  });

  it('is read again by one of those who waited, where the one that read it failed', async () => {
    const { sandbox, instances, lists } = await opened(3);
    await orders(instances[0]);
    await sandbox.fault({
      match: { path: '/iserver/account/orders' },
      kind: 'status',
      status: 400,
      times: 1,
    });
    const answers = await Promise.allSettled(instances.map((instance) => orders(instance)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(await lists()).toBe(3);
  });

  it('is read by those who waited where the instance died whose turn it was', async () => {
    const { store, instances, lists } = await opened(1);
    await orders(instances[0]);
    const name = nameOf({ method: 'GET', path: '/iserver/account/orders', query: {} });
    await store.changeTurns('orders', name, ({ last }) => {
      const turn = last + 2_500;
      return { last: turn, reads: [{ turn, body: null, until: turn + 1_500 }] };
    });
    await orders(instances[0]);
    expect(await lists()).toBe(2);
  });
});

it.concurrent('a page that lists the orders again and again and the tools of two apps all get their list', async () => {
  const store = inMemorySessionStore();
  const sandbox = newSandbox({ store, limits: IBKR_LIMITS });
  const [page, ...tools] = [
    sandbox.connection,
    ...[1, 2].map(() => openConnection(sandbox.name, { store, limits: IBKR_LIMITS })),
  ];
  const account = await firstAccount(page.client());
  const list = (instance: IbkrConnection) => getLiveOrders(instance.client(), account);
  const everyFiveSeconds = async (instance: IbkrConnection) => {
    for (let times = 0; times < 2; times++) {
      await Promise.all([list(instance), delay(5_000)]);
    }
  };
  const lookUp = async () => {
    await delay(500);
    await findOrderByClientId(page.client(), account, 'there is none');
  };
  await Promise.all([...[page, ...tools].map(everyFiveSeconds), lookUp()]);
});
