import { z } from 'zod';
import { getOrderStatus } from '../ibkr/orders.ts';
import { identifier } from './arguments.ts';
import { orderOutput, shownOrder } from './order-output.ts';
import { defineTool, READS } from './tool.ts';

export const getOrderStatusTool = defineTool({
  name: 'get_order_status',
  title: 'Order status',
  description:
    'One order by its order_id: whether it is working, filled or cancelled, how much is filled and at what average price. Ask again to follow a working order.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({
    order_id: identifier().describe('From place_order or get_orders.'),
  }),
  output: orderOutput,
  async run(args, context) {
    return shownOrder(await getOrderStatus(context.ibkr, args.order_id));
  },
});
