/** Where the orders of one connection are worked on, and how their outcomes are written down. */
import type { Firestore } from 'firebase-admin/firestore';
import { addFills, type Fills } from '../../broker/orders/fills.ts';
import type { Order } from '../../broker/orders/order-answers.ts';
import type { IbkrClient } from '../../broker/session/client.ts';
import { reportTransaction, type SeenOrder } from '../../store/orders/trading-ledger.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { orderState } from '../domain/order-state.ts';
import { applyReport, type OrderReport } from '../domain/reports.ts';
import type { ReportedState, TradingState } from '../domain/trading-state.ts';

/** What it takes to act on the orders of one connection. */
export interface TradingContext {
  db: Firestore;
  ibkr: IbkrClient;
  connectionId: string;
  /** Message ids of IBKR's warnings that the owner accepts beforehand. */
  acceptedWarnings: readonly string[];
  /** What was known as an order was let in, until it is sent. Set on the way. */
  letIn?: (Pick<TradingState, 'ledger' | 'stopped'> & { intentId: string }) | undefined;
}

/**
 * Writes down what became of an intent.
 * @param next What became of it after that, written down together with it.
 * @param seen As of `reportTransaction`.
 */
export function recordReport(
  { db, connectionId }: TradingContext,
  intentId: string,
  report: OrderReport,
  next: OrderReport | null = null,
  seen: SeenOrder | null = null,
): Promise<OrderIntent> {
  const decide = (state: ReportedState) => {
    const now = new Date();
    const reported = applyReport(state, report, now);
    return next === null ? reported : applyReport({ ...state, ...reported }, next, now);
  };
  return reportTransaction(db, connectionId, intentId, decide, seen);
}

/** What IBKR's account of an order says of its outcome. */
export function reportOf(order: Order): OrderReport {
  const known = {
    // An execution alone may not say which order it was of.
    ...(order.orderId === '' ? {} : { ibkrOrderId: order.orderId }),
    ibkrStatus: order.status,
    filledQuantity: order.filledQuantity,
    averagePrice: order.averagePrice,
    ...(order.filledQuantity > 0 && order.orderId !== '' ? { filledOrderId: order.orderId } : {}),
    note: `IBKR says ${order.status}`,
  };
  switch (orderState(order.status)) {
    case 'filled':
      return { state: 'filled', ...known };
    case 'cancelled':
      return { state: isFilled(order) ? 'filled' : 'cancelled', ...known };
    case 'inactive': {
      // IBKR may work it again (§6.4 of its documentation names no such state final), so that it is not over.
      const what = order.filledQuantity > 0 ? 'the rest of the order' : 'the order';
      return { state: 'working', reason: heldWords(what, order), ...known };
    }
    default:
      return { state: 'working', ...known };
  }
}

/** Whether all of an order has filled, whatever IBKR calls it. */
function isFilled({ quantity, filledQuantity }: Order): boolean {
  return filledQuantity > 0 && filledQuantity >= quantity;
}

/** `IBKR holds the order as inactive: no trading permission`, or without the reason that IBKR did not give. */
function heldWords(what: string, { statusDescription }: Order): string {
  return `IBKR holds ${what} as inactive${statusDescription === null ? '.' : `: ${statusDescription}`}`;
}

/** Of the two orders of a pair, the one in the earlier of these states tells how the pair stands. */
const TELLING: readonly OrderReport['state'][] = [
  'filled',
  'unknown',
  'working',
  'cancelled',
  'rejected',
  'not_placed',
];

/**
 * What became of an order, or of the two of a pair. How the pair stands is told by one of them, of equals by the one that
 * has filled; what it has filled is what both have, since either may be cancelled with a part while the other works on.
 */
export function mergeReports([one, other]: readonly OrderReport[]): OrderReport {
  if (one === undefined) throw new Error('A report of no order.');
  if (other === undefined) return one;
  const rank = ({ state, filledQuantity = 0 }: OrderReport) =>
    TELLING.indexOf(state) - (filledQuantity > 0 ? 0.5 : 0);
  const [telling, silent] = rank(other) < rank(one) ? [other, one] : [one, other];
  const { ibkrOrderId: _, ...told } = telling;
  const [ibkrOrderId, ocaOrderId] = [one.ibkrOrderId, other.ibkrOrderId].filter((id) => id !== undefined);
  const isAlone = silent.state === 'not_placed' && telling.state !== 'not_placed';
  return {
    ...told,
    ...fillsOf(telling, silent),
    ...(ibkrOrderId === undefined ? {} : { ibkrOrderId }),
    ...(ocaOrderId === undefined ? {} : { ocaOrderId }),
    ...(isAlone ? { notTaken: [silent.note] } : {}),
  };
}

/** What both have filled, where the silent one has any; the telling one is named, unless it has none. */
function fillsOf(telling: OrderReport, silent: OrderReport): Partial<OrderReport> {
  if (!silent.filledQuantity) return {};
  const { quantity, averagePrice } = addFills(fillOf(telling), fillOf(silent));
  const { filledOrderId } = telling.filledQuantity ? telling : silent;
  return {
    filledQuantity: quantity,
    averagePrice,
    ...(filledOrderId === undefined ? {} : { filledOrderId }),
  };
}

function fillOf({ filledQuantity = 0, averagePrice = null }: OrderReport): Fills {
  return { quantity: filledQuantity, averagePrice };
}

/** IBKR's ids of an intent's order, or of the two of a pair. */
export function orderIdsOf({ ibkrOrderId, ocaOrderId }: OrderIntent): string[] {
  return [ibkrOrderId, ocaOrderId].filter((id) => id !== null);
}
