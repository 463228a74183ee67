import { accountForWrite } from '../accounts/account-choice.ts';
import { flag, text } from '../arguments.ts';
import { defineTool } from '../tool.ts';
import { orderInput } from './arguments/order-arguments.ts';
import { composeOrder, proposeOrder } from './arguments/propose-order.ts';
import { orderAskedBefore, requestOrder } from './order-review.ts';
import { intentOutput } from './output/intent-output.ts';

export const placeOrderTool = defineTool({
  name: 'place_order',
  title: 'Place an order',
  description:
    'Places one order, exactly once, within the limits the owner set. Answers the order in words and its state: at IBKR, with what has filled, or waiting for a yes (awaiting_approval, needs_reply), with the next_step. An order whose answer was lost is found with get_order_status; placed again, it would be held back as a possible_duplicate.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input: orderInput({
    client_order_id: text(64)
      .optional()
      .describe(
        'Your own name for this order. The same name and order again is that order and no second one, also after a new sign-in. A name is free again where it is certain that its order did not reach IBKR.',
      ),
    duplicate_ok: flag()
      .default(false)
      .describe(
        'This order is meant although this app placed the same one less than 10 minutes ago, or that one is still open. Default false.',
      ),
  }),
  output: intentOutput,
  async run(args, context) {
    const { client_order_id, duplicate_ok, ...order } = args;
    const asking = {
      clientOrderId: client_order_id ?? null,
      duplicateMeant: duplicate_ok,
      asked: { args: order, chosenAccount: context.connection.currentAccountId },
    };
    const account = async () => {
      const decided = await accountForWrite(context, args.account_id);
      context.orderAccountId = decided.accountId;
      return decided;
    };
    const meant = async () => (await composeOrder(order, context, await account())).order;
    const known = await orderAskedBefore(context, asking, meant);
    if (known !== null) return known;
    return requestOrder(context, await proposeOrder(order, context, await account()), asking);
  },
});
