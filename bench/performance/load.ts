/** Quotes for many connections at once: how many a second, how long each takes, and what that costs. */
import { type Served, serve } from './served.ts';

export interface LoadCost {
  inFlight: number;
  calls: number;
  perSecond: number;
  medianMs: number;
  p99Ms: number;
  cpuMsPerCall: number;
  memoryMiB: number;
}

/** So many that none meets IBKR's limit of ten requests a second. */
const CONNECTIONS = 60;
const IN_FLIGHT = [1, 10, 50];

/** @param calls Of each number in flight. */
export async function measureLoad(calls: number): Promise<LoadCost[]> {
  const served = await serve();
  try {
    const keys = await Promise.all(Array.from({ length: CONNECTIONS }, served.newKey));
    // Opens the connections, and lets the process compile what it runs.
    await callAll(served, keys, 10, 2 * CONNECTIONS);
    const costs: LoadCost[] = [];
    for (const inFlight of IN_FLIGHT) costs.push(await measured(served, keys, inFlight, calls));
    return costs;
  } finally {
    await served.stop();
  }
}

async function measured(
  served: Served,
  keys: readonly string[],
  inFlight: number,
  calls: number,
): Promise<LoadCost> {
  const before = await served.usage();
  const from = performance.now();
  const took = (await callAll(served, keys, inFlight, calls)).sort((a, b) => a - b);
  const seconds = (performance.now() - from) / 1_000;
  const after = await served.usage();
  const at = (share: number) => Math.round(took[Math.floor(share * (took.length - 1))] ?? 0);
  return {
    inFlight,
    calls,
    perSecond: Math.round(calls / seconds),
    medianMs: at(0.5),
    p99Ms: at(0.99),
    cpuMsPerCall: Math.round((100 * (after.cpuMs - before.cpuMs)) / calls) / 100,
    memoryMiB: Math.round(after.memoryMiB),
  };
}

/** How long each call took, in ms. */
async function callAll(served: Served, keys: readonly string[], inFlight: number, calls: number) {
  const took: number[] = [];
  let turn = 0;
  const caller = async () => {
    while (turn < calls) {
      const key = keys[turn++ % keys.length] ?? '';
      const from = performance.now();
      await served.callTool(key, 'get_quote', { symbol: 'AAPL' });
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return took;
}
