import { z } from 'zod';
import { loginAccounts } from '../../connections/call-context.ts';
import { accountsOutput } from '../../contract/tool-outputs/accounts.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { currentAccount, noteChoice } from './account-choice.ts';

export const getAccountsTool = defineTool({
  name: 'get_accounts',
  title: 'List accounts',
  description:
    'The accounts of the IBKR login, with their base currency, and which one is current: the one that is meant where no account_id is given.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({}),
  output: accountsOutput,
  async run(_args, context) {
    const list = await loginAccounts(context);
    const { account: current, choice } = currentAccount(context, list);
    noteChoice(context, list, choice);
    return {
      mode: context.connection.mode,
      chosen: choice === 'only' || choice === 'chosen',
      accounts: list.accounts.map((account) => ({
        account_id: account.accountId,
        title: account.title,
        alias: account.alias,
        type: account.type,
        base_currency: account.currency,
        current: account === current,
      })),
      ...shownUnread(list.unread),
    };
  },
});
