/** What IBKR lists for an account, as little of it as cancelling takes: no row is left out because it cannot be read. */
import { ensureSelected, isSelected } from '../accounts/accounts.ts';
import type { IbkrClient } from '../session/client.ts';
import { liveOrdersSchema } from './order-answers.ts';

export interface ListedOrder {
  orderId: string;
  accountId: string;
  /** IBKR's word; empty where it gives none. */
  status: string;
  secType: string;
}

export interface OrderListing {
  /** The newest first; those of other accounts too, where IBKR lists them. */
  orders: ListedOrder[];
  /** IBKR's word for the state of each row that has no id. */
  nameless: string[];
  /**
   * Whether it is the list of that account beyond doubt. An empty list may be IBKR's first answer of a session, or of
   * an account that another call has selected meanwhile.
   */
  isCertain: boolean;
}

/**
 * Lists an account's orders, once (`GET /iserver/account/orders`). A failure is not repeated: whoever goes through many
 * accounts comes back to this one.
 */
export async function listOrders(client: IbkrClient, accountId: string): Promise<OrderListing> {
  await ensureSelected(client, accountId);
  const list = await client.get('/iserver/account/orders', liveOrdersSchema, {
    query: { accountId },
    retryServerErrors: false,
  });
  const rows = [...list.orders, ...list.unread].map(({ orderId, accountId: account, status, secType }) => ({
    orderId,
    accountId: account || accountId,
    status: status ?? '',
    secType: secType ?? '',
    isNamed: account === accountId,
  }));
  const isComplete = rows.length === 0 ? list.snapshot : rows.some((row) => row.accountId === accountId);
  return {
    orders: rows
      .flatMap(({ orderId, isNamed: _, ...row }) => (orderId === null ? [] : [{ orderId, ...row }]))
      .sort((one, other) => newestFirst(one.orderId, other.orderId)),
    nameless: rows.filter(({ orderId }) => orderId === null).map(({ status }) => status),
    isCertain: rows.some(({ isNamed }) => isNamed) || (isComplete && (await isSelected(client, accountId))),
  };
}

/** IBKR counts its order ids up. */
function newestFirst(one: string, other: string): number {
  return other.length - one.length || (one < other ? 1 : -1);
}
