import type { AccountSummary, Accounts, ConnectionStatus } from './accounts.ts';
import type { History, Quote, SearchResults } from './market.ts';
import type { Orders } from './orders.ts';
import type { Cash, Performance, Pnl, Portfolio } from './portfolio.ts';
import type { Trades } from './trades.ts';

/** What the read tools that pages call answer, by their names. */
export interface ToolOutputs {
  get_accounts: Accounts;
  get_account_summary: AccountSummary;
  get_connection_status: ConnectionStatus;
  get_portfolio: Portfolio;
  get_cash: Cash;
  get_pnl: Pnl;
  get_performance: Performance;
  search_security: SearchResults;
  get_quote: Quote;
  get_history: History;
  get_orders: Orders;
  get_trades: Trades;
}
