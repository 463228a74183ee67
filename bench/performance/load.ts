/**
 * Quotes for many connections at once, from the service and from a bare proxy, in turn and in the same run: how many a
 * second, how long each takes, and what that costs. Only the ratios mean something on another machine.
 */
import type { RunningFunction } from '../../functions/src/testing/runtime/function-process.ts';
import { startFloor } from './floor.ts';
import { callTool, serve } from './served.ts';

export interface LoadCost {
  inFlight: number;
  calls: number;
  perSecond: number;
  floorPerSecond: number;
  /** Of the floor's calls a second. */
  throughputPercent: number;
  p50Ms: number;
  floorP50Ms: number;
  p50Ratio: number;
  p99Ms: number;
  floorP99Ms: number;
  p99Ratio: number;
  cpuMs: number;
  floorCpuMs: number;
  memoryMiB: number;
}

/** So many that none meets IBKR's limit of ten requests a second. */
const CONNECTIONS = 200;
const IN_FLIGHT = [1, 10, 50];
/** Both are measured in so many turns: what else the machine does meets both. */
const TURNS = 8;
const WARM_UP_CALLS = 10 * CONNECTIONS;

type Side = Pick<RunningFunction, 'url' | 'usage'>;

/** @param calls Of each side and each number in flight. */
export async function measureLoad(calls: number): Promise<LoadCost[]> {
  const served = await serve();
  const floor = await startFloor(served.parts);
  try {
    const keys = await Promise.all(Array.from({ length: CONNECTIONS }, served.newKey));
    // Opens the connections, and lets both compile what they run.
    for (const { url } of [served, floor]) await callAll(url, keys, 10, WARM_UP_CALLS);
    const costs: LoadCost[] = [];
    for (const inFlight of IN_FLIGHT) costs.push(await measured(served, floor, keys, inFlight, calls));
    return costs;
  } finally {
    await Promise.all([served.stop(), floor.stop()]);
  }
}

async function measured(
  served: Side,
  floor: Side,
  keys: readonly string[],
  inFlight: number,
  calls: number,
): Promise<LoadCost> {
  const sides = [measurement(served, keys, inFlight), measurement(floor, keys, inFlight)] as const;
  for (let turn = 0; turn < TURNS; turn++) {
    for (const side of sides) await side.take(Math.ceil(calls / TURNS));
  }
  const [own, bare] = [sides[0].figures(), sides[1].figures()];
  return {
    inFlight,
    calls: own.calls,
    perSecond: Math.round(own.perSecond),
    floorPerSecond: Math.round(bare.perSecond),
    throughputPercent: Math.round((100 * own.perSecond) / bare.perSecond),
    p50Ms: rounded(own.p50Ms),
    floorP50Ms: rounded(bare.p50Ms),
    p50Ratio: rounded(own.p50Ms / bare.p50Ms),
    p99Ms: rounded(own.p99Ms),
    floorP99Ms: rounded(bare.p99Ms),
    p99Ratio: rounded(own.p99Ms / bare.p99Ms),
    cpuMs: rounded(own.cpuMs),
    floorCpuMs: rounded(bare.cpuMs),
    memoryMiB: Math.round((await served.usage()).memoryMiB),
  };
}

/** What calls of one side took so far. */
function measurement({ url, usage }: Side, keys: readonly string[], inFlight: number) {
  const took: number[] = [];
  let [seconds, cpuMs] = [0, 0];
  return {
    async take(calls: number) {
      const before = await usage();
      const from = performance.now();
      took.push(...(await callAll(url, keys, inFlight, calls)));
      seconds += (performance.now() - from) / 1_000;
      cpuMs += (await usage()).cpuMs - before.cpuMs;
    },
    figures() {
      const sorted = took.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
      const calls = sorted.length;
      return { calls, perSecond: calls / seconds, p50Ms: at(0.5), p99Ms: at(0.99), cpuMs: cpuMs / calls };
    },
  };
}

function rounded(value: number): number {
  return Math.round(100 * value) / 100;
}

/** How long each call took, in ms. */
async function callAll(url: string, keys: readonly string[], inFlight: number, calls: number) {
  const took: number[] = [];
  let turn = 0;
  const caller = async () => {
    while (turn < calls) {
      const key = keys[turn++ % keys.length] ?? '';
      const from = performance.now();
      await callTool(url, key, 'get_quote', { symbol: 'AAPL' });
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return took;
}
