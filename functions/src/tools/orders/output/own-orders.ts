/** Which orders are the calling app's own, and what it calls them. */

import type { Order } from '../../../broker/orders/order-answers.ts';
import { findListed } from '../../../broker/orders/read-order.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import { listIntentsOfOrders } from '../../../store/orders/order-intents.ts';
import { isSameApp, type OrderIntent } from '../../../trading/domain/intent.ts';
import { isChange } from '../../../trading/domain/order.ts';
import { originsOf } from '../../../trading/engine/order-origin.ts';

/** Whether the app that calls asked for the order, also before it signed in again. */
export function isOwn({ app }: Pick<ToolContext, 'app'>, intent: OrderIntent): boolean {
  return isSameApp(intent.app, app);
}

/** The name that the calling app gave an order; the owner in the console sees the names of all. */
export function ownName(context: Pick<ToolContext, 'app'>, intent: OrderIntent): string | null {
  return isOwn(context, intent) || context.app.source === 'console' ? intent.clientOrderId : null;
}

/**
 * Whether the app that calls placed an order that IBKR has, or the entry that it is an exit of. Changing an order makes
 * it nobody's own.
 * @param listed Its row in the list of orders; null where that was not read.
 * @throws {BrokerError} when only the list could tell, and it cannot be read.
 */
export async function hasPlaced(
  context: Pick<ToolContext, 'app' | 'db' | 'connection' | 'ibkr'>,
  { accountId, orderId, listed }: { accountId: string; orderId: string; listed: Order | null },
): Promise<boolean> {
  const { db, connection, ibkr } = context;
  const known = await listIntentsOfOrders(db, connection.id, [orderId]);
  const placed = known.find((intent) => !isChange(intent));
  if (placed !== undefined) return isOwn(context, placed);
  // What was sent and not answered is known by its name alone, and some exits by their entry.
  const order = listed ?? (await findListed(ibkr, accountId, orderId)).order;
  const [origin] = order === null ? [] : await originsOf(db, connection.id, [order]);
  return origin?.placed != null && isOwn(context, origin.placed);
}
