import { z } from 'zod';
import { setCurrentAccount } from '../store/connections.ts';
import { identifier } from './arguments.ts';
import { chooseAccount, loginAccounts } from './context.ts';
import { defineTool } from './tool.ts';

export const setCurrentAccountTool = defineTool({
  name: 'set_current_account',
  title: 'Choose the current account',
  description:
    'Makes one of the accounts listed by get_accounts the current one, for this and every other app on the same connection, until changed again. Only needed when the login has several accounts.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    account_id: identifier().describe('One of the account ids that get_accounts lists.'),
  }),
  output: z.strictObject({ account_id: z.string(), previous_account_id: z.string() }),
  async run(args, context) {
    const list = await loginAccounts(context);
    const previous = chooseAccount(context, list, undefined);
    const account = chooseAccount(context, list, args.account_id);
    await setCurrentAccount(context.db, context.connection.id, account.accountId);
    return { account_id: account.accountId, previous_account_id: previous.accountId };
  },
});
