import { z } from 'zod';
import { getLedger } from '../../broker/accounts/portfolio.ts';
import { tableOf } from '../../contract/table.ts';
import { cashOutput } from '../../contract/tool-outputs/portfolio.ts';
import { cents } from '../../text/decimals.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { accountArgument } from '../arguments.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';

export const getCashTool = defineTool({
  name: 'get_cash',
  title: 'Cash balances',
  description:
    'Cash of an account by currency, and in all in the base currency. A negative balance is borrowed.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject(accountArgument),
  output: cashOutput,
  async run(args, context) {
    const account = await accountForRead(context, args.account_id);
    const { entries: ledger, unread } = await getLedger(context.ibkr, account.accountId);
    return {
      account_id: account.accountId,
      base_currency: account.currency,
      total_in_base: cents(ledger.find(({ currency }) => currency === 'BASE')?.cashBalance ?? null),
      balances: tableOf(
        ['currency', 'cash', 'settled_cash', 'rate_to_base', 'interest_accrued', 'dividends_accrued'],
        ledger
          .filter(({ currency }) => currency !== 'BASE')
          .map((entry) => ({
            currency: entry.currency,
            cash: cents(entry.cashBalance),
            settled_cash: cents(entry.settledCash),
            rate_to_base: entry.exchangeRate,
            interest_accrued: cents(entry.interest),
            dividends_accrued: cents(entry.dividends),
          })),
      ),
      ...shownUnread(unread),
    };
  },
});
