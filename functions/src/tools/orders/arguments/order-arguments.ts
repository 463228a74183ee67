/** How tools take an order. */

import { z } from 'zod';
import { ORDER_TYPES, type OrderPrices, type OrderType, priceProblems } from '../../../broker/order-types.ts';
import { ARGUMENTS, priceFaultWords } from '../../../connections/ticket-words.ts';
import {
  accountArgument,
  amount,
  code,
  conidArgument,
  flag,
  instrumentArguments,
  LEAST_AMOUNT,
  number,
  positiveAmount,
} from '../../arguments.ts';

const MAX_LEGS = 4;

/** A price that may be below zero, as that of a combo which brings money in. */
export function netPrice() {
  return amount(
    z
      .number()
      .min(-1_000_000_000)
      .max(1_000_000_000)
      .refine((price) => price === 0 || Math.abs(price) >= LEAST_AMOUNT, 'no more than eight decimals'),
  );
}

/** Until when a GTD order stays open. */
export function goodTillDate() {
  return z.iso
    .datetime({ offset: true, error: 'a time with its zone, such as 2026-12-31T21:00:00Z' })
    .max(40);
}

export const trailing = {
  trailing_amount: positiveAmount().optional(),
  trailing_percent: amount(z.number().positive().max(100)).optional(),
};

const leg = z.strictObject({
  conid: conidArgument().describe('From get_option_chain.'),
  side: code(['BUY', 'SELL']),
  ratio: number(z.number().int().min(1).max(100)).default(1).describe('Contracts per combo.'),
});

const otherOrder = z.strictObject({
  order_type: code(ORDER_TYPES),
  side: code(['BUY', 'SELL']).optional(),
  quantity: positiveAmount().optional(),
  limit_price: positiveAmount().optional(),
  stop_price: positiveAmount().optional(),
  ...trailing,
});

const orderArguments = {
  side: code(['BUY', 'SELL']).optional().describe('Not with legs, which have their own.'),
  quantity: positiveAmount()
    .optional()
    .describe(
      'Shares, contracts or combos; of a pair such as EUR.USD its first currency. This or cash_quantity.',
    ),
  cash_quantity: positiveAmount()
    .optional()
    .describe('Money to spend or raise instead, in the currency (pounds, not pence).'),
  order_type: code(ORDER_TYPES).describe(
    'MKT; LMT, LOC (limit_price); STP, MIT (stop_price); STP_LIMIT, LIT (both); TRAIL (trailing_amount or trailing_percent); TRAIL_LIMIT (that and both prices); MIDPRICE; MOC.',
  ),
  limit_price: netPrice()
    .optional()
    .describe(
      'The worst price to accept. All prices are in the price_unit of get_quote. Of a combo: net, below 0 if it brings money in.',
    ),
  stop_price: positiveAmount().optional().describe('The price that sets the order off.'),
  trailing_amount: trailing.trailing_amount.describe('How far a trailing stop follows, in price_unit.'),
  trailing_percent: trailing.trailing_percent.describe('The same in percent.'),
  tif: code(['DAY', 'GTC', 'IOC', 'FOK', 'OPG', 'GTD'])
    .default('DAY')
    .describe(
      'How long it stays open. FOK: all of it at once or nothing, with LMT. OPG: only at the opening, with MKT (market on open) or LMT. GTD needs good_till_date.',
    ),
  good_till_date: goodTillDate().optional().describe('Of GTD, such as 2026-12-31T21:00:00Z.'),
  take_profit_price: positiveAmount()
    .optional()
    .describe(
      'Limit price of an exit with a profit, placed when the order has filled. Lasts as tif says: with DAY until today’s close.',
    ),
  stop_loss_price: positiveAmount()
    .optional()
    .describe('Stop price of an exit with a loss, placed then too, which lasts as long.'),
  stop_loss_limit_price: positiveAmount().optional().describe('Makes that exit a stop limit.'),
  outside_rth: flag().default(false).describe('May fill outside regular hours.'),
  legs: z
    .array(leg)
    .min(2)
    .max(MAX_LEGS)
    .optional()
    .describe('A combo of options on one underlying as one order, MKT or LMT, instead of symbol or conid.'),
  oca: otherOrder
    .optional()
    .describe(
      'A second order on the same instrument: when one of the two fills, the other is cancelled. Side and quantity are the first’s unless given.',
    ),
};

