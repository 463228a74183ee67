/** What a tool may use. */
import type { Firestore } from 'firebase-admin/firestore';
import { type Account, type AccountList, getAccounts } from '../broker/accounts/accounts.ts';
import type { IbkrClient } from '../broker/session/client.ts';
import type { ApprovalMode } from '../contract/rules/approval.ts';
import { GatewayError } from '../errors.ts';
import type { Connection } from '../store/connections.ts';
import type { TradingLedger } from '../trading/domain/trading-state.ts';
import { type IbkrAccess, ibkrClientInUse } from './pool.ts';

/** The program on whose behalf a call is made. */
export interface CallingApp {
  /** Of its key or grant. */
  id: string;
  /** Of a grant: the OAuth client, which stays the same when it signs in again. */
  clientId?: string | undefined;
  /** As it names itself. */
  name: string;
  /** What the owner knows its key or grant by. */
  label: string;
  source: 'api_key' | 'oauth' | 'console';
  /** What the owner allows this app, within what the connection allows. */
  limits: Record<string, unknown>;
  approval: ApprovalMode | null;
}

/** Made for one call. */
export interface ToolContext {
  connection: Connection;
  ibkr: IbkrClient;
  db: Firestore;
  app: CallingApp;
  /** Where people sign in, without a trailing slash. */
  publicOrigin: string;
  /** Of an answer about an account that nobody chose: which one it is. Set on the way, and told beside the answer. */
  accountNote?: string;
  /** The account of the order that the call is about, once it is known. Set on the way, and told with a failure. */
  orderAccountId?: string;
  /** The connection's ledger as it was when the call first looked. Set on the way. */
  firstLook?: Promise<TradingLedger>;
}

/**
 * What a call of one app on one connection runs with. The connection to IBKR counts as used from then on.
 * @param budgetMs How long the call may use IBKR; as long as most may where it is left out.
 */
export async function toolContext(
  access: IbkrAccess & Pick<ToolContext, 'publicOrigin'>,
  connection: Connection,
  app: CallingApp,
  budgetMs?: number,
): Promise<ToolContext> {
  const { db, publicOrigin } = access;
  return { connection, app, db, publicOrigin, ibkr: await ibkrClientInUse(access, connection, budgetMs) };
}

/** The accounts of a login, which has one at least. */
export interface LoginAccounts extends AccountList {
  accounts: [Account, ...Account[]];
}

/**
 * The accounts of the connection's login.
 * @param options.maxAgeMs As of `getAccounts`.
 * @throws {GatewayError} `account_mode_mismatch` when IBKR says live of a connection that says paper, or the reverse;
 * `not_found` when the login has no account.
 */
export async function loginAccounts(
  { connection, ibkr }: Pick<ToolContext, 'connection' | 'ibkr'>,
  options: { maxAgeMs?: number } = {},
): Promise<LoginAccounts> {
  const list = await getAccounts(ibkr, options);
  const [first, ...others] = list.accounts;
  if (first === undefined) {
    throw new GatewayError(
      'not_found',
      'IBKR names no account of this login.',
      'Sign in to IBKR with it and see whether an account is open there.',
    );
  }
  const mode = list.isPaper ? 'paper' : 'live';
  if (mode !== connection.mode) {
    throw new GatewayError(
      'account_mode_mismatch',
      `This connection is set up as ${connection.mode}, but IBKR says that its login is ${mode}.`,
      `Set the connection to ${mode} in its settings, or sign it in with the ${connection.mode} user.`,
    );
  }
  return { ...list, accounts: [first, ...others] };
}
