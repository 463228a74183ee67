/** What the read tools about an account answer, as far as the pages read it. Money is in the base currency. */

export interface Accounts {
  accounts: { account_id: string; title: string | null; alias: string | null; current: boolean }[];
}

export interface AccountSummary {
  currency: string | null;
  net_liquidation: number | null;
  available_funds: number | null;
  buying_power: number | null;
}

export interface Pnl {
  base_currency: string | null;
  daily: number;
  unrealized: number;
}

export interface Portfolio {
  base_currency: string | null;
  totals: { net_liquidation: number | null };
  positions: Position[];
}

export interface Position {
  conid: number;
  symbol: string;
  name: string | null;
  asset_class: string;
  /** Negative when short. */
  quantity: number;
  /** Of the price, the value and the profit. */
  currency: string;
  market_price: number | null;
  average_price: number | null;
  market_value: number | null;
  unrealized_pnl: number | null;
  market_value_in_base: number | null;
  weight_percent: number | null;
  option?: { expiry: string | null; strike: number | null; right: 'call' | 'put' | null };
}

export interface Cash {
  base_currency: string | null;
  total_in_base: number | null;
  balances: { currency: string; cash: number; settled_cash: number | null; rate_to_base: number | null }[];
}

export interface Performance {
  currency: string | null;
  periods: PeriodPerformance[];
}

export interface PeriodPerformance {
  period: string;
  return_percent: number | null;
  series: { date: string; net_asset_value: number | null }[];
}
