/** One change of an intent's state. */

import type { IntentState } from '../../contract/orders/order-states.ts';
import type { OrderIntent } from './intent.ts';
import { mayGo } from './intent-states.ts';
import { nextReconcile } from './next-reconcile.ts';
import type { TradingLedger } from './trading-state.ts';

export interface Decided<Result> {
  ledger: TradingLedger;
  intent: OrderIntent | null;
  result: Result;
}

/** @throws {Error} where the table has no such way: a fault of ours, which must not reach the record. */
export function transition(intent: OrderIntent, state: IntentState, now: Date, note: string): OrderIntent {
  if (!mayGo(intent.state, state)) {
    throw new Error(`An order cannot go from ${intent.state} to ${state}.`);
  }
  const next = { ...intent, state, updatedAt: now, history: [...intent.history, { at: now, state, note }] };
  return { ...next, nextLookAt: nextReconcile(next, now) };
}
