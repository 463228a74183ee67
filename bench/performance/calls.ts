/** What one call of each tool costs: Firestore, IBKR and CPU, of a connection that was used before. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { READ_CALLS } from '../../functions/src/testing/read-calls.ts';
import type { FirestoreCall } from './firestore-calls.ts';
import { type Served, serve } from './served.ts';

/** Of one tool: the median of its calls. */
export interface CallCost {
  tool: string;
  calls: number;
  firestoreCalls: number;
  reads: number;
  writes: number;
  upstreamCalls: number;
  cpuMs: number;
}

interface Measured extends Omit<CallCost, 'tool' | 'calls'> {
  asked: readonly FirestoreCall[];
}

/** Calls end when their tool has had so long, and at least so many. */
const TOOL_TAKES_MS = 6_000;
const LEAST_CALLS = 3;
/** What goes on after an answer is counted as of it. */
const SETTLES_MS = 40;

export type Call = (name: string, args: object) => Promise<Record<string, unknown>>;
const quoted = z.looseObject({ last: z.number() });
const placed = z.looseObject({ order_id: z.string(), intent_id: z.string() });

/** Near the market, where IBKR asks nothing, and below it, where it rests; of no two rounds the same, though prices move. */
const restingPrice = (() => {
  let cents: number | undefined;
  return async (call: Call, round: number) => {
    cents ??= 98 * quoted.parse(await call('get_quote', { symbol: 'AAPL' })).last;
    return Math.round(cents - 10 * round) / 100;
  };
})();

/** What is done again and again, each with arguments of its own where the same ones would mean the same order. */
export const ROUNDS: readonly ((call: Call, round: number) => Promise<unknown>)[] = [
  ...READ_CALLS.map(
    ([name, args]) =>
      (call: Call) =>
        call(name, args),
  ),
  (call) => call('get_connection_status', {}),
  async (call, round) => {
    const limit_price = await restingPrice(call, round);
    const order = { symbol: 'AAPL', side: 'BUY', quantity: 1, order_type: 'LMT', tif: 'GTC', limit_price };
    await call('preview_order', order);
    const { order_id, intent_id } = placed.parse(await call('place_order', order));
    await call('get_order_status', { intent_id });
    await call('modify_order', { order_id, limit_price: Math.round(100 * limit_price - 5) / 100 });
    await call('get_orders', {});
    await call('cancel_order', { order_id });
  },
  async (call, round) => {
    await call('place_order', { symbol: 'MSFT', side: 'BUY', quantity: 1 + round, order_type: 'MKT' });
    await call('get_trades', {});
    await call('close_position', { symbol: 'MSFT', duplicate_ok: true });
  },
];

/**
 * @param atMost Calls of each tool.
 * @param only Tools that are told of; all where it is empty.
 * @param trace Told of what each call asked of Firestore.
 */
export async function measureCalls(
  atMost: number,
  only: readonly string[],
  trace?: (tool: string, asked: readonly FirestoreCall[]) => void,
): Promise<CallCost[]> {
  const served = await serve();
  try {
    const key = await served.newKey();
    const costs = new Map<string, Measured[]>();
    for (const round of ROUNDS) {
      const until = Date.now() + TOOL_TAKES_MS;
      for (let count = 0; count <= atMost && (count <= LEAST_CALLS || Date.now() < until); count++) {
        await round(async (name, args) => {
          const { answer, ...cost } = await measured(served, key, name, args);
          // The first of a tool makes what later ones find made.
          if (count > 0) costs.set(name, [...(costs.get(name) ?? []), cost]);
          if (count > 0 && (only.length === 0 || only.includes(name))) trace?.(name, cost.asked);
          return answer;
        }, count);
      }
    }
    const told = [...costs].filter(([tool]) => only.length === 0 || only.includes(tool));
    return told.map(([tool, calls]) => medians(tool, calls));
  } finally {
    await served.stop();
  }
}

async function measured(served: Served, key: string, name: string, args: object) {
  const [before, upstreamBefore] = await Promise.all([served.usage(), served.upstreamCalls()]);
  served.firestoreCalls.length = 0;
  const answer = await served.callTool(key, name, args);
  await delay(SETTLES_MS);
  const asked = served.firestoreCalls.slice();
  const [after, upstreamAfter] = await Promise.all([served.usage(), served.upstreamCalls()]);
  const sum = (count: (call: FirestoreCall) => number) =>
    asked.reduce((total, call) => total + count(call), 0);
  return {
    answer,
    asked,
    firestoreCalls: asked.length,
    reads: sum(({ reads }) => reads),
    writes: sum(({ writes }) => writes),
    upstreamCalls: upstreamAfter - upstreamBefore,
    cpuMs: after.cpuMs - before.cpuMs,
  };
}

function medians(tool: string, calls: readonly Measured[]): CallCost {
  const median = (value: (call: Measured) => number) => {
    const sorted = calls.map(value).sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  };
  return {
    tool,
    calls: calls.length,
    firestoreCalls: median((call) => call.firestoreCalls),
    reads: median((call) => call.reads),
    writes: median((call) => call.writes),
    upstreamCalls: median((call) => call.upstreamCalls),
    cpuMs: Math.round(10 * median((call) => call.cpuMs)) / 10,
  };
}
