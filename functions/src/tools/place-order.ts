import { GatewayError } from '../errors.ts';
import { gatherFacts } from '../orders/order-facts.ts';
import { place } from '../orders/placing.ts';
import { narrower } from '../orders/trading-rules.ts';
import { flag, text } from './arguments.ts';
import { intentOutput, intentResult } from './intent-output.ts';
import { orderInput, proposedOrder } from './order-arguments.ts';
import { preview } from './preview-output.ts';
import { defineTool } from './tool.ts';
import { tradingDesk } from './trading-desk.ts';

export const placeOrderTool = defineTool({
  name: 'place_order',
  title: 'Place an order',
  description:
    'Places one order, exactly once, within the limits the owner set. The answer says what became of it: quote its state and filled_quantity to the user. approval_required or order_needs_reply means that it waits and what to do. Never place an order again because an answer was lost: ask get_order_status.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input: orderInput({
    client_order_id: text(64)
      .optional()
      .describe(
        'Your own name for this order. The same name and order again is that order, never a second one.',
      ),
    duplicate_ok: flag()
      .default(false)
      .describe('This order is meant although the same one was placed within a minute. Default false.'),
  }),
  output: intentOutput,
  async run(args, context) {
    const desk = tradingDesk(context);
    const { order, account } = await proposedOrder(args, context);
    const limits = narrower(desk.limits.connection, desk.limits.app);
    const baseCurrency = account.currency ?? order.contract.currency;
    const { facts, quote } = await gatherFacts(context.ibkr, order, baseCurrency, limits);
    // Whoever says yes has to see what they say yes to.
    const shown = desk.approval === 'none' ? null : await preview(context, order, quote);
    if (shown?.refusal) throw refusedBeforehand(shown.refusal);
    const intent = await place(desk, {
      order,
      facts,
      preview: shown === null ? null : JSON.stringify(shown),
      clientOrderId: args.client_order_id ?? null,
      duplicateMeant: args.duplicate_ok,
    });
    return intentResult(intent, context);
  },
});

function refusedBeforehand(reason: string): GatewayError {
  return new GatewayError(
    'order_rejected',
    `IBKR would not take the order: ${reason}`,
    'Nothing was placed. Change what IBKR objects to, then place the order again.',
  );
}
