import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { getOrderStatus, type Order } from '../ibkr/orders.ts';
import { isOpen } from '../orders/order-state.ts';
import { intendedOrder, type ProposedOrder } from '../orders/proposed-order.ts';
import { findIntentOfOrder } from '../store/order-intents.ts';
import { accountArgument, identifier, positiveAmount } from './arguments.ts';
import { accountFor } from './context.ts';
import { findInstrumentByConid } from './instrument.ts';
import { intentOutput } from './intent-output.ts';
import { changeableType } from './order-arguments.ts';
import { requestOrder } from './order-review.ts';
import { defineTool } from './tool.ts';

export const modifyOrderTool = defineTool({
  name: 'modify_order',
  title: 'Change a working order',
  description:
    'Changes the quantity or prices of a working order; what is left out stays. Side, instrument and type cannot change: cancel and place a new one for that. The same limits and approvals hold as for a new order.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: z
    .strictObject({
      order_id: identifier().describe('From place_order or get_orders.'),
      quantity: positiveAmount().optional().describe('The new quantity in all, what is filled included.'),
      limit_price: positiveAmount().optional().describe('For orders that have a limit price.'),
      stop_price: positiveAmount().optional().describe('For orders that have a stop price.'),
      ...accountArgument,
    })
    .refine(
      ({ quantity, limit_price, stop_price }) =>
        [quantity, limit_price, stop_price].some((one) => one !== undefined),
      'give quantity, limit_price or stop_price',
    ),
  output: intentOutput,
  async run(args, context) {
    const account = await accountFor(context, args.account_id);
    const working = await getOrderStatus(context.ibkr, args.order_id);
    const known = await findIntentOfOrder(context.db, context.connection.id, working.orderId);
    const outsideRth = known === null ? undefined : intendedOrder(known).ticket.outsideRth;
    const ticket = changedTicket(working, args, outsideRth);
    const { conid, symbol, secType, currency } = await findInstrumentByConid(context, working.conid);
    const contract = { conid, symbol, secType, currency };
    const order: ProposedOrder = {
      accountId: account.accountId,
      contract,
      ticket,
      modifies: working.orderId,
    };
    return requestOrder(
      context,
      { order, account },
      {
        clientOrderId: null,
        duplicateMeant: true,
        countedValue: (worth) => addedValue(worth, ticket, working),
      },
    );
  },
});

interface Changes {
  quantity?: number | undefined;
  limit_price?: number | undefined;
  stop_price?: number | undefined;
}

/** IBKR takes the whole order again, so what stays is repeated. */
function changedTicket(
  working: Order,
  changes: Changes,
  outsideRth: boolean | undefined,
): ProposedOrder['ticket'] {
  const orderType = changeableType(working.orderType);
  // Of other times in force IBKR does not say what a repetition would need, such as the date of GTD.
  const keepsTif = working.tif === 'DAY' || working.tif === 'GTC';
  if (!isOpen(working.status) || orderType === null || !keepsTif) {
    throw new GatewayError(
      'order_not_cancellable',
      `Order ${working.orderId} cannot be changed: it is ${working.status}, ${working.orderType}, ${working.tif}.`,
      'Only working DAY and GTC orders of the types that place_order takes can be changed. Cancel it and place another one.',
    );
  }
  for (const [field, had] of [
    ['limit_price', working.limitPrice],
    ['stop_price', working.stopPrice],
  ] as const) {
    if (changes[field] === undefined || had !== null) continue;
    throw new GatewayError(
      'invalid_arguments',
      `"${field}" is ${changes[field]}: a ${orderType} order has none.`,
      'Leave it out, or cancel the order and place another one.',
    );
  }
  const limitPrice = changes.limit_price ?? working.limitPrice;
  const stopPrice = changes.stop_price ?? working.stopPrice;
  return {
    conid: working.conid,
    side: working.side,
    quantity: changes.quantity ?? working.quantity,
    orderType,
    tif: working.tif === 'GTC' ? 'GTC' : 'DAY',
    ...(outsideRth === undefined ? {} : { outsideRth }),
    ...(limitPrice === null ? {} : { limitPrice }),
    ...(stopPrice === null ? {} : { stopPrice }),
  };
}

/** What the change adds to the worth of the order. */
function addedValue(value: number | null, ticket: ProposedOrder['ticket'], before: Order): number | null {
  if (value === null || !ticket.quantity) return value;
  const price = ticket.limitPrice ?? ticket.stopPrice;
  const priceBefore = before.limitPrice ?? before.stopPrice;
  if (price === undefined || priceBefore === null) return value;
  const share = (before.quantity * priceBefore) / (ticket.quantity * price);
  return Math.max(0, value * (1 - share));
}
