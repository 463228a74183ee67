/** What cancel_order says: what is known of the order, how far the request came, and the one next step. */
import type { z } from 'zod';
import type { Order } from '../../../broker/orders/order-answers.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import { LIMIT_NAMES } from '../../../contract/rules/limit-names.ts';
import type { cancelOutput } from '../../../contract/tool-outputs/orders.ts';
import { GatewayError } from '../../../errors.ts';
import type { OrderIntent } from '../../../trading/domain/intent.ts';
import { intendedOrder, intentSentence } from '../../../trading/domain/order.ts';
import { isBeingCancelled, orderState } from '../../../trading/domain/order-state.ts';
import type { Cancellation } from '../../../trading/engine/cancel.ts';
import { isUntold } from '../../../trading/engine/lost-change.ts';
import { entryAmong, originAmong, tellingAmong } from '../../../trading/engine/order-origin.ts';
import { recordedOrder, recordedState } from '../../../trading/engine/recorded-order.ts';
import { isTakenBack } from '../../../trading/engine/submit.ts';
import { shownOrder } from '../output/order-output.ts';
import { ownName } from '../output/own-orders.ts';

export type CancelOutput = z.output<typeof cancelOutput>;

/** An order that IBKR was asked to cancel, and the intents about it. */
interface AskedFor {
  accountId: string;
  orderId: string;
  /** The one that placed it, where that is known. */
  intent: OrderIntent | null;
  intents: readonly OrderIntent[];
}

const EXITS_WORK_ON =
  ' Its exits are orders of their own: get_orders lists them, and cancel_order with their order_id cancels them.';

/**
 * The answer for an order that IBKR was asked to cancel.
 * @throws {GatewayError} when IBKR does not cancel it.
 */
export async function cancelledOrder(
  context: ToolContext,
  asked: AskedFor,
  { request, order, unread }: Cancellation,
): Promise<CancelOutput> {
  const { accountId, orderId, intent } = asked;
  const known = {
    ...(await showOrder(context, asked, order)),
    order_id: orderId,
    client_order_id: intent === null ? null : ownName(context, intent),
    account_id: accountId,
    mode: context.connection.mode,
  };
  const { state, filled } = currentState(asked, order);
  const answer = (outcome: CancelOutput['outcome'], message: string) => ({
    ...known,
    state,
    outcome,
    message,
  });
  if (state === 'filled') {
    const exits = entryAmong(asked.intents, orderId) === null ? '' : EXITS_WORK_ON;
    return answer('filled', `Order ${orderId} had filled before it could be cancelled.${exits}`);
  }
  if (state === 'cancelled') return answer('cancelled', `Order ${orderId} is cancelled${filled}.`);
  if (request.kind === 'refused') throw notCancelledError(asked, order, request.refusal);
  if (request.kind === 'acknowledged' || (order !== null && isBeingCancelled(order.status))) {
    const now = order === null ? unreadableWords(unread) : `IBKR shows it as ${order.status}.`;
    return answer(
      'requested',
      `IBKR has the request to cancel order ${orderId}. ${now} It may still fill until it is cancelled: ask get_order_status.`,
    );
  }
  const said =
    request.reason === null ? 'No clear answer came' : `IBKR answered with an error (${request.reason})`;
  const now = order === null ? unreadableWords(unread) : `IBKR shows it as ${order.status}.`;
  return answer(
    'unconfirmed',
    `${said} to the request to cancel order ${orderId}, so it is not known whether IBKR has it. ${now} Call cancel_order again: asking twice does no harm.`,
  );
}

/** The answer for the other orders of an intent whose order was cancelled. */
export function otherCancellations(
  others: readonly CancelOutput[],
  failed: readonly { orderId: string; failure: GatewayError }[],
): CancelOutput['others'] {
  return [
    ...others.map(({ order_id, state, outcome, message }) => ({ order_id, state, outcome, message })),
    ...failed.map(({ orderId, failure }) => ({
      order_id: orderId,
      state: 'unknown' as const,
      outcome: 'unconfirmed' as const,
      message: `${failure.message} ${failure.hint}`,
    })),
  ];
}

function currentState({ orderId, intent, intents }: AskedFor, order: Order | null) {
  if (order !== null) {
    const { filledQuantity, quantity, averagePrice } = order;
    const at = averagePrice === null ? '' : ` at ${averagePrice}`;
    const filled = filledQuantity > 0 ? `, and ${filledQuantity} of ${quantity} had filled${at}` : '';
    return { state: orderState(order.status), filled };
  }
  const telling = tellingAmong(intents, orderId) ?? intent;
  const isExit = intent?.exitOrderIds.includes(orderId) === true;
  const state = telling === null || isExit ? 'unknown' : recordedState(telling, orderId);
  const quantity = telling?.filledQuantity ?? 0;
  return { state, filled: quantity > 0 ? `, and ${quantity} had filled` : '' } as const;
}

async function showOrder(context: ToolContext, { orderId, intent, intents }: AskedFor, order: Order | null) {
  const knownBy = order ?? { orderId, orderType: '', parentOrderId: null, clientOrderId: null };
  const origin = originAmong(intents, knownBy);
  if (order !== null) return shownOrder(context, order, origin);
  if (intent === null) return {};
  return shownOrder(
    context,
    recordedOrder(tellingAmong(intents, orderId) ?? intent, origin, orderId),
    origin,
  );
}

