import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import { brokerageAccountsSchema } from '../session/brokerage-accounts.ts';
import type { IbkrClient } from '../session/client.ts';
import { ACCOUNTS_RECENT_MS, PORTFOLIO_ACCOUNTS_CACHE_MS } from '../session/session.ts';
import { rowsOf, type UnreadRow } from '../wire/rows.ts';
import { optionalProse, optionalText, text } from '../wire/wire-fields.ts';

/** A brokerage account the login may use. `currency` is its base currency. */
export interface Account {
  accountId: string;
  alias: string | null;
  title: string | null;
  /** IBKR's word, such as `DEMO` for paper accounts or `INDIVIDUAL`. */
  type: string | null;
  currency: string | null;
  /** Whether it may hold fractions of a share, and take orders by amount of money; null when IBKR does not say. */
  supportsFractions: boolean | null;
  supportsCashQuantity: boolean | null;
}

/**
 * The accounts of a login. Which one IBKR has selected is not told: every read of another account moves the selection,
 * so that it says nothing about the account that anybody means.
 */
export interface AccountList {
  /** In IBKR's order, without an advisor's groups and profiles. */
  accounts: Account[];
  isPaper: boolean;
  /** What else IBKR names that is not understood: there may be more accounts. */
  unread: UnreadRow[];
}

/** IBKR needs a moment until a newly selected account is used everywhere. */
const SELECTION_SETTLES_MS = 1_000;
/** Of what IBKR tells of the selected account, while other calls select another one. */
const READS_AT_MOST = 3;

export const portfolioAccountsSchema = rowsOf(
  z.object({
    accountId: text,
    accountTitle: optionalText,
    accountAlias: optionalText,
    type: optionalText,
    currency: optionalText,
  }),
);

export const selectAccountSchema = z.object({ error: optionalProse });

/**
 * The accounts of the login (`GET /iserver/accounts`, with titles and currencies of `GET /portfolio/accounts`).
 * @param options.maxAgeMs How long ago IBKR may have told of them, in ms: up to `ACCOUNTS_RECENT_MS`.
 */
export async function getAccounts(
  client: IbkrClient,
  { maxAgeMs = 0 }: { maxAgeMs?: number } = {},
): Promise<AccountList> {
  const since = maxAgeMs > 0 ? Date.now() - maxAgeMs : undefined;
  const [brokerage, portfolio] = await Promise.all([
    client.get('/iserver/accounts', brokerageAccountsSchema, { recentMs: ACCOUNTS_RECENT_MS, since }),
    portfolioAccounts(client),
  ]);
  return {
    accounts: brokerage.accounts.map((accountId) => {
      const details = portfolio.rows.find((row) => row.accountId === accountId);
      const alias = brokerage.aliases?.[accountId] ?? details?.accountAlias ?? null;
      return {
        accountId,
        alias: alias === accountId ? null : alias,
        title: details?.accountTitle ?? null,
        type: details?.type ?? null,
        currency: details?.currency ?? null,
        supportsFractions: brokerage.acctProps[accountId]?.supportsFractions ?? null,
        supportsCashQuantity: brokerage.acctProps[accountId]?.supportsCashQty ?? null,
      };
    }),
    isPaper: brokerage.isPaper,
    unread: brokerage.unread,
  };
}

/** The base currency of an account (`GET /portfolio/accounts`); null when IBKR does not tell it. */
export async function baseCurrency(client: IbkrClient, accountId: string): Promise<string | null> {
  const { rows } = await portfolioAccounts(client);
  return rows.find((row) => row.accountId === accountId)?.currency ?? null;
}

function portfolioAccounts(client: IbkrClient) {
  return client.get('/portfolio/accounts', portfolioAccountsSchema, { cacheMs: PORTFOLIO_ACCOUNTS_CACHE_MS });
}

/**
 * Makes `accountId` the selected one (`POST /iserver/account`); selecting it again is fine.
 * @throws {BrokerError} `not_found` when the login has no such account.
 */
export async function selectAccount(client: IbkrClient, accountId: string): Promise<void> {
  try {
    const request = { method: 'POST', path: '/iserver/account', body: { acctId: accountId } } as const;
    const { error } = await client.change(request, selectAccountSchema);
    if (error !== null) throw noSuchAccountError();
  } catch (error) {
    // IBKR answers 500 "Invalid account ID".
    if (error instanceof BrokerError && error.isBadInput) throw noSuchAccountError(error);
    throw error;
  }
}

/** Selects `accountId` before a call that IBKR scopes to the selected account. Nothing to do with one account. */
export async function ensureSelected(client: IbkrClient, accountId: string): Promise<void> {
  if (client.onlyAccount === accountId) return;
  const login = await client.get('/iserver/accounts', brokerageAccountsSchema);
  if (!login.accounts.includes(accountId)) throw noSuchAccountError();
  if (login.onlyAccount === accountId || login.selectedAccount === accountId) return;
  await selectAccount(client, accountId);
  await delay(SELECTION_SETTLES_MS);
}

/**
 * Reads what IBKR scopes to the selected account. Calls for another account of the login may select that one in
 * between, so that finding nothing counts only while the account is still selected afterwards.
 * @throws {BrokerError} `unavailable` when they go on doing so.
 */
export async function readOfAccount<Found>(
  client: IbkrClient,
  accountId: string,
  read: () => Promise<Found>,
  isNothing: (found: Found) => boolean,
): Promise<Found> {
  for (let reads = 0; reads < READS_AT_MOST; reads++) {
    await ensureSelected(client, accountId);
    const found = await read();
    if (!isNothing(found) || (await isSelected(client, accountId))) return found;
  }
  throw new BrokerError({ name: 'account_contended' });
}

/** Whether IBKR has the account selected at this moment. */
export async function isSelected(client: IbkrClient, accountId: string): Promise<boolean> {
  if (client.onlyAccount === accountId) return true;
  const { onlyAccount, selectedAccount } = await client.get('/iserver/accounts', brokerageAccountsSchema);
  return onlyAccount === accountId || selectedAccount === accountId;
}

function noSuchAccountError(cause?: unknown): BrokerError {
  return new BrokerError({ name: 'no_such_account' }, { cause });
}
