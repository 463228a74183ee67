/** What the read tools about the market answer, as far as the pages read it. Prices are in `price_unit`, or else in the currency. */

export interface SearchResults {
  results: Match[];
  truncated: boolean;
}

export interface Match {
  conid: number;
  symbol: string;
  name: string | null;
  exchange: string | null;
  security_types: string[];
}

export interface FullQuote {
  conid: number;
  symbol: string;
  name: string | null;
  exchange: string | null;
  currency: string;
  price_unit: string | null;
  last: number | null;
  bid: number | null;
  ask: number | null;
  bid_size: number | null;
  ask_size: number | null;
  volume: number | null;
  open: number | null;
  high: number | null;
  low: number | null;
  previous_close: number | null;
  change: number | null;
  change_percent: number | null;
  halted: boolean;
  last_is_previous_close: boolean;
  availability: 'realtime' | 'delayed' | 'frozen' | 'frozen_delayed' | 'not_subscribed' | 'unknown';
  as_of: string | null;
}

export interface History {
  symbol: string;
  currency: string;
  price_unit: string | null;
  delayed_by_seconds: number | null;
  bars: Bar[];
}

export interface Bar {
  /** Its start. */
  time: string;
  /** Of bars of a day or longer: the trading day at the exchange, where that is known. */
  date?: string | null;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
}
