/** How old a list of IBKR's may be that is only shown. */
import { LIST_SERVES_MS } from '../broker/session/pacing.ts';
import type { ToolContext } from '../connections/call-context.ts';
import { ledgerNews } from '../store/orders/trading-ledger.ts';

/** By how much a list has to be younger than what was written down of an order, to have it for certain. */
const LISTED_WITHIN_MS = 1_000;

/**
 * Since when a list of orders or executions has what this service did to any (ms since 1970): one that IBKR told then or
 * later shows it. Now, while the outcome of an order is open: then the list is what tells it.
 */
export async function listsSince({ db, connection }: ToolContext): Promise<number> {
  const now = Date.now();
  const { ageMs, isAnyOpen } = await ledgerNews(db, connection.id);
  if (isAnyOpen) return now;
  return Math.min(now, Math.max(now - LIST_SERVES_MS, now - ageMs + LISTED_WITHIN_MS));
}

/** Told of what IBKR was asked for before the call. */
export function shownAsOf(at: number, calledAt: number): { as_of?: string } {
  return at < calledAt ? { as_of: new Date(at).toISOString() } : {};
}
