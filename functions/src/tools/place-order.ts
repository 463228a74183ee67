import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { IbkrClient } from '../ibkr/client.ts';
import {
  getOrderStatus,
  type Order,
  type OrderOutcome,
  type OrderTicket,
  placeOrder,
  replyToQuestion,
} from '../ibkr/orders.ts';
import { accountArgument, code, flag, instrumentInput, positiveAmount } from './arguments.ts';
import { accountFor, type ToolContext } from './context.ts';
import { followOrder } from './follow-order.ts';
import { findInstrument } from './instrument.ts';
import { ORDER_STATES, orderState } from './order-output.ts';
import { defineTool } from './tool.ts';

const ORDER_TYPES = ['MKT', 'LMT', 'STP', 'STP_LIMIT', 'MIT'] as const;
type PlacedType = (typeof ORDER_TYPES)[number];

/** Questions in a row after which something is wrong; three is the most that was seen of IBKR. */
const QUESTIONS_AT_MOST = 10;

const TAKES_LIMIT: readonly PlacedType[] = ['LMT', 'STP_LIMIT'];
const TAKES_STOP: readonly PlacedType[] = ['STP', 'STP_LIMIT', 'MIT'];

export const placeOrderTool = defineTool({
  name: 'place_order',
  title: 'Place an order',
  description:
    'Sends one order to IBKR at once. Only simulated (sandbox) connections accept orders at present. The answer says what became of it: quote its state and filled_quantity to the user, and do not call again for the same wish; follow a working order with get_order_status.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input: instrumentInput({
    side: code(['BUY', 'SELL']),
    quantity: positiveAmount().describe('Shares or contracts.'),
    order_type: code(ORDER_TYPES).describe(
      'MKT, LMT (limit_price), STP (stop_price), STP_LIMIT (both), MIT (stop_price).',
    ),
    limit_price: positiveAmount().optional().describe('The worst price to accept: LMT and STP_LIMIT.'),
    stop_price: positiveAmount()
      .optional()
      .describe('The price that sets the order off: STP, STP_LIMIT and MIT.'),
    tif: code(['DAY', 'GTC', 'IOC', 'OPG']).default('DAY').describe('How long it stays open. Default DAY.'),
    outside_rth: flag().default(false).describe('May fill outside regular hours. Default false.'),
    ...accountArgument,
  }).superRefine((order, check) => {
    const prices = [
      ['limit_price', TAKES_LIMIT],
      ['stop_price', TAKES_STOP],
    ] as const;
    for (const [field, types] of prices) {
      const takes = types.includes(order.order_type);
      if (takes === (order[field] !== undefined)) continue;
      const message = takes
        ? `a ${order.order_type} order needs one`
        : `none for a ${order.order_type} order`;
      check.addIssue({ code: 'custom', path: [field], message });
    }
  }),
  output: z.strictObject({
    order_id: z.string(),
    client_order_id: z.string(),
    account_id: z.string(),
    conid: z.number(),
    symbol: z.string(),
    currency: z.string(),
    side: z.enum(['BUY', 'SELL']),
    order_type: z.string(),
    quantity: z.number(),
    state: z.enum(ORDER_STATES),
    status: z.string().describe('IBKR’s own word for the state.'),
    filled_quantity: z.number().nullable().describe('null: not known yet, ask get_order_status.'),
    average_price: z.number().nullable(),
    warnings: z.array(z.string()).describe('IBKR’s warnings that were accepted on the way. Tell the user.'),
  }),
  async run(args, context) {
    if (context.connection.kind !== 'sandbox') {
      throw new GatewayError(
        'trading_unavailable',
        'Orders are not accepted on this connection: only sandbox connections take them at present.',
        'Place the order in IBKR’s own app, or try it out on a sandbox connection.',
      );
    }
    const account = await accountFor(context, args.account_id);
    const contract = await findInstrument(context, args);
    const ticket: OrderTicket = {
      conid: contract.conid,
      side: args.side,
      quantity: args.quantity,
      orderType: args.order_type,
      tif: args.tif,
      outsideRth: args.outside_rth,
      clientOrderId: randomUUID(),
      ...(args.limit_price === undefined ? {} : { limitPrice: args.limit_price }),
      ...(args.stop_price === undefined ? {} : { stopPrice: args.stop_price }),
    };
    const { accepted, warnings } = await send(context, account.accountId, ticket);
    const order = await placed(context.ibkr, accepted.orderId, args.order_type);
    const status = order?.status ?? accepted.status;
    return {
      order_id: accepted.orderId,
      client_order_id: ticket.clientOrderId,
      account_id: account.accountId,
      conid: contract.conid,
      symbol: contract.symbol,
      currency: contract.currency,
      side: args.side,
      order_type: args.order_type,
      quantity: args.quantity,
      state: orderState(status),
      status,
      filled_quantity: order?.filledQuantity ?? null,
      average_price: order?.averagePrice ?? null,
      warnings,
    };
  },
});

type Accepted = Extract<OrderOutcome, { kind: 'accepted' }>;

/** Sends the order and says yes to what IBKR asks about it, keeping the questions for the caller to read. */
async function send(
  context: ToolContext,
  accountId: string,
  ticket: OrderTicket,
): Promise<{ accepted: Accepted; warnings: string[] }> {
  const warnings: string[] = [];
  let outcome = await placeOrder(context.ibkr, accountId, ticket);
  for (let asked = 0; outcome.kind === 'question' && asked < QUESTIONS_AT_MOST; asked++) {
    warnings.push(...outcome.messages);
    outcome = await replyToQuestion(context.ibkr, outcome.replyId, true);
  }
  if (outcome.kind === 'accepted') return { accepted: outcome, warnings };
  const reason = outcome.kind === 'rejected' ? outcome.reason : outcome.messages.join(' ');
  throw new GatewayError(
    'order_rejected',
    `IBKR did not take the order: ${reason}`,
    'Nothing was placed. Change what IBKR objects to, then send the order again.',
  );
}

/**
 * What became of an order that IBKR took; null if it cannot be read just now, which must not look as though
 * the order had failed.
 */
async function placed(ibkr: IbkrClient, orderId: string, type: PlacedType): Promise<Order | null> {
  try {
    return await (type === 'MKT' ? followOrder(ibkr, orderId) : getOrderStatus(ibkr, orderId));
  } catch (error) {
    if (error instanceof GatewayError) return null;
    throw error;
  }
}