/** The input of a tool that takes an order, and the given arguments besides. */
export function orderInput<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .strictObject({ ...instrumentArguments, ...orderArguments, ...accountArgument, ...shape })
    .superRefine((args, check) => {
      const order = args as unknown as OrderArguments; // The compiler cannot see through the generic shape.
      const refuse = (path: string[], message: string) => check.addIssue({ code: 'custom', path, message });
      for (const { path, message } of [...problemsOf(order), ...ocaProblems(order)]) refuse(path, message);
    });
}

const parsedOrder = z.strictObject({ ...instrumentArguments, ...orderArguments, ...accountArgument });
export type OrderArguments = z.output<typeof parsedOrder>;
type Problem = { path: string[]; message: string };

function problemsOf(args: OrderArguments): Problem[] {
  const { symbol, conid, legs, side, quantity, cash_quantity, limit_price } = args;
  const { stop_loss_price, stop_loss_limit_price } = args;
  const problems = pricesProblems(args, []);
  const wrong = (message: string, ...path: string[]) => problems.push({ path, message });
  const named = [symbol, conid, legs].filter((one) => one !== undefined).length;
  if (named === 0) wrong('give the symbol or conid of what to trade, or the legs of a combo');
  if (named > 1) wrong('give only one of symbol, conid and legs');
  if (legs === undefined && side === undefined) wrong('one of BUY, SELL', 'side');
  if (legs !== undefined && side !== undefined)
    wrong('each leg of a combo has a side of its own, so the order has none', 'side');
  if (quantity === undefined && cash_quantity === undefined) {
    wrong('a number above 0, or cash_quantity instead', 'quantity');
  }
  if (quantity !== undefined && cash_quantity !== undefined) {
    wrong('an order has either quantity or cash_quantity, and both are given', 'quantity');
  }
  if (legs === undefined && limit_price !== undefined && limit_price <= 0)
    wrong('only the price of a combo may be 0 or below', 'limit_price');
  if (stop_loss_limit_price !== undefined && stop_loss_price === undefined)
    wrong('it is the limit of a stop loss, and stop_loss_price is missing', 'stop_loss_limit_price');
  return problems;
}

function ocaProblems({ oca, ...first }: OrderArguments): Problem[] {
  if (oca === undefined) return [];
  const problems = pricesProblems(oca, ['oca']);
  for (const field of ['legs', 'cash_quantity', 'take_profit_price', 'stop_loss_price'] as const) {
    if (first[field] !== undefined) problems.push({ path: [field], message: 'an order with oca has none' });
  }
  return problems;
}

function pricesProblems(args: PriceArguments, path: string[]): Problem[] {
  return priceProblems(args.order_type, pricesOf(args)).map(({ name, fault }) => ({
    path: [...path, ARGUMENTS[name]],
    message: priceFaultWords(fault)[0],
  }));
}

type PriceArguments = Pick<
  OrderArguments,
  'order_type' | 'limit_price' | 'stop_price' | 'trailing_amount' | 'trailing_percent'
>;

/** The prices among the arguments, by what they mean. */
export function pricesOf(args: PriceArguments): OrderPrices {
  return {
    limitPrice: args.limit_price,
    stopPrice: args.stop_price,
    trailingAmount: args.trailing_amount,
    trailingPercent: args.trailing_percent,
  };
}

/** A type of order as tools take it, from IBKR's word or code for it; null for all others. */
export function changeableType(orderType: string): OrderType | null {
  return ORDER_TYPES.find((type) => type === orderType) ?? null;
}
