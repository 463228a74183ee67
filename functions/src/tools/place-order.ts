import { accountForWrite } from './account-choice.ts';
import { flag, text } from './arguments.ts';
import { intentOutput } from './intent-output.ts';
import { orderInput } from './order-arguments.ts';
import { requestOrder } from './order-review.ts';
import { proposeOrder } from './propose-order.ts';
import { defineTool } from './tool.ts';

export const placeOrderTool = defineTool({
  name: 'place_order',
  title: 'Place an order',
  description:
    'Places one order, exactly once, within the limits the owner set. The answer says what became of it: quote its state and filled_quantity to the user. approval_required or order_needs_reply means that it waits and what to do. Never place an order again because an answer was lost: ask get_order_status.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input: orderInput({
    client_order_id: text(64)
      .optional()
      .describe(
        'Your own name for this order. The same name and order again is that order, never a second one.',
      ),
    duplicate_ok: flag()
      .default(false)
      .describe('This order is meant although the same one was placed within a minute. Default false.'),
  }),
  output: intentOutput,
  async run(args, context) {
    const account = await accountForWrite(context, args.account_id);
    return requestOrder(context, await proposeOrder(args, context, account), {
      clientOrderId: args.client_order_id ?? null,
      duplicateMeant: args.duplicate_ok,
    });
  },
});
