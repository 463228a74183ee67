/** Which prices IBKR refuses: of an order itself, and of its exits. */

import { type ContractOrderRules, takesTif } from '../../contracts/contract-order-rules.ts';
import { type OrderPrices, priceProblems } from '../../order-types.ts';
import { exitsOf, type OrderChange, type OrderTicket } from '../order-ticket.ts';
import type { TicketContext, TicketField, TicketProblem } from '../ticket-context.ts';

export function checkPrices(ticket: OrderTicket, context: TicketContext): TicketProblem[] {
  const misplaced = priceProblems(ticket.orderType, ticket).map(({ name, fault }) => ({
    field: name,
    fault,
  }));
  if (misplaced.length > 0) return misplaced;
  const { trailingAmount, trailingPercent } = ticket;
  const problems: TicketProblem[] = [
    ...checkPrice('limitPrice', ticket.limitPrice, context, ticket.legs !== undefined),
    ...checkPrice('stopPrice', ticket.stopPrice, context),
  ];
  if (trailingAmount !== undefined && trailingAmount <= 0) {
    problems.push({ field: 'trailingAmount', fault: { is: 'not_positive' } });
  }
  if (trailingPercent !== undefined && !(trailingPercent > 0 && trailingPercent < 100)) {
    problems.push({ field: 'trailingPercent', fault: { is: 'percent_range' } });
  }
  return problems;
}

/** A price that is there has to be positive and on the contract's grid. */
function checkPrice(
  field: TicketField,
  price: number | undefined,
  { rules }: TicketContext,
  mayBeNegative = rules?.takesNegativePrices === true,
): TicketProblem[] {
  if (price === undefined) return [];
  if (!Number.isFinite(price) || (price <= 0 && !mayBeNegative)) {
    return [{ field, fault: { is: 'not_positive' } }];
  }
  const step = rules?.priceSteps.findLast(({ from }) => from <= Math.abs(price))?.step;
  if (step === undefined || isMultipleOf(price, step)) return [];
  const nearest = Number((Math.round(price / step) * step).toPrecision(12));
  return [{ field, fault: { is: 'off_step', step, nearest } }];
}

/** Binary fractions are never exact multiples. What is less than a step is a multiple only where it is 0. */
export function isMultipleOf(number: number, step: number): boolean {
  const steps = number / step;
  const whole = Math.round(steps);
  if (whole === 0) return number === 0;
  return Math.abs(steps - whole) < Math.max(1e-9, Math.abs(steps) * 1e-13);
}

/** Exits close what the entry opened: the profit lies beyond it, the loss before it. */
export function checkExits(ticket: OrderTicket, context: TicketContext): TicketProblem[] {
  const { takeProfit, stopLoss, legs } = ticket;
  if (takeProfit === undefined && stopLoss === undefined) return [];
  if (legs !== undefined) {
    const field = takeProfit === undefined ? 'stopLossPrice' : 'takeProfitPrice';
    return [{ field, fault: { is: 'combo_exits' } }];
  }
  const problems = [
    ...exitsOf(ticket).flatMap((exit) => checkExitType(exit, context.rules)),
    ...checkPrice('takeProfitPrice', takeProfit?.limitPrice, context),
    ...checkPrice('stopLossPrice', stopLoss?.stopPrice, context),
    ...checkPrice('stopLossLimitPrice', stopLoss?.limitPrice, context),
  ];
  return problems.length > 0
    ? problems
    : [...checkTakeProfit(ticket, context), ...checkStopLoss(ticket, context)];
}

function checkTakeProfit(ticket: OrderTicket, context: TicketContext): TicketProblem[] {
  const { side, takeProfit } = ticket;
  const bound = furthestEntry(ticket, context, 'profit');
  if (takeProfit === undefined || bound === null || isBefore(side, bound, takeProfit.limitPrice)) return [];
  const where = side === 'BUY' ? 'above' : 'below';
  const hasEntryPrice = hasPrice(ticket);
  return [{ field: 'takeProfitPrice', fault: { is: 'exit_side', side, where, bound, hasEntryPrice } }];
}

function checkStopLoss(ticket: OrderTicket, context: TicketContext): TicketProblem[] {
  const { side, takeProfit, stopLoss } = ticket;
  if (stopLoss === undefined) return [];
  const where = side === 'BUY' ? 'below' : 'above';
  const bound = furthestEntry(ticket, context, 'loss') ?? takeProfit?.limitPrice;
  const problems: TicketProblem[] = [];
  if (bound !== undefined && !isBefore(side, stopLoss.stopPrice, bound)) {
    const fault = { is: 'exit_side', side, where, bound, hasEntryPrice: hasPrice(ticket) } as const;
    problems.push({ field: 'stopLossPrice', fault });
  }
  const limit = stopLoss.limitPrice;
  if (limit !== undefined && isBefore(side, stopLoss.stopPrice, limit)) {
    const fault = { is: 'limit_before_stop', stopPrice: stopLoss.stopPrice, where } as const;
    problems.push({ field: 'stopLossLimitPrice', fault });
  }
  return problems;
}

/** An order without a price fills where the market is. */
function hasPrice({ limitPrice, stopPrice }: OrderPrices): boolean {
  return limitPrice !== undefined || stopPrice !== undefined;
}

/** The price that an exit has to be beyond: the entry's own, and where the market is by the time that it fills. */
function furthestEntry(
  ticket: OrderTicket,
  { lastPrice }: TicketContext,
  exit: 'profit' | 'loss',
): number | null {
  const { side, limitPrice, stopPrice } = ticket;
  const prices = [limitPrice ?? stopPrice ?? null, entryReference(ticket, lastPrice)].filter(
    (price) => price !== null,
  );
  if (prices.length === 0) return null;
  return (side === 'BUY') === (exit === 'profit') ? Math.max(...prices) : Math.min(...prices);
}

/**
 * Where the market is when an order fills: where it is now, unless the order waits for another price. Null where
 * neither is known, and of an order that follows the market without saying from where.
 */
export function entryReference(
  { side, orderType, limitPrice, stopPrice }: Pick<OrderTicket, 'side' | 'orderType'> & OrderPrices,
  marketPrice: number | null,
): number | null {
  if (orderType === 'TRAIL' || orderType === 'TRAIL_LIMIT') return stopPrice ?? null;
  const isTouch = orderType === 'MIT' || orderType === 'LIT';
  const [least, most] = side === 'BUY' ? [Math.min, Math.max] : [Math.max, Math.min];
  const known = (...prices: (number | null | undefined)[]) => prices.filter((price) => price != null);
  const started = known(marketPrice, stopPrice);
  const reached = started.length === 0 ? null : (isTouch ? least : most)(...started);
  const filled = known(reached, limitPrice);
  return filled.length === 0 ? null : least(...filled);
}

/** Whether a position of this side has less at the one price than at the other. */
function isBefore(side: OrderTicket['side'], price: number, other: number): boolean {
  return side === 'BUY' ? price < other : price > other;
}

function checkExitType({ orderType, tif }: OrderChange, rules: ContractOrderRules | null): TicketProblem[] {
  if (rules === null || (rules.orderTypes.includes(orderType) && takesTif(rules, tif, orderType))) return [];
  const field = orderType === 'LMT' ? 'takeProfitPrice' : 'stopLossPrice';
  return [{ field, fault: { is: 'exit_not_taken', tif, orderType } }];
}
