import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { getOrderStatus } from '../ibkr/orders.ts';
import { intendedOrder } from '../orders/proposed-order.ts';
import { refresh } from '../orders/reconciliation.ts';
import { findIntent, listIntentsOfOrder, type OrderIntent } from '../store/order-intents.ts';
import { accountForRead } from './account-choice.ts';
import { accountArgument, identifier, text } from './arguments.ts';
import type { ToolContext } from './context.ts';
import { intentResult } from './intent-output.ts';
import { orderOutput, shownOrder } from './order-output.ts';
import { defineTool, READS } from './tool.ts';

const statusOutput = orderOutput.extend({
  as_of: z
    .string()
    .nullable()
    .describe(
      'null: now, by IBKR. Else IBKR no longer has the order, and this is what was known of it then.',
    ),
  reason: z.string().nullable().describe('Why the order ended, where IBKR no longer has it.'),
});

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
      ...accountArgument,
    })
    .refine(
      ({ order_id, intent_id }) => (order_id === undefined) !== (intent_id === undefined),
      'give either order_id or intent_id, and not both',
    ),
  output: statusOutput,
  async run({ order_id, intent_id, account_id }, context) {
    const { db, connection, ibkr } = context;
    const desk = { db, ibkr, connectionId: connection.id, acceptedWarnings: [] };
    if (order_id !== undefined) {
      const [placed] = await listIntentsOfOrder(db, connection.id, order_id);
      if (placed !== undefined) return statusOf(context, order_id, await refresh(desk, placed));
      const { accountId } = await accountForRead(context, account_id);
      return fromIbkr(context, accountId, order_id);
    }
    const known = await findIntent(db, connection.id, intent_id ?? '');
    if (known === null) {
      throw new GatewayError(
        'not_found',
        'There is no such order.',
        'Use an intent_id that place_order answered.',
      );
    }
    const intent = await refresh(desk, known);
    const { order_id: first, filled_order_id: filled } = intentResult(intent, context);
    return statusOf(context, filled ?? first ?? '', intent);
  },
});

type Status = z.output<typeof statusOutput>;

/** IBKR's word while it has the order; else what became of it, which is written down. */
async function statusOf(context: ToolContext, orderId: string, intent: OrderIntent): Promise<Status> {
  try {
    return await fromIbkr(context, intendedOrder(intent).accountId, orderId);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'not_found') throw error;
    return fromIntent(intent, orderId);
  }
}

async function fromIbkr({ ibkr }: ToolContext, accountId: string, orderId: string): Promise<Status> {
  return { ...shownOrder(await getOrderStatus(ibkr, accountId, orderId)), as_of: null, reason: null };
}

function fromIntent(intent: OrderIntent, orderId: string): Status {
  const { accountId, contract, ...order } = intendedOrder(intent);
  const ticket = (orderId === intent.ocaOrderId ? order.oca : undefined) ?? order.ticket;
  // The intent of a pair tells of the order that filled.
  const isOther = intent.filledOrderId !== null && intent.filledOrderId !== orderId;
  const state = isOther && intent.state === 'filled' ? 'cancelled' : intent.state;
  const filled = isOther ? 0 : (intent.filledQuantity ?? 0);
  const quantity = ticket.quantity ?? filled;
  return {
    ...shownOrder({
      orderId,
      clientOrderId: intent.cOID,
      parentOrderId: null,
      accountId,
      conid: contract.conid,
      symbol: contract.symbol,
      secType: contract.secType,
      currency: contract.currency,
      side: ticket.side,
      orderType: ticket.orderType,
      quantity,
      filledQuantity: filled,
      remainingQuantity: quantity - filled,
      limitPrice: ticket.limitPrice ?? null,
      stopPrice: ticket.stopPrice ?? null,
      averagePrice: isOther ? null : intent.averagePrice,
      tif: ticket.tif,
      status: intent.ibkrStatus ?? '',
      lastExecutionTime: intent.filledAt?.toISOString() ?? null,
      description: null,
      statusDescription: null,
      outsideRth: ticket.outsideRth ?? null,
      legs: ticket.legs,
    }),
    // IBKR's last word was that of an order that still worked.
    state: state === 'filled' || state === 'cancelled' ? state : 'unknown',
    as_of: intent.updatedAt.toISOString(),
    reason: intent.reason,
  };
}
