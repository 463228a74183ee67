import { z } from 'zod';
import { getPnl } from '../../broker/accounts/pnl.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { accountArgument } from '../arguments.ts';
import { snakeCased } from '../snake-case.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread, unreadOutput } from '../unread-output.ts';

export const getPnlTool = defineTool({
  name: 'get_pnl',
  title: 'Profit and loss today',
  description:
    'Profit or loss of an account since the previous close (daily) and on open positions since they were bought (unrealized), in its base currency. For months and years use get_performance.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject(accountArgument),
  output: z.strictObject({
    account_id: z.string(),
    base_currency: z.string().nullable(),
    daily: z.number().nullable(),
    unrealized: z.number().nullable(),
    net_liquidation: z.number().nullable(),
    market_value: z.number().nullable(),
    excess_liquidity: z.number().nullable(),
    models: z
      .array(
        z.strictObject({
          model: z.string(),
          daily: z.number().nullable(),
          unrealized: z.number().nullable(),
        }),
      )
      .optional()
      .describe('The parts that the numbers above are the sum of, where the account has models.'),
    unread: unreadOutput,
  }),
  async run(args, context) {
    const account = await accountForRead(context, args.account_id);
    const { unread, ...found } = await getPnl(context.ibkr, account.accountId);
    const { models, ...pnl } = snakeCased(found);
    return {
      ...pnl,
      base_currency: account.currency,
      ...(models.length === 0 ? {} : { models }),
      ...shownUnread(unread),
    };
  },
});
