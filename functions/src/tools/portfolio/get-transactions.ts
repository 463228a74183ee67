import { z } from 'zod';
import type { Account } from '../../broker/accounts/accounts.ts';
import { getPositions } from '../../broker/accounts/portfolio.ts';
import { getTransactions, type Transaction } from '../../broker/accounts/transactions.ts';
import { getDefinitions } from '../../broker/contracts/contracts.ts';
import { BrokerError } from '../../broker/errors.ts';
import { getTrades } from '../../broker/orders/trades.ts';
import { LIST_SERVES_MS } from '../../broker/session/pacing.ts';
import type { ToolContext } from '../../connections/call-context.ts';
import { tableOf } from '../../contract/table.ts';
import { columnsOf, cutOutput, tableOutput, unreadOutput } from '../../contract/tool-outputs/parts.ts';
import { GatewayError } from '../../errors.ts';
import { cents, shownPrice } from '../../text/decimals.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { cutTable, tableBudget } from '../answer-size.ts';
import { accountArgument, instrumentArguments, number } from '../arguments.ts';
import { findInstrument } from '../contracts/instrument.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';

const transaction = z.strictObject({
  date: z.string().nullable(),
  type: z.string(),
  symbol: z.string().optional().describe('None of what no instrument caused, as a deposit.'),
  description: z.string().nullable(),
  quantity: z.number().nullable(),
  price: z.number().nullable(),
  amount: z.number().describe('Negative when money left the account.'),
  currency: z.string(),
});
const COLUMNS = columnsOf(transaction);

const total = z.strictObject({
  type: z.string(),
  currency: z.string(),
  count: z.number(),
  amount: z.number(),
});

const RECENT_DAYS = 7;

export const getTransactionsTool = defineTool({
  name: 'get_transactions',
  title: 'Transactions',
  description:
    'What was booked in an account: purchases, sales, dividends, fees and transfers, with sums by type; of all that is held or was traded lately, or of one instrument. Booked at the end of a day: later executions are in get_trades.',
  scope: 'read',
  annotations: READS,
  input: z
    .strictObject({
      ...instrumentArguments,
      days: number(z.number().int().min(1).max(365)).default(90),
      ...accountArgument,
    })
    .refine(
      ({ symbol, conid }) => symbol === undefined || conid === undefined,
      'give either symbol or conid, or none',
    ),
  output: z.strictObject({
    account_id: z.string(),
    conid: z.number().optional(),
    symbol: z.string().optional(),
    days: z.number(),
    realized_pnl: z.number().nullable(),
    totals: tableOutput(total),
    transactions: tableOutput(transaction),
    ...cutOutput,
    note: z.string().optional(),
    unread: unreadOutput,
  }),
  async run(args, context) {
    const account = await accountForRead(context, args.account_id);
    const { days } = args;
    const isOfOne = args.symbol !== undefined || args.conid !== undefined;
    const asked = isOfOne ? await askAboutOne(context, args) : await askAboutAccount(context, account, days);
    if (asked.conids.length === 0) return { ...emptyAnswer(account.accountId, days), note: NOTHING_HELD };
    const found = await transactionsOf(context, account.accountId, { ...asked, days });
    const symbols = isOfOne
      ? new Map(asked.symbols)
      : await symbolsOf(context, asked.symbols, found.transactions);
    const rows = found.transactions
      .toSorted((a, b) => (b.date ?? '').localeCompare(a.date ?? ''))
      .map(({ conid, ...row }) => ({
        ...row,
        ...(conid === null || isOfOne ? {} : { symbol: symbols.get(conid) ?? String(conid) }),
        price: shownPrice(row.price),
        amount: cents(row.amount),
      }));
    const { table, left } = cutTable(
      tableOf<z.output<typeof transaction>>(COLUMNS, rows),
      tableBudget(context),
    );
    return {
      account_id: account.accountId,
      ...(isOfOne ? { conid: asked.conids[0], symbol: asked.symbols[0]?.[1] } : {}),
      days,
      realized_pnl: cents(found.realizedPnl),
      totals: tableOf<z.output<typeof total>>(['type', 'currency', 'count', 'amount'], totalsOf(rows)),
      transactions: table,
      ...(left === 0
        ? {}
        : { truncated: true, rest: `${left} older ones are left out: fewer days, or one symbol, has them.` }),
      ...(asked.conids.length > 1 ? { note: noteOn(asked.symbols) } : {}),
      ...shownUnread(found.unread),
    };
  },
});

