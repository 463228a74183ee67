/** What every tool that proposes an order does with it: judge it, preview it, and have it placed. */
import type { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { Account } from '../ibkr/accounts.ts';
import type { OrderFacts } from '../orders/limit-checks.ts';
import { gatherFacts } from '../orders/order-facts.ts';
import { type OrderRequest, place } from '../orders/placing.ts';
import type { ProposedOrder } from '../orders/proposed-order.ts';
import { type Limits, narrower } from '../orders/trading-rules.ts';
import type { ToolContext } from './context.ts';
import { type intentOutput, intentResult } from './intent-output.ts';
import { type OrderPreviewOutput, preview } from './preview-output.ts';
import { tradingDesk, tradingLimits } from './trading-desk.ts';

/** An order, and the account it is for. */
export interface OrderForAccount {
  order: ProposedOrder;
  account: Account;
}

export interface OrderReview {
  /** Those in force for the app that asks. */
  limits: Limits;
  facts: OrderFacts;
  /** IBKR's what-if, asked for when called. */
  preview(): Promise<OrderPreviewOutput>;
}

/** Gathers what an order is judged by. */
export async function reviewOrder(
  context: ToolContext,
  { order, account }: OrderForAccount,
): Promise<OrderReview> {
  const { connection, app } = tradingLimits(context);
  const limits = narrower(connection, app);
  const baseCurrency = account.currency ?? order.contract.currency;
  const { facts, quote } = await gatherFacts(context.ibkr, order, baseCurrency, limits);
  return { limits, facts, preview: () => preview(context, order, quote) };
}

/** How an order is wanted. `countedValue` tells what it adds to the day's value, from its worth. */
interface Wanted extends Pick<OrderRequest, 'clientOrderId' | 'duplicateMeant'> {
  countedValue?: (worth: number | null) => number | null;
}

/**
 * Has an order placed, or wait for a yes, and answers what became of it.
 * @throws {GatewayError} whatever keeps it from being placed.
 */
export async function requestOrder(
  context: ToolContext,
  proposed: OrderForAccount,
  { clientOrderId, duplicateMeant, countedValue = (worth) => worth }: Wanted,
): Promise<z.output<typeof intentOutput>> {
  const desk = tradingDesk(context);
  const { facts, preview } = await reviewOrder(context, proposed);
  // Whoever says yes has to see what they say yes to.
  const shown = desk.approval === 'none' ? null : await preview();
  if (shown?.refusal) throw refusedBeforehand(shown.refusal, proposed.order);
  const intent = await place(desk, {
    order: proposed.order,
    facts,
    countedValue: countedValue(facts.value),
    preview: shown === null ? null : JSON.stringify(shown),
    clientOrderId,
    duplicateMeant,
  });
  return intentResult(intent, context);
}

function refusedBeforehand(reason: string, { modifies }: ProposedOrder): GatewayError {
  return new GatewayError(
    'order_rejected',
    `IBKR would not take the order: ${reason}`,
    modifies === undefined
      ? 'Nothing was placed. Change what IBKR objects to, then place the order again.'
      : 'The order works on as before. Change what IBKR objects to, then call again.',
  );
}
