/** Holds every order that IBKR has against what was asked for it. */
import type { OrderIntent } from '../../../functions/src/trading/domain/intent.ts';
import { intendedOrder } from '../../../functions/src/trading/domain/order.ts';
import type { TrueExecution, TrueOrder } from '../floor/trading-floor.ts';
import {
  changedQuantity,
  type ExpectedTerms,
  expectedExits,
  expectedOther,
  expectedTerms,
  type OrderArguments,
  orderWith,
  quantityOf,
} from '../scripts/asked-order.ts';
import { INSTRUMENTS, instrumentOf } from '../scripts/instruments.ts';
import type { ScriptedOrder } from '../scripts/order-script.ts';
import { type Call, intentOf, type ScriptRun } from '../scripts/script-run.ts';
import { aboutCloses, closeValueOf, HELD_AT_FIRST, isClose } from './closes.ts';
import { countOf, dayValueOf } from './counted-value.ts';

/** IBKR asks about a limit that is further from the market, in percent; a little more, as the market may stir. */
const ASKED_FROM_PERCENT = 3.2;

/** The order and all that is known of it. */
interface Subject {
  run: ScriptRun;
  order: TrueOrder;
  orders: readonly TrueOrder[];
  intents: readonly OrderIntent[];
}

/** Which order of a script an order at IBKR is. */
export function indexOf({ cashQty, quantity }: Pick<TrueOrder, 'cashQty' | 'quantity'>): number {
  return orderWith(cashQty ?? quantity);
}

/** What is wrong with the orders that the service made, one sentence each. */
export function aboutTrueOrders(
  run: ScriptRun,
  orders: readonly TrueOrder[],
  executions: readonly TrueExecution[],
  intents: readonly OrderIntent[],
): string[] {
  const own = orders.filter(({ origin }) => origin === 'api');
  const isClosing = (order: TrueOrder) =>
    intents.some((intent) => intent.cOID === order.cOID && isClose(intent));
  const closes = own.filter(isClosing);
  const entries = own.filter(
    (order) => order.parentId === null && order.cOID?.endsWith('-2') !== true && !isClosing(order),
  );
  return [
    ...aboutCloses(run, { closes, own, executions, intents }),
    ...closes.flatMap((order) => {
      const intent = intents.find(({ cOID }) => cOID === order.cOID);
      const found = [
        ...(intent === undefined ? [] : aboutYes(run, order, intent)),
        ...aboutTimes(run, order, null),
      ];
      return found.map((what) => `order ${order.orderId} (${order.cOID}) ${what}`);
    }),
    ...entries.flatMap((order) => aboutEntry({ run, order, orders: own, intents })),
    ...own.flatMap((order) => aboutFills(order, executions)),
    ...aboutElsewhere(run, orders),
    ...aboutLimits(run, entries, closes, executions),
    ...aboutRepetitions(run, entries),
  ];
}

function aboutEntry(subject: Subject): string[] {
  const { run, order, orders, intents } = subject;
  const intent = intents.find(({ cOID }) => cOID === order.cOID);
  const complain = (what: string) => `order ${order.orderId} (${order.cOID}) ${what}`;
  if (intent === undefined) return [complain("is nobody's")];
  const asked = run.asked[indexOf(order)];
  if (asked === undefined) return [complain(`was asked for by nobody: ${JSON.stringify(order)}`)];
  const placed = run.calls.filter(({ tool, order: of }) => tool === 'place_order' && of === indexOf(order));
  const accounts = new Set(placed.map(({ account }) => account));
  const other = orders.find(({ cOID }) => cOID === `${order.cOID}-2`);
  const found = [
    ...differences(order, currentTerms(subject, asked)),
    ...(accounts.has(order.account) ? [] : [`is in account ${order.account}, asked was ${[...accounts]}`]),
    ...aboutExits(subject, asked, intent),
    ...aboutOther(order, other, expectedOther(asked), intent),
    ...aboutYes(run, order, intent),
    ...aboutTimes(run, order, indexOf(order)),
  ];
  return found.map(complain);
}

