import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { getOrderStatus } from '../ibkr/orders.ts';
import { refresh } from '../orders/reconciliation.ts';
import { findIntent, findIntentOfOrder } from '../store/order-intents.ts';
import { identifier, text } from './arguments.ts';
import { intentResult } from './intent-output.ts';
import { orderOutput, shownOrder } from './order-output.ts';
import { defineTool, READS } from './tool.ts';

export const getOrderStatusTool = defineTool({
  name: 'get_order_status',
  title: 'Order status',
  description:
    'One order: whether it is working, filled or cancelled, how much is filled and at what average price. Ask by order_id, or by the intent_id of an order whose answer was lost or that waits for a yes: this finds out what became of it.',
  scope: 'read',
  annotations: READS,
  input: z
    .strictObject({
      order_id: identifier().optional().describe('From place_order or get_orders. Give this or intent_id.'),
      intent_id: text(64).optional().describe('From place_order. Give this or order_id.'),
    })
    .refine(
      ({ order_id, intent_id }) => (order_id === undefined) !== (intent_id === undefined),
      'give either order_id or intent_id, and not both',
    ),
  output: orderOutput,
  async run(args, context) {
    const { db, connection, ibkr } = context;
    const desk = { db, ibkr, connectionId: connection.id, acceptedWarnings: [] };
    if (args.order_id !== undefined) {
      const order = await getOrderStatus(ibkr, args.order_id);
      const known = await findIntentOfOrder(db, connection.id, args.order_id);
      if (known !== null) await refresh(desk, known);
      return shownOrder(order);
    }
    const intent = await findIntent(db, connection.id, args.intent_id ?? '');
    if (intent === null) {
      throw new GatewayError(
        'not_found',
        'There is no such order.',
        'Use an intent_id that place_order answered.',
      );
    }
    const { order_id } = intentResult(await refresh(desk, intent), context);
    return shownOrder(await getOrderStatus(ibkr, order_id ?? ''));
  },
});
