/** Test support: orders that are held against their owner's limits, at a market that a test moves. */
import { beforeEach, expect } from 'vitest';
import { type TestApp, useApps } from '../app.ts';
import { setPrice } from '../sandbox.ts';

/** NVDA, of which a new sandbox holds 150. */
const NVDA = 4815747;
export const BUY = { symbol: 'NVDA', side: 'BUY', quantity: 10, order_type: 'MKT' };
export const SELL = {
  symbol: 'NVDA',
  side: 'SELL',
  quantity: 150,
  order_type: 'LMT',
  limit_price: 101,
  tif: 'GTC',
};

/** What NVDA trades at from now on. */
export const trades = (last: number, more: object = {}) => setPrice(NVDA, last, more);

/** Apps whose market is at 100 before each test of a file. Call it at the top of the file. */
export function useLimitedApps(): void {
  useApps();
  beforeEach(() => trades(100));
}

/** Matches an error of that limit. */
export function refusedBy(limit: string) {
  return expect.objectContaining({ code: 'limit_exceeded', details: expect.objectContaining({ limit }) });
}

/** Asks for an order that waits for a yes. @returns its `intent_id`. */
export async function askAndWait(app: TestApp, tool: string, args: object): Promise<string> {
  const { state, intent_id } = await app.call(tool, args);
  expect(state).toBe('awaiting_approval');
  return String(intent_id);
}
