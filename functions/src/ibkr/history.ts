import type { IbkrClient } from './client.ts';

export interface Bar {
  /** ISO 8601, the start of the bar. */
  time: string;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
}

export interface HistoryRequest {
  conid: number;
  /** IBKR's spelling: `1d`, `6m`, `1y`; `m` is months. */
  period: string;
  /** IBKR's spelling: `1min`, `1h`, `1d`, `1m` (a month). IBKR's default for the period when absent. */
  bar?: string;
  outsideRth?: boolean;
  /** The end of the window, ISO 8601; now when absent. */
  endTime?: string;
  source?: 'trades' | 'midpoint' | 'bid_ask';
}

export interface History {
  symbol: string | null;
  bars: Bar[];
  /** As sent to IBKR. */
  period: string;
  bar: string;
  /** Bars come late by this much; null when IBKR does not say. */
  delaySeconds: number | null;
  /** The request covers more bars than IBKR gives (1000): the oldest are missing. */
  truncated: boolean;
}

/**
 * Price bars, oldest first (`GET /iserver/marketdata/history`).
 * @throws {GatewayError} `invalid_arguments` for a period or bar IBKR does not take.
 */
export declare function getHistory(client: IbkrClient, request: HistoryRequest): Promise<History>;
