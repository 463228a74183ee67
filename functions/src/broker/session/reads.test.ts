import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { startSimulator } from '../../../../simulator/src/server.ts';
import { newSandbox, openConnection, useSimulator } from '../../testing/sandbox.ts';
import type { IbkrConnection } from './connection.ts';
import type { Limit } from './pacing.ts';
import { inMemorySessionStore } from './session-store.ts';

useSimulator(() => startSimulator({ port: 0, nightlyReset: false, pacing: false }));

const RARE: Limit = { path: /^\/trsrv\/stocks$/, calls: 1, perMs: 15 * 60_000, sharedAs: 'stocks' };
const STOCKS = 'GET /trsrv/stocks';

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
  await sandbox.fault({ match: { path: '/trsrv/stocks' }, kind: 'delay', ms: 1_000, times: 1 });
  const answers = await Promise.all(early.map((instance) => stocks(instance, 'AAPL', 60_000)));
  answers.push(await stocks(late, 'AAPL', 60_000));
  for (const answer of answers) expect(answer).toMatchObject({ AAPL: expect.any(Array) });
  expect(await sandbox.requests()).toMatchObject({ [STOCKS]: 1 });
});

it('one that answers something else serves nobody', async () => {
  const { sandbox, instances } = instancesOf([RARE], 2);
  await stocks(instances[0], 'AAPL', 60_000);
  await expect(stocks(instances[1], 'MSFT', 60_000)).rejects.toMatchObject({ code: 'ibkr_rate_limited' });
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