function unreadableWords(unread: GatewayError | null): string {
  const why = unread === null || unread.code === 'not_found' ? 'IBKR does not show it.' : unread.message;
  return `What it is now could not be read: ${why}`;
}

function notCancelledError(
  { accountId, orderId, intent }: AskedFor,
  order: Order | null,
  refusal: GatewayError,
) {
  const details = {
    order_id: orderId,
    account_id: accountId,
    ...(intent === null ? {} : { intent_id: intent.id }),
    ...(order === null ? {} : { state: orderState(order.status), status: order.status }),
  };
  if (order !== null) {
    return new GatewayError(
      'order_not_cancellable',
      `${refusal.message.replace(/\.?$/, '.')} IBKR shows it as ${order.status}.`,
      'Ask get_order_status whether it still works, and call cancel_order again if it does.',
      { cause: refusal, details },
    );
  }
  if (intent === null) {
    return new GatewayError(
      'not_found',
      `IBKR has no open order ${orderId} in account ${accountId}.`,
      'get_orders lists the open orders of an account and those of today; get_trades lists executions of the last days.',
      { cause: refusal, details },
    );
  }
  return new GatewayError(
    'order_state_unknown',
    `Order ${orderId} (${intentSentence(intent)}) was placed, and IBKR says that it is not open any more; whether it filled is not known yet.`,
    'Ask get_order_status in a moment: that looks for its executions.',
    { cause: refusal, details },
  );
}

/** The failure that kept a request to cancel from leaving, told of the order that it was for. */
export function notRequestedError(failure: GatewayError, accountId: string, orderId: string): GatewayError {
  const { code, message, hint, retryAfter, details } = failure;
  return new GatewayError(code, `IBKR was not asked to cancel order ${orderId}: ${message}`, hint, {
    cause: failure,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    details: { ...details, order_id: orderId, account_id: accountId },
  });
}

/** The answer for an order that never came to IBKR, or that IBKR does not have. */
export function absentOrderAnswer(context: ToolContext, intent: OrderIntent): CancelOutput {
  const { accountId, contract, ticket, modifies } = intendedOrder(intent);
  const state = isTakenBack(intent) ? 'withdrawn' : 'not_placed';
  return {
    intent_id: intent.id,
    order_id: modifies ?? null,
    client_order_id: ownName(context, intent),
    order: intentSentence(intent),
    account_id: accountId,
    mode: context.connection.mode,
    conid: contract.conid,
    symbol: contract.symbol,
    security_type: contract.secType,
    currency: contract.currency,
    side: ticket.side,
    order_type: ticket.orderType,
    ...(ticket.quantity === undefined ? {} : { quantity: ticket.quantity }),
    ...(modifies === undefined ? { filled_quantity: 0 } : {}),
    state,
    outcome: state,
    message: absentOrderWords(intent),
  };
}

function absentOrderWords(intent: OrderIntent): string {
  const order = intendedOrder(intent);
  const sentence = intentSentence(intent);
  const isAsked = intent.absentSince !== null;
  if (order.modifies !== undefined) {
    if (isUntold(intent)) {
      return `It is not known whether the change was made. cancel_order with order_id ${order.modifies} cancels the order.`;
    }
    const how = isTakenBack(intent) ? 'was taken back' : 'did not come about';
    return `The change ${how}: order ${order.modifies} is as it was. cancel_order with its order_id cancels it.`;
  }
  if (!isTakenBack(intent)) {
    return `There is nothing to cancel: the order ${sentence} is not at IBKR (${intent.reason ?? 'it was not sent.'})`;
  }
  return isAsked
    ? `The order ${sentence} was taken back: IBKR's question about it got no yes, so that it is not placed.`
    : `The order ${sentence} was taken back before anything was sent to IBKR.`;
}

export function outcomeUnknownError(intent: OrderIntent): GatewayError {
  const { id, state } = intent;
  const sentence = intentSentence(intent);
  return new GatewayError(
    'order_state_unknown',
    state === 'sending'
      ? `The order ${sentence} is being sent at this moment, so that it cannot be cancelled yet.`
      : `It is not known yet whether IBKR has the order ${sentence}, so that there is nothing yet to cancel.`,
    'Do not place it again. Call cancel_order with its intent_id again in a moment: it looks for the order and cancels what it finds.',
    { details: { intent_id: id, state } },
  );
}

/** @param isLimit The owner said so; else it follows from who says yes to orders. */
export function othersOrderError(isLimit: boolean): GatewayError {
  const limit = 'othersOrders';
  const asked = 'the cancellation of an order that this app did not place';
  const name = `“${LIMIT_NAMES[limit]}”`;
  return new GatewayError(
    'limit_exceeded',
    isLimit
      ? `The owner’s limit ${name} is off; asked was ${asked}.`
      : `Asked was ${asked}: where the owner says yes to every order, that needs the limit ${name} to be on.`,
    'Only the owner can cancel it, under Orders in the console, or allow it there, under Limits & approvals.',
    { details: { limit, value: isLimit ? 'off' : 'not set', asked } },
  );
}

export function waitsForOtherAppError(intent: OrderIntent): GatewayError {
  const { app, id, state } = intent;
  return new GatewayError(
    'order_not_cancellable',
    `The order ${intentSentence(intent)} waits, and it was asked for by another app${app.label === '' ? '' : `, ${app.label}`}.`,
    'Only that app can take it back, or its owner in the console.',
    { details: { intent_id: id, state } },
  );
}
