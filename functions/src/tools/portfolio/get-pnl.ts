import { z } from 'zod';
import { getPnl } from '../../broker/accounts/pnl.ts';
import { LIST_SERVES_MS } from '../../broker/session/pacing.ts';
import { pnlOutput } from '../../contract/tool-outputs/portfolio.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { accountArgument } from '../arguments.ts';
import { shownAsOf } from '../recent-lists.ts';
import { toSnakeCase } from '../snake-case.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';

export const getPnlTool = defineTool({
  name: 'get_pnl',
  title: 'Profit and loss today',
  description:
    'Profit or loss of an account today (daily, since the previous close) and on its open positions (unrealized), and what it is worth now (net_liquidation), in the base currency.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject(accountArgument),
  output: pnlOutput,
  async run(args, context) {
    const calledAt = Date.now();
    const account = await accountForRead(context, args.account_id);
    const since = calledAt - LIST_SERVES_MS;
    const { unread, at, ...found } = await getPnl(context.ibkr, account.accountId, { since });
    const { models, ...pnl } = toSnakeCase(found);
    return {
      ...pnl,
      base_currency: account.currency,
      ...(models.length === 0 ? {} : { models }),
      ...shownAsOf(at, calledAt),
      ...shownUnread(unread),
    };
  },
});
