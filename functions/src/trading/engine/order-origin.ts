/** What this service knows of an order at IBKR: who asked for it here, as what, and what holds of it by now. */
import type { Firestore } from 'firebase-admin/firestore';
import type { Order } from '../../broker/orders/order-answers.ts';
import { exitsOf } from '../../broker/orders/order-ticket.ts';
import { findIntents, listIntentsOfOrders } from '../../store/orders/order-intents.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { intendedOrder, intentNamed, isChange, type ProposedOrder } from '../domain/order.ts';
import { isUntold } from './lost-change.ts';

export type ExitKind = 'take_profit' | 'stop_loss';

type Terms = ProposedOrder['ticket'];

export interface OrderOrigin {
  /** The intent that placed it, of an exit that of its entry; null: it was only changed through this service. */
  placed: OrderIntent | null;
  /** Null: it is no exit, or it is not known which. */
  exit: ExitKind | null;
  /** IBKR's id of the entry of an exit. */
  parentOrderId: string | null;
  /** What it is for. */
  contract: ProposedOrder['contract'];
  /** IBKR's id of the other order of a pair. */
  ocaOrderId: string | null;
  /** As it was asked for, by the last change that IBKR took; null where nobody here said. */
  terms: Terms | null;
}

/** What tells an order apart from the others of its intent. */
type KnownBy = Pick<Order, 'orderId' | 'orderType' | 'parentOrderId' | 'clientOrderId'>;

/** The origins of orders at IBKR; null for those that were ordered elsewhere. */
export async function originsOf(
  db: Firestore,
  connectionId: string,
  orders: readonly KnownBy[],
): Promise<(OrderOrigin | null)[]> {
  if (orders.length === 0) return [];
  const ids = orders
    .flatMap(({ orderId, parentOrderId }) => [orderId, parentOrderId ?? ''])
    .filter((id) => id !== '');
  // An order whose answer was lost is known by its name at IBKR alone.
  const names = orders.map(({ clientOrderId }) => intentNamed(clientOrderId)).filter((id) => id !== null);
  const [byId, byName] = await Promise.all([
    listIntentsOfOrders(db, connectionId, ids),
    findIntents(db, connectionId, names),
  ]);
  const intents = [...new Map([...byName, ...byId].map((intent) => [intent.id, intent])).values()];
  return orders.map((order) => originAmong(intents, order));
}

/** The origin of an order among the intents that may be about it, the oldest first. */
export function originAmong(intents: readonly OrderIntent[], order: KnownBy): OrderOrigin | null {
  const changes = intents.filter(
    (intent) => isChange(intent) && intendedOrder(intent).modifies === order.orderId,
  );
  const placed = intents.find((intent) => !isChange(intent) && isAbout(intent, order)) ?? null;
  const change = changes.findLast(isTaken);
  const untold = changes.slice(changes.findLastIndex(isTaken) + 1).filter(isUntold);
  const known = change ?? placed;
  if (known === null) return null;
  const exit = placed === null ? null : exitIn(placed, order);
  return {
    placed,
    contract: intendedOrder(known).contract,
    ocaOrderId: placed === null || exit !== null ? null : otherOfPair(placed, order.orderId),
    exit: exit?.kind ?? null,
    parentOrderId: exit === null ? null : (placed?.ibkrOrderId ?? order.parentOrderId),
    terms: withoutUntold(
      change !== undefined
        ? intendedOrder(change).ticket
        : placed === null
          ? null
          : termsIn(placed, order, exit),
      untold,
    ),
  };
}

/** IBKR's id of the other order of a pair; null where there is none. */
export function otherOfPair({ ibkrOrderId, ocaOrderId }: OrderIntent, orderId: string): string | null {
  if (ocaOrderId === null) return null;
  return orderId === ocaOrderId ? ibkrOrderId : ocaOrderId;
}

/** Terms less those of which nobody can tell whether they were changed. */
function withoutUntold(terms: Terms | null, untold: readonly OrderIntent[]): Terms | null {
  const changed = untold.flatMap((intent) => intendedOrder(intent).changes ?? []);
  if (terms === null || changed.length === 0) return terms;
  return {
    ...terms,
    ...(changed.includes('trail') && { trailingAmount: undefined, trailingPercent: undefined }),
    ...(changed.includes('endDate') && { goodTillDate: undefined }),
  };
}

/** Which intent tells what became of an order: its last change that IBKR took, or else the one that placed it. */
export function tellingAmong(intents: readonly OrderIntent[], orderId: string): OrderIntent | null {
  return (
    intents.findLast(({ ibkrOrderId, ocaOrderId }) => [ibkrOrderId, ocaOrderId].includes(orderId)) ?? null
  );
}

/** The intent that placed an order as the entry of exits; null where it has none, or is one itself. */
export function entryAmong(intents: readonly OrderIntent[], orderId: string): OrderIntent | null {
  const placed = intents.find((intent) => !isChange(intent) && intent.ibkrOrderId === orderId);
  if (placed === undefined) return null;
  const { takeProfit, stopLoss } = intendedOrder(placed).ticket;
  return takeProfit === undefined && stopLoss === undefined ? null : placed;
}

/** Whether IBKR took a change. */
function isTaken({ state }: OrderIntent): boolean {
  return state === 'working' || state === 'filled' || state === 'cancelled';
}

function isAbout(intent: OrderIntent, { orderId, parentOrderId, clientOrderId }: KnownBy): boolean {
  const { ibkrOrderId, ocaOrderId, exitOrderIds } = intent;
  if ([ibkrOrderId, ocaOrderId, ...exitOrderIds].includes(orderId)) return true;
  if (parentOrderId !== null && parentOrderId === ibkrOrderId) return true;
  return intentNamed(clientOrderId) === intent.id;
}

interface Exit {
  kind: ExitKind | null;
  terms: Terms | null;
}

function exitIn(
  placed: OrderIntent,
  { orderId, orderType, parentOrderId, clientOrderId }: KnownBy,
): Exit | null {
  const isExit =
    placed.exitOrderIds.includes(orderId) ||
    // IBKR lets exits have no name of their own.
    (parentOrderId !== null && parentOrderId === placed.ibkrOrderId && intentNamed(clientOrderId) === null);
  if (!isExit) return null;
  const { ticket } = intendedOrder(placed);
  const exits = exitsOf({ ...ticket, clientOrderId: placed.cOID });
  const terms = exits.length === 1 ? exits[0] : exits.find((exit) => exit.orderType === orderType);
  if (terms === undefined) return { kind: null, terms: null };
  return { kind: terms.orderType === 'LMT' ? 'take_profit' : 'stop_loss', terms };
}

function termsIn(placed: OrderIntent, { orderId, clientOrderId }: KnownBy, exit: Exit | null): Terms | null {
  if (exit !== null) return exit.terms;
  const { ticket, oca } = intendedOrder(placed);
  const isOther = orderId === placed.ocaOrderId || clientOrderId === `${placed.cOID}-2`;
  return isOther && oca !== undefined ? oca : ticket;
}