interface Asked {
  conids: readonly number[];
  /** Of each instrument. */
  symbols: readonly (readonly [conid: number, symbol: string])[];
  currency: string;
}

async function askAboutOne(context: ToolContext, args: Parameters<typeof findInstrument>[1]): Promise<Asked> {
  const { conid, symbol, currency } = await findInstrument(context, args);
  return { conids: [conid], symbols: [[conid, symbol]], currency };
}

/** What an account holds, and what it traded lately: of these IBKR tells what they did to it. */
async function askAboutAccount(context: ToolContext, account: Account, days: number): Promise<Asked> {
  const [{ positions }, trades] = await Promise.all([
    getPositions(context.ibkr, account.accountId),
    getRecentTrades(context, account, days),
  ]);
  const symbols = new Map([...trades, ...positions].map(({ conid, symbol }) => [conid, symbol] as const));
  return { conids: [...symbols.keys()], symbols: [...symbols], currency: account.currency ?? 'USD' };
}

/** Nothing where IBKR does not say: what is held is asked about all the same. */
async function getRecentTrades({ ibkr }: ToolContext, { accountId }: Account, days: number) {
  try {
    const since = Date.now() - LIST_SERVES_MS;
    const { trades } = await getTrades(ibkr, accountId, { days: Math.min(days, RECENT_DAYS), since });
    return trades;
  } catch (error) {
    if (error instanceof BrokerError) return [];
    throw error;
  }
}

async function transactionsOf(
  { ibkr }: ToolContext,
  accountId: string,
  { conids, currency, days }: Pick<Asked, 'conids' | 'currency'> & { days: number },
) {
  try {
    return await getTransactions(ibkr, accountId, { conids, currency, days });
  } catch (error) {
    if (!(error instanceof BrokerError) || !error.isBadInput || conids.length === 1) throw error;
    throw new GatewayError(
      'not_found',
      'IBKR did not take the question about several instruments at once.',
      'With symbol it is about one of them. IBKR takes one such question in 15 minutes.',
      { cause: error },
    );
  }
}

/** Also of instruments that were not asked about. */
async function symbolsOf(
  { ibkr }: ToolContext,
  known: Asked['symbols'],
  transactions: readonly Transaction[],
): Promise<Map<number, string>> {
  const symbols = new Map(known);
  const others = transactions.flatMap(({ conid }) => (conid === null || symbols.has(conid) ? [] : [conid]));
  for (const { conid, symbol } of await getDefinitions(ibkr, others)) symbols.set(conid, symbol);
  return symbols;
}

function totalsOf(
  rows: readonly { type: string; currency: string; amount: number }[],
): z.output<typeof total>[] {
  const sums = new Map<string, z.output<typeof total>>();
  for (const { type, currency, amount } of rows) {
    const sum = sums.get(`${type} ${currency}`) ?? { type, currency, count: 0, amount: 0 };
    sums.set(`${type} ${currency}`, { ...sum, count: sum.count + 1, amount: cents(sum.amount + amount) });
  }
  return [...sums.values()];
}

const NOTHING_HELD =
  'The account holds nothing and traded nothing in the last days. IBKR tells of instruments that are named: symbol names one that was held before.';

function emptyAnswer(accountId: string, days: number) {
  return {
    account_id: accountId,
    days,
    realized_pnl: null,
    totals: { columns: [], rows: [] },
    transactions: { columns: [], rows: [] },
  };
}

const MOST_NAMED = 10;

function noteOn(symbols: Asked['symbols']): string {
  const names = symbols.slice(0, MOST_NAMED).map(([, symbol]) => symbol);
  const more = symbols.length > names.length ? ` and ${symbols.length - names.length} more` : '';
  return `Asked about ${names.join(', ')}${more}, together: IBKR may answer for the first of several alone. symbol asks about one, also one that is no longer held.`;
}
