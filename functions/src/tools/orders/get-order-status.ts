import { defineTool, READS } from '../tool.ts';
import { orderReferenceInput } from './arguments/order-reference.ts';
import { orderStatusOutput, readOrderStatus } from './order-status.ts';

export const getOrderStatusTool = defineTool({
  name: 'get_order_status',
  title: 'Order status',
  description:
    'One order: whether it is working, filled or cancelled, how much is filled and at what average price. By intent_id or client_order_id it finds out what became of one that waited, or whose answer was lost.',
  scope: 'read',
  annotations: READS,
  input: orderReferenceInput({}),
  output: orderStatusOutput,
  run: readOrderStatus,
});
