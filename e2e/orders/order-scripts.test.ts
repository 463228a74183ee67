/**
 * Whatever goes wrong between a model and IBKR, an order is sent once or not at all, as it was asked for, within the
 * limits and with the yes that the owner wants; and what the tools say of it is true. Run a failing script again with
 * its seed: `ORDER_SEED=123 npx vitest run e2e/orders/order-scripts.test.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Options } from './asked-order.ts';
import { scriptSettings } from './config.ts';
import { coverageOf } from './coverage.ts';
import { inParallel } from './in-parallel.ts';
import { bringToRest, complaintsOf } from './reckoning.ts';
import { runScript, type ScriptRun } from './script-run.ts';
import { TradingFloor } from './trading-floor.ts';

const INSTANCES = 3;
/** A lost answer has a script wait for up to 20 s, so that many have to be under way. */
const AT_A_TIME = 120;
/** The first of them do not begin all at once, or the machine would be too busy to answer within a call's time. */
const BETWEEN_FIRST_MS = 150;
const KILL_EVERY_MS = 5_000;

let floor: TradingFloor;

beforeAll(async () => {
  floor = await TradingFloor.open(INSTANCES);
});
afterAll(() => floor.close());

it('keeps every order through faults and sudden deaths', { timeout: 3_600_000 }, async () => {
  const { seed, count, stopsEarly, showsCoverage } = scriptSettings();
  const options = await readOptions();
  const runs: ScriptRun[] = [];
  const complaints: string[] = [];
  const over = new AbortController();
  const killing = killNowAndThen(seed, over.signal);
  const positions = Array.from({ length: count }, (_, position) => position);
  await inParallel(positions, AT_A_TIME, async (position) => {
    if (position < AT_A_TIME) await delay(position * BETWEEN_FIRST_MS);
    const run = await runScript(floor, seed + position, options);
    const found = complaintsOf(await bringToRest(floor, run));
    runs.push(run);
    complaints.push(...found);
    if (found.length > 0 && stopsEarly) {
      over.abort();
      throw new Error(`First complaint after ${runs.length} scripts. ${found[0]}`);
    }
  });
  over.abort();
  await killing;
  if (showsCoverage) console.table(coverageOf(runs));
  expect(complaints).toEqual([]);
});

const chain = z.object({ options: z.array(z.object({ conid: z.number(), strike: z.number() })) });

/** Two calls on AAPL of one expiry. */
async function readOptions(): Promise<Options> {
  const { key } = await floor.openAccount({ approval: 'none' });
  const args = { symbol: 'AAPL', strikes: 2, right: 'CALL' };
  const answer = await floor.instances.call(0, key, 'get_option_chain', args);
  if (answer.kind !== 'ok') throw new Error(`No options: ${JSON.stringify(answer)}`);
  return chain.parse(answer.value).options.toSorted((a, b) => a.strike - b.strike);
}

async function killNowAndThen(seed: number, over: AbortSignal): Promise<void> {
  for (let kill = seed; !over.aborted; kill++) {
    const [pause = 1] = fc.sample(fc.double({ min: 0.5, max: 1.5 }), { seed: kill, numRuns: 1 });
    await delay(KILL_EVERY_MS * pause, undefined, { signal: over }).catch(() => {});
    if (!over.aborted) await floor.instances.replace(kill);
  }
}
