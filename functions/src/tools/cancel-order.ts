import { z } from 'zod';
import { futuresOperator } from '../ibkr/order-ticket.ts';
import { getOrderStatus } from '../ibkr/orders.ts';
import { askToCancel } from '../orders/cancelling.ts';
import { followOrder } from '../orders/follow-order.ts';
import { refresh } from '../orders/reconciliation.ts';
import { lull } from '../orders/send-queue.ts';
import { listIntentsOfOrder } from '../store/order-intents.ts';
import { accountForWrite } from './account-choice.ts';
import { accountArgument, identifier } from './arguments.ts';
import { orderOutput, shownOrder } from './order-output.ts';
import { defineTool } from './tool.ts';
import { tradingDesk } from './trading-desk.ts';

export const cancelOrderTool = defineTool({
  name: 'cancel_order',
  title: 'Cancel an order',
  description:
    'Asks IBKR to cancel a working order and answers with the order as it stands then. Only state cancelled means it is gone; it may still have filled, wholly or in part.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    order_id: identifier().describe('From place_order or get_orders.'),
    ...accountArgument,
  }),
  output: orderOutput,
  async run(args, context) {
    const { accountId } = await accountForWrite(context, args.account_id);
    const { secType } = await getOrderStatus(context.ibkr, accountId, args.order_id);
    const operator = futuresOperator(accountId, secType);
    const desk = tradingDesk(context);
    await lull(desk);
    await askToCancel(context.ibkr, accountId, args.order_id, { futuresOperator: operator });
    const order = await followOrder(context.ibkr, accountId, args.order_id);
    for (const intent of await listIntentsOfOrder(desk.db, desk.connectionId, args.order_id)) {
      await refresh(desk, intent);
    }
    return shownOrder(order);
  },
});
