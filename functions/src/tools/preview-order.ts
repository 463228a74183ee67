import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { checkLimits } from '../orders/limit-checks.ts';
import { gatherFacts } from '../orders/order-facts.ts';
import { narrower } from '../orders/trading-rules.ts';
import { orderInput, proposedOrder } from './order-arguments.ts';
import { preview, previewOutput } from './preview-output.ts';
import { defineTool, READS } from './tool.ts';
import { approvalMode, tradingLimits } from './trading-desk.ts';

export const previewOrderTool = defineTool({
  name: 'preview_order',
  title: 'Preview an order',
  description:
    'What an order would cost and change, by IBKR’s own what-if: commission, margin before and after, warnings, and whether the owner’s limits allow it. Nothing is placed. Takes the same arguments as place_order.',
  scope: 'read',
  annotations: READS,
  input: orderInput({}),
  output: previewOutput.extend({
    account_id: z.string(),
    conid: z.number(),
    symbol: z.string(),
    value_in_base: z.number().nullable().describe('What counts against the owner’s limits.'),
    limit_refusal: z.string().nullable().describe('Why the owner’s limits forbid the order.'),
    approval: z
      .enum(['none', 'model', 'owner'])
      .describe(
        'none: place_order sends. model: confirm_order is needed. owner: a person approves on a page.',
      ),
  }),
  async run(args, context) {
    const { order, account } = await proposedOrder(args, context);
    const limits = tradingLimits(context);
    const effective = narrower(limits.connection, limits.app);
    const baseCurrency = account.currency ?? order.contract.currency;
    const { facts, quote } = await gatherFacts(context.ibkr, order, baseCurrency, effective);
    return {
      account_id: order.accountId,
      conid: order.contract.conid,
      symbol: order.contract.symbol,
      ...(await preview(context, order, quote)),
      value_in_base: facts.value,
      limit_refusal: refusalOf(() => checkLimits(effective, facts)),
      approval: approvalMode(context),
    };
  },
});

function refusalOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof GatewayError) return error.message;
    throw error;
  }
}
