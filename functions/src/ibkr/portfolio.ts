import type { IbkrClient } from './client.ts';

/** An open position. Money is in `currency` unless the name says base. */
export interface Position {
  conid: number;
  symbol: string;
  name: string | null;
  /** IBKR's code: STK, OPT, FUT, CASH, BOND, ... */
  assetClass: string;
  /** Negative when short. */
  quantity: number;
  marketPrice: number | null;
  marketValue: number | null;
  currency: string;
  averagePrice: number | null;
  averageCost: number | null;
  unrealizedPnl: number | null;
  realizedPnl: number | null;
  /** The same in the account's base currency, when IBKR gives it. */
  base: { marketValue: number | null; unrealizedPnl: number | null; realizedPnl: number | null } | null;
  /** Set for options and other derivatives. */
  derivative: {
    /** ISO date. */
    expiry: string | null;
    strike: number | null;
    right: 'call' | 'put' | null;
    multiplier: number | null;
    underlyingConid: number | null;
  } | null;
}

/** Cash and values in one currency; the `BASE` entry is the whole account in its base currency. */
export interface LedgerEntry {
  /** ISO code or `BASE`. */
  currency: string;
  cashBalance: number;
  settledCash: number | null;
  netLiquidationValue: number | null;
  stockMarketValue: number | null;
  /** Units of base currency per unit of `currency`. */
  exchangeRate: number | null;
  unrealizedPnl: number | null;
  realizedPnl: number | null;
  interest: number | null;
  dividends: number | null;
}

/** Every open position, over all pages (`GET /portfolio/{id}/positions/{page}`). */
export declare function getPositions(client: IbkrClient, accountId: string): Promise<Position[]>;

/** One entry per currency, `BASE` included (`GET /portfolio/{id}/ledger`). */
export declare function getLedger(client: IbkrClient, accountId: string): Promise<LedgerEntry[]>;
