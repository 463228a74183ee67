import { z } from 'zod';
import { otherMeaning } from '../../broker/contracts/symbols.ts';
import { inWords } from '../../connections/broker-words.ts';
import type { ToolContext } from '../../connections/call-context.ts';
import { otherMeaningWords } from '../../connections/instrument-words.ts';
import { orderSentence } from '../../contract/orders/order-sentence.ts';
import { APPROVAL_MODES } from '../../contract/rules/approval.ts';
import { accountModeOutput } from '../../contract/tool-outputs/parts.ts';
import { orderPreview as previewOutput } from '../../contract/tool-outputs/preview.ts';
import { GatewayError } from '../../errors.ts';
import { listIntents } from '../../store/orders/order-intents.ts';
import { isAbandoned } from '../../trading/domain/intent-states.ts';
import { amountOf } from '../../trading/domain/money.ts';
import { intentSentence, type OrderedContract } from '../../trading/domain/order.ts';
import { assertWithinLimits, totalOf } from '../../trading/domain/risk/check-order.ts';
import { readHeldQuantity } from '../../trading/engine/held-quantity.ts';
import { approvalMode, tradingLimits } from '../../trading/engine/submit-context.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { defineTool, READS } from '../tool.ts';
import { type OrderArguments, orderInput } from './arguments/order-arguments.ts';
import { proposeOrder } from './arguments/propose-order.ts';
import { reviewOrder } from './order-review.ts';

export const previewOrderTool = defineTool({
  name: 'preview_order',
  title: 'Preview an order',
  description:
    'What an order would cost and change, by IBKR’s own what-if: commission, margin before and after, warnings, and whether the owner’s limits allow it. Nothing is placed. Takes the same arguments as place_order.',
  scope: 'read',
  annotations: READS,
  input: orderInput({}),
  sameArgumentsAs: 'place_order',
  output: previewOutput.extend({
    order: z.string().describe('In words, with what it does to the position.'),
    account_id: z.string(),
    mode: accountModeOutput,
    conid: z.number(),
    symbol: z.string(),
    description: z.string().optional(),
    company_name: z.string().nullable().optional(),
    exchange: z.string().nullable().optional().describe('Where the instrument is listed.'),
    contract_currency: z.string(),
    note: z.string().optional().describe('What else the symbol may mean.'),
    value_in_base: z.number().nullable().describe('What counts against the owner’s limits.'),
    limit_refusal: z.string().nullable().describe('Why the owner’s limits forbid the order.'),
    approval: z
      .enum(APPROVAL_MODES)
      .describe(
        'none: place_order sends. model: confirm_order is needed. owner: a person approves on a page.',
      ),
  }),
  async run(args, context) {
    const account = await accountForRead(context, args.account_id);
    await assertNothingAsked(context);
    context.orderAccountId = account.accountId;
    const proposed = await proposeOrder(args, context, account);
    const [review, held] = await Promise.all([
      reviewOrder(context, proposed),
      readHeldQuantity(context.ibkr, proposed.order),
    ]);
    const { inputs, preview } = review;
    const state = await review.state();
    const judged = { inputs, limits: tradingLimits(context) };
    const { accountId, contract } = proposed.order;
    const { value } = totalOf(inputs);
    const { mode } = context.connection;
    return {
      order: orderSentence(proposed.order, { held, mode }),
      account_id: accountId,
      mode,
      conid: contract.conid,
      symbol: contract.symbol,
      ...(contract.description === undefined ? {} : { description: contract.description }),
      company_name: contract.companyName,
      exchange: contract.exchange,
      contract_currency: contract.currency,
      ...noteOn(args, contract),
      ...(await preview()),
      value_in_base: value === null ? null : amountOf(value),
      limit_refusal: refusalOf(() =>
        assertWithinLimits(state, { id: '', app: context.app }, judged, new Date()),
      ),
      approval: approvalMode(context),
    };
  },
});

/**
 * IBKR forgets a question about an order at the next call about any order, and a preview is one: it must not cost an order
 * that waits for its answer, least of all when somebody asks who may only read.
 * @throws {GatewayError} `not_placed`.
 */
async function assertNothingAsked({ db, connection }: ToolContext): Promise<void> {
  const asked = await listIntents(db, connection.id, ['needs_reply']);
  const open = asked.find((intent) => !isAbandoned(intent, new Date()));
  if (open === undefined) return;
  const { id, state, question } = open;
  throw new GatewayError(
    'not_placed',
    `Nothing was previewed: the order ${intentSentence(open)} waits for an answer to IBKR’s question, which IBKR forgets when another order is looked at.`,
    `Accept its warnings with confirm_order, or take it back with cancel_order and its intent_id; its owner can do either in the console. Then preview again.`,
    { details: { intent_id: id, state, expires_at: question?.expiresAt.toISOString() } },
  );
}

/** A ticker alone may be the usual name of something else. */
function noteOn(
  { symbol, exchange, currency }: OrderArguments,
  contract: OrderedContract,
): { note?: string } {
  const isBare = symbol !== undefined && exchange === undefined && currency === undefined;
  const meaning = isBare && contract.secType === 'STK' ? otherMeaning(contract.symbol) : null;
  return meaning === null ? {} : { note: otherMeaningWords(meaning) };
}

function refusalOf(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return error.message;
    throw error;
  }
}
