import type { IbkrClient } from './client.ts';

/** One hit of a search. */
export interface ContractMatch {
  conid: number;
  symbol: string;
  name: string | null;
  /** Listing exchange. */
  exchange: string | null;
  /** What can be traded on it: STK, OPT, CFD, ... */
  secTypes: string[];
  /** Months with listed options, as IBKR names them (`JUN26`). */
  optionMonths: string[];
}

/** One instrument, resolved. */
export interface Contract {
  conid: number;
  symbol: string;
  name: string | null;
  /** STK, CASH, IND, OPT, FUT, ... */
  secType: string;
  /** Listing exchange. */
  exchange: string | null;
  currency: string;
}

/** `symbol` or `conid`, exactly one; the rest narrows a symbol down. */
export interface ContractQuery {
  symbol?: string;
  conid?: number;
  exchange?: string;
  currency?: string;
  /** STK (default), CASH, IND. */
  secType?: string;
}

/** Instruments by symbol, or by company name with `byName` (`GET /iserver/secdef/search`). Empty when none. */
export declare function searchContracts(
  client: IbkrClient,
  search: { query: string; byName: boolean },
): Promise<ContractMatch[]>;

/**
 * The one instrument a person means.
 * @throws {GatewayError} `not_found`, or `ambiguous_symbol` with the candidates in its message.
 */
export declare function resolveContract(client: IbkrClient, query: ContractQuery): Promise<Contract>;
