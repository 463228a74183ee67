/** What all orders of a connection share, and an intent beside it. */

import { z } from 'zod';
import { type OrderIntent, sales } from './intent.ts';
import { NO_CENTS, storedCents } from './money.ts';
import type { ConnectionRules } from './risk/rules.ts';

const totals = z.object({ orders: z.number(), value: storedCents });
/** What a connection or app sent on a day. */
export type DayTotals = z.output<typeof totals>;

export const ledgerSchema = z.object({
  /** `YYYY-MM-DD` that the totals are of. */
  day: z.string(),
  total: totals,
  /** By what stays of an app when it signs in again. */
  apps: z.record(z.string(), totals),
  /** Intents whose outcome is open, by id. `since` in ms since 1970. */
  open: z.record(
    z.string(),
    z.object({ conid: z.number(), state: z.enum(['sending', 'unknown']), since: z.number() }),
  ),
  /** Intents whose orders IBKR holds without working them. `since` in ms since 1970. */
  held: z.record(z.string(), z.object({ conid: z.number(), since: z.number() })).default({}),
  /** What intents sell that IBKR may not list yet, by intent. `since`, of their latest news, in ms since 1970. */
  sales: z.record(z.string(), sales.extend({ since: z.number() })).default({}),
  /**
   * The latest intent for an identical order of one app, by `guardKeys`. `until` in ms since 1970; null while that
   * order is not over.
   */
  recent: z.record(z.string(), z.object({ intentId: z.string(), until: z.number().nullable() })),
});

export type TradingLedger = z.output<typeof ledgerSchema>;

/** Of a connection without any order. */
export const EMPTY_LEDGER: TradingLedger = {
  day: '',
  total: { orders: 0, value: NO_CENTS },
  apps: {},
  open: {},
  held: {},
  sales: {},
  recent: {},
};

/** What it takes to say what became of an order. */
export interface ReportedState {
  ledger: TradingLedger;
  /** The intent asked for, null if there is none yet. */
  intent: OrderIntent | null;
  /** By how much this process's clock is ahead of storage's, in ms, the way of the answer included. */
  clockAheadMs?: number;
}

export interface TradingState extends ReportedState {
  /** Whether the owner has turned trading off on the connection, as of this very moment. */
  stopped: boolean;
  /** What the owner has set for the connection, as of this very moment; left out where nobody asked. */
  rules?: ConnectionRules | undefined;
}

/** So far may clocks be apart, and an answer of storage be late, before times say nothing about each other. */
const CLOCKS_APART_MS = 60_000;

/** Whether this process cannot tell how long ago something was that another one wrote down. */
export function isClockOff({ clockAheadMs = 0 }: Pick<TradingState, 'clockAheadMs'>): boolean {
  return Math.abs(clockAheadMs) > CLOCKS_APART_MS;
}
