/** Finds out what became of an order whose answer was lost. Looks only; never sends anything. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Order } from '../../broker/orders/order-answers.ts';
import {
  findListedNow,
  findOrderByClientId,
  findOrderById,
  type KnownFills,
  ORDER_LIST,
  type OrderLookup,
} from '../../broker/orders/order-lookup.ts';
import { getOrderStatus, type OrderTicket } from '../../broker/orders/orders.ts';
import { readOrder } from '../../broker/orders/read-order.ts';
import { inWords } from '../../connections/broker-words.ts';
import { GatewayError } from '../../errors.ts';
import { listIntentsOfOrders } from '../../store/orders/order-intents.ts';
import { tradingTransaction } from '../../store/orders/trading-ledger.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { isAbandoned, isExpired, isFinal } from '../domain/intent-states.ts';
import { intendedOrder, isChange, namedTickets } from '../domain/order.ts';
import { isHeld } from '../domain/order-state.ts';
import { applyReport, type OrderReport } from '../domain/reports.ts';
import { isClockOff, type TradingState } from '../domain/trading-state.ts';
import type { Decided } from '../domain/transition.ts';
import { mergeReports, orderIdsOf, recordReport, reportOf, type TradingContext } from './context.ts';
import { latestChange, traceOfChange } from './lost-change.ts';

/**
 * IBKR cuts calls off after about ten seconds (Web API documentation): this long after an order was sent whose
 * connection broke or that got no clear answer, it has either arrived or never will.
 */
const ARRIVES_WITHIN_MS = 15_000;
/** What is on its way when a call gives up waiting, may be held up for longer. */
const HELD_UP_MS = 60_000;
/** What a look takes besides waiting for its turns at the order list. */
const ANSWERS_WITHIN_MS = 2_500;
/** The list and the executions may be read as often as IBKR's limits let them; this often where it has none. */
const BETWEEN_LOOKS_MS = 2_000;

/**
 * Looks for what an intent sent, as long as the call has the time. Found, however early: its true state. Absent, and long
 * enough after sending: not placed. A look that could not be finished in time is not begun. It stays unknown only while
 * IBKR cannot be asked or it may still arrive; the next call or the schedule looks again.
 */
export async function reconcile(trading: TradingContext, intent: OrderIntent): Promise<OrderIntent> {
  let seen = await glance(trading, intent);
  while (seen.state === 'unknown') {
    const arrived = Math.max(Date.now(), latestArrival(seen));
    if (isTimeFor(trading, arrived, 2)) {
      await delay(Math.max(0, arrived - Date.now()));
      return look(trading, seen);
    }
    if (isTimeFor(trading, Date.now(), 2)) seen = await look(trading, seen);
    else return isTimeFor(trading, Date.now(), 1) ? glance(trading, seen) : seen;
    if (seen.state === 'unknown') await delay(BETWEEN_LOOKS_MS);
  }
  return seen;
}

/** Whether so many turns at the order list, the first not before `at`, come in the call's time. */
function isTimeFor({ ibkr }: TradingContext, at: number, turns: number): boolean {
  return at + ibkr.waitFor(ORDER_LIST, at, turns) + ANSWERS_WITHIN_MS <= ibkr.deadline;
}

/** One look at the list as IBKR shows it: what is there is known, what is not there says nothing. */
export async function glance(trading: TradingContext, intent: OrderIntent): Promise<OrderIntent> {
  const { accountId, modifies } = intendedOrder(intent);
  if (!isTimeFor(trading, Date.now(), 1)) return intent;
  try {
    const reports = await Promise.all(
      namedTickets(intent).map(async (ticket) => {
        const { clientOrderId } = ticket;
        const wanted = modifies === undefined ? { clientOrderId } : { orderId: modifies };
        const order = await findListedNow(trading.ibkr, accountId, wanted);
        return order === null ? null : reportOfLost(trading, { kind: 'found', order }, intent, ticket);
      }),
    );
    const known = reports.filter((report) => report !== null && report.state !== 'not_placed');
    if (known.length < reports.length || known.length === 0) return intent;
    return await recordReport(trading, intent.id, {
      ...mergeReports(reports.filter((report) => report !== null)),
      reconciled: true,
    });
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return intent;
    throw error;
  }
}

