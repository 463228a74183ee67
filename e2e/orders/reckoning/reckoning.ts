/** Compares what was said of the orders of a script with what the simulator has. */
import type { OrderIntent } from '../../../functions/src/trading/domain/intent.ts';
import { amountOf } from '../../../functions/src/trading/domain/money.ts';
import { intendedOrder } from '../../../functions/src/trading/domain/order.ts';
import { isUntold } from '../../../functions/src/trading/engine/lost-change.ts';
import type { Answer } from '../floor/instances.ts';
import type { TrueOrder } from '../floor/trading-floor.ts';
import { changedQuantity } from '../scripts/asked-order.ts';
import { instrumentOf } from '../scripts/instruments.ts';
import { intentOf, type ScriptRun } from '../scripts/script-run.ts';
import { isClose } from './closes.ts';
import { addedBy, countOf, dayValueOf, type Terms } from './counted-value.ts';
import { type Rest, STORAGE } from './rest.ts';
import { aboutDeliveries, aboutNews } from './told-news.ts';
import { aboutTrueOrders, indexOf, isOpen } from './true-orders.ts';

/** What is not as it was said to be, one sentence each; nothing when all is well. */
export function complaintsOf(rest: Rest): string[] {
  const { run, orders, executions, intents, ledger, told, listed } = rest;
  const open = intents.filter(({ id }) => id in ledger.open);
  const found = [
    ...intents.flatMap((intent) => aboutIntent(rest, intent)),
    ...aboutRequests(rest),
    ...run.calls.flatMap((call) => aboutAnswer(run, call, intents, orders)),
    ...aboutTrueOrders(run, orders, executions, intents),
    ...told.flatMap(({ intent, answer }) => aboutTold(intent, answer, orders)),
    ...listed.flatMap(({ account, answer }) => aboutListed(rest, account, answer)),
    ...aboutLedger(rest),
    ...aboutNews(rest),
    ...aboutDeliveries(rest),
    ...(open.every((intent) => mayStayOpen(rest, intent)) ? [] : ['the ledger holds open fates']),
  ];
  return found.map((complaint) => `ORDER_SEED=${run.seed}: ${complaint}`);
}

/**
 * Whether nobody can tell what became of it: IBKR may not be asked, or lists nothing but orders of other programs, which
 * have no names, and one of these could be it.
 */
function mayStayOpen({ isLockedOut, orders }: Rest, intent: OrderIntent): boolean {
  const { accountId, modifies, ticket } = intendedOrder(intent);
  const listed = orders.filter(({ account }) => account === accountId);
  const isAlike = ({ conid, side, quantity }: TrueOrder) =>
    conid === ticket.conid && side === ticket.side && [undefined, quantity].includes(ticket.quantity);
  return (
    isLockedOut ||
    (modifies === undefined && listed.every(({ cOID }) => cOID === null) && listed.some(isAlike))
  );
}

const AT_IBKR = ['working', 'filled', 'cancelled'];
/** What IBKR says of a body that no order can be made of, which is the fault of whoever wrote it. */
const MALFORMED = /must be one bracket or one group| is required/;

