/** What `mcp` holds after so many calls of tools that read, once it has nothing to do. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Served, serve } from './served.ts';

export interface MemoryHeld {
  calls: number;
  memoryMiB: number;
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

/** @param counts Of calls in all, in ascending order. */
export async function measureMemory(counts: readonly number[]): Promise<MemoryHeld[]> {
  const served = await serve();
  try {
    const keys = await Promise.all(Array.from({ length: CONNECTIONS }, served.newKey));
    const held: MemoryHeld[] = [];
    let called = 0;
    for (const count of counts) {
      const before = await served.usage();
      await callInTurn(served, keys, called, count);
      await delay(REST_MS);
      const { memoryMiB, peakMemoryMiB, cpuMs } = await served.usage();
      held.push({
        calls: count,
        memoryMiB: Math.round(memoryMiB),
        peakMiB: Math.round(peakMemoryMiB),
        cpuMsPerCall:
          count === called ? 0 : Math.round((10 * (cpuMs - before.cpuMs)) / (count - called)) / 10,
      });
      called = count;
    }
    return held;
  } finally {
    await served.stop();
  }
}

async function callInTurn(served: Served, keys: readonly string[], from: number, to: number): Promise<void> {
  let turn = from;
  const caller = async () => {
    while (turn < to) {
      const at = turn++;
      const call = CALLS[at % CALLS.length] ?? CALLS[0];
      const [tool, args] = call(SYMBOLS[at % SYMBOLS.length] ?? '');
      await served.callTool(keys[at % keys.length] ?? '', tool, args);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
}
