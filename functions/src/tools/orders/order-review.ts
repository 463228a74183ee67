/** What every tool that proposes an order does with it: judge it, preview it, and have it placed. */

import type { z } from 'zod';
import type { Order } from '../../broker/orders/order-answers.ts';
import { readOrder } from '../../broker/orders/read-order.ts';
import { loginAccounts, type ToolContext } from '../../connections/call-context.ts';
import type { OrderPreview as OrderPreviewOutput } from '../../contract/tool-outputs/preview.ts';
import { GatewayError } from '../../errors.ts';
import { readLedger } from '../../store/order-intents.ts';
import type { CallersOrder } from '../../trading/domain/idempotency.ts';
import type { OrderIntent } from '../../trading/domain/intent.ts';
import { intendedOrder, type ProposedOrder } from '../../trading/domain/order.ts';
import type { RiskInputs } from '../../trading/domain/risk/limit-checks.ts';
import { narrower } from '../../trading/domain/risk/rules.ts';
import type { TradingState } from '../../trading/domain/trading-state.ts';
import { heldBefore } from '../../trading/engine/held-before.ts';
import { gatherRiskInputs } from '../../trading/engine/risk-inputs.ts';
import { type Asking, findExisting, place, placedBefore } from '../../trading/engine/submit.ts';
import { tradingContext, tradingLimits } from '../../trading/engine/submit-context.ts';
import { accountNamed } from '../accounts/account-choice.ts';
import type { OrderForAccount } from './order-for-account.ts';
import { intentAnswer, type intentOutput } from './output/intent-output.ts';
import { hasPlaced } from './output/own-orders.ts';
import { pairPreview, preview } from './output/preview-output.ts';
import { checkExitsNow } from './propose-order.ts';

export interface OrderReview {
  /** Of the order, and of the other one of its pair. */
  inputs: readonly RiskInputs[];
  /** Of the connection, when the inputs were gathered. */
  state: Pick<TradingState, 'ledger' | 'stopped'>;
  /** IBKR's what-if, asked for when called. */
  preview(): Promise<OrderPreviewOutput>;
}

/** Gathers what an order is judged by. */
export async function reviewOrder(
  context: ToolContext,
  { order, account, changed }: OrderForAccount,
): Promise<OrderReview> {
  const { connection, app } = tradingLimits(context);
  const state = await readLedger(context.db, context.connection.id);
  const limits = narrower(connection, app);
  const isOfOthers = limits.othersOrders === false && (await changesOthers(context, changed));
  const circumstances = {
    baseCurrency: account.currency,
    limits,
    ledger: state.ledger,
    changed: changed ?? null,
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
 * The risk inputs of an order that waits, at the time of the yes to it.
 * @throws {GatewayError} also `account_mode_mismatch`, when IBKR says live of a connection that says paper, and
 * `order_rejected`, when the market has moved past one of its exits.
 */
export async function riskInputsNow(
  context: ToolContext,
  intent: OrderIntent,
): Promise<readonly RiskInputs[]> {
  const order = intendedOrder(intent);
  const { accountId, modifies } = order;
  const account = accountNamed(await loginAccounts(context), accountId);
  const changed = modifies === undefined ? undefined : await readOrder(context.ibkr, accountId, modifies);
  await checkExitsNow(context, order, account);
  const { inputs } = await reviewOrder(context, { order, account, ...(changed && { changed }) });
  return inputs;
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
 * @throws {GatewayError} whatever keeps it from being placed.
 */
export async function requestOrder(
  context: ToolContext,
  proposed: OrderForAccount,
  wanted: Asking,
): Promise<z.output<typeof intentOutput>> {
  const trading = tradingContext(context);
  const known = await placedBefore(trading, { ...wanted, order: proposed.order });
  if (known !== null) return intentAnswer(known, context);
  const [{ inputs, preview }, held] = await Promise.all([
    reviewOrder(context, proposed),
    heldBefore(context.ibkr, proposed.order),
  ]);
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
