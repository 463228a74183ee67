/** `/sim/orders`, `/sim/executions`: the truth about orders of every account, and what befalls them from outside. */

import type { AccountBook, Trade } from '../accounts/account-book.ts';
import { fromMicros, roundQuantity } from '../accounts/money.ts';
import { instrumentOf } from '../contracts/catalog.ts';
import { type Answer, badRequest, failureAnswer, ok } from '../http/answer.ts';
import { numberOf, objectBody, textOf } from '../http/json-body.ts';
import { instrumentOfOrder } from '../orders/combos.ts';
import { averageFillPrice } from '../orders/matching.ts';
import { isOpen, type Order } from '../orders/order.ts';
import { placeDrafts } from '../orders/order-placing.ts';
import { readChange, scheduleChanges } from '../orders/order-plans.ts';
import { readTicket } from '../orders/order-ticket.ts';
import { type Simulation, sandboxKey, sandboxOf, signInKey } from '../simulation.ts';

interface Request {
  readonly simulation: Simulation;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** What the path ends with, below `/sim/orders/`. */
  readonly id?: string;
}

/** Accounts of the sandbox or of the user that the query names, or all. */
function accountsOf({ simulation, query }: Request): AccountBook[] {
  const [sandbox, user] = [query.get('sandbox'), query.get('user')?.toLowerCase()];
  return [...simulation.accounts.values()].filter(
    ({ owner }) =>
      (sandbox === null || owner === sandboxKey(sandbox)) &&
      (user === undefined || owner === signInKey(user)),
  );
}

/** Every field is there in every row; null where the order has no such thing. */
function orderRow(order: Order, { id, owner }: AccountBook): Record<string, unknown> {
  const { terms } = order;
  return {
    orderId: String(order.id),
    cOID: terms.cOID ?? null,
    account: id,
    sandbox: sandboxOf(owner) ?? null,
    origin: order.isFromElsewhere ? 'elsewhere' : 'api',
    conid: terms.conid,
    symbol: instrumentOfOrder(terms)?.symbol ?? '',
    legs: terms.legs ?? null,
    side: terms.side,
    orderType: terms.type,
    tif: terms.tif,
    goodTillDate: terms.goodTill === undefined ? null : new Date(terms.goodTill).toISOString(),
    outsideRth: terms.outsideRth,
    quantity: terms.quantity,
    cashQty: terms.cashQuantity ?? null,
    limitPrice: terms.limitPrice ?? null,
    stopPrice: terms.stopPrice ?? null,
    trailing: terms.trailing ?? null,
    parentId: order.parentId === undefined ? null : String(order.parentId),
    ocaGroup: order.ocaGroup ?? null,
    status: order.status,
    reason: order.reason ?? null,
    wasHeld: order.wasHeld ?? false,
    filledQuantity: order.filled,
    remainingQuantity: roundQuantity(order.quantity - order.filled),
    averagePrice: order.filled === 0 ? null : averageFillPrice(order),
    createdAt: new Date(order.createdAt).toISOString(),
  };
}

function byOrderId(a: Record<string, unknown>, b: Record<string, unknown>): number {
  return Number(a.orderId) - Number(b.orderId);
}

function orders(request: Request): Answer {
  request.simulation.matching.advance();
  const rows = accountsOf(request).flatMap((account) =>
    [...account.orders.values()].map((order) => orderRow(order, account)),
  );
  return ok({ orders: rows.toSorted(byOrderId) });
}

function executionRow(trade: Trade, { id, owner }: AccountBook): Record<string, unknown> {
  return {
    executionId: trade.executionId,
    orderId: trade.orderId === 0 ? null : String(trade.orderId),
    cOID: trade.cOID ?? null,
    account: id,
    sandbox: sandboxOf(owner) ?? null,
    conid: trade.conid,
    symbol: instrumentOf(trade.conid)?.symbol ?? '',
    side: trade.side,
    quantity: trade.quantity,
    price: trade.price,
    commission: fromMicros(trade.commission),
    time: new Date(trade.time).toISOString(),
  };
}

