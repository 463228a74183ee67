import { z } from 'zod';
import { getAccountSummary } from '../../broker/accounts/account-summary.ts';
import { accountSummaryOutput } from '../../contract/tool-outputs/accounts.ts';
import { accountArgument } from '../arguments.ts';
import { toSnakeCase } from '../snake-case.ts';
import { defineTool, READS } from '../tool.ts';
import { accountForRead } from './account-choice.ts';

export const getAccountSummaryTool = defineTool({
  name: 'get_account_summary',
  title: 'Account summary',
  description:
    'Balances and margins of an account: net liquidation, cash, buying power, margin requirements and what is left above them, in the base currency.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject(accountArgument),
  output: accountSummaryOutput,
  async run(args, context) {
    const { accountId } = await accountForRead(context, args.account_id);
    const summary = await getAccountSummary(context.ibkr, accountId);
    return { account_id: accountId, mode: context.connection.mode, ...toSnakeCase(summary) };
  },
});