/** As it was asked for, or as the last change that IBKR has made of it. */
function currentTerms({ run, order }: Subject, asked: OrderArguments): Partial<ExpectedTerms>[] {
  const terms = expectedTerms(asked);
  const index = indexOf(order);
  const changes = run.calls.filter(({ tool, order: of }) => tool === 'modify_order' && of === index);
  const last = changes.find(({ position }) => changedQuantity(asked, index, position) === order.quantity);
  const isFirst = order.cashQty !== null || order.quantity === (asked.quantity ?? quantityOf(index));
  if (last === undefined) return isFirst ? [terms] : [];
  const others = changes.filter((change) => change !== last);
  const made = others.filter(({ answer, sentAt }) => answer.kind === 'ok' && sentAt < last.sentAt);
  // What the change leaves out stays as it was, which is known where it is known of every other change.
  const before = isInRow(changes)
    ? [made.reduce(changedBy, terms)]
    : [terms, ...others.map((change) => changedBy(terms, change))];
  return before.map((each) => ({ ...changedBy(each, last), cashQty: order.cashQty }));
}

/** Whether one came after the other, and IBKR certainly took it, or certainly not. */
function isInRow(changes: readonly Call[]): boolean {
  const sent = changes.toSorted((one, other) => one.sentAt - other.sentAt);
  return sent.every(({ answer, answeredAt }, position) => {
    const isClear =
      answer.kind === 'ok'
        ? ['working', 'filled', 'cancelled'].includes(String(answer.value.state))
        : answer.kind === 'error' && ['limit_exceeded', 'invalid_arguments'].includes(answer.code);
    return isClear && answeredAt <= (sent[position + 1]?.sentAt ?? Number.POSITIVE_INFINITY);
  });
}

function changedBy(terms: ExpectedTerms, { args }: Pick<Call, 'args'>): ExpectedTerms {
  const {
    limit_price: limit,
    good_till_date: date,
    trailing_amount: amount,
    trailing_percent: percent,
  } = args;
  return {
    ...terms,
    ...(typeof limit === 'number' ? { limitPrice: limit } : {}),
    ...(date === undefined ? {} : { goodTillDate: String(date) }),
    ...(amount === undefined ? {} : { trailing: { amount: Number(amount), unit: 'amt' } }),
    ...(percent === undefined ? {} : { trailing: { amount: Number(percent), unit: '%' } }),
  };
}

/** In what an order differs from all of the terms that it may have; of several, from the first. */
function differences(order: TrueOrder, allowed: readonly Partial<ExpectedTerms>[]): string[] {
  const [first] = allowed;
  if (first === undefined) return [`has quantity ${order.quantity}, which nobody asked for`];
  const wrong = (terms: Partial<ExpectedTerms>) =>
    Object.entries(terms).filter(([name, value]) => !isSame(name, value, order));
  const of = allowed.map(wrong);
  if (of.some((each) => each.length === 0)) return [];
  return (of[0] ?? []).map(
    ([name, value]) =>
      `has ${name} ${JSON.stringify(order[name as keyof TrueOrder])}, asked was ${JSON.stringify(value)}`,
  );
}

function isSame(name: string, value: unknown, order: TrueOrder): boolean {
  // Of a combo, IBKR's own; legs in any order.
  if (name === 'conid' && value === null) return true;
  // Where a trailing stop stands is the market's doing.
  if (name === 'stopPrice' && order.trailing !== null) return true;
  if (name === 'limitPrice' && order.trailing !== null && order.orderType === 'TRAIL') return true;
  if (name === 'goodTillDate') return String(value).slice(0, 16) === String(order.goodTillDate).slice(0, 16);
  const sorted = (one: unknown) =>
    Array.isArray(one)
      ? [...one].sort((a, b) => a.conid - b.conid).map(({ conid, ratio }) => ({ conid, ratio }))
      : one;
  return JSON.stringify(sorted(value)) === JSON.stringify(sorted(order[name as keyof TrueOrder]));
}

