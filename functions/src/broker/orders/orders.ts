/** Orders: reading them, and what changes them. A call that changes something goes out once and is never repeated. */

import { cleanText } from '../../text/outside-text.ts';
import { readOfAccount } from '../accounts/accounts.ts';
import { BrokerError } from '../errors.ts';
import type { Permit } from '../session/call-budget.ts';
import type { ChangeOptions, IbkrClient } from '../session/client.ts';
import { LIST_SERVES_MS } from '../session/pacing.ts';
import { readWarm } from '../session/warm-up.ts';
import { apiPath } from '../wire/api-path.ts';
import {
  cancelAnswerSchema,
  liveOrdersSchema,
  type Order,
  orderStatusSchema,
  type UnreadOrder,
} from './order-answers.ts';
import {
  NO_REASON,
  type OrderOutcome,
  orderAnswerSchema,
  outcomeOf,
  outcomeOfRefusal,
} from './order-outcome.ts';
import {
  type FuturesOperator,
  type OrderChange,
  type OrderTicket,
  ordersBody,
  pairBody,
  wireOrder,
} from './order-ticket.ts';

export type { OrderOutcome } from './order-outcome.ts';
export type { OrderTicket } from './order-ticket.ts';

export interface OrderList {
  orders: Order[];
  /** Orders that are there too, and whose rows are not understood. Whoever concludes that there is none looks here. */
  unread: UnreadOrder[];
}

/**
 * Today's orders and those still open, of one account (`GET /iserver/account/orders`). No filter is sent: IBKR would
 * remember it for the whole session.
 * @param options.since For who only shows them: a list will do that IBKR was asked for then or later (ms since 1970),
 * up to `LIST_SERVES_MS` ago.
 * @returns also when IBKR was asked (ms since 1970).
 */
export function getLiveOrders(
  client: IbkrClient,
  accountId: string,
  { since }: { since?: number } = {},
): Promise<OrderList & { at: number }> {
  const query = { accountId };
  const read = async () => {
    const { answer, at } = await readWarm(
      client,
      (from) =>
        client.getDated('/iserver/account/orders', liveOrdersSchema, {
          query,
          since: from,
          recentMs: LIST_SERVES_MS,
        }),
      (list) => list.orders.length > 0 || list.unread.length > 0 || list.snapshot,
      { name: `orders ${accountId}`, since, trustsEmpty: since !== undefined },
    );
    return {
      orders: answer.orders.filter((order) => order.accountId === accountId || order.accountId === ''),
      unread: answer.unread.filter((order) => order.accountId === accountId || order.accountId === null),
      at,
    };
  };
  return readOfAccount(
    client,
    accountId,
    read,
    ({ orders, unread }) => orders.length === 0 && unread.length === 0,
  );
}

/**
 * One order of an account (`GET /iserver/account/order/status/{id}`, which knows those of the selected account only).
 * @throws {BrokerError} `not_found`, also for orders of other accounts and of days gone by.
 */
export async function getOrderStatus(client: IbkrClient, accountId: string, orderId: string): Promise<Order> {
  const found = await readOfAccount(
    client,
    accountId,
    () => orderStatus(client, orderId),
    (order) => order instanceof BrokerError,
  );
  if (found instanceof BrokerError) throw found;
  return found;
}

