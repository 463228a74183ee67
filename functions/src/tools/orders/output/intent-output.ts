/** How tools answer for an order that somebody asked for: what became of it, or what it waits for. */
import { z } from 'zod';
import type { ToolContext } from '../../../connections/call-context.ts';
import type { ApprovalMode } from '../../../contract/rules/approval.ts';
import { legsOutput, waitingFields } from '../../../contract/tool-outputs/orders.ts';
import { accountModeOutput, priceUnitOutput } from '../../../contract/tool-outputs/parts.ts';
import { GatewayError } from '../../../errors.ts';
import { acceptedWords } from '../../../trading/domain/accepted-warnings.ts';
import { askAgain } from '../../../trading/domain/idempotency.ts';
import type { OrderIntent } from '../../../trading/domain/intent.ts';
import { isWaiting } from '../../../trading/domain/intent-states.ts';
import { intendedOrder, intentSentence } from '../../../trading/domain/order.ts';
import { isHeld, isOpen, orderState } from '../../../trading/domain/order-state.ts';
import { isUntold } from '../../../trading/engine/lost-change.ts';
import { entryAmong } from '../../../trading/engine/order-origin.ts';
import { contractUnit } from '../../market/price-unit-output.ts';
import { exitsOutput, shownExits } from './exits-output.ts';
import { shownLegs } from './order-output.ts';
import { waitingResult } from './waiting-output.ts';

export const ocaOrderIdOutput = z.string().optional().describe('Of the other order of a pair.');

export const intentOutput = z.strictObject({
  intent_id: z.string().describe('This service’s own id of the order.'),
  order_id: z.string().nullable().describe('IBKR’s id; null: ask get_order_status with intent_id.'),
  oca_order_id: ocaOrderIdOutput,
  filled_order_id: z.string().optional().describe('Which order of a pair has filled.'),
  client_order_id: z.string().nullable(),
  order: z.string().describe('In words, with what it did to the position.'),
  account_id: z.string(),
  mode: accountModeOutput,
  state: z
    .enum(['awaiting_approval', 'needs_reply', 'working', 'filled', 'cancelled', 'inactive', 'unknown'])
    .describe(
      'awaiting_approval, needs_reply: not at IBKR, see next_step. inactive, unknown: IBKR holds it and may work it again.',
    ),
  ...waitingFields,
  conid: z.number().optional(),
  symbol: z.string().optional(),
  currency: z.string().optional(),
  side: z.enum(['BUY', 'SELL']).optional(),
  legs: legsOutput,
  order_type: z.string().optional(),
  quantity: z.number().nullish().describe('null for an order by cash_quantity.'),
  reason: z.string().optional().describe('Why IBKR holds it.'),
  status: z.string().nullish().describe('IBKR’s own word for the state.'),
  filled_quantity: z.number().nullish().describe('null: not known yet, ask get_order_status.'),
  average_price: z.number().nullish(),
  traded_amount: z
    .strictObject({ amount: z.number(), currency: z.string() })
    .optional()
    .describe('Of an order by cash_quantity: what was spent or raised so far, without commission.'),
  price_unit: priceUnitOutput.optional(),
  exits: exitsOutput,
  not_taken: z.array(z.string()).optional().describe('Why IBKR did not take an exit or one of a pair.'),
  accepted_warnings: z
    .array(z.string())
    .optional()
    .describe('IBKR’s warnings that were accepted on the way.'),
});

/** `intentResult`, with the exits of the order as they are at IBKR. */
export async function intentAnswer(
  intent: OrderIntent,
  context: ToolContext,
  mode?: ApprovalMode,
): Promise<z.output<typeof intentOutput>> {
  const result = intentResult(intent, context, mode);
  if (isWaiting(intent)) return result;
  const entry = intent.ibkrOrderId === null ? null : entryAmong([intent], intent.ibkrOrderId);
  return { ...result, ...(intent.state === 'cancelled' ? {} : await shownExits(context, entry)) };
}

/**
 * The answer for an order that IBKR has, or that waits.
 * @param mode Who has to say yes now, where the rules became stricter since the order was asked for.
 * @throws {GatewayError} for every other state: why there is no such order.
 */
