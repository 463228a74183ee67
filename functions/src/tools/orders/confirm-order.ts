import { z } from 'zod';
import { loginAccounts } from '../../connections/call-context.ts';
import { isWaiting } from '../../trading/domain/intent-states.ts';
import { intendedOrder } from '../../trading/domain/order.ts';
import { stricter } from '../../trading/domain/risk/rules.ts';
import { approveWaiting } from '../../trading/engine/submit.ts';
import { tradingContext } from '../../trading/engine/submit-context.ts';
import { text } from '../arguments.ts';
import { defineTool } from '../tool.ts';
import { findNamedIntent } from './arguments/order-reference.ts';
import { intentAnswer, intentOutput } from './output/intent-output.ts';
import { findAppIntent } from './person-answer.ts';
import { riskInputsNow } from './risk-inputs-now.ts';

export const confirmOrderTool = defineTool({
  name: 'confirm_order',
  title: 'Confirm an order',
  description:
    'Says yes to an order that waits: sends one in state awaiting_approval, or accepts IBKR’s warnings about one in state needs_reply. It stands for the user’s own yes. Of an order that waits for its owner it only answers the link.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input: z
    .strictObject({
      intent_id: text(64).optional().describe('From place_order or get_orders.'),
      client_order_id: text(64).optional().describe('Instead of intent_id: your own name for it.'),
    })
    .refine(
      ({ intent_id, client_order_id }) => intent_id !== undefined || client_order_id !== undefined,
      'give the intent_id of the order, or its client_order_id',
    )
    .refine(
      ({ intent_id, client_order_id }) => intent_id === undefined || client_order_id === undefined,
      'give only one of intent_id and client_order_id',
    ),
  output: intentOutput,
  async run(args, context) {
    const trading = tradingContext(context);
    await loginAccounts(context);
    const intent =
      args.intent_id === undefined
        ? await findNamedIntent(context, args)
        : await findAppIntent(context, args.intent_id);
    context.orderAccountId = intendedOrder(intent).accountId;
    const mode = stricter(intent.approval.mode, trading.approval);
    // Only the page can say the owner's yes; the answer names it.
    if (!isWaiting(intent) || mode === 'owner') return intentAnswer(intent, context, mode);
    const yes = { by: `${context.app.name} (model)`, inputs: await riskInputsNow(context, intent) };
    return intentAnswer(await approveWaiting(trading, intent, yes), context);
  },
});
