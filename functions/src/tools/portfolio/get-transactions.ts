import { z } from 'zod';
import { getTransactions } from '../../broker/accounts/transactions.ts';
import { unreadOutput } from '../../contract/tool-outputs/parts.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { accountArgument, instrumentInput, number } from '../arguments.ts';
import { findInstrument } from '../contracts/instrument.ts';
import { snakeCased } from '../snake-case.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';

export const getTransactionsTool = defineTool({
  name: 'get_transactions',
  title: 'Transactions in an instrument',
  description:
    'What one instrument did to an account in the past days: purchases, sales, dividends and the realized profit. IBKR books at the end of the day and allows one such call in 15 minutes; for executions of the last days use get_trades.',
  scope: 'read',
  annotations: READS,
  input: instrumentInput({
    days: number(z.number().int().min(1).max(365)).default(90).describe('How far back. Default 90.'),
    ...accountArgument,
  }),
  output: z.strictObject({
    account_id: z.string(),
    conid: z.number(),
    symbol: z.string(),
    currency: z.string(),
    days: z.number(),
    realized_pnl: z.number().nullable(),
    transactions: z.array(
      z.strictObject({
        date: z.string().nullable(),
        type: z.string(),
        description: z.string().nullable(),
        conid: z.number().nullable(),
        quantity: z.number().nullable(),
        price: z.number().nullable(),
        amount: z.number().describe('Negative when money left the account.'),
        currency: z.string(),
      }),
    ),
    unread: unreadOutput,
  }),
  async run(args, context) {
    const [{ accountId }, contract] = await Promise.all([
      accountForRead(context, args.account_id),
      findInstrument(context, args),
    ]);
    const { conid, symbol, currency } = contract;
    const { days } = args;
    const { unread, ...found } = await getTransactions(context.ibkr, accountId, { conid, currency, days });
    return {
      account_id: accountId,
      conid,
      symbol,
      currency,
      days,
      ...snakeCased(found),
      ...shownUnread(unread),
    };
  },
});
