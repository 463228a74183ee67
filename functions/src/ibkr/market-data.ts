import type { IbkrClient } from './client.ts';

/** How current a quote is. `frozen`: the last one before the market closed. */
export type Availability =
  | 'realtime'
  | 'delayed'
  | 'frozen'
  | 'frozen_delayed'
  | 'not_subscribed'
  | 'unknown';

/** A quote in the instrument's currency; null where IBKR has no value. */
export interface Quote {
  conid: number;
  symbol: string | null;
  last: number | null;
  bid: number | null;
  ask: number | null;
  bidSize: number | null;
  askSize: number | null;
  volume: number | null;
  open: number | null;
  high: number | null;
  low: number | null;
  previousClose: number | null;
  change: number | null;
  /** In percent: 0.54 is 0.54 %. */
  changePercent: number | null;
  halted: boolean;
  /** `last` is the previous session's close: nothing has traded today. */
  lastIsPreviousClose: boolean;
  availability: Availability;
  /** ISO 8601, when IBKR last updated it. */
  asOf: string | null;
}

/** Quotes in the order of `conids` (`GET /iserver/marketdata/snapshot`). A conid without any data is all null. */
export declare function getQuotes(client: IbkrClient, conids: readonly number[]): Promise<Quote[]>;
