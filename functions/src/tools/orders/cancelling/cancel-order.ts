import { cancelOutput } from '../../../contract/tool-outputs/orders.ts';
import { defineTool } from '../../tool.ts';
import { findReferencedOrder, orderReferenceInput } from '../arguments/order-reference.ts';
import { cancelReferencedOrder } from './cancel-referenced-order.ts';

export const cancelOrderTool = defineTool({
  name: 'cancel_order',
  title: 'Cancel an order',
  description:
    'Asks IBKR to cancel a working order, or takes back one that still waits for a yes or an answer to IBKR’s question. Answers what is known of it then. Only state cancelled or withdrawn means that it is gone; it may still have filled, wholly or in part. Orders that this app did not place are cancelled only where the owner allows it.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: orderReferenceInput({}),
  output: cancelOutput,
  async run(args, context) {
    return cancelReferencedOrder(context, await findReferencedOrder(context, args));
  },
});
