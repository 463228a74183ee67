import { z } from 'zod';
import { loginAccounts } from '../../connections/call-context.ts';
import { accountsOutput } from '../../contract/tool-outputs/accounts.ts';
import { fittingCount, tableBudget } from '../answer-size.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { currentAccount, noteChoice } from './account-choice.ts';

export const getAccountsTool = defineTool({
  name: 'get_accounts',
  title: 'List accounts',
  description:
    'The accounts of the IBKR login, with their base currency, and which one is current: meant where no account_id is given.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({}),
  output: accountsOutput,
  async run(_args, context) {
    const list = await loginAccounts(context);
    const { account: current, choice } = currentAccount(context, list);
    noteChoice(context, list, choice);
    const accounts = list.accounts.map((account) => ({
      account_id: account.accountId,
      title: account.title,
      alias: account.alias,
      type: account.type,
      base_currency: account.currency,
      current: account === current,
    }));
    const count = fittingCount(accounts, tableBudget(context));
    return {
      mode: context.connection.mode,
      chosen: choice === 'only' || choice === 'chosen',
      accounts: accounts.slice(0, count),
      ...(count === accounts.length
        ? {}
        : {
            truncated: true,
            rest: `${accounts.length - count} more are left out; tools take their numbers all the same.`,
          }),
      ...shownUnread(list.unread),
    };
  },
});
