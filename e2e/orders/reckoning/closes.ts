/** Holds every order that closed a position against what there was to close. */
import type { OrderIntent } from '../../../functions/src/trading/domain/intent.ts';
import { intendedOrder } from '../../../functions/src/trading/domain/order.ts';
import type { TrueExecution, TrueOrder } from '../floor/trading-floor.ts';
import { INSTRUMENTS } from '../scripts/instruments.ts';
import type { ScriptRun } from '../scripts/script-run.ts';

/** What every account of the simulator begins with. */
export const HELD_AT_FIRST: Readonly<Record<number, number>> = {
  265598: 120,
  756733: 100,
  272093: 60,
  4815747: 150,
};

/** IBKR's lists may be behind for so long, and a call takes as long again: what trades then was not seen by a close. */
const UNSEEN_MS = 30_000;
/** By then IBKR lists an order that it has. */
const LISTED_AFTER_MS = 5_000;
const LITTLE = 1e-6;

export function isClose(intent: OrderIntent): boolean {
  return intendedOrder(intent).closes === true;
}

/** In US dollars, while its instrument costs what it costs at the beginning. */
export function closeValueOf({ conid, quantity }: TrueOrder): number {
  const traded = Object.values(INSTRUMENTS).find((each) => each.conid === conid);
  return traded === undefined ? 0 : quantity * (traded.price - traded.halfSpread) * traded.pointValue;
}

interface Closes {
  closes: readonly TrueOrder[];
  /** All that the service placed. */
  own: readonly TrueOrder[];
  executions: readonly TrueExecution[];
  intents: readonly OrderIntent[];
}

export function aboutCloses(run: ScriptRun, known: Closes): string[] {
  const { closes, intents } = known;
  const asked = run.calls.filter(({ tool }) => tool === 'close_position').length;
  const many =
    closes.length > asked ? [`${closes.length} closes were placed, of ${asked} that were asked for`] : [];
  const intentOf = ({ cOID }: TrueOrder) => intents.find((intent) => intent.cOID === cOID);
  return [
    ...many,
    ...closes.flatMap((order) => {
      const intent = intentOf(order);
      if (intent === undefined) return [];
      const found = [
        ...aboutTerms(order),
        ...aboutPosition(run, order, intent, known),
        ...aboutOthers(run, order, intent, known),
      ];
      return found.map((what) => `close ${order.orderId} (${order.cOID}) ${what}`);
    }),
    ...aboutSame(closes, intentOf),
  ];
}

function aboutTerms({ orderType, tif, parentId, ocaGroup, cashQty }: TrueOrder): string[] {
  const isPlain =
    orderType === 'MKT' && tif === 'DAY' && parentId === null && ocaGroup === null && cashQty === null;
  return isPlain ? [] : [`is ${orderType} ${tif}, of parent ${parentId} and group ${ocaGroup}`];
}

/** It trades towards nothing and not beyond, unless something that is no close traded at the same time. */
function aboutPosition(
  run: ScriptRun,
  order: TrueOrder,
  intent: OrderIntent,
  { closes, executions }: Closes,
): string[] {
  const { account, conid, orderId, wasHeld } = order;
  const call = run.calls.find(({ answer }) => answer.kind === 'ok' && answer.value.intent_id === intent.id);
  const askedAt = call?.sentAt ?? intent.createdAt.getTime() - UNSEEN_MS;
  const isOfClose = (execution: TrueExecution) => closes.some((close) => close.orderId === execution.orderId);
  const isClear = executions.every(
    (each) =>
      each.account !== account || each.conid !== conid || isOfClose(each) || Date.parse(each.time) < askedAt,
  );
  if (wasHeld || !isClear) return [];
  let held = HELD_AT_FIRST[conid] ?? 0;
  for (const execution of executions) {
    if (execution.account !== account || execution.conid !== conid) continue;
    const after = held + (execution.side === 'BUY' ? execution.quantity : -execution.quantity);
    const isAway = Math.abs(after) > Math.abs(held) - LITTLE || after * held < -LITTLE;
    if (execution.orderId === orderId && isAway) return [`went from ${held} to ${after}`];
    held = after;
  }
  return [];
}

/** Nothing of the same app that was there when the close was asked for is left, exits included: it could trade once more. */
function aboutOthers(
  run: ScriptRun,
  order: TrueOrder,
  intent: OrderIntent,
  { own, intents }: Closes,
): string[] {
  const call = run.calls.find(({ answer }) => answer.kind === 'ok' && answer.value.intent_id === intent.id);
  if (call?.tool !== 'close_position') return [];
  const appOf = ({ cOID, parentId }: TrueOrder) => {
    const name = parentId === null ? cOID : own.find(({ orderId }) => orderId === parentId)?.cOID;
    return intents.find((each) => each.cOID === name || `${each.cOID}-2` === name)?.app.id;
  };
  const left = own.filter(
    (other) =>
      other.orderId !== order.orderId &&
      other.account === order.account &&
      other.conid === order.conid &&
      !other.wasHeld &&
      ['PreSubmitted', 'Submitted'].includes(other.status) &&
      appOf(other) === intent.app.id &&
      Date.parse(other.createdAt) < call.sentAt - LISTED_AFTER_MS,
  );
  return left.map(({ orderId, status }) => `left order ${orderId}, which is ${status}`);
}

/** The same call of an app comes to one order in an account. */
function aboutSame(
  closes: readonly TrueOrder[],
  intentOf: (order: TrueOrder) => OrderIntent | undefined,
): string[] {
  const groups = Map.groupBy(
    closes.filter(({ status }) => status !== 'Inactive'),
    (order) => {
      const { asked, clientOrderId, app } = intentOf(order) ?? {};
      return [order.account, asked, clientOrderId, app?.id].join(' ');
    },
  );
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((same) => `orders ${same.map(({ orderId }) => orderId).join(', ')} are the same close`);
}
