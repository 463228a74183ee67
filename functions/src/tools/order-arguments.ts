/** How tools take an order. */
import type { z } from 'zod';
import type { Account } from '../ibkr/accounts.ts';
import type { ProposedOrder } from '../orders/proposed-order.ts';
import { accountArgument, code, flag, instrumentInput, positiveAmount } from './arguments.ts';
import { accountFor, type ToolContext } from './context.ts';
import { findInstrument } from './instrument.ts';

const ORDER_TYPES = ['MKT', 'LMT', 'STP', 'STP_LIMIT', 'MIT'] as const;
type PlacedType = (typeof ORDER_TYPES)[number];

const TAKES_LIMIT: readonly PlacedType[] = ['LMT', 'STP_LIMIT'];
const TAKES_STOP: readonly PlacedType[] = ['STP', 'STP_LIMIT', 'MIT'];

/** The input of a tool that takes an order, and the given arguments besides. */
export function orderInput<Shape extends z.ZodRawShape>(shape: Shape) {
  return instrumentInput({ ...orderArguments, ...accountArgument, ...shape }).superRefine((args, check) => {
    const order = args as unknown as OrderArguments; // The compiler cannot see through the generic shape.
    for (const [field, types] of [
      ['limit_price', TAKES_LIMIT],
      ['stop_price', TAKES_STOP],
    ] as const) {
      const takes = types.includes(order.order_type);
      if (takes === (order[field] !== undefined)) continue;
      const message = takes
        ? `a ${order.order_type} order needs one`
        : `none for a ${order.order_type} order`;
      check.addIssue({ code: 'custom', path: [field], message });
    }
  });
}

const orderArguments = {
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
};

const parsedOrder = instrumentInput({ ...orderArguments, ...accountArgument });
type OrderArguments = z.output<typeof parsedOrder>;

/** A type of order as tools take it, from IBKR's word or code for it; null for all others. */
export function changeableType(orderType: string): PlacedType | null {
  return ORDER_TYPES.find((type) => type === orderType) ?? null;
}

/** The order that the arguments mean, every choice made. */
export async function proposedOrder(
  args: OrderArguments,
  context: ToolContext,
): Promise<{ order: ProposedOrder; account: Account }> {
  const account = await accountFor(context, args.account_id);
  const { conid, symbol, secType, currency } = await findInstrument(context, args);
  const order: ProposedOrder = {
    accountId: account.accountId,
    contract: { conid, symbol, secType, currency },
    ticket: {
      conid,
      side: args.side,
      quantity: args.quantity,
      orderType: args.order_type,
      tif: args.tif,
      outsideRth: args.outside_rth,
      ...(args.limit_price === undefined ? {} : { limitPrice: args.limit_price }),
      ...(args.stop_price === undefined ? {} : { stopPrice: args.stop_price }),
    },
  };
  return { order, account };
}
