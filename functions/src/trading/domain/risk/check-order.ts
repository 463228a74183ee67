/** The one check of limits: of a preview, of an order that is asked for, and of every yes to one that waits. */

import { isDeepStrictEqual } from 'node:util';
import { GatewayError } from '../../../errors.ts';
import type { OrderIntent } from '../intent.ts';
import { totalsToday } from '../ledger.ts';
import { sumOf } from '../money.ts';
import type { TradingState } from '../trading-state.ts';
import { checkClosing } from './closing.ts';
import {
  addedValue,
  checkDailyLimits,
  checkLimits,
  checkTradingAllowed,
  type RiskInputs,
} from './limit-checks.ts';
import { salesOf, withSalesSince } from './pending-sales.ts';
import { type ConnectionRules, type LimitsInForce, narrower } from './rules.ts';

/** An order, and the other one of its pair, as it is judged: what is known of it now, and what holds now. */
export interface RiskCheck {
  inputs: readonly RiskInputs[];
  limits: LimitsInForce;
  /** Whose limits these are: the app that asked for it, by the grant that it has now. */
  app?: OrderIntent['app'];
  /** What the limits and the approval were read from; left out where that does not matter. */
  rules?: ConnectionRules | undefined;
}

/** What an order counts with. */
export type Counts = Pick<OrderIntent, 'value' | 'orders' | 'sales'>;

/**
 * Holds an order against every limit.
 * @param intent Of the order, itself not counted yet.
 * @returns what it counts with.
 * @throws {GatewayError} `limit_exceeded`; `not_placed` for what would close more than there is, or was judged by rules
 * that have been changed since.
 */
export function assertWithinLimits(
  { ledger, stopped, rules }: Pick<TradingState, 'ledger' | 'stopped' | 'rules'>,
  intent: Pick<OrderIntent, 'id' | 'app'>,
  { inputs, limits, rules: judgedBy }: RiskCheck,
  now: Date,
): Counts {
  checkTrading(limits, stopped);
  checkRules(judgedBy, rules);
  const both = narrower(limits.connection, limits.app);
  const current = inputs.map((each) => withSalesSince(each, ledger, intent.id));
  const lists = [limits.connection.symbols, limits.app.symbols];
  for (const each of current) {
    checkLimits(both, each, lists);
    // To make one smaller is right also where it was too large.
    if (each.closes !== undefined && !each.isReduction) checkClosing(each.closes);
  }
  const counts = { ...totalOf(current), sales: salesOf(current) };
  const today = totalsToday(ledger, intent.app, now);
  checkDailyLimits(limits.connection, today.all, counts);
  checkDailyLimits(limits.app, today.app, counts);
  return counts;
}

/** @throws {GatewayError} `limit_exceeded` when the owner has turned trading off, for the app or altogether. */
export function checkTrading({ connection, app }: LimitsInForce, stopped: boolean): void {
  checkTradingAllowed(stopped ? { trading: false } : narrower(connection, app));
}

/** What is known of an order was gathered for the rules as they were: others may ask for more. */
function checkRules(judgedBy: ConnectionRules | undefined, rules: ConnectionRules | undefined): void {
  if (judgedBy === undefined || rules === undefined || isDeepStrictEqual(judgedBy, rules)) return;
  throw new GatewayError(
    'not_placed',
    'The owner changed the limits of the connection, or who has to approve, while this order was looked at. Nothing was sent.',
    'Ask for it again: it is then held against what the owner allows now.',
  );
}

/** What orders count with: of a pair both, since they may both fill before one of them is cancelled. */
export function totalOf(inputs: readonly RiskInputs[]): Pick<Counts, 'value' | 'orders'> {
  const values = inputs.map(addedValue);
  return {
    value: values.every((value) => value !== null) ? sumOf(values) : null,
    orders: inputs.reduce((sum, { orders }) => sum + orders, 0),
  };
}
