/** How tools take an order. */
import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { getContractOrderRules } from '../ibkr/contract-order-rules.ts';
import { checkOrder, type OrderProblem } from '../ibkr/order-rules.ts';
import { type OrderType, priceProblems } from '../ibkr/order-types.ts';
import type { ProposedOrder } from '../orders/proposed-order.ts';
import { accountArgument, code, flag, instrumentInput, number, positiveAmount } from './arguments.ts';
import { accountFor, type ToolContext } from './context.ts';
import { findInstrument } from './instrument.ts';
import type { OrderForAccount } from './order-review.ts';

const ORDER_TYPES = [
  'MKT',
  'LMT',
  'STP',
  'STP_LIMIT',
  'MIT',
  'LIT',
  'TRAIL',
  'TRAIL_LIMIT',
  'MIDPRICE',
  'LOC',
  'MOC',
] as const satisfies readonly OrderType[];
type PlacedType = (typeof ORDER_TYPES)[number];

const orderArguments = {
  side: code(['BUY', 'SELL']),
  quantity: positiveAmount().optional().describe('Shares or contracts. This or cash_quantity.'),
  cash_quantity: positiveAmount()
    .optional()
    .describe('An amount of the instrument’s currency to spend or raise, instead of quantity.'),
  order_type: code(ORDER_TYPES).describe(
    'MKT; LMT, LOC (limit_price); STP, MIT (stop_price); STP_LIMIT, LIT (both); TRAIL, TRAIL_LIMIT (trailing_amount or trailing_percent); MIDPRICE; MOC.',
  ),
  limit_price: positiveAmount().optional().describe('The worst price to accept.'),
  stop_price: positiveAmount().optional().describe('The price that sets the order off.'),
  trailing_amount: positiveAmount().optional().describe('How far a trailing stop follows, in money.'),
  trailing_percent: number(z.number().positive().max(100))
    .optional()
    .describe('How far a trailing stop follows, in percent.'),
  tif: code(['DAY', 'GTC', 'IOC', 'OPG', 'GTD'])
    .default('DAY')
    .describe('How long it stays open. GTD needs good_till_date. Default DAY.'),
  good_till_date: z.iso
    .datetime({ offset: true, error: 'a time with its zone, such as 2026-12-31T21:00:00Z' })
    .max(40)
    .optional()
    .describe('Until when a GTD order stays open, such as 2026-12-31T21:00:00Z.'),
  take_profit_price: positiveAmount()
    .optional()
    .describe('Limit price of an exit with a profit, placed when the order has filled.'),
  stop_loss_price: positiveAmount()
    .optional()
    .describe('Stop price of an exit with a loss, placed when the order has filled.'),
  stop_loss_limit_price: positiveAmount().optional().describe('Makes that exit a stop limit.'),
  outside_rth: flag().default(false).describe('May fill outside regular hours. Default false.'),
};

const PRICE_ARGUMENTS = {
  limitPrice: 'limit_price',
  stopPrice: 'stop_price',
  trailingAmount: 'trailing_amount',
  trailingPercent: 'trailing_percent',
} as const;

/** The input of a tool that takes an order, and the given arguments besides. */
export function orderInput<Shape extends z.ZodRawShape>(shape: Shape) {
  return instrumentInput({ ...orderArguments, ...accountArgument, ...shape }).superRefine((args, check) => {
    const order = args as unknown as OrderArguments; // The compiler cannot see through the generic shape.
    for (const { name, problem } of priceProblems(order.order_type, pricesOf(order))) {
      check.addIssue({ code: 'custom', path: [PRICE_ARGUMENTS[name]], message: problem });
    }
    if ((order.quantity === undefined) === (order.cash_quantity === undefined)) {
      const message = 'a number above 0, or cash_quantity instead: one of the two';
      check.addIssue({ code: 'custom', path: ['quantity'], message });
    }
  });
}

const parsedOrder = instrumentInput({ ...orderArguments, ...accountArgument });
type OrderArguments = z.output<typeof parsedOrder>;

/** A type of order as tools take it, from IBKR's word or code for it; null for all others. */
export function changeableType(orderType: string): PlacedType | null {
  return ORDER_TYPES.find((type) => type === orderType) ?? null;
}

/**
 * The order that the arguments mean, every choice made.
 * @throws {GatewayError} `invalid_arguments` naming each argument that IBKR would refuse.
 */
export async function proposedOrder(args: OrderArguments, context: ToolContext): Promise<OrderForAccount> {
  const account = await accountFor(context, args.account_id);
  const { conid, symbol, secType, currency } = await findInstrument(context, args);
  const order: ProposedOrder = {
    accountId: account.accountId,
    contract: { conid, symbol, secType, currency },
    ticket: { ...pricesOf(args), ...ticketOf(args), conid },
  };
  const problems = checkOrder(
    { ...order.ticket, clientOrderId: 'checked' },
    {
      secType,
      currency,
      rules: await getContractOrderRules(context.ibkr, conid),
      account,
      lastPrice: null,
      now: new Date(),
    },
  );
  if (problems.length > 0) throw refused(problems, args);
  return { order, account };
}

function pricesOf(args: OrderArguments) {
  return {
    ...(args.limit_price === undefined ? {} : { limitPrice: args.limit_price }),
    ...(args.stop_price === undefined ? {} : { stopPrice: args.stop_price }),
    ...(args.trailing_amount === undefined ? {} : { trailingAmount: args.trailing_amount }),
    ...(args.trailing_percent === undefined ? {} : { trailingPercent: args.trailing_percent }),
  };
}

function ticketOf(args: OrderArguments) {
  const { take_profit_price: profit, stop_loss_price: loss, stop_loss_limit_price: lossLimit } = args;
  return {
    side: args.side,
    orderType: args.order_type,
    tif: args.tif,
    outsideRth: args.outside_rth,
    ...(args.quantity === undefined ? {} : { quantity: args.quantity }),
    ...(args.cash_quantity === undefined ? {} : { cashQuantity: args.cash_quantity }),
    ...(args.good_till_date === undefined ? {} : { goodTillDate: args.good_till_date }),
    ...(profit === undefined ? {} : { takeProfit: { limitPrice: profit } }),
    ...(loss === undefined
      ? {}
      : { stopLoss: { stopPrice: loss, ...(lossLimit === undefined ? {} : { limitPrice: lossLimit }) } }),
  };
}

function refused(problems: OrderProblem[], args: OrderArguments): GatewayError {
  const given = args as Readonly<Record<string, unknown>>;
  const sentences = problems.map(({ field, problem, accepted }) => {
    const value = given[field];
    return `"${field}" ${value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`}: ${problem} Accepted: ${accepted}.`;
  });
  return new GatewayError(
    'invalid_arguments',
    sentences.join(' '),
    'Nothing was sent: IBKR would refuse the order. Correct the arguments and call again.',
  );
}
