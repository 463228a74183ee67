/** What `mcp` holds after so many calls of tools that read, once it has nothing to do. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Served, serve } from './served.ts';

export interface MemoryHeld {
  calls: number;
  memoryMiB: number;
  /** Of the heap and outside of it, after a garbage collection. */
  heldMiB: number;
  peakMiB: number;
  cpuMsPerCall: number;
}

/** So many that none meets IBKR's limit of ten requests a second. */
const CONNECTIONS = 120;
const IN_FLIGHT = 20;
const REST_MS = 3_000;
/** With different arguments, so that what is kept of answers fills up. */
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'SPY', 'IBM'];
type Call = (symbol: string) => readonly [tool: string, args: object];
const CALLS: readonly [Call, ...Call[]] = [
  (symbol) => ['get_quote', { symbol }],
  (symbol) => ['search_security', { query: symbol }],
  () => ['get_portfolio', {}],
];

/**
 * @param counts Of calls in all, in ascending order.
 * @param minutes After which no more calls are made: the last row tells how many it came to.
 */
export async function measureMemory(counts: readonly number[], minutes: number): Promise<MemoryHeld[]> {
  const served = await serve();
  try {
    const keys = await Promise.all(Array.from({ length: CONNECTIONS }, served.newKey));
    const held: MemoryHeld[] = [];
    const until = Date.now() + minutes * 60_000;
    let called = 0;
    for (const count of counts) {
      if (called > 0 && Date.now() > until) break;
      const before = await served.usage();
      const from = called;
      called = await callInTurn(served, keys, from, count, until);
      await delay(REST_MS);
      const { memoryMiB, peakMemoryMiB, cpuMs } = await served.usage();
      held.push({
        calls: called,
        memoryMiB: Math.round(memoryMiB),
        heldMiB: Math.round(await served.heldMiB()),
        peakMiB: Math.round(peakMemoryMiB),
        cpuMsPerCall: called === from ? 0 : Math.round((10 * (cpuMs - before.cpuMs)) / (called - from)) / 10,
      });
    }
    return held;
  } finally {
    await served.stop();
  }
}

/** @returns how many calls there were in all by then. */
async function callInTurn(
  served: Served,
  keys: readonly string[],
  from: number,
  to: number,
  until: number,
): Promise<number> {
  let turn = from;
  const caller = async () => {
    while (turn < to && Date.now() < until) {
      const at = turn++;
      const call = CALLS[at % CALLS.length] ?? CALLS[0];
      const [tool, args] = call(SYMBOLS[at % SYMBOLS.length] ?? '');
      await served.callTool(keys[at % keys.length] ?? '', tool, args);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  return turn;
}
