/** Requests to cancel, and what is known afterwards of the orders they were for. */

import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError } from '../../broker/errors.ts';
import type { Order } from '../../broker/orders/order-answers.ts';
import { futuresOperator } from '../../broker/orders/order-ticket.ts';
import { cancelOrder } from '../../broker/orders/orders.ts';
import { findListed, readStatusSoon } from '../../broker/orders/read-order.ts';
import type { IbkrClient } from '../../broker/session/client.ts';
import { inWords } from '../../connections/broker-words.ts';
import { GatewayError } from '../../errors.ts';
import { isOpen } from '../domain/order-state.ts';
import type { TradingContext } from './context.ts';
import { waitForIdle } from './queue.ts';

/** How far a request to cancel got. */
export type CancelRequest =
  /** IBKR has it. */
  | { kind: 'acknowledged' }
  /** It left, and no clear answer came. `reason` is IBKR's text, where the answer was an error of its own. */
  | { kind: 'unanswered'; reason: string | null }
  /** IBKR does not take it. */
  | { kind: 'refused'; refusal: GatewayError };

export interface Cancellation {
  request: CancelRequest;
  /** The order after the request; null when it could not be read. */
  order: Order | null;
  /** Why it could not be read. */
  unread: GatewayError | null;
}

/**
 * Asks IBKR to cancel an order.
 * @returns whether IBKR acknowledged that. If not, its answer was lost, and only the order itself can tell.
 * @throws {GatewayError} as `cancelOrder`, but not `order_state_unknown`.
 */
export async function askToCancel(...request: Parameters<typeof cancelOrder>): Promise<boolean> {
  const asked = await requestCancel(...request);
  if (asked.kind === 'refused') throw asked.refusal;
  return asked.kind === 'acknowledged';
}

/**
 * Asks IBKR to cancel an order, whatever else is known of it, and reads what it then is.
 * @param secType Of the order, which decides what IBKR asks with the request; null where nothing tells it.
 * @throws {GatewayError} when the request never left.
 */
export async function cancel(
  trading: TradingContext,
  { accountId, orderId, secType }: { accountId: string; orderId: string; secType: string | null },
): Promise<Cancellation> {
  await waitForIdle(trading);
  const operator = secType === null ? undefined : futuresOperator(accountId, secType);
  const request = await requestCancel(trading.ibkr, accountId, orderId, { futuresOperator: operator });
  return { request, ...(await orderAfter(trading.ibkr, accountId, orderId)) };
}

async function requestCancel(...request: Parameters<typeof cancelOrder>): Promise<CancelRequest> {
  try {
    await cancelOrder(...request);
    return { kind: 'acknowledged' };
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    switch (error.code) {
      case 'order_state_unknown':
        return { kind: 'unanswered', reason: caught instanceof BrokerError ? caught.reason : null };
      case 'order_not_cancellable':
      case 'not_found':
        return { kind: 'refused', refusal: error };
      default:
        throw error;
    }
  }
}

const READS_AT_MOST = 5;
const BETWEEN_READS_MS = 400;
/** By then IBKR lists most orders that were being cancelled as cancelled. */
const LISTED_AFTER_MS = 1_000;

/** Reads an order until it is over, for about two seconds; by its row in the list where it has no status. */
async function orderAfter(
  ibkr: IbkrClient,
  accountId: string,
  orderId: string,
): Promise<Pick<Cancellation, 'order' | 'unread'>> {
  let order: Order | null = null;
  let unread: GatewayError | null = null;
  for (let reads = 0; reads < READS_AT_MOST; reads++) {
    if (reads > 0) await delay(BETWEEN_READS_MS);
    try {
      order = await readStatusSoon(ibkr, accountId, orderId);
      if (!isOpen(order.status)) return { order, unread: null };
    } catch (caught) {
      const error = inWords(caught);
      if (!(error instanceof GatewayError)) throw error;
      unread = error;
      if (error.code === 'not_found' || error.code === 'ibkr_timeout') break;
    }
  }
  if (order !== null) return { order, unread: null };
  await delay(LISTED_AFTER_MS);
  try {
    const listed = (await findListed(ibkr, accountId, orderId)).order;
    return { order: listed, unread: listed === null ? unread : null };
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    return { order: null, unread: error };
  }
}