function aboutIntent(rest: Rest, intent: OrderIntent): string[] {
  const { intents, orders, isLockedOut, told } = rest;
  const { state, id } = intent;
  const own = orders.filter(({ cOID }) => cOID === intent.cOID);
  const [order] = own;
  const history = intent.history.map((entry) => `${entry.state} (${entry.note})`).join(' → ');
  const complain = (what: string) => [`intent ${id} ${what}; ${history}`];
  if (state === 'sending' || state === 'unknown') {
    const said = told.find((each) => each.intent.id === id)?.answer;
    return mayStayOpen(rest, intent)
      ? []
      : complain(`was left ${state}, and is told as ${JSON.stringify(said)}`);
  }
  const { modifies, ticket } = intendedOrder(intent);
  if (modifies !== undefined) {
    const changed = orders.find(({ orderId }) => orderId === modifies);
    if (own.length > 0) return complain('is a change, and IBKR has an order of its own for it');
    if (changed === undefined) return complain(`changes order ${modifies}, which does not exist`);
    const denied =
      (state === 'not_placed' && !isUntold(intent)) || state === 'rejected' || state === 'awaiting_approval';
    if (denied && changed.quantity === ticket.quantity)
      return complain(`is ${state}, and the change was made`);
    const first = intents.find(({ cOID }) => cOID === changed.cOID);
    const isAsFirst = first !== undefined && intendedOrder(first).ticket.quantity === changed.quantity;
    if (isAsFirst && (state === 'working' || state === 'filled'))
      return complain(`is ${state}, and order ${modifies} was never changed`);
    return [];
  }
  if (state === 'not_placed' && hasArrived(rest, intent))
    return complain('is not placed, and nothing went wrong');
  // Of a refusal in IBKR's words nothing is left, or an order that IBKR holds for good.
  const mayBe =
    state === 'rejected'
      ? own.every(({ status }) => status === 'Inactive')
      : own.length === (AT_IBKR.includes(state) ? 1 : 0);
  if (!mayBe) return complain(`is ${state}, with ${own.length} orders at IBKR, ${order?.status}`);
  if (order === undefined || isLockedOut) return [];
  const other = orders.find(({ cOID }) => cOID === `${intent.cOID}-2`);
  if (other !== undefined) return aboutPair(intent, [order, other]).flatMap(complain);
  if (intent.filledQuantity !== null && intent.filledQuantity !== order.filledQuantity)
    return complain(`has filled ${intent.filledQuantity}, true is ${order.filledQuantity}`);
  if (Math.abs((intent.averagePrice ?? 0) - (order.averagePrice ?? 0)) > 0.006 && order.legs === null)
    return complain(`filled at ${intent.averagePrice}, true is ${order.averagePrice}`);
  if (state === 'filled' && order.status !== 'Filled') return complain(`is filled, IBKR: ${order.status}`);
  if (state === 'cancelled' && isOpen(order)) return complain(`is cancelled, IBKR: ${order.status}`);
  if (state === 'working' && ['Filled', 'Cancelled'].includes(order.status))
    return complain(`is working, IBKR: ${order.status}`);
  return [];
}

/** Of a pair the intent tells what both have filled; what one fills while the other is cancelled for it may be missing. */
function aboutPair(intent: OrderIntent, pair: readonly [TrueOrder, TrueOrder]): string[] {
  const filled = filledOf(pair);
  const { state, filledQuantity } = intent;
  const isFilled = pair.some(({ status }) => status === 'Filled');
  return [
    ...(filled === null || (filledQuantity ?? 0) === filled
      ? []
      : [`is of a pair, has filled ${filledQuantity}, true is ${filled}`]),
    ...(isFilled && state !== 'filled' ? [`is ${state}, and one of its pair is filled`] : []),
    ...(state === 'cancelled' && pair.some(isOpen) ? ['is cancelled, and one of its pair works'] : []),
  ];
}

/** Null where both have filled. */
function filledOf(pair: readonly TrueOrder[]): number | null {
  const [filled, ...others] = pair.filter(({ filledQuantity }) => filledQuantity > 0);
  return others.length > 0 ? null : (filled?.filledQuantity ?? 0);
}

function wasSent({ history }: OrderIntent): boolean {
  return history.some(({ state }) => state === 'sending');
}

/**
 * Whether IBKR was sent every order of the account, answered each, asked nothing of this one, and no instance died or could
 * not write down what it knew.
 */
function hasArrived({ run, requests, intents }: Rest, intent: OrderIntent): boolean {
  const { accountId } = intendedOrder(intent);
  const sent = intents.filter((each) => wasSent(each) && isFor(accountId, each));
  const states = intent.history.map(({ state }) => state);
  return (
    // A question lapses with the next order, or preview of one.
    !states.includes('needs_reply') &&
    states.join().endsWith('sending,unknown,not_placed') &&
    run.script.steps.every(({ faults }) => faults.length === 0) &&
    run.calls.every(({ answer }) => answer.kind !== 'lost' && !isOfStorage(answer)) &&
    run.decisions.every(({ came }) => came !== undefined) &&
    requests[`POST /iserver/account/${accountId}/orders`] === sent.length
  );
}

/** A busy machine may keep storage from answering in time. */
function isOfStorage(answer: Answer): boolean {
  return answer.kind === 'error' && STORAGE.test(answer.message);
}

