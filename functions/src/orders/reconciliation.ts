/** Finds out what became of an order whose answer was lost. Looks only; never sends anything. */
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import { findOrderByClientId, findOrderById, type OrderLookup } from '../ibkr/order-lookup.ts';
import { getOrderStatus, type Order, type OrderTicket } from '../ibkr/orders.ts';
import { type OrderIntent, type TradingState, tradingTransaction } from '../store/order-intents.ts';
import { type Decided, type Fate, isAbandoned, isExpired, isFinal, settle } from './decisions.ts';
import { type Desk, fateOf, jointFate, orderIdsOf, write } from './desk.ts';
import { intendedOrder, namedTickets, type ProposedOrder } from './proposed-order.ts';

/**
 * IBKR cuts calls off after about ten seconds (Web API documentation): this long after an order was sent whose
 * connection broke or that got no clear answer, it has either arrived or never will.
 */
const ARRIVES_WITHIN_MS = 15_000;
/** What is on its way when a call gives up waiting, may be held up for longer. */
const HELD_UP_MS = 60_000;
/** Left of a call's time for the answer. */
const MARGIN_MS = 4_000;

/**
 * Looks for what an intent sent. Found: its true state. Absent, and long enough after sending: not placed. It stays
 * unknown only while IBKR cannot be asked or it may still arrive; the next call or the schedule looks again.
 */
export async function reconcile(desk: Desk, intent: OrderIntent): Promise<OrderIntent> {
  const settled = await look(desk, intent);
  if (settled.state !== 'unknown') return settled;
  const wait = Math.min(arrivedBy(settled), desk.ibkr.deadline - MARGIN_MS) - Date.now();
  if (wait <= 0) return settled;
  await delay(wait);
  return look(desk, settled);
}

async function look(desk: Desk, intent: OrderIntent): Promise<OrderIntent> {
  const mayStillArrive = Date.now() < arrivedBy(intent);
  try {
    const fate = jointFate(
      await Promise.all(
        namedTickets(intent).map(async (ticket) =>
          fateOfLost(await find(desk, intent, ticket), intent, ticket),
        ),
      ),
    );
    if (fate.state === 'not_placed' && mayStillArrive) return intent;
    return await write(desk, intent.id, { ...fate, reconciled: true });
  } catch (error) {
    if (error instanceof GatewayError) return intent;
    throw error;
  }
}

/** What IBKR has of a ticket of an intent: the order of its name, or the order that it changes. */
function find({ ibkr }: Desk, intent: OrderIntent, ticket: OrderTicket): Promise<OrderLookup> {
  const { accountId, modifies } = intendedOrder(intent);
  return modifies === undefined
    ? findOrderByClientId(ibkr, accountId, ticket.clientOrderId, ticket)
    : findOrderById(ibkr, accountId, modifies, ticket);
}

function fateOfLost(found: OrderLookup, intent: OrderIntent, ticket: OrderTicket): Fate {
  const isChange = intendedOrder(intent).modifies !== undefined;
  if (found.kind === 'absent' && !isChange) return notPlaced(intent, 'IBKR has no such order');
  if (found.kind !== 'found') return fateOfEnded(found, ticket);
  if (!isChange) return fateOf(found.order);
  const { changes = [] } = intendedOrder(intent);
  if (isAsIntended(found.order, ticket, changes)) {
    return changes.some((one) => one !== 'tif') ? untold(found.order) : fateOf(found.order);
  }
  const { status: ibkrStatus } = found.order;
  return { ...notPlaced(intent, `IBKR has the order as it was, ${ibkrStatus}`), ibkrStatus };
}

const UNTOLD =
  'no answer came, and IBKR does not show how far a working order trails, nor until when it is open.';

/** A change of what IBKR does not show. To make it once more does no harm, so that it keeps nothing waiting. */
function untold({ orderId, status }: Order): Fate {
  const note = 'IBKR does not show whether the change was made';
  return { state: 'not_placed', note, reason: UNTOLD, ibkrOrderId: orderId, ibkrStatus: status };
}

/** Whether nobody can tell if a change was made. */
export function isUntold({ state, reason }: Pick<OrderIntent, 'state' | 'reason'>): boolean {
  return state === 'not_placed' && reason === UNTOLD;
}