/** Oldest first. What expired and was settled has no order. */
function executions(request: Request): Answer {
  request.simulation.matching.advance();
  const found = accountsOf(request).flatMap((account) => account.trades.map((trade) => ({ trade, account })));
  const rows = found
    .toSorted((a, b) => a.trade.time - b.trade.time)
    .map(({ trade, account }) => executionRow(trade, account));
  return ok({ executions: rows });
}

/** `{account, orders}`, tickets as the API takes them: placed without questions, by another program of the user. */
function place({ simulation, body }: Request): Answer {
  const input = objectBody(body);
  const account = simulation.accounts.get(textOf(input.account) ?? '');
  if (!account) throw badRequest('account is not valid');
  if (!Array.isArray(input.orders) || input.orders.length === 0) throw badRequest('orders is required');
  const market = simulation.marketOf(account.owner);
  const drafts = input.orders.map((ticket) => readTicket(ticket, market, simulation.clock.now()));
  const placed = placeDrafts(simulation.matching, account, drafts, { isFromElsewhere: true });
  return ok({ orders: placed.map((order) => orderRow(order, account)).toSorted(byOrderId) });
}

function find({ simulation, id }: Request): { order: Order; account: AccountBook } {
  simulation.matching.advance();
  for (const account of simulation.accounts.values()) {
    const order = account.orders.get(Number(id));
    if (order) return { order, account };
  }
  throw failureAnswer(404, `there is no order ${id}`);
}

/**
 * `{status, reason?, afterMs?}`, or several of these as `changes`; `{fill: {quantity, price?}}`; or `{ticket}`, the
 * order as another program has changed it.
 */
function change(request: Request): Answer {
  const { simulation, body } = request;
  const { matching, clock } = simulation;
  const { order, account } = find(request);
  const { fill, ticket, changes, ...single } = objectBody(body);
  const market = simulation.marketOf(account.owner);
  if (fill !== undefined) {
    const { quantity, price } = objectBody(fill);
    const instrument = instrumentOf(order.terms.conid);
    const at =
      numberOf(price) ?? order.terms.limitPrice ?? (instrument && market.last(instrument, clock.now()));
    const amount = numberOf(quantity) ?? 0;
    const isFilled = amount > 0 && at !== undefined && matching.fillNow(order, amount, at);
    if (!isFilled) throw badRequest('the order is not open, or has less than that left');
  } else if (ticket !== undefined) {
    if (!isOpen(order)) throw badRequest('the order is not open');
    const { cOID } = order.terms;
    const { terms } = readTicket(ticket, market, clock.now());
    matching.modify(order, { ...terms, ...(cOID === undefined ? {} : { cOID }) });
  } else {
    const planned = Array.isArray(changes) ? changes.map(readChange) : [readChange(single)];
    matching.scheduleChanges(order, scheduleChanges(planned, clock.now()));
  }
  return ok(orderRow(order, account));
}

/** Cancels it, as another program of the user would. */
function cancel(request: Request): Answer {
  const { order, account } = find(request);
  request.simulation.matching.cancel(order);
  return ok(orderRow(order, account));
}

/** `{sandbox?, times?, changes}`: what becomes of the next orders, from the moment they are taken. */
function plan({ simulation, body }: Request): Answer {
  const { sandbox, times, changes } = objectBody(body);
  if (!Array.isArray(changes) || changes.length === 0) throw badRequest('changes is required');
  const name = textOf(sandbox);
  simulation.plans.add({
    times: numberOf(times) ?? 1,
    changes: changes.map(readChange),
    ...(name === undefined ? {} : { owner: sandboxKey(name) }),
  });
  return ok({});
}

function forgetPlans({ simulation, query }: Request): Answer {
  const sandbox = query.get('sandbox');
  simulation.plans.clear(sandbox === null ? undefined : sandboxKey(sandbox));
  return ok({});
}

export const ORDER_CONTROLS: Readonly<Record<string, (request: Request) => Answer>> = {
  'GET /sim/orders': orders,
  'POST /sim/orders': place,
  'POST /sim/orders/:id': change,
  'DELETE /sim/orders/:id': cancel,
  'GET /sim/executions': executions,
  'POST /sim/order-plans': plan,
  'DELETE /sim/order-plans': forgetPlans,
};
