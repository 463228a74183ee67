import { z } from 'zod';
import { loginAccounts } from '../../connections/call-context.ts';
import { setCurrentAccount } from '../../store/connections.ts';
import { accountId } from '../arguments.ts';
import { defineTool } from '../tool.ts';
import { findAccount } from './account-choice.ts';

export const setCurrentAccountTool = defineTool({
  name: 'set_current_account',
  title: 'Choose the current account',
  description:
    'Makes one of several accounts the current one, for this and every other app on the same connection, until another is chosen so or by the owner.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({
    account_id: accountId().describe('As get_accounts lists it.'),
  }),
  output: z.strictObject({
    account_id: z.string(),
    previous_account_id: z.string().nullable().describe('null: none was chosen.'),
  }),
  async run(args, context) {
    const { connection, db } = context;
    const account = findAccount(await loginAccounts(context), args.account_id);
    await setCurrentAccount(db, connection.id, account.accountId);
    return { account_id: account.accountId, previous_account_id: connection.currentAccountId };
  },
});