/** An order of the selected account, or why there is none. */
async function orderStatus(client: IbkrClient, orderId: string): Promise<Order | BrokerError> {
  try {
    // IBKR says 503 for "not found".
    return await client.get(apiPath`/iserver/account/order/status/${orderId}`, orderStatusSchema, {
      retryServerErrors: false,
    });
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    if (error.status !== 400 && !/not found|doesn't exist/i.test(error.reason ?? '')) throw error;
    return new BrokerError({ name: 'order_not_shown', orderId }, { cause: error });
  }
}

/**
 * Sends one order with its exits, once (`POST /iserver/account/{id}/orders`).
 * @param permit Asked directly before it leaves; what it throws keeps it from leaving.
 * @throws {BrokerError} `outcome_unknown` when it was sent and no clear answer came: look for
 * `clientOrderId` in the orders before anything else. `invalid` for prices that do not fit. After any
 * other error there is no order.
 */
export function placeOrder(
  client: IbkrClient,
  accountId: string,
  ticket: OrderTicket,
  permit?: Permit,
): Promise<OrderOutcome> {
  const path = apiPath`/iserver/account/${accountId}/orders`;
  return sendOrder(client, path, ordersBody(accountId, ticket), [ticket], { permit });
}

/** Sends two orders of which one filling takes from or cancels the other (an OCA group), as `placeOrder` does. */
export function placeOcaPair(
  client: IbkrClient,
  accountId: string,
  pair: readonly [OrderTicket, OrderTicket],
  permit?: Permit,
): Promise<OrderOutcome> {
  const path = apiPath`/iserver/account/${accountId}/orders`;
  return sendOrder(client, path, pairBody(accountId, pair), pair, { permit });
}

/**
 * Changes a working order, once (`POST /iserver/account/{id}/order/{orderId}`). IBKR takes the whole order again:
 * repeat what stays.
 * @throws {BrokerError} as `placeOrder`; `outcome_unknown` means that the change may have been made.
 */
export async function modifyOrder(
  client: IbkrClient,
  accountId: string,
  orderId: string,
  order: OrderChange,
  permit?: Permit,
): Promise<OrderOutcome> {
  if (!isOrderId(orderId)) throw noSuchOrderError(orderId);
  const path = apiPath`/iserver/account/${accountId}/order/${orderId}`;
  return sendOrder(client, path, { ...wireOrder(order), acctId: accountId }, [], { permit });
}

/**
 * Answers a question, once and at once: any other order call makes IBKR forget it (`POST /iserver/reply/{id}`).
 * @param sent The tickets the question is about: without exits and pairs it may be left out.
 * @param permit As of `placeOrder`.
 * @throws {BrokerError} `outcome_unknown` when no clear answer came.
 */
export async function replyToQuestion(
  client: IbkrClient,
  replyId: string,
  confirmed: boolean,
  sent: readonly OrderTicket[] = [],
  permit?: Permit,
): Promise<OrderOutcome> {
  const path = apiPath`/iserver/reply/${replyId}`;
  try {
    const outcome = await sendOrder(client, path, { confirmed }, sent, { confirmSession: false, permit });
    return outcome.kind === 'rejected' && confirmed ? { ...outcome, afterYes: true } : outcome;
  } catch (error) {
    // 503 is how IBKR says that it has no such question, and also that it took too long.
    if (error instanceof BrokerError && error.kind === 'outcome_unknown' && error.status === 503) {
      return { kind: 'expired', reason: 'IBKR does not have this question any more.' };
    }
    throw error;
  }
}

/**
 * Asks IBKR to cancel (`DELETE /iserver/account/{id}/order/{orderId}`). The answer is a receipt, not a result:
 * read the order until it says Cancelled or Filled.
 * @throws {BrokerError} `not_found`, `not_cancellable`, or `outcome_unknown` when no clear answer came.
 */
export async function cancelOrder(
  client: IbkrClient,
  accountId: string,
  orderId: string,
  { futuresOperator }: { futuresOperator?: FuturesOperator | undefined } = {},
): Promise<void> {
  if (!isOrderId(orderId)) throw noSuchOrderError(orderId);
  const path = apiPath`/iserver/account/${accountId}/order/${orderId}`;
  const query = futuresOperator && {
    manualIndicator: String(futuresOperator.isManual),
    extOperator: futuresOperator.id,
  };
  let refusal: string | null;
  try {
    const answer = await client.change(
      { method: 'DELETE', path, ...(query && { query }) },
      cancelAnswerSchema,
    );
    refusal = answer.error;
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    // Of a 500 IBKR's words alone do not tell whether the request was refused or failed on the way.
    const isRefusal = error.reason !== null && error.isBadInput && error.status !== 500;
    if (isRefusal) throw cancelRefusal(orderId, error.reason ?? '');
    throw error.maybeApplied ? outcomeUnknown('cancellation', error) : error;
  }
  if (refusal !== null) throw cancelRefusal(orderId, refusal);
}

/** As long as a look at the order list may wait for its turn and its answer. */
const LOOK_TAKES_MS = 8_000;

async function sendOrder(
  client: IbkrClient,
  path: string,
  body: unknown,
  sent: readonly OrderTicket[],
  options: ChangeOptions,
): Promise<OrderOutcome> {
  try {
    const limited = { leaveMs: LOOK_TAKES_MS, ...options };
    return outcomeOf(await client.change({ method: 'POST', path, body }, orderAnswerSchema, limited), sent);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    if (error.maybeApplied) throw outcomeUnknown('order', error);
    if (error.kind === 'rejected') {
      return outcomeOfRefusal(error.status, error.reason ?? NO_REASON, sent);
    }
    throw error;
  }
}

/** Guards against -1, which would mean every order of the account. */
function isOrderId(orderId: string): boolean {
  return /^\d+$/.test(orderId);
}

function cancelRefusal(orderId: string, reason: string): BrokerError {
  if (/doesn't exist|not found/i.test(reason)) return noSuchOrderError(orderId);
  return new BrokerError({ name: 'not_cancellable', orderId }, { reason });
}

function noSuchOrderError(orderId: string): BrokerError {
  return new BrokerError({ name: 'no_such_order', orderId: cleanText(orderId) });
}

function outcomeUnknown(change: 'order' | 'cancellation', cause: BrokerError): BrokerError {
  const { status, endpoint, reason } = cause;
  return new BrokerError(
    { name: 'outcome_unknown', change },
    { status, endpoint, reason, maybeApplied: true, cause },
  );
}
