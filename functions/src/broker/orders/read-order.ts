/** Reading one order, whichever way IBKR still tells of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import type { Order } from './order-answers.ts';
import { getLiveOrders, getOrderStatus } from './orders.ts';

/** So long a status is waited for: its list may tell of the order while that hangs. */
const STATUS_WITHIN_MS = 6_000;

/**
 * One order as IBKR has it now: by its status or, since IBKR keeps no status of orders of other sessions, by its row in
 * the list of orders.
 * @throws {BrokerError} `not_found` when IBKR has it in neither; `unexpected_answer` when its row may be one that
 * is not understood; what kept its status from being read when the list does not tell either.
 */
export async function readOrder(client: IbkrClient, accountId: string, orderId: string): Promise<Order> {
  try {
    return await readStatusSoon(client, accountId, orderId);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    const { order, mayBeUnread } = await findListed(client, accountId, orderId);
    if (order !== null) return order;
    throw mayBeUnread && error.kind === 'not_found' ? unreadableError(orderId, error) : error;
  }
}

/** @throws {BrokerError} as `getOrderStatus`, and `timed_out` when IBKR takes too long. */
export async function readStatusSoon(client: IbkrClient, accountId: string, orderId: string): Promise<Order> {
  const order = await Promise.race([
    getOrderStatus(client, accountId, orderId),
    delay(STATUS_WITHIN_MS, null, { ref: false }),
  ]);
  if (order !== null) return order;
  throw new BrokerError({ name: 'status_overdue', orderId });
}

export interface ListedOrder {
  /** Its row in the list of orders; null where there is none that is understood. */
  order: Order | null;
  /** A row that is not understood is its own. */
  isThere: boolean;
  /** A row that is not understood may be its own. */
  mayBeUnread: boolean;
}

/** An order in the list of the orders of an account. */
export async function findListed(
  client: IbkrClient,
  accountId: string,
  orderId: string,
): Promise<ListedOrder> {
  const { orders, unread } = await getLiveOrders(client, accountId);
  const order = orders.find((one) => one.orderId === orderId) ?? null;
  const isThere = order === null && unread.some((row) => row.orderId === orderId);
  return {
    order,
    isThere,
    mayBeUnread: isThere || (order === null && unread.some((row) => row.orderId === null)),
  };
}

function unreadableError(orderId: string, cause: BrokerError): BrokerError {
  return new BrokerError({ name: 'unreadable_order', orderId }, { cause });
}
