/** Working orders at a glance: what is as it was costs little, and many of an account one request to IBKR. */

import { BrokerError } from '../../broker/errors.ts';
import type { Order } from '../../broker/orders/order-answers.ts';
import { listNow } from '../../broker/orders/order-lookup.ts';
import { getOrderStatus } from '../../broker/orders/orders.ts';
import type { IbkrClient } from '../../broker/session/client.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { intendedOrder } from '../domain/order.ts';
import { orderState } from '../domain/order-state.ts';
import { mergeReports, orderIdsOf, reportOf, type TradingContext } from './context.ts';
import { refresh } from './reconcile.ts';

/** With fewer in an account, asking for each leaves IBKR's list, one in five seconds, to who needs it. */
export const WORTH_A_LIST = 5;
/** How IBKR holds an order is written down anew this often, though it is as it was. */
const WRITTEN_ANEW_MS = 3_600_000;

/**
 * Those of many working orders that IBKR lists just as they are known. Of accounts with few orders: none.
 * @throws {BrokerError} when IBKR cannot be asked.
 */
export async function listedAsKnown(
  ibkr: IbkrClient,
  intents: readonly OrderIntent[],
  now: Date,
): Promise<OrderIntent[]> {
  const working = intents.filter(
    ({ state, updatedAt }) => state === 'working' && now.getTime() - updatedAt.getTime() < WRITTEN_ANEW_MS,
  );
  const known: OrderIntent[] = [];
  for (const [accountId, ofAccount] of Map.groupBy(working, (intent) => intendedOrder(intent).accountId)) {
    if (ofAccount.length < WORTH_A_LIST) continue;
    const listed = new Map((await listNow(ibkr, accountId)).map((order) => [order.orderId, order]));
    known.push(...ofAccount.filter((intent) => isAsListed(intent, listed)));
  }
  return known;
}

/**
 * Brings working orders up to date with IBKR, as often as somebody looks: what is as it was is not written down anew. One
 * that IBKR does not find by its id is left to when it is due.
 * @throws {BrokerError} when IBKR cannot be asked.
 */
export async function noticeChanges(
  trading: TradingContext,
  intents: readonly OrderIntent[],
  now: Date,
): Promise<void> {
  const known = new Set(await listedAsKnown(trading.ibkr, intents, now));
  const rest = intents.filter((intent) => !known.has(intent));
  await Promise.all(rest.map((intent) => noticeChange(trading, intent, now)));
}

/** As `refresh`, for who looks every few seconds: a working order that is as it was is not written down each time. */
export async function lookAt(trading: TradingContext, intent: OrderIntent, now: Date): Promise<OrderIntent> {
  if (intent.state !== 'working' || isDue(intent, now)) return refresh(trading, intent);
  try {
    return await noticeChange(trading, intent, now);
  } catch (error) {
    if (error instanceof BrokerError) return intent;
    throw error;
  }
}

function isDue({ nextLookAt }: OrderIntent, now: Date): boolean {
  return nextLookAt !== null && nextLookAt <= now;
}

/** @throws {BrokerError} when IBKR cannot be asked. */
async function noticeChange(trading: TradingContext, intent: OrderIntent, now: Date): Promise<OrderIntent> {
  const { accountId } = intendedOrder(intent);
  const ids = orderIdsOf(intent);
  try {
    const orders = await Promise.all(ids.map((id) => getOrderStatus(trading.ibkr, accountId, id)));
    if (isAsListed(intent, new Map(orders.map((order) => [order.orderId, order])))) return intent;
  } catch (error) {
    if (!(error instanceof BrokerError) || error.problem.name !== 'order_not_shown') throw error;
    if (!isDue(intent, now)) return intent;
  }
  return refresh(trading, intent);
}

/** What has neither filled further nor changed its state. The list has words of its own for the latter. */
function isAsListed(intent: OrderIntent, listed: ReadonlyMap<string, Order>): boolean {
  const ids = orderIdsOf(intent);
  const orders = ids.map((id) => listed.get(id)).filter((order) => order !== undefined);
  if (orders.length === 0 || orders.length < ids.length) return false;
  const { state, ibkrStatus = '', filledQuantity = 0 } = mergeReports(orders.map(reportOf));
  return (
    state === 'working' &&
    orderState(ibkrStatus) === orderState(intent.ibkrStatus ?? '') &&
    filledQuantity === (intent.filledQuantity ?? 0)
  );
}
