/** Whether an order exists, asked by the name its ticket had: what decides after an answer was lost. */

import { setTimeout as delay } from 'node:timers/promises';
import { readOfAccount } from '../accounts/accounts.ts';
import { BrokerError, type Problem } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import type { ComboLeg } from './combo.ts';
import { addFills, type Fills } from './fills.ts';
import { liveOrdersSchema, type Order, type UnreadOrder } from './order-answers.ts';
import { getOrderStatus, type OrderList, type OrderTicket } from './orders.ts';
import { getTrades, type Trade, type UnreadTrade } from './trades.ts';

export type OrderLookup =
  | { kind: 'found'; order: Order }
  /** Only executions are left of it: its `quantity` is what was executed, as far as is known, and `orderId` may be empty. */
  | { kind: 'executed'; order: Order }
  /** Neither working, nor listed with the orders of today, nor executed in the last seven days. */
  | { kind: 'absent' };

/** What an order had filled when it was last read: IBKR forgets executions after seven days. */
export interface KnownFills extends Fills {
  at: Date;
}

/** What an order is known by: its name or IBKR's id. A row of IBKR that cannot be read may still tell either. */
type Known = Readonly<Record<'clientOrderId' | 'orderId', string | null>> & { conid: number | null };

interface Wanted {
  by: 'clientOrderId' | 'orderId';
  name: string;
  /** The contract that its rows are of; undefined where that is not known, as of combos, whose legs are executed. */
  conid: number | undefined;
  legs: readonly ComboLeg[] | undefined;
  known: KnownFills | null;
}

/** IBKR takes one request in 5 s of it. */
export const ORDER_LIST = '/iserver/account/orders';
/** IBKR needs a moment after `force=true` until the list is read anew. */
const REREAD_AFTER_MS = 1_000;
/** As many rows as IBKR's list has at most. */
const MAX_ROWS = 1_000;
const TRADE_DAYS = 7;
/** An execution so soon after a reading may be in it: IBKR's clock is not ours. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * Looks for an order by its client order id in the order list and the executions of an account.
 *
 * Ask 15 s after the order was sent, or later: IBKR cuts calls off after about ten, and until then `absent` can mean
 * that the order is still under way; for a minute, when the call gave up waiting for the answer. An order whose
 * question expired can go live even later, with the next question of its kind. One that was refused or cancelled drops
 * off IBKR's list with the session or the day.
 * @param ticket What the order looks like, for servers that list orders without their client order id.
 * @param known What it is known to have filled.
 * @throws {BrokerError} when IBKR cannot be asked completely, and `outcome_unknown` when its answer leaves the
 * question open.
 */
export async function findOrderByClientId(
  client: IbkrClient,
  accountId: string,
  clientOrderId: string,
  ticket?: Pick<OrderTicket, 'conid' | 'side' | 'quantity' | 'legs'>,
  known: KnownFills | null = null,
): Promise<OrderLookup> {
  const legs = ticket?.legs;
  const conid = legs === undefined ? ticket?.conid : undefined;
  const wanted: Wanted = { by: 'clientOrderId', name: clientOrderId, conid, legs, known };
  const { found, orders } = await lookFor(client, accountId, wanted);
  if (found.kind !== 'absent') return found;
  if (orders.length >= MAX_ROWS) throw undecidedError('list_cut');
  // A list that names some orders names all that have a name.
  const isNameless = orders.every((order) => order.clientOrderId === null);
  if (isNameless && ticket !== undefined && orders.some((order) => looksLike(order, ticket))) {
    throw undecidedError('nameless_order');
  }
  return found;
}

/**
 * Looks for an order by IBKR's own id, also where its status is not to be had any more (another session's, another
 * day's): in the order list and the executions of an account.
 * @param ticket What was ordered, where that is known.
 * @param known What it is known to have filled.
 * @throws {BrokerError} when IBKR cannot be asked completely.
 */
export async function findOrderById(
  client: IbkrClient,
  accountId: string,
  orderId: string,
  ticket?: Pick<OrderTicket, 'legs'>,
  known: KnownFills | null = null,
): Promise<OrderLookup> {
  const wanted: Wanted = { by: 'orderId', name: orderId, conid: undefined, legs: ticket?.legs, known };
  return (await lookFor(client, accountId, wanted)).found;
}

/**
 * The orders that IBKR lists of an account at once; one that is not among them may be missing for the list's being behind.
 * @throws {BrokerError} when IBKR cannot be asked.
 */
export async function listNow(client: IbkrClient, accountId: string): Promise<Order[]> {
  const query = { accountId };
  const read = () => client.get(ORDER_LIST, liveOrdersSchema, { query });
  return (await readOfAccount(client, accountId, read, () => false)).orders;
}

/**
 * An order in the list as IBKR shows it at once, by the name it was sent under or by IBKR's own id; null where it is not.
 * @throws {BrokerError} when IBKR cannot be asked.
 */
export async function findListedNow(
  client: IbkrClient,
  accountId: string,
  wanted: { clientOrderId: string } | { orderId: string },
): Promise<Order | null> {
  const orders = await listNow(client, accountId);
  return (
    orders.find((order) =>
      'orderId' in wanted ? order.orderId === wanted.orderId : order.clientOrderId === wanted.clientOrderId,
    ) ?? null
  );
}