/** Whatever IBKR answers, what changes something is sent once for each intent that was to be sent. */
function aboutRequests({ requests, intents }: Rest): string[] {
  const sent = intents.filter(wasSent);
  const changed = sent.map((intent) => intendedOrder(intent).modifies);
  return Object.entries(requests).flatMap(([request, count]) => {
    const [, account] = /^POST \/iserver\/account\/([^/]+)\/orders$/.exec(request) ?? [];
    const [, order] = /^POST \/iserver\/account\/[^/]+\/order\/(\d+)$/.exec(request) ?? [];
    const most =
      account !== undefined
        ? sent.filter((intent) => isFor(account, intent)).length
        : order === undefined
          ? count
          : changed.filter((modifies) => modifies === order).length;
    return count <= most ? [] : [`${request} was sent ${count} times, for ${most} intents`];
  });
}

function isFor(account: string, intent: OrderIntent): boolean {
  const { accountId, modifies } = intendedOrder(intent);
  return accountId === account && modifies === undefined;
}

/** What a tool said once must hold for ever. */
function aboutAnswer(
  { script, revokedAt }: ScriptRun,
  { tool, args, answer, key, sentAt }: ScriptRun['calls'][number],
  intents: readonly OrderIntent[],
  orders: readonly TrueOrder[],
): string[] {
  const complain = (what: string) => [`${tool} ${JSON.stringify(args)} ${what}: ${JSON.stringify(answer)}`];
  if (answer.kind === 'lost') return [];
  if (key === 2) {
    const isRefused = answer.kind === 'error' && ['insufficient_scope', 'unauthorized'].includes(answer.code);
    return isRefused ? [] : complain('with a key that may only read came to more than a refusal');
  }
  if (key === 0 && sentAt > revokedAt && !(answer.kind === 'error' && answer.code === 'unauthorized'))
    return complain('with a key that was taken back came to more than a refusal');
  if (answer.kind === 'error') {
    if (answer.code === 'idempotency_conflict' && script.accounts === 1)
      return complain('was held against another order, and nobody else has its name');
    if (answer.code === 'internal_error' && !isOfStorage(answer)) return complain('failed');
    if (MALFORMED.test(answer.message)) return complain('was written so that IBKR cannot take it');
    const saidAbsent = answer.code === 'not_placed' || answer.code === 'order_rejected';
    const cOID = `ig-${intentOf(answer)}`;
    const denied = orders.find((order) => order.cOID === cOID);
    if (saidAbsent && denied !== undefined && denied.status !== 'Inactive')
      return complain('denied an order that exists');
    return [];
  }
  if (tool === 'preview_order' || tool === 'get_orders' || tool === 'set_current_account') return [];
  if (tool === 'cancel_orders') {
    const rows = answer.value.orders as { order_id: string | null; state: string }[];
    return rows.flatMap(({ order_id, state }) => {
      const order = orders.find(({ orderId }) => orderId === order_id);
      if (state === 'cancelled' && order !== undefined && isOpen(order))
        return complain('called an order cancelled');
      return state === 'filled' && order?.status !== 'Filled' ? complain('called an order filled') : [];
    });
  }
  const { intent_id, order_id, filled_order_id = order_id, state } = answer.value;
  const order = orders.find(({ orderId }) => orderId === order_id);
  if (order === undefined) return order_id == null ? [] : complain('named an order that does not exist');
  const intent = intents.find(({ id }) => id === intent_id);
  const isOwn = intent === undefined || [intent.cOID, `${intent.cOID}-2`].includes(order.cOID ?? '');
  if (!isOwn && intendedOrder(intent).modifies !== order_id)
    return complain('named the order of another intent');
  if (answer.value.account_id !== order.account) return complain('named another account');
  const filled = orders.find(({ orderId }) => orderId === filled_order_id);
  if (state === 'filled' && filled?.status !== 'Filled') return complain('called an order filled');
  if (state === 'cancelled' && isOpen(order)) return complain('called an order cancelled');
  return [];
}

const WIRE_TYPES: Readonly<Record<string, string>> = { STOP_LIMIT: 'STP_LIMIT', TRAILLMT: 'TRAIL_LIMIT' };
const STATES: Readonly<Record<string, readonly string[]>> = {
  Filled: ['filled'],
  Cancelled: ['cancelled'],
  // Held: it may come back.
  Inactive: ['inactive', 'unknown', 'cancelled'],
};

/** Nothing of it is at IBKR yet. */
const WAITING = ['awaiting_approval', 'needs_reply'];

