import { z } from 'zod';
import { getAccountSummary } from '../../broker/accounts/account-summary.ts';
import { accountArgument } from '../arguments.ts';
import { snakeCased } from '../snake-case.ts';
import { defineTool, READS } from '../tool.ts';
import { accountForRead } from './account-choice.ts';

const amount = z.number().nullable();

export const getAccountSummaryTool = defineTool({
  name: 'get_account_summary',
  title: 'Account summary',
  description:
    'Balances and margins of an account at a glance: net liquidation, cash, buying power, margin requirements and what is left above them, in the account’s base currency. For what it holds use get_portfolio.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject(accountArgument),
  output: z.strictObject({
    account_id: z.string(),
    mode: z.enum(['paper', 'live']),
    account_type: z.string().nullable(),
    currency: z.string().nullable(),
    net_liquidation: amount,
    equity_with_loan: amount,
    total_cash: amount,
    gross_position_value: amount,
    buying_power: amount,
    available_funds: amount,
    excess_liquidity: amount,
    initial_margin: amount,
    maintenance_margin: amount,
    accrued_cash: amount,
    accrued_dividend: amount,
    sma: amount.describe('Special memorandum account (Regulation T).'),
    cushion: amount.describe(
      'Excess liquidity as a fraction of net liquidation; at 0 IBKR begins to liquidate.',
    ),
  }),
  async run(args, context) {
    const { accountId } = await accountForRead(context, args.account_id);
    const summary = await getAccountSummary(context.ibkr, accountId);
    return { account_id: accountId, mode: context.connection.mode, ...snakeCased(summary) };
  },
});