/** The order that is wanted among those listed and, where only executions are left of it, among those. */
function lookFor(
  client: IbkrClient,
  accountId: string,
  wanted: Wanted,
): Promise<{ found: OrderLookup; orders: Order[] }> {
  const isIt = (row: Known) => row[wanted.by] === wanted.name;
  const look = async (): Promise<{ found: OrderLookup; orders: Order[] }> => {
    const [{ orders, unread }, executions] = await Promise.all([
      readOrdersAnew(client, accountId),
      getTrades(client, accountId, { days: TRADE_DAYS }),
    ]);
    const listed = orders.find(isIt);
    if (listed !== undefined) return { found: { kind: 'found', order: listed }, orders };
    const hidden = [...unread, ...executions.unread].filter((row) => mayBe(row, wanted));
    const [execution, ...others] = executions.trades.filter(isIt);
    if (execution === undefined && hidden.length === 0) return { found: { kind: 'absent' }, orders };
    const orderId = execution?.orderId ?? hidden.find(isIt)?.orderId ?? null;
    const order = orderId === null ? null : await statusOf(client, accountId, orderId);
    if (order !== null) return { found: { kind: 'found', order }, orders };
    // Neither absence nor what was executed may be told past a row that may be of the order.
    if (execution === undefined || hidden.length > 0) {
      throw undecidedError('unreadable_row');
    }
    return { found: executedOrder([execution, ...others], wanted), orders };
  };
  return readOfAccount(client, accountId, look, ({ found }) => found.kind === 'absent');
}

/** Whether a row of IBKR that is not understood may be of the order, by what can be read of it. */
function mayBe(row: UnreadOrder | UnreadTrade, { by, name, conid }: Wanted): boolean {
  if (row[by] !== null) return row[by] === name;
  return conid === undefined || row.conid === null || row.conid === conid;
}

/** Null for an order that IBKR has no status of. */
async function statusOf(client: IbkrClient, accountId: string, orderId: string): Promise<Order | null> {
  try {
    return await getOrderStatus(client, accountId, orderId);
  } catch (error) {
    if (error instanceof BrokerError && error.kind === 'not_found') return null;
    throw error;
  }
}

/**
 * The order list past IBKR's cache and past the empty answers that mean nothing: the first of a session and the one
 * to `force=true`. It is asked for without a filter, which ends one that the session may have kept.
 */
async function readOrdersAnew(client: IbkrClient, accountId: string): Promise<OrderList> {
  await client.get(ORDER_LIST, liveOrdersSchema, { query: { accountId, force: 'true' }, since: Date.now() });
  await delay(REREAD_AFTER_MS);
  const read = () => client.get(ORDER_LIST, liveOrdersSchema, { query: { accountId }, since: Date.now() });
  const list = await read();
  if (list.orders.length > 0 || list.unread.length > 0 || list.snapshot) return list;
  // The session may have been opened anew in between, which a call does once. Some servers never mark a list as
  // complete, so this one is believed.
  return read();
}

/** An order that is no longer listed and has no status, from what its executions tell. */
function executedOrder(
  trades: readonly [Trade, ...Trade[]],
  { legs, known }: Pick<Wanted, 'legs' | 'known'>,
): OrderLookup {
  const [trade] = trades;
  const { orderId } = trade;
  const total = (some: readonly Trade[]) => (legs === undefined ? totalOf(some) : comboTotal(some, legs));
  const told = total(trades);
  const all = known === null ? told : addFills(known, total(trades.filter(isAfter(known.at))));
  const { quantity, averagePrice } = all.quantity > told.quantity ? all : told;
  const order: Order = {
    orderId: orderId ?? '',
    clientOrderId: trade.clientOrderId,
    parentOrderId: null,
    accountId: trade.accountId ?? '',
    conid: trade.conid,
    symbol: trade.symbol,
    secType: trade.secType ?? 'UNKNOWN',
    currency: null,
    side: trade.side,
    orderType: 'UNKNOWN',
    quantity,
    filledQuantity: quantity,
    remainingQuantity: 0,
    limitPrice: null,
    stopPrice: null,
    averagePrice,
    tif: 'UNKNOWN',
    status: 'Filled',
    statusDescription: null,
    outsideRth: null,
    lastExecutionTime: trades.map(({ time }) => time).reduce((a, b) => ((a ?? '') > (b ?? '') ? a : b)),
    description: trade.description,
  };
  return { kind: 'executed', order };
}

function isAfter(at: Date): (trade: Trade) => boolean {
  return ({ time }) => time !== null && Date.parse(time) > at.getTime() + CLOCKS_DIFFER_MS;
}

function totalOf(trades: readonly Trade[]): Fills {
  const quantity = sum(trades.map((trade) => trade.quantity));
  const paid = sum(trades.map((trade) => trade.price * trade.quantity));
  return { quantity, averagePrice: quantity === 0 ? null : paid / quantity };
}

/** The legs of a combo are executions of their own, which some servers sum up in rows for the combo. */
function comboTotal(trades: readonly Trade[], legs: readonly ComboLeg[]): Fills {
  const whole = trades.filter((trade) => trade.legs !== undefined);
  if (whole.length > 0) return totalOf(whole);
  const executed = legs.map(({ conid, ratio }) => ({
    ratio,
    ...totalOf(trades.filter((trade) => trade.conid === conid)),
  }));
  return {
    quantity: Math.min(...executed.map(({ quantity, ratio }) => quantity / Math.abs(ratio))),
    averagePrice: executed.some(({ averagePrice }) => averagePrice === null)
      ? null
      : sum(executed.map(({ averagePrice, ratio }) => (averagePrice ?? 0) * ratio)),
  };
}

function looksLike(order: Order, ticket: Pick<OrderTicket, 'conid' | 'side' | 'quantity'>): boolean {
  return (
    order.clientOrderId === null &&
    order.parentOrderId === null &&
    order.conid === ticket.conid &&
    order.side === ticket.side &&
    (ticket.quantity === undefined || order.quantity === ticket.quantity)
  );
}

function undecidedError(why: Problem<'undecided'>['why']): BrokerError {
  return new BrokerError({ name: 'undecided', why });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
