import type { IbkrClient } from './client.ts';

/** A brokerage account the login may use. `currency` is its base currency. */
export interface Account {
  accountId: string;
  alias: string | null;
  title: string | null;
  type: string | null;
  currency: string | null;
}

export interface AccountList {
  accounts: Account[];
  /** The account IBKR scopes order status, trades and P&L to. */
  selected: string;
  isPaper: boolean;
}

/** The accounts of the login (`GET /iserver/accounts` with titles and currencies of `GET /portfolio/accounts`). */
export declare function getAccounts(client: IbkrClient): Promise<AccountList>;

/**
 * Makes `accountId` the selected one (`POST /iserver/account`); selecting it again is fine.
 * @throws {GatewayError} `not_found` when the login has no such account.
 */
export declare function selectAccount(client: IbkrClient, accountId: string): Promise<void>;
