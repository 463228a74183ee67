/** What every tool that proposes an order does with it: judge it, preview it, and have it placed. */
import type { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { Account } from '../ibkr/accounts.ts';
import { type OrderFacts, totalValue } from '../orders/limit-checks.ts';
import { type GatheredFacts, gatherFacts } from '../orders/order-facts.ts';
import { type OrderRequest, place } from '../orders/placing.ts';
import type { ProposedOrder } from '../orders/proposed-order.ts';
import { type Limits, narrower } from '../orders/trading-rules.ts';
import type { ToolContext } from './context.ts';
import { type intentOutput, intentResult } from './intent-output.ts';
import { type OrderPreviewOutput, pairPreview, preview } from './preview-output.ts';
import { tradingDesk, tradingLimits } from './trading-desk.ts';

/** An order, and the account it is for. */
export interface OrderForAccount {
  order: ProposedOrder;
  account: Account;
}

export interface OrderReview extends Pick<GatheredFacts, 'valueWith'> {
  /** Those in force for the app that asks. */
  limits: Limits;
  /** Of the order, and of the other one of its pair. */
  facts: readonly OrderFacts[];
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
  const review = async (each: ProposedOrder) => {
    const gathered = await gatherFacts(context.ibkr, each, baseCurrency, limits);
    return { ...gathered, preview: () => preview(context, each, gathered) };
  };
  const first = await review(order);
  if (order.oca === undefined) return { ...first, limits, facts: [first.facts] };
  const second = await review({ ...order, ticket: order.oca });
  return {
    ...first,
    limits,
    facts: [first.facts, second.facts],
    preview: async () => pairPreview(await first.preview(), await second.preview()),
  };
}

interface Wanted extends Pick<OrderRequest, 'clientOrderId' | 'duplicateMeant'> {
  /** The ticket of the working order that this one changes: only what it adds counts against the day. */
  before?: ProposedOrder['ticket'];
}

/**
 * Has an order placed, or wait for a yes, and answers what became of it.
 * @throws {GatewayError} whatever keeps it from being placed.
 */
export async function requestOrder(
  context: ToolContext,
  proposed: OrderForAccount,
  { before, ...wanted }: Wanted,
): Promise<z.output<typeof intentOutput>> {
  const desk = tradingDesk(context);
  const { facts, valueWith, preview } = await reviewOrder(context, proposed);
  // Whoever says yes has to see what they say yes to.
  const shown = desk.approval === 'none' ? null : await preview();
  if (shown?.refusal) throw refusedBeforehand(shown.refusal, proposed.order);
  const intent = await place(desk, {
    ...wanted,
    order: proposed.order,
    facts,
    ...(before === undefined ? {} : { countedValue: added(totalValue(facts), valueWith(before)) }),
    preview: shown === null ? null : JSON.stringify(shown),
  });
  return intentResult(intent, context);
}

function added(value: number | null, before: number | null): number | null {
  return value === null || before === null ? value : Math.max(0, value - before);
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
