/**
 * Which account a call acts on: the one it names, else the current one, which is the only account of the login or the
 * one that was chosen by `set_current_account` or in the console. Where nobody chose, a read is answered for the first
 * account and says so, and a write is refused. What IBKR has selected plays no part: any read may have moved it.
 */

import type { Account } from '../../broker/accounts/accounts.ts';
import { ACCOUNTS_RECENT_MS } from '../../broker/session/session.ts';
import { type LoginAccounts, loginAccounts, type ToolContext } from '../../connections/call-context.ts';
import { GatewayError } from '../../errors.ts';

/**
 * The account of that number, in whichever case it is written.
 * @throws {GatewayError} `not_found`, also for the groups and profiles of an advisor.
 */
export function findAccount({ accounts }: LoginAccounts, name: string): Account {
  const account = accounts.find(({ accountId }) => isSameAccount(accountId, name));
  if (account !== undefined) return account;
  throw new GatewayError(
    'not_found',
    `This login has no account ${name}.`,
    `Its accounts are ${listed(accounts)}.`,
    {
      details: { accounts: numbersOf(accounts) },
    },
  );
}

/** Of the accounts of a login, the one that calls mean which name none. */
export interface CurrentAccount {
  /** Null where the login does not have the chosen one any more. */
  account: Account | null;
  /** `only`: the login has no other. `none`: nobody chose, and this is the first. */
  choice: 'only' | 'chosen' | 'none' | 'gone';
}

export function currentAccount(
  { connection }: ToolContext,
  { accounts, unread }: LoginAccounts,
): CurrentAccount {
  const chosen = connection.currentAccountId;
  const [first, ...others] = accounts;
  const isOnly = others.length === 0 && unread.length === 0;
  if (chosen === null) return { account: first, choice: isOnly ? 'only' : 'none' };
  const account = accounts.find(({ accountId }) => isSameAccount(accountId, chosen));
  return account === undefined ? { account: null, choice: 'gone' } : { account, choice: 'chosen' };
}

/** Tells beside the answer of a call that nobody chose the account it is about, or that the chosen one is gone. */
export function noteChoice(
  context: ToolContext,
  { accounts }: LoginAccounts,
  choice: CurrentAccount['choice'],
): void {
  if (choice === 'gone') context.accountNote = goneWords(context);
  if (choice !== 'none') return;
  const [{ accountId }] = accounts;
  context.accountNote = `None of the accounts of this login is chosen, so this is about the first one, ${accountId}. Its accounts are ${listed(accounts)}: name another with account_id, or choose one with set_current_account or in the settings of the connection.`;
}

/**
 * The account that a read is about: the first one where none is named and none is chosen, which the answer then says.
 * @param asked The `account_id` of the call.
 * @throws {GatewayError} `not_found` when the login does not have the account that is named, or that was chosen.
 */
export async function accountForRead(context: ToolContext, asked: string | undefined): Promise<Account> {
  const list = await loginAccounts(context, { maxAgeMs: ACCOUNTS_RECENT_MS });
  if (asked !== undefined) return findAccount(list, asked);
  const { account, choice } = currentAccount(context, list);
  if (account === null) throw choiceGoneError(context, list);
  noteChoice(context, list, choice);
  return account;
}

/**
 * The account that a call changes something in.
 * @param asked The `account_id` of the call.
 * @throws {GatewayError} `invalid_arguments` where the login has several accounts, none is named and none is chosen;
 * `not_found` as `accountForRead`.
 */
export async function accountForWrite(context: ToolContext, asked: string | undefined): Promise<Account> {
  const list = await loginAccounts(context);
  if (asked !== undefined) return findAccount(list, asked);
  const { account, choice } = currentAccount(context, list);
  if (account === null) throw choiceGoneError(context, list);
  if (choice !== 'none') return account;
  const { accounts } = list;
  throw new GatewayError(
    'invalid_arguments',
    `"account_id" is missing: this login has ${accounts.length} accounts, and none of them is chosen.`,
    `Nothing was sent. Ask the user which account is meant, and call again with its account_id: ${listed(accounts)}. set_current_account, or the owner in the settings of the connection, chooses one for all calls.`,
    { details: { accounts: numbersOf(accounts) } },
  );
}

function choiceGoneError(context: ToolContext, { accounts }: LoginAccounts): GatewayError {
  return new GatewayError(
    'not_found',
    goneWords(context),
    `Its accounts are ${listed(accounts)}. Choose one with set_current_account or in the settings of the connection, or name one with account_id.`,
    { details: { accounts: numbersOf(accounts) } },
  );
}

function goneWords({ connection }: ToolContext): string {
  return `Account ${connection.currentAccountId} was chosen, and this login does not have it any more.`;
}

/** Whether two account numbers are one, in whichever case they are written. */
export function isSameAccount(accountId: string, name: string): boolean {
  return accountId.toUpperCase() === name.toUpperCase();
}

function numbersOf(accounts: readonly Account[]): string[] {
  return accounts.map(({ accountId }) => accountId);
}

function listed(accounts: readonly Account[]): string {
  return numbersOf(accounts).join(', ');
}