/** The last word on an order is the truth. */
function aboutTold(intent: OrderIntent, answer: Answer, orders: readonly TrueOrder[]): string[] {
  if (answer.kind !== 'ok' || WAITING.includes(String(answer.value.state))) return [];
  const order = orders.find(({ orderId }) => orderId === answer.value.order_id);
  if (order === undefined || order.legs !== null) return [];
  const complain = (what: string) => `get_order_status of ${intent.id} tells ${what}`;
  const pair = orders.filter(({ cOID }) => [intent.cOID, `${intent.cOID}-2`].includes(cOID ?? ''));
  const filled = filledOf(pair);
  const told = answer.value.pair_filled_quantity ?? 0;
  return [
    ...rowDifferences(answer.value, order).map(complain),
    ...(pair.length > 1 && filled !== null && told !== filled
      ? [complain(`${told} filled of its pair, true is ${filled}`)]
      : []),
  ];
}

function aboutListed({ orders, isLockedOut }: Rest, account: string, answer: Answer): string[] {
  if (answer.kind !== 'ok') {
    const isLimited = answer.kind === 'error' && answer.code === 'ibkr_rate_limited';
    return isLimited && isLockedOut ? [] : [`get_orders of ${account} came to ${JSON.stringify(answer)}`];
  }
  const rows = answer.value.orders as Record<string, unknown>[];
  const own = orders.filter((order) => order.account === account);
  const missing = own.filter(
    (order) => isOpen(order) && !rows.some(({ order_id }) => order_id === order.orderId),
  );
  return [
    ...missing.map(
      ({ orderId, status }) => `get_orders of ${account} lacks order ${orderId}, which is ${status}`,
    ),
    ...rows.flatMap((row) => {
      const order = own.find(({ orderId }) => orderId === row.order_id);
      if (order === undefined)
        return [`get_orders of ${account} has order ${row.order_id}, which is not there`];
      const isOurs = order.origin === 'api';
      const found = order.legs === null ? rowDifferences(row, order) : [];
      if (isOurs !== (row.intent_id !== null)) found.push(`intent_id ${row.intent_id}`);
      if (row.parent_order_id !== order.parentId) found.push(`parent_order_id ${row.parent_order_id}`);
      return found.map((what) => `get_orders of ${account} tells of ${order.orderId} ${what}`);
    }),
  ];
}

function rowDifferences(row: Record<string, unknown>, order: TrueOrder): string[] {
  const { orderType, trailing } = order;
  const type = WIRE_TYPES[orderType] ?? orderType;
  const hasLimit = ['LMT', 'STP_LIMIT', 'LIT', 'LOC'].includes(type);
  const hasStop = ['STP', 'STP_LIMIT', 'LIT', 'MIT'].includes(type) && trailing === null;
  const states = STATES[order.status] ?? ['working', 'pending'];
  const expected: Record<string, unknown> = {
    account_id: order.account,
    conid: order.conid,
    side: order.side,
    order_type: type,
    // IBKR takes from an order what the other of its group has filled.
    ...(order.ocaGroup === null ? { quantity: order.quantity } : {}),
    filled_quantity: order.filledQuantity,
    ...(hasLimit ? { limit_price: order.limitPrice } : {}),
    ...(hasStop ? { stop_price: order.stopPrice } : {}),
  };
  const wrong = Object.entries(expected).filter(([name, value]) => row[name] !== value);
  const average = Number(row.average_price ?? 0) - (order.averagePrice ?? 0);
  return [
    ...wrong.map(([name, value]) => `${name} ${row[name]}, true is ${value}`),
    ...(states.includes(String(row.state)) ? [] : [`state ${row.state}, true is ${order.status}`]),
    ...(Math.abs(average) < 0.006
      ? []
      : [`average_price ${row.average_price}, true is ${order.averagePrice}`]),
  ];
}

