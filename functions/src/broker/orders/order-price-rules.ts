/** Which prices IBKR refuses: of an order itself, and of its exits. */

import { type ContractOrderRules, takesTif } from '../contracts/contract-order-rules.ts';
import { type OrderPrices, type PriceName, priceProblems } from '../order-types.ts';
import { exitsOf, type OrderChange, type OrderTicket } from './order-ticket.ts';
import type { OrderField, OrderProblem, TicketContext } from './ticket-context.ts';

const PRICE_FIELDS = {
  limitPrice: 'limit_price',
  stopPrice: 'stop_price',
  trailingAmount: 'trailing_amount',
  trailingPercent: 'trailing_percent',
} as const satisfies Record<PriceName, OrderField>;

export function checkPrices(ticket: OrderTicket, facts: TicketContext): OrderProblem[] {
  const misplaced = priceProblems(ticket.orderType, ticket).map(({ name, ...problem }) => ({
    field: PRICE_FIELDS[name],
    ...problem,
  }));
  if (misplaced.length > 0) return misplaced;
  const { trailingAmount, trailingPercent } = ticket;
  const problems = [
    ...checkPrice('limit_price', ticket.limitPrice, facts, ticket.legs !== undefined),
    ...checkPrice('stop_price', ticket.stopPrice, facts),
  ];
  if (trailingAmount !== undefined && trailingAmount <= 0) {
    const problem = 'The amount is not positive.';
    problems.push({ field: 'trailing_amount', problem, accepted: 'an amount above 0' });
  }
  if (trailingPercent !== undefined && !(trailingPercent > 0 && trailingPercent < 100)) {
    const problem = 'The percentage is out of range.';
    problems.push({ field: 'trailing_percent', problem, accepted: 'above 0 and below 100' });
  }
  return problems;
}

/** A price that is there has to be positive and on the contract's grid. */
function checkPrice(
  field: OrderField,
  price: number | undefined,
  { rules }: TicketContext,
  mayBeNegative = rules?.takesNegativePrices === true,
): OrderProblem[] {
  if (price === undefined) return [];
  if (!Number.isFinite(price) || (price <= 0 && !mayBeNegative)) {
    return [{ field, problem: 'The price is not positive.', accepted: 'a price above 0' }];
  }
  const step = rules?.priceSteps.findLast(({ from }) => from <= Math.abs(price))?.step;
  if (step === undefined || isMultipleOf(price, step)) return [];
  const nearest = Number((Math.round(price / step) * step).toPrecision(12));
  return [
    {
      field,
      problem: `The price is not on the steps of ${step} that the instrument trades in.`,
      accepted: `a multiple of ${step}, such as ${nearest}`,
    },
  ];
}

/** Binary fractions are never exact multiples; a millionth of a step is. */
export function isMultipleOf(number: number, step: number): boolean {
  const steps = number / step;
  return Math.abs(steps - Math.round(steps)) < 1e-6;
}

/** Exits close what the entry opened: the profit lies beyond it, the loss before it. */
export function checkExits(ticket: OrderTicket, facts: TicketContext): OrderProblem[] {
  const { takeProfit, stopLoss, legs } = ticket;
  if (takeProfit === undefined && stopLoss === undefined) return [];
  if (legs !== undefined) {
    const field = takeProfit === undefined ? 'stop_loss_price' : 'take_profit_price';
    const accepted = 'none; place the closing combo on its own';
    return [{ field, problem: 'Combos take no exits.', accepted }];
  }
  const problems = [
    ...exitsOf(ticket).flatMap((exit) => checkExitType(exit, facts.rules)),
    ...checkPrice('take_profit_price', takeProfit?.limitPrice, facts),
    ...checkPrice('stop_loss_price', stopLoss?.stopPrice, facts),
    ...checkPrice('stop_loss_limit_price', stopLoss?.limitPrice, facts),
  ];
  return problems.length > 0
    ? problems
    : [...checkTakeProfit(ticket, facts), ...checkStopLoss(ticket, facts)];
}

function checkTakeProfit(ticket: OrderTicket, facts: TicketContext): OrderProblem[] {
  const { side, takeProfit } = ticket;
  const bound = furthestEntry(ticket, facts, 'profit');
  if (takeProfit === undefined || bound === null || isBefore(side, bound, takeProfit.limitPrice)) return [];
  const where = side === 'BUY' ? 'above' : 'below';
  return [
    {
      field: 'take_profit_price',
      problem: `The take profit of a ${side} lies ${where} ${entryWords(ticket)}.`,
      accepted: `a price ${where} ${bound}`,
    },
  ];
}

function checkStopLoss(ticket: OrderTicket, facts: TicketContext): OrderProblem[] {
  const { side, takeProfit, stopLoss } = ticket;
  if (stopLoss === undefined) return [];
  const where = side === 'BUY' ? 'below' : 'above';
  const bound = furthestEntry(ticket, facts, 'loss') ?? takeProfit?.limitPrice;
  const problems: OrderProblem[] = [];
  if (bound !== undefined && !isBefore(side, stopLoss.stopPrice, bound)) {
    const problem = `The stop loss of a ${side} lies ${where} ${entryWords(ticket)}.`;
    problems.push({ field: 'stop_loss_price', problem, accepted: `a price ${where} ${bound}` });
  }
  const limit = stopLoss.limitPrice;
  if (limit !== undefined && isBefore(side, stopLoss.stopPrice, limit)) {
    problems.push({
      field: 'stop_loss_limit_price',
      problem: 'That limit would keep the stop loss from filling when it triggers.',
      accepted: `${stopLoss.stopPrice}, or a price ${where} it`,
    });
  }
  return problems;
}

function entryWords({ limitPrice, stopPrice }: OrderPrices): string {
  return limitPrice === undefined && stopPrice === undefined
    ? 'the last price, where the order fills'
    : 'its entry';
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

function checkExitType({ orderType, tif }: OrderChange, rules: ContractOrderRules | null): OrderProblem[] {
  if (rules === null || (rules.orderTypes.includes(orderType) && takesTif(rules, tif, orderType))) return [];
  return [
    {
      field: orderType === 'LMT' ? 'take_profit_price' : 'stop_loss_price',
      problem: `This instrument does not take ${tif} ${orderType} orders, which that exit would be.`,
      accepted: 'none, or another tif',
    },
  ];
}
