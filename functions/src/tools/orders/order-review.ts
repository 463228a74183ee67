/** What every tool that proposes an order does with it: judge it, preview it, and have it placed. */

import type { z } from 'zod';
import type { Order } from '../../broker/orders/order-answers.ts';
import type { ToolContext } from '../../connections/call-context.ts';
import type { OrderPreview as OrderPreviewOutput } from '../../contract/tool-outputs/preview.ts';
import { GatewayError } from '../../errors.ts';
import { readLedger } from '../../store/orders/trading-ledger.ts';
import type { CallersOrder } from '../../trading/domain/idempotency.ts';
import type { ProposedOrder } from '../../trading/domain/order.ts';
import type { AccountLook } from '../../trading/domain/risk/closing.ts';
import type { RiskInputs } from '../../trading/domain/risk/limit-checks.ts';
import { narrower } from '../../trading/domain/risk/rules.ts';
import type { TradingState } from '../../trading/domain/trading-state.ts';
import { readHeldQuantity } from '../../trading/engine/held-quantity.ts';
import { gatherRiskInputs } from '../../trading/engine/risk-inputs.ts';
import { type Asking, findExisting, place, placedBefore } from '../../trading/engine/submit.ts';
import { tradingContext, tradingLimits } from '../../trading/engine/submit-context.ts';
import type { OrderForAccount } from './arguments/order-for-account.ts';
import { intentAnswer, type intentOutput } from './output/intent-output.ts';
import { hasPlaced } from './output/own-orders.ts';
import { pairPreview, preview } from './output/preview-output.ts';

type LedgerState = Pick<TradingState, 'ledger' | 'stopped'>;

export interface OrderReview {
  /** Of the order, and of the other one of its pair. */
  inputs: readonly RiskInputs[];
  /** Of the connection, when the inputs were gathered. */
  state(): Promise<LedgerState>;
  /** IBKR's what-if, asked for when called. */
  preview(): Promise<OrderPreviewOutput>;
}

/** An account as it was looked at, with the ledger of before. */
export interface LedgerAndLook {
  state: LedgerState;
  look: AccountLook;
}

/**
 * Gathers what an order is judged by.
 * @param seen The account as it was looked at already, and IBKR's ids of orders that are cancelled before this one is sent.
 */
export async function reviewOrder(
  context: ToolContext,
  { order, account, changed }: OrderForAccount,
  seen?: LedgerAndLook & { without: readonly string[] },
): Promise<OrderReview> {
  const { connection, app } = tradingLimits(context);
  let read = seen && Promise.resolve(seen.state);
  const state = () => {
    read ??= readLedger(context.db, context.connection.id);
    return read;
  };
  const limits = narrower(connection, app);
  const isOfOthers = limits.othersOrders === false && (await changesOthers(context, changed));
  const circumstances = {
    baseCurrency: account.currency,
    limits,
    ledger: async () => (await state()).ledger,
    changed: changed ?? null,
    ...(seen === undefined ? {} : { look: seen.look, without: seen.without }),
  };
  const review = async (each: ProposedOrder) => {
    const gathered = await gatherRiskInputs(context.ibkr, each, circumstances);
    const inputs = { ...gathered.inputs, isOfOthers };
    return { inputs, preview: () => preview(context, each, gathered) };
  };
  const first = await review(order);
  if (order.oca === undefined) return { state, inputs: [first.inputs], preview: first.preview };
  const second = await review({ ...order, ticket: order.oca });
  return {
    state,
    inputs: [first.inputs, second.inputs],
    preview: async () => pairPreview(await first.preview(), await second.preview()),
  };
}

/** Whether a change is of an order that the app did not place; the owner in the console may change each. */
async function changesOthers(context: ToolContext, changed: Order | undefined): Promise<boolean> {
  if (changed === undefined || context.app.source === 'console') return false;
  const { accountId, orderId } = changed;
  return !(await hasPlaced(context, { accountId, orderId, listed: null }));
}

/**
 * What became of an order that was asked for before, in the same words or under the same name; null if it is a new one.
 * Ask this before the arguments are held against anything.
 * @param meant The order that the arguments mean now.
 * @throws {GatewayError} `idempotency_conflict`, `possible_duplicate`, and what `intentResult` throws.
 */
export async function orderAskedBefore(
  context: ToolContext,
  asking: Asking & { asked: CallersOrder },
  meant: () => Promise<ProposedOrder>,
): Promise<z.output<typeof intentOutput> | null> {
  const known = await findExisting(tradingContext(context), asking, meant);
  return known === null ? null : intentAnswer(known, context);
}

/**
 * Has an order placed, or wait for a yes, and answers what became of it.
 * @param reviewed What it is judged by, and what is held, where that is known already.
 * @throws {GatewayError} whatever keeps it from being placed.
 */
export async function requestOrder(
  context: ToolContext,
  proposed: OrderForAccount,
  wanted: Asking,
  reviewed?: { review: OrderReview; held: number },
): Promise<z.output<typeof intentOutput>> {
  const trading = tradingContext(context);
  const known = await placedBefore(trading, { ...wanted, order: proposed.order });
  if (known !== null) return intentAnswer(known, context);
  const [{ inputs, preview }, held] =
    reviewed === undefined
      ? await Promise.all([reviewOrder(context, proposed), readHeldQuantity(context.ibkr, proposed.order)])
      : [reviewed.review, reviewed.held];
  // Whoever says yes has to see what they say yes to.
  const shown = trading.approval === 'none' ? null : await preview();
  if (shown?.refusal) throw refusedBeforehand(shown.refusal, proposed.order);
  const intent = await place(trading, {
    ...wanted,
    order: proposed.order,
    inputs,
    held,
    preview: shown === null ? null : JSON.stringify(shown),
  });
  return intentAnswer(intent, context);
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
