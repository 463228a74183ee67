import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { Contract } from '../ibkr/contracts.ts';
import { futuresOperator } from '../ibkr/order-ticket.ts';
import { getOrderStatus, type Order } from '../ibkr/orders.ts';
import { isOpen } from '../orders/order-state.ts';
import { intendedOrder, type OrderedContract, type ProposedOrder } from '../orders/proposed-order.ts';
import { listIntentsOfOrder, type OrderIntent } from '../store/order-intents.ts';
import { accountForWrite } from './account-choice.ts';
import { accountArgument, identifier, positiveAmount } from './arguments.ts';
import type { ToolContext } from './context.ts';
import { findInstrumentByConid } from './instrument.ts';
import { intentOutput } from './intent-output.ts';
import { changeableType, netPrice } from './order-arguments.ts';
import { requestOrder } from './order-review.ts';
import { legContracts, orderedCombo, orderedContract } from './ordered-contract.ts';
import { problemSentences, problemsWith, refusedArguments } from './propose-order.ts';
import { defineTool } from './tool.ts';

type Ticket = ProposedOrder['ticket'];

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
      limit_price: netPrice().optional().describe('For orders that have a limit price; of a combo, net.'),
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
    const account = await accountForWrite(context, args.account_id);
    const { accountId } = account;
    const working = await getOrderStatus(context.ibkr, accountId, args.order_id);
    const [placed] = await listIntentsOfOrder(context.db, context.connection.id, working.orderId);
    const { contract, legs } = await contractOf(working, context);
    const ticket: Ticket = {
      ...changedTicket(working, args, placed === undefined ? null : ticketOf(placed, working.orderId)),
      conid: contract.conid,
      legs: working.legs,
      futuresOperator: futuresOperator(accountId, (contract.legs?.[0] ?? contract).secType),
    };
    const problems = await problemsWith(context, ticket, { contract, account, legs });
    if (problems.length > 0) throw refusedArguments(problemSentences(problems, args));
    const order: ProposedOrder = { accountId, contract, ticket, modifies: working.orderId };
    const wanted = { clientOrderId: null, duplicateMeant: false };
    return requestOrder(context, { order, account, changed: working }, wanted);
  },
});

/** As an order was placed; it may be the second of a pair. */
function ticketOf(intent: OrderIntent, orderId: string): Ticket {
  const { ticket, oca } = intendedOrder(intent);
  return (orderId === intent.ocaOrderId ? oca : undefined) ?? ticket;
}

async function contractOf(
  { conid, legs }: Order,
  context: ToolContext,
): Promise<{ contract: OrderedContract; legs?: Contract[] }> {
  if (legs === undefined) {
    return { contract: await orderedContract(context, await findInstrumentByConid(context, conid)) };
  }
  const contracts = await legContracts(context, legs);
  return { contract: await orderedCombo(context, contracts), legs: contracts };
}

interface Changes {
  quantity?: number | undefined;
  limit_price?: number | undefined;
  stop_price?: number | undefined;
}

/**
 * IBKR takes the whole order again, so what stays is repeated.
 * @param placed As it was placed through this service, if it was: IBKR does not tell everything of a working order.
 */
function changedTicket(working: Order, changes: Changes, placed: Ticket | null): Ticket {
  const orderType = changeableType(working.orderType);
  const timeInForce = keptTimeInForce(working, placed);
  const keepsTrail = !orderType?.startsWith('TRAIL') || placed !== null;
  if (!isOpen(working.status) || orderType === null || timeInForce === null || !keepsTrail) {
    throw new GatewayError(
      'order_not_cancellable',
      `Order ${working.orderId} cannot be changed: it is ${working.status}, ${working.orderType}, ${working.tif}.`,
      'Only working orders of the types that place_order takes can be changed; of those that are neither DAY nor GTC, and of trailing ones, those that this service placed. Cancel it and place another one.',
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
  return {
    conid: working.conid,
    side: working.side,
    quantity: changes.quantity ?? working.quantity,
    orderType,
    ...timeInForce,
    limitPrice: changes.limit_price ?? working.limitPrice ?? undefined,
    stopPrice: changes.stop_price ?? working.stopPrice ?? undefined,
    trailingAmount: placed?.trailingAmount,
    trailingPercent: placed?.trailingPercent,
    outsideRth: placed?.outsideRth,
    exchange: placed?.exchange,
  };
}

/** IBKR does not tell everything of it that a repetition needs, such as the date of GTD; null if nobody knows. */
function keptTimeInForce({ tif }: Order, placed: Ticket | null): Pick<Ticket, 'tif' | 'goodTillDate'> | null {
  if (tif === 'DAY' || tif === 'GTC') return { tif };
  return placed?.tif === tif ? { tif, goodTillDate: placed.goodTillDate } : null;
}