async function look(trading: TradingContext, intent: OrderIntent): Promise<OrderIntent> {
  const mayStillArrive = Date.now() < latestArrival(intent);
  try {
    const report = mergeReports(
      await Promise.all(
        namedTickets(intent).map(async (ticket) =>
          reportOfLost(trading, await find(trading, intent, ticket), intent, ticket),
        ),
      ),
    );
    if (report.state === 'not_placed' && mayStillArrive) return intent;
    return await recordReport(trading, intent.id, { ...report, reconciled: true });
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return intent;
    throw error;
  }
}

/** What IBKR has of a ticket of an intent: the order of its id or, where that is not known, of its name. */
function find({ ibkr }: TradingContext, intent: OrderIntent, ticket: OrderTicket): Promise<OrderLookup> {
  const { accountId, modifies = idOf(intent, ticket) } = intendedOrder(intent);
  const known = knownFills(intent);
  return modifies === null
    ? findOrderByClientId(ibkr, accountId, ticket.clientOrderId, ticket, known)
    : findOrderById(ibkr, accountId, modifies, ticket, known);
}

/** Of a pair is known what both have filled, which says nothing of one. */
function knownFills({ filledQuantity, averagePrice, ocaOrderId, updatedAt }: OrderIntent): KnownFills | null {
  if (!filledQuantity || ocaOrderId !== null) return null;
  return { quantity: filledQuantity, averagePrice, at: updatedAt };
}

/** IBKR's id of a ticket's order, where its answer gave it. */
function idOf(
  { cOID, ibkrOrderId, ocaOrderId }: OrderIntent,
  { clientOrderId }: Pick<OrderTicket, 'clientOrderId'>,
): string | null {
  return clientOrderId === cOID ? ibkrOrderId : ocaOrderId;
}

async function reportOfLost(
  trading: TradingContext,
  found: OrderLookup,
  intent: OrderIntent,
  ticket: OrderTicket,
): Promise<OrderReport> {
  if (found.kind === 'absent' && !isChange(intent))
    return reportOfNotPlaced(intent, 'IBKR has no such order');
  if (found.kind !== 'found') return reportOfEnded(found, ticket);
  const { order } = found;
  if (!isChange(intent)) return reportOf(order);
  const trace = await traceOfChange(trading, order, intent, ticket);
  if ('untold' in trace) return reportOfUntold(order, trace.untold);
  if (trace.isMade) return reportOf(order);
  const { status: ibkrStatus } = order;
  return { ...reportOfNotPlaced(intent, `IBKR has the order as it was, ${ibkrStatus}`), ibkrStatus };
}

/** A change of which IBKR does not tell. To make it once more does no harm, so that it keeps nothing waiting. */
function reportOfUntold({ orderId, status }: Order, reason: string): OrderReport {
  const note = 'IBKR does not show whether the change was made';
  return { state: 'not_placed', note, reason, mayBeMade: true, ibkrOrderId: orderId, ibkrStatus: status };
}

/** What is certain of an order that was there and that IBKR no longer lists. */
function reportOfEnded(
  found: Exclude<OrderLookup, { kind: 'found' }>,
  { quantity }: Pick<OrderTicket, 'quantity'>,
  held?: string | null,
): OrderReport {
  const note = 'IBKR no longer lists the order';
  if (found.kind === 'absent' && held != null) {
    return { state: 'rejected', note, reason: `${held} ${note}, and tells of no execution of it.` };
  }
  if (found.kind === 'absent') {
    const reason = `${note}, and tells of no execution of it in the last seven days.`;
    return { state: 'cancelled', note, reason };
  }
  const report = reportOf(found.order);
  if (quantity === undefined || quantity <= found.order.quantity) return report;
  return {
    ...report,
    state: 'cancelled',
    note,
    reason: `${note}. As far as is known, ${found.order.quantity} executed of it.`,
  };
}

function reportOfNotPlaced({ reason }: OrderIntent, note: string): OrderReport {
  const told = reason ?? `The answer was lost, and ${note}.`;
  return { state: 'not_placed', note, reason: told, isAbsent: true, byTheClock: true };
}

/**
 * Until when a request may still reach IBKR that no clear answer came to.
 * @param isTimeout The call gave up waiting, so that the request may still be on its way.
 */
export function arrivesBy(sentAt: Date, isTimeout = false): Date {
  return new Date(sentAt.getTime() + (isTimeout ? HELD_UP_MS : ARRIVES_WITHIN_MS));
}

