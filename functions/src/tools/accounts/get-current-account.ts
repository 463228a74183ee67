import { z } from 'zod';
import { CHOSEN } from '../../contract/tool-outputs/accounts.ts';
import { defineTool, READS } from '../tool.ts';
import { accountForRead } from './account-choice.ts';

export const getCurrentAccountTool = defineTool({
  name: 'get_current_account',
  title: 'Current account',
  description:
    'The account that is meant where no account_id is given, whether it was chosen, and whether its money is real (live) or simulated (paper).',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({}),
  output: z.strictObject({
    account_id: z.string(),
    chosen: z.boolean().describe(CHOSEN),
    title: z.string().nullable(),
    base_currency: z.string().nullable(),
    mode: z.enum(['paper', 'live']),
    connection: z.strictObject({ label: z.string(), kind: z.string() }),
  }),
  async run(_args, context) {
    const account = await accountForRead(context, undefined);
    const { label, kind, mode } = context.connection;
    return {
      account_id: account.accountId,
      chosen: context.accountNote === undefined,
      title: account.title,
      base_currency: account.currency,
      mode,
      connection: { label, kind },
    };
  },
});
