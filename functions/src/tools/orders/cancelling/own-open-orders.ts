/** The orders at IBKR that the calling app placed, exits included, and that may still fill. */
import type { Order, UnreadOrder } from '../../../broker/orders/order-answers.ts';
import { getLiveOrders } from '../../../broker/orders/orders.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import { isOpen } from '../../../trading/domain/order-state.ts';
import { tradedLegs } from '../../../trading/domain/risk/pending-sales.ts';
import { originsOf } from '../../../trading/engine/order-origin.ts';
import type { ReferencedOrder } from '../arguments/order-reference.ts';
import { isOwn } from '../output/own-orders.ts';

/**
 * @param conid Only those on this instrument, combos with it among their legs included; null: on any.
 * @returns entries before their exits, which end with them; and all that IBKR lists.
 */
export async function listOwnOpenOrders(
  context: ToolContext,
  accountId: string,
  conid: number | null,
): Promise<{ own: ReferencedOrder[]; orders: readonly Order[]; unread: readonly UnreadOrder[] }> {
  const { orders, unread } = await getLiveOrders(context.ibkr, accountId);
  return { own: await pickOwnOrders(context, accountId, orders, conid), orders, unread };
}

/** The same of a list that was read already. */
export async function pickOwnOrders(
  context: ToolContext,
  accountId: string,
  orders: readonly Order[],
  conid: number | null,
): Promise<ReferencedOrder[]> {
  const open = orders.filter((order) => isOpen(order.status) && (conid === null || isOn(order, conid)));
  const origins = await originsOf(context.db, context.connection.id, open);
  const own = open.flatMap((listed, index): ReferencedOrder[] => {
    const intent = origins[index]?.placed ?? null;
    if (intent === null || !isOwn(context, intent)) return [];
    return [{ accountId, orderId: listed.orderId, intent, isByOrderId: true, listed }];
  });
  return own.toSorted((a, b) => Number(isExit(a)) - Number(isExit(b)));
}

function isOn(order: Order, conid: number): boolean {
  return tradedLegs(order).some((leg) => leg.conid === conid);
}

function isExit({ orderId, intent }: ReferencedOrder): boolean {
  return intent?.exitOrderIds.includes(orderId ?? '') === true;
}