/** The counts of the day are those of the orders that came to be. */
function aboutLedger({ run, intents, ledger, orders }: Rest): string[] {
  const counted = intents.filter(({ countedOn }) => countedOn === ledger.day && countedOn !== '');
  const placed = counted.filter((intent) => intendedOrder(intent).modifies === undefined);
  const askedFor = (intent: OrderIntent) => {
    if (isClose(intent)) return {};
    const order = orders.find(({ cOID }) => cOID === intent.cOID);
    return order === undefined ? undefined : run.asked[indexOf(order)];
  };
  const uncounted = orders.filter(
    ({ origin, parentId, cOID, status, filledQuantity, wasHeld }) =>
      origin === 'api' &&
      parentId === null &&
      status !== 'Inactive' &&
      // What was seen held, and then cancelled, was never seen to work.
      !(status === 'Cancelled' && filledQuantity === 0 && wasHeld) &&
      !cOID?.endsWith('-2') &&
      !placed.some((intent) => intent.cOID === cOID),
  );
  const missing = uncounted.map(({ orderId }) => `order ${orderId} is not counted`);
  const asked = placed.map(askedFor);
  if (asked.some((each) => each === undefined)) return missing;
  const number = asked.reduce((sum, each) => sum + countOf(each ?? {}), 0);
  const { total } = ledger;
  const miscounted =
    total.orders === number ? [] : [`the ledger counts ${total.orders} orders, there are ${number}`];
  const isPriced = asked.every((each) => instrumentOf(each ?? {}) !== undefined) && !run.isMoved;
  const changes = counted.filter((intent) => !placed.includes(intent));
  const value = isPriced ? valueOfAll(run, placed, changes, orders) : null;
  const sum = amountOf(total.value);
  const misvalued =
    value === null || (sum > value.least - 0.015 && sum < value.most + 0.015)
      ? []
      : [`the ledger counts ${sum} of value, it is ${value.least} to ${value.most}`];
  return [...missing, ...miscounted, ...misvalued];
}

/**
 * Null where a change makes it depend on what cannot be told here. A change that is sent while another one has no answer
 * yet is judged by the order as it was before both, which may count more than what the two add in a row.
 */
function valueOfAll(
  run: ScriptRun,
  placed: readonly OrderIntent[],
  changes: readonly OrderIntent[],
  orders: readonly TrueOrder[],
): { least: number; most: number } | null {
  let least = 0;
  let most = 0;
  for (const intent of placed) {
    const order = orders.find(({ cOID }) => cOID === intent.cOID);
    const index = order === undefined ? -1 : indexOf(order);
    const asked = run.asked[index];
    if (order === undefined || asked === undefined) return null;
    least += dayValueOf(asked);
    most += dayValueOf(asked);
    const own = changes.filter((change) => intendedOrder(change).modifies === order.orderId);
    if (own.length > 0 && (asked.cash_quantity !== undefined || order.trailing !== null)) return null;
    // Several, after a change of which nobody can tell whether it was made.
    let before: Terms[] = [{ quantity: Number(asked.quantity), limitPrice: limitOf(asked) }];
    const earlier: { terms: Terms; changedAt: number }[] = [];
    for (const change of own.sort((a, b) => Number(a.sentAt) - Number(b.sentAt))) {
      const call = run.calls.find(
        ({ tool, position, order: of }) =>
          tool === 'modify_order' &&
          of === index &&
          changedQuantity(asked, index, position) === intendedOrder(change).ticket.quantity,
      );
      if (call === undefined) return null;
      const changedBy = (terms: Terms) => ({
        quantity: Number(call.args.quantity),
        limitPrice: limitOf(call.args) ?? terms.limitPrice,
      });
      const added = (terms: Terms) => addedBy(asked, terms, changedBy(terms));
      const seen = earlier.filter(({ changedAt }) => changedAt > change.createdAt.getTime());
      least += Math.min(...before.map(added));
      most += Math.max(...[...before, ...seen.map(({ terms }) => terms)].map(added));
      earlier.push(...before.map((terms) => ({ terms, changedAt: answeredAt(change) })));
      const after = before.map(changedBy);
      before = isUntold(change) ? [...before, ...after] : after;
    }
  }
  return { least: Number(least.toFixed(2)), most: Number(most.toFixed(2)) };
}

/** When it was written down that IBKR took it, or not; a question of IBKR's is neither. */
function answeredAt({ history }: OrderIntent): number {
  const sent = history.findIndex(({ state }) => state === 'sending');
  const answered = history.slice(sent).find(({ state }) => state !== 'sending' && state !== 'needs_reply');
  return answered?.at.getTime() ?? Number.POSITIVE_INFINITY;
}

function limitOf({ limit_price: limit }: Readonly<Record<string, unknown>>): number | null {
  return typeof limit === 'number' ? limit : null;
}
