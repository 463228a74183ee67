/**
 * Whatever goes wrong between a model and IBKR, an order is sent once or not at all, and what the tools say of it is
 * true. Run a failing script again with its seed: `ORDER_SEED=123 npx vitest run e2e/orders/order-scripts.test.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scriptSettings } from './config.ts';
import { SYMBOLS } from './order-script.ts';
import { bringToRest, complaints, inParallel } from './reckoning.ts';
import { type Prices, runScript, type ScriptRun } from './script-run.ts';
import { TradingFloor } from './trading-floor.ts';

const INSTANCES = 3;
/** A lost answer has a script wait for up to 20 s, so that many have to be under way. */
const AT_A_TIME = 200;
/** The first of them do not begin all at once, or the machine would be too busy to answer within a call's time. */
const BETWEEN_FIRST_MS = 100;
const KILL_EVERY_MS = 5_000;

let floor: TradingFloor;

beforeAll(async () => {
  floor = await TradingFloor.open(INSTANCES);
});
afterAll(() => floor.close());

it('keeps every order through faults and sudden deaths', { timeout: 900_000 }, async () => {
  const { seed, count } = scriptSettings();
  const prices = await readPrices();
  const runs: ScriptRun[] = [];
  const done = new AbortController();
  const killing = killNowAndThen(seed, done.signal);
  const positions = Array.from({ length: count }, (_, position) => position);
  await inParallel(positions, AT_A_TIME, async (position) => {
    if (position < AT_A_TIME) await delay(position * BETWEEN_FIRST_MS);
    runs.push(await runScript(floor, seed + position, prices));
    // The last ones are let live, so that their end and the time until the others count as abandoned overlap.
    if (runs.length >= count - Math.min(count, AT_A_TIME) / 2) done.abort();
  });
  await killing;
  await floor.endFaults();
  await bringToRest(floor, runs);
  expect(await complaints(floor, runs)).toEqual([]);
});

async function readPrices(): Promise<Prices> {
  const { key } = await floor.openAccount({ approval: 'none' });
  const prices: Prices = {};
  for (const symbol of SYMBOLS) {
    const answer = await floor.instances.call(0, key, 'get_quote', { symbol });
    if (answer.kind !== 'ok') throw new Error(`No quote of ${symbol}: ${JSON.stringify(answer)}`);
    prices[symbol] = Number(answer.value.last);
  }
  return prices;
}

async function killNowAndThen(seed: number, done: AbortSignal): Promise<void> {
  for (let kill = seed; !done.aborted; kill++) {
    const [pause = 1] = fc.sample(fc.double({ min: 0.5, max: 1.5 }), { seed: kill, numRuns: 1 });
    await delay(KILL_EVERY_MS * pause, undefined, { signal: done }).catch(() => {});
    if (!done.aborted) await floor.instances.replace(kill);
  }
}