function latestArrival(intent: OrderIntent): number {
  return (intent.arrivesBy ?? arrivesBy(intent.sentAt ?? intent.updatedAt)).getTime();
}

/** Brings an intent up to date with IBKR: what was abandoned or absent is looked up, what works is read. */
export async function refresh(trading: TradingContext, intent: OrderIntent): Promise<OrderIntent> {
  if (intent.absentSince !== null) {
    const seen = await glance(trading, intent);
    return seen.absentSince !== null && isTimeFor(trading, Date.now(), 2) ? look(trading, seen) : seen;
  }
  if (isFinal(intent.state)) return intent;
  if (isExpired(intent, new Date())) {
    const reason = 'Nobody said yes in time.';
    return recordReport(trading, intent.id, {
      state: 'not_placed',
      note: 'the time for approval is over',
      reason,
      byTheClock: true,
    });
  }
  if (isAbandoned(intent, new Date())) {
    return reconcile(trading, await tradingTransaction(trading.db, trading.connectionId, intent.id, abandon));
  }
  if (!isAtIbkr(intent)) return intent;
  try {
    return await recordReport(trading, intent.id, await reportOfWorking(trading, intent, getOrderStatus));
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return intent;
    throw error;
  }
}

/**
 * As `refresh` of what works, for who tells how it stands now: what could not be read is not passed over.
 * @throws {BrokerError} when IBKR cannot be asked.
 */
export async function refreshWorking(trading: TradingContext, intent: OrderIntent): Promise<OrderIntent> {
  return recordReport(trading, intent.id, await reportOfWorking(trading, intent, readOrder));
}

/** As `refresh`, for who tells of an order what it is asked for again: what works and cannot be read has unknown fills. */
export async function refreshToTell(trading: TradingContext, intent: OrderIntent): Promise<OrderIntent> {
  if (!isAtIbkr(intent)) return refresh(trading, intent);
  try {
    return await refreshWorking(trading, intent);
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return { ...intent, filledQuantity: null, averagePrice: null };
    throw error;
  }
}

/** Whether it works under a number of IBKR's, by which it is read. */
export function isAtIbkr(intent: OrderIntent): boolean {
  return intent.state === 'working' && orderIdsOf(intent).length > 0;
}

async function reportOfWorking(
  trading: TradingContext,
  intent: OrderIntent,
  read: typeof getOrderStatus,
): Promise<OrderReport> {
  const { accountId } = intendedOrder(intent);
  try {
    const orders = await Promise.all(orderIdsOf(intent).map((id) => read(trading.ibkr, accountId, id)));
    return mergeReports(orders.map(reportOf));
  } catch (caught) {
    const error = inWords(caught);
    // Orders of another session, and of days gone by, have no status.
    if (!(error instanceof GatewayError) || error.code !== 'not_found') throw error;
    return mergeReports(
      await Promise.all(
        namedTickets(intent).map(async (ticket) => {
          const found = await find(trading, intent, ticket);
          if (found.kind === 'found') return reportOf(found.order);
          const heldFor = isHeld(intent.ibkrStatus) && !intent.filledQuantity ? intent.reason : null;
          return reportOfEnded(found, await latestTerms(trading, intent, ticket), heldFor);
        }),
      ),
    );
  }
}

/** How much was ordered in the end: what the last change says that IBKR took. */
async function latestTerms(
  { db, connectionId }: TradingContext,
  intent: OrderIntent,
  ticket: OrderTicket,
): Promise<Pick<OrderTicket, 'quantity'>> {
  const orderId = idOf(intent, ticket);
  if (orderId === null) return ticket;
  return latestChange(await listIntentsOfOrders(db, connectionId, [orderId]), orderId) ?? ticket;
}

/** Calls the outcome of an intent unknown whose process has ended without a word, or whose question nobody answered. */
function abandon(state: TradingState): Decided<OrderIntent> {
  const { ledger, intent } = state;
  const now = new Date();
  if (intent === null) throw new Error('An order without an intent.');
  if (intent.state === 'unknown' || !isAbandoned(intent, now) || isClockOff(state))
    return { ledger, intent, result: intent };
  if (intent.state === 'needs_reply') {
    const reason = 'IBKR’s question about it was not answered in time.';
    return applyReport(state, { state: 'unknown', note: 'nobody answered IBKR’s question', reason }, now);
  }
  return applyReport(state, { state: 'unknown', note: 'no word from the process that sent it' }, now);
}
