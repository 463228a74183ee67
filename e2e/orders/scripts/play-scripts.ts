/** Plays many order scripts beside each other: each of them waits most of the time. */
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { z } from 'zod';
import type { TradingFloor } from '../floor/trading-floor.ts';
import { inParallel } from '../in-parallel.ts';
import { complaintsOf } from '../reckoning/reckoning.ts';
import { bringToRest } from '../reckoning/rest.ts';
import type { Options } from './asked-order.ts';
import { runScript, type ScriptRun } from './script-run.ts';

/** The first scripts do not begin all at once, or the machine would be too busy to answer within a call's time. */
const BETWEEN_FIRST_MS = 150;
const KILL_EVERY_MS = 5_000;
/** Nor more often than this, or a slow machine would be slowed down further by all the instances that it starts. */
const KILL_EVERY_CALLS = 50;
/** Of few scripts, so many calls for each. */
const CALLS_OF_SCRIPT = 5;
const LOOKS_EVERY_MS = 100;

interface Playing {
  /** A lost answer has a script wait for up to 20 s, so that many have to be under way. */
  atATime: number;
  /** Instances are killed meanwhile, at moments that this seed draws; null: none is. */
  killSeed: number | null;
  /** The first complaint is the last: nothing is waited for after it. */
  stopsEarly: boolean;
}

export interface Played {
  runs: ScriptRun[];
  complaints: string[];
  /** How many orders IBKR had in the end. */
  orders: number;
  /** How much news there was of them, and how often it was sent. */
  news: number;
  deliveries: number;
  /** How many instances were killed. */
  kills: number;
}

/** Plays the scripts of these seeds and holds each against what the simulator has. */
export async function playScripts(
  floor: TradingFloor,
  seeds: readonly number[],
  { atATime, killSeed, stopsEarly }: Playing,
): Promise<Played> {
  const options = await readOptions(floor);
  const played: Played = { runs: [], complaints: [], orders: 0, news: 0, deliveries: 0, kills: 0 };
  const over = new AbortController();
  const firstComplaint = Promise.withResolvers<void>();
  const callsBetween = Math.min(KILL_EVERY_CALLS, CALLS_OF_SCRIPT * seeds.length);
  const killing =
    killSeed === null ? null : killNowAndThen(floor, { killSeed, callsBetween }, over.signal, played);
  const scripts = seeds.map((seed, position) => ({ seed, position }));
  const all = inParallel(scripts, atATime, async ({ seed, position }) => {
    if (position < atATime) await delay(position * BETWEEN_FIRST_MS);
    if (over.signal.aborted) return;
    const run = await runScript(floor, seed, options);
    const rest = await bringToRest(floor, run);
    const found = complaintsOf(rest);
    if (over.signal.aborted) return;
    played.orders += rest.orders.length;
    played.news += rest.news.length;
    played.deliveries += rest.delivered.length;
    played.runs.push(run);
    played.complaints.push(...found);
    if (stopsEarly && found.length > 0) firstComplaint.resolve();
  });
  // What goes on after the first complaint fails when the floor is closed.
  all.catch(() => {});
  try {
    await Promise.race([all, firstComplaint.promise]);
  } finally {
    over.abort();
    await killing;
  }
  return played;
}

const chain = z.object({ options: z.array(z.object({ conid: z.number(), strike: z.number() })) });

/** Two calls on AAPL of one expiry. */
async function readOptions(floor: TradingFloor): Promise<Options> {
  const { key } = await floor.openAccount({ approval: 'none' });
  const args = { symbol: 'AAPL', strikes: 2, right: 'CALL' };
  const answer = await floor.instances.call(0, key, 'get_option_chain', args);
  if (answer.kind !== 'ok') throw new Error(`No options: ${JSON.stringify(answer)}`);
  return chain.parse(answer.value).options.toSorted((a, b) => a.strike - b.strike);
}

async function killNowAndThen(
  floor: TradingFloor,
  { killSeed, callsBetween }: { killSeed: number; callsBetween: number },
  over: AbortSignal,
  played: Pick<Played, 'kills'>,
): Promise<void> {
  for (let kill = killSeed; !over.aborted; kill++) {
    const [pause = 1] = fc.sample(fc.double({ min: 0.5, max: 1.5, noNaN: true }), { seed: kill, numRuns: 1 });
    const enough = floor.instances.calls + callsBetween * pause;
    await waitedFor(KILL_EVERY_MS * pause, over);
    while (floor.instances.calls < enough && !over.aborted) await waitedFor(LOOKS_EVERY_MS, over);
    if (over.aborted) return;
    await floor.instances.replace(kill);
    played.kills += 1;
  }
}

async function waitedFor(milliseconds: number, over: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal: over }).catch(() => {});
}