function aboutExits({ run, order, orders }: Subject, asked: OrderArguments, intent: OrderIntent): string[] {
  const exits = orders.filter(({ parentId }) => parentId === order.orderId);
  const expected = expectedExits(asked);
  if (intent.notTaken.length === 0 && exits.length !== expected.length)
    return [`has ${exits.length} exits, asked were ${expected.length}`];
  // An answer that was lost is not told again.
  if (intent.reconciledAt === null && exits.some(({ orderId }) => !intent.exitOrderIds.includes(orderId)))
    return ['has an exit whose id is not kept'];
  return exits.flatMap((exit) => {
    const fits = expected.find(({ orderType }) => orderType === exit.orderType);
    if (fits === undefined) return [`has an exit ${exit.orderType} that nobody asked for`];
    const quantities = [asked.quantity, order.quantity, ...run.calls.map(({ args }) => args.quantity)];
    return [
      ...differences(exit, [fits]).map((what) => `has an exit that ${what}`),
      ...(exit.account === order.account ? [] : [`has an exit in account ${exit.account}`]),
      ...(quantities.includes(exit.quantity) ? [] : [`has an exit of ${exit.quantity}`]),
    ];
  });
}

function aboutOther(
  order: TrueOrder,
  other: TrueOrder | undefined,
  expected: ExpectedTerms | null,
  intent: OrderIntent,
): string[] {
  if (expected === null) return other === undefined ? [] : ['has another order that nobody asked for'];
  if (other === undefined) return intent.notTaken.length > 0 ? [] : ['lacks the other order of its pair'];
  return [
    ...differences(other, [expected]).map((what) => `forms a pair with one that ${what}`),
    ...(other.ocaGroup !== null && other.ocaGroup === order.ocaGroup
      ? []
      : ['does not cancel the other of its pair']),
  ];
}

/** Nothing is sent without the yes that the rules ask for, nor past a question that nobody answered. */
function aboutYes(run: ScriptRun, order: TrueOrder, intent: OrderIntent): string[] {
  const { script, calls, decisions } = run;
  const confirmed = calls.some(({ tool, args }) => tool === 'confirm_order' && args.intent_id === intent.id);
  const approved = decisions.some(({ act, intentId }) => act === 'approve' && intentId === intent.id);
  const answered = approved || (confirmed && script.approval !== 'owner');
  if (script.approval === 'owner' && !approved) return ['was sent without the yes of its owner'];
  if (script.approval === 'model' && !answered) return ['was sent without a yes'];
  const isAsked = warningsAbout(run, order, intent).some((id) => !script.acceptedWarnings.includes(id));
  return isAsked && !answered ? ['was sent past a question that nobody answered'] : [];
}

/** The warnings that IBKR gives with an order as it was first sent, of those that its terms alone tell. */
function warningsAbout({ isMoved }: ScriptRun, { legs, conid }: TrueOrder, intent: OrderIntent): string[] {
  if (legs !== null) return [];
  const { orderType, limitPrice, cashQuantity } = intendedOrder(intent).ticket;
  const price = isMoved ? undefined : instrumentOf({ conid })?.price;
  const isFar =
    orderType === 'LMT' &&
    limitPrice !== undefined &&
    price !== undefined &&
    Math.abs(limitPrice / price - 1) * 100 > ASKED_FROM_PERCENT;
  return [
    ...(orderType === 'MKT' ? ['o10151'] : []),
    ...(orderType.startsWith('STP') || orderType.startsWith('TRAIL') ? ['o10331'] : []),
    ...(isFar ? ['o163'] : []),
    ...(cashQuantity === undefined ? [] : ['o10223']),
  ];
}

/**
 * Nothing is sent after the end of the access or of trading, but for what was on its way then.
 * @param index Of the order in the script; null: it is of none.
 */