export function intentResult(
  intent: OrderIntent,
  context: ToolContext,
  mode: ApprovalMode = intent.approval.mode,
): z.output<typeof intentOutput> {
  if (isWaiting(intent)) return waitingResult(intent, context, mode);
  const { accountId, contract, ticket } = intendedOrder(intent);
  const { state } = intent;
  if (state !== 'working' && state !== 'filled' && state !== 'cancelled') throw withoutOrder(intent);
  return {
    intent_id: intent.id,
    order_id: intent.ibkrOrderId,
    ...(intent.ocaOrderId === null ? {} : { oca_order_id: intent.ocaOrderId }),
    ...(intent.ocaOrderId === null || intent.filledOrderId === null
      ? {}
      : { filled_order_id: intent.filledOrderId }),
    client_order_id: intent.clientOrderId,
    order: intentSentence(intent),
    account_id: accountId,
    mode: context.connection.mode,
    conid: contract.conid,
    symbol: contract.symbol,
    currency: contract.currency,
    side: ticket.side,
    ...(ticket.legs === undefined ? {} : { legs: shownLegs(ticket.legs) }),
    order_type: ticket.orderType,
    quantity: ticket.quantity ?? null,
    ...shownState(state, intent),
    status: intent.ibkrStatus,
    filled_quantity: intent.filledQuantity,
    average_price: intent.averagePrice,
    ...tradedAmount(intent),
    price_unit: contractUnit(contract),
    ...(intent.notTaken.length === 0 ? {} : { not_taken: intent.notTaken }),
    ...(intent.acceptedWarnings.length === 0
      ? {}
      : { accepted_warnings: intent.acceptedWarnings.map(acceptedWords) }),
  };
}

/** Of an order for an amount, which buys whole units or what a fraction allows: how much of it was used. */
function tradedAmount(intent: OrderIntent): Pick<z.output<typeof intentOutput>, 'traded_amount'> {
  const { contract, ticket } = intendedOrder(intent);
  const { filledQuantity, averagePrice } = intent;
  const { currency, priceMagnifier = 1 } = contract;
  if (
    ticket.cashQuantity === undefined ||
    !filledQuantity ||
    averagePrice === null ||
    priceMagnifier === null
  )
    return {};
  const amount = Number(((filledQuantity * averagePrice) / priceMagnifier).toFixed(2));
  return { traded_amount: { amount, currency } };
}

/** What IBKR holds is told as what it is now, and why. */
function shownState(
  state: 'working' | 'filled' | 'cancelled',
  { ibkrStatus, reason }: OrderIntent,
): Pick<z.output<typeof intentOutput>, 'state' | 'reason'> {
  if (state !== 'working' || ibkrStatus === null || !isHeld(ibkrStatus)) return { state };
  const held = orderState(ibkrStatus) === 'inactive' ? 'inactive' : 'unknown';
  return { state: held, ...(reason === null ? {} : { reason }) };
}

function withoutOrder(intent: OrderIntent): GatewayError {
  const order = intendedOrder(intent);
  const sentence = intentSentence(intent);
  const details = { intent_id: intent.id, state: intent.state };
  const isOver = intent.state === 'rejected' || intent.state === 'not_placed';
  if (isOver && order.modifies !== undefined) return unchangedError(intent, order.modifies, details);
  switch (intent.state) {
    case 'rejected':
      return new GatewayError(
        'order_rejected',
        `IBKR did not take the order ${sentence}: ${intent.reason ?? 'it gave no reason.'}`,
        intent.clientOrderId === null
          ? 'Nothing was placed. Change what IBKR objects to, then place the order again.'
          : `Nothing was placed. Change what IBKR objects to, then place the order with another client_order_id: ${intent.clientOrderId} stays with this one.`,
        { details },
      );
    case 'not_placed':
      return new GatewayError(
        'not_placed',
        `The order ${sentence} is not at IBKR: ${intent.reason ?? 'it was not sent.'}`,
        askAgain(intent),
        { details },
      );
    default:
      return new GatewayError(
        'order_state_unknown',
        `The order ${sentence} was sent, and it is not known yet whether IBKR has it.`,
        'Do not place it again. Call get_order_status with the intent_id: that finds out.',
        { details },
      );
  }
}

/** A change that did not come about leaves the order as it was: nobody must take it for gone. */
function unchangedError(
  intent: OrderIntent,
  orderId: string,
  details: Record<string, unknown>,
): GatewayError {
  if (isUntold(intent)) {
    return new GatewayError(
      'order_state_unknown',
      `It is not known whether order ${orderId} was changed: ${intent.reason ?? ''}`,
      'Change it again as it shall be: to make the same change twice does no harm. IBKR’s own app shows how it is.',
      { details: { ...details, order_id: orderId } },
    );
  }
  const isOver = intent.ibkrStatus !== null && !isOpen(intent.ibkrStatus);
  return new GatewayError(
    intent.state === 'rejected' ? 'order_rejected' : 'not_placed',
    `Order ${orderId} was not changed: ${intent.reason ?? 'the change was not sent.'}`,
    isOver
      ? 'It is over and cannot be changed any more: get_order_status with its order_id tells how it ended. Place another order only if more is wanted.'
      : 'Place nothing in its stead: it may work on as before. Read it with get_order_status; change it again if that is still wanted.',
    { details: { ...details, order_id: orderId } },
  );
}
