/** Many working orders at a glance, so that one request to IBKR does for all of an account. */
import type { Order } from '../../broker/orders/order-answers.ts';
import { listNow } from '../../broker/orders/order-lookup.ts';
import type { IbkrClient } from '../../broker/session/client.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { intendedOrder } from '../domain/order.ts';
import { orderState } from '../domain/order-state.ts';
import { mergeReports, orderIdsOf, reportOf } from './context.ts';

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