function aboutTimes(run: ScriptRun, order: TrueOrder, index: number | null): string[] {
  const { revokedAt, stoppedAt, offAt, script, calls, decisions } = run;
  const delays = script.steps.flatMap(({ faults }) => faults.map(({ delayMs = 0 }) => delayMs));
  // Something may hold a request up whose caller is long gone.
  const created = Date.parse(order.createdAt) - Math.max(0, ...delays);
  const isAfter = (end: number) =>
    created > end &&
    ![...calls, ...decisions].some(({ sentAt, answeredAt }) => sentAt <= end && answeredAt >= end);
  const isOfFirstKey = index !== null && script.orders[index]?.key === 0;
  return [
    ...(isOfFirstKey && isAfter(revokedAt) ? ['was sent after its key was revoked'] : []),
    ...(isAfter(stoppedAt) ? ['was sent after trading was stopped'] : []),
    ...(isAfter(offAt) ? ['was sent after trading was turned off'] : []),
    ...(stoppedAt < Number.POSITIVE_INFINITY && isOpen(order)
      ? [`is still ${order.status} after a stop`]
      : []),
  ];
}

export function isOpen({ status }: TrueOrder): boolean {
  return ['PreSubmitted', 'Submitted', 'PendingCancel'].includes(status);
}

function aboutFills(order: TrueOrder, executions: readonly TrueExecution[]): string[] {
  if (order.legs !== null) return [];
  const filled = executions.filter(({ orderId }) => orderId === order.orderId);
  const quantity = filled.reduce((sum, each) => sum + each.quantity, 0);
  return Math.abs(quantity - order.filledQuantity) < 1e-6
    ? []
    : [`order ${order.orderId} has filled ${order.filledQuantity}, and ${quantity} was executed`];
}

/** What others ordered is nobody's to change, but for a stop. */
function aboutElsewhere({ elsewhere, isStopAsked }: ScriptRun, orders: readonly TrueOrder[]): string[] {
  if (isStopAsked) return [];
  return elsewhere.flatMap(({ orderId, quantity }) => {
    const now = orders.find((order) => order.orderId === orderId);
    return now?.status === 'Submitted' && now.quantity === quantity
      ? []
      : [`order ${orderId} of another program is ${now?.status}, for ${now?.quantity}`];
  });
}

/** What the owner's limits must not let through, whatever happened in between. */
function aboutLimits(
  run: ScriptRun,
  entries: readonly TrueOrder[],
  closes: readonly TrueOrder[],
  executions: readonly TrueExecution[],
): string[] {
  const { limits } = run.script;
  const plain = entries.filter((order) => run.script.orders[indexOf(order)]?.options === 'none');
  const values = plain.map((order) => ({ order, value: dayValueOf(run.asked[indexOf(order)] ?? {}) }));
  const over = (most: number, value: number) => value > most + 0.01;
  const found: string[] = [];
  const { maxOrderValue, maxDailyValue, maxDailyOrders, symbols, shortSelling, priceCollarPercent } = limits;
  if (maxOrderValue !== undefined && !run.isMoved) {
    for (const { order, value } of values) {
      const each = run.asked[indexOf(order)]?.oca === undefined ? value : 0;
      if (over(maxOrderValue, each))
        found.push(`order ${order.orderId} is worth ${value} of at most ${maxOrderValue}`);
    }
  }
  if (maxOrderValue !== undefined && !run.isMoved) {
    for (const order of closes.filter((each) => over(maxOrderValue, closeValueOf(each))))
      found.push(`close ${order.orderId} is worth ${closeValueOf(order)} of at most ${maxOrderValue}`);
  }
  // What IBKR holds is given back to the limits, for others, until it works again.
  const isLasting = ({ wasHeld, status, filledQuantity }: TrueOrder) =>
    !wasHeld && (status !== 'Inactive' || filledQuantity > 0);
  const lasting = entries.filter(isLasting);
  const lastingCloses = closes.filter(isLasting);
  const total = values
    .filter(({ order }) => lasting.includes(order))
    .reduce((sum, { value }) => sum + value, 0);
  const all = lastingCloses.reduce((sum, order) => sum + closeValueOf(order), total);
  if (maxDailyValue !== undefined && !run.isMoved && over(maxDailyValue, all))
    found.push(`orders of ${all} were placed, of at most ${maxDailyValue}`);
  const count = lasting.reduce(
    (sum, order) => sum + countOf(run.asked[indexOf(order)] ?? {}),
    lastingCloses.length,
  );
  if (maxDailyOrders !== undefined && count > maxDailyOrders)
    found.push(`${count} orders were placed, of at most ${maxDailyOrders}`);
  for (const { orderId, symbol } of [...entries, ...closes].map((order) => ({
    ...order,
    symbol: symbolOf(order),
  }))) {
    if (symbols !== undefined && symbol !== undefined && !symbols.includes(symbol))
      found.push(`order ${orderId} is for ${symbol}, allowed are ${symbols.join(', ')}`);
  }
  if (priceCollarPercent !== undefined) {
    const beyond = plain.filter((order) => isBeyondCollar(run.script.orders[indexOf(order)]));
    found.push(...beyond.map(({ orderId }) => `order ${orderId} has a price that the collar keeps away`));
  }
  if (shortSelling === false) found.push(...aboutSales(run, [...entries, ...closes], executions));
  return found;
}