/** What is certain of an order that was there and that IBKR no longer lists. */
function fateOfEnded(found: Exclude<OrderLookup, { kind: 'found' }>, { quantity }: OrderTicket): Fate {
  const note = 'IBKR no longer lists the order';
  if (found.kind === 'absent') {
    const reason = `${note}, and tells of no execution of it in the last seven days.`;
    return { state: 'cancelled', note, reason };
  }
  const fate = fateOf(found.order);
  if (quantity === undefined || quantity === found.order.quantity) return fate;
  return {
    ...fate,
    state: 'cancelled',
    note,
    reason: `${note}, and tells of ${found.order.quantity} executed in the last seven days.`,
  };
}

function notPlaced({ reason }: OrderIntent, note: string): Fate {
  const told = reason ?? `The answer was lost, and ${note}.`;
  return { state: 'not_placed', note, reason: told, isAbsent: true };
}

/** Whether an order looks as the change of it should have made it, but for the prices that trail the market. */
function isAsIntended(
  order: Order,
  ticket: OrderTicket,
  changes: NonNullable<ProposedOrder['changes']>,
): boolean {
  const isTrailing = ticket.orderType.startsWith('TRAIL');
  return (
    order.quantity === ticket.quantity &&
    (!changes.includes('tif') || order.tif === ticket.tif) &&
    (isTrailing || order.limitPrice === (ticket.limitPrice ?? null)) &&
    (isTrailing || order.stopPrice === (ticket.stopPrice ?? null))
  );
}

/**
 * Until when a request may still reach IBKR that no clear answer came to.
 * @param isTimeout The call gave up waiting, so that the request may still be on its way.
 */
export function arrivesBy(sentAt: Date, isTimeout = false): Date {
  return new Date(sentAt.getTime() + (isTimeout ? HELD_UP_MS : ARRIVES_WITHIN_MS));
}

function arrivedBy(intent: OrderIntent): number {
  return (intent.arrivesBy ?? arrivesBy(intent.sentAt ?? intent.updatedAt)).getTime();
}

/** Brings an intent up to date with IBKR: what was abandoned or absent is looked up, what works is read. */
export async function refresh(desk: Desk, intent: OrderIntent): Promise<OrderIntent> {
  if (intent.absentSince !== null) return look(desk, intent);
  if (isFinal(intent.state)) return intent;
  if (isExpired(intent, new Date())) {
    const reason = 'Nobody said yes in time.';
    return write(desk, intent.id, { state: 'not_placed', note: 'the time for a yes is over', reason });
  }
  if (isAbandoned(intent, new Date())) {
    return reconcile(desk, await tradingTransaction(desk.db, desk.connectionId, intent.id, abandon));
  }
  if (intent.state !== 'working' || orderIdsOf(intent).length === 0) return intent;
  try {
    return await write(desk, intent.id, await fateOfWorking(desk, intent));
  } catch (error) {
    if (error instanceof GatewayError) return intent;
    throw error;
  }
}

async function fateOfWorking(desk: Desk, intent: OrderIntent): Promise<Fate> {
  const { accountId } = intendedOrder(intent);
  try {
    const orders = await Promise.all(
      orderIdsOf(intent).map((id) => getOrderStatus(desk.ibkr, accountId, id)),
    );
    return jointFate(orders.map(fateOf));
  } catch (error) {
    // Orders of another session, and of days gone by, have no status.
    if (!(error instanceof GatewayError) || error.code !== 'not_found') throw error;
    return jointFate(
      await Promise.all(
        namedTickets(intent).map(async (ticket) => {
          const found = await find(desk, intent, ticket);
          return found.kind === 'found' ? fateOf(found.order) : fateOfEnded(found, ticket);
        }),
      ),
    );
  }
}

/** Calls the fate of an intent unknown whose process has ended without a word, or whose question nobody answered. */
function abandon(state: TradingState): Decided<OrderIntent> {
  const { register, intent } = state;
  const now = new Date();
  if (intent === null) throw new Error('An order without an intent.');
  if (intent.state === 'unknown' || !isAbandoned(intent, now)) return { register, intent, result: intent };
  if (intent.state === 'needs_reply') {
    const reason = 'IBKR’s question about it was not answered in time.';
    return settle(state, { state: 'unknown', note: 'nobody answered IBKR’s question', reason }, now);
  }
  return settle(state, { state: 'unknown', note: 'no word from the process that sent it' }, now);
}