/** What was sold, and what still may be, is no more than was there. */
function aboutSales(
  { account: { numbers } }: ScriptRun,
  entries: readonly TrueOrder[],
  executions: readonly TrueExecution[],
): string[] {
  return Object.values(INSTRUMENTS).flatMap(({ conid }) =>
    numbers.flatMap((account) => {
      const isHere = (each: { conid: number; account: string }) =>
        each.conid === conid && each.account === account;
      const sold = executions
        .filter(isHere)
        .reduce((sum, { side, quantity }) => sum + (side === 'SELL' ? quantity : -quantity), 0);
      // What IBKR held was let go of, for others to sell; of an amount it is not known how many it takes.
      const selling = entries
        .filter((order) => isHere(order) && order.side === 'SELL' && isOpen(order))
        .filter(({ wasHeld, cashQty }) => !wasHeld && cashQty === null)
        .reduce((sum, { quantity, filledQuantity }) => sum + quantity - filledQuantity, 0);
      return sold + selling > (HELD_AT_FIRST[conid] ?? 0)
        ? [`${sold} of ${conid} were sold in ${account}, and ${selling} more are to be`]
        : [];
    }),
  );
}

/** By far, whatever the market does in a script: nobody has collars of more than a tenth there. */
function isBeyondCollar(scripted: ScriptedOrder | undefined): boolean {
  return scripted?.form === 'far limit' || scripted?.exits === 'both with limit';
}

function symbolOf({ conid, legs }: TrueOrder): string | undefined {
  if (legs !== null) return undefined;
  return Object.keys(INSTRUMENTS).find((symbol) => INSTRUMENTS[symbol]?.conid === conid);
}

/**
 * Of one order in one account: one for its name, one for all calls without a name or a word that another one is meant,
 * and one for each call that says so. What IBKR refused may be asked for again.
 */
function aboutRepetitions(run: ScriptRun, entries: readonly TrueOrder[]): string[] {
  return run.script.orders.flatMap((_, index) =>
    run.account.numbers.flatMap((account) => {
      const placed = entries.filter(
        (order) => indexOf(order) === index && order.account === account && order.status !== 'Inactive',
      );
      const calls = run.calls.filter(
        (call) => call.tool === 'place_order' && call.order === index && call.account === account,
      );
      const meant = calls.filter(({ args }) => args.duplicate_ok === true).length;
      const named = calls.some(({ args }) => args.client_order_id !== undefined) ? 1 : 0;
      const unnamed = calls.some(({ args }) => args.client_order_id === undefined && !args.duplicate_ok)
        ? 1
        : 0;
      const most = meant + named + unnamed;
      const ids = calls.map(({ answer }) => intentOf(answer)).join(', ');
      return placed.length <= most
        ? []
        : [
            `${placed.length} orders number ${index} in ${account}, of at most ${most} that were asked for (${ids})`,
          ];
    }),
  );
}
