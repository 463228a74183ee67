/** What other orders are to sell, which nobody can sell once more: what is held is theirs already. */
import type { ComboLeg } from '../../../broker/orders/combo.ts';
import type { Order, UnreadOrder } from '../../../broker/orders/order-answers.ts';
import type { OrderIntent } from '../intent.ts';
import { intentNamed } from '../order.ts';
import { isOpen } from '../order-state.ts';
import type { TradingLedger } from '../trading-state.ts';
import type { RiskInputs } from './limit-checks.ts';

/** So long after its latest news no sale is missing from what a call may still go by: longer than any call takes. */
const KEPT_MS = 75_000;
/** IBKR's list of orders may be behind its answers for so long. */
const LISTED_WITHIN_MS = 5_000;

/** The legs of a combo, or the one contract that an order is for. */
export function tradedLegs({ conid, legs }: { conid: number; legs?: readonly ComboLeg[] | undefined }) {
  return legs ?? [{ conid, ratio: 1 }];
}

/**
 * What IBKR's open orders are still to sell of a contract. Of orders that cancel each other it counts one, of the exits
 * of an entry only what that has filled.
 * @param changed IBKR's id of the order that is asked about itself: it and what cancels it do not count, and if it is an
 * exit, neither does what its entry is yet to buy.
 */
export function pendingSales(orders: readonly Order[], conid: number, changed: string | undefined): number {
  return pendingTrades(orders, conid, 'SELL', { changed });
}

/**
 * The same in either direction.
 * @param without IBKR's ids of orders that do not count, since they are cancelled before.
 */
export function pendingTrades(
  orders: readonly Order[],
  conid: number,
  side: 'BUY' | 'SELL',
  { changed, without = [] }: { changed?: string | undefined; without?: readonly string[] },
): number {
  const open = orders.filter(({ status, orderId }) => isOpen(status) && !without.includes(orderId));
  const entryOf = ({ parentOrderId: id }: Order) =>
    open.find((order) => id !== null && (order.orderId === id || order.clientOrderId === id));
  const asked = open.find(({ orderId }) => orderId === changed);
  const pending = new Map<string, number>();
  for (const order of open) {
    const group = groupOf(order);
    if (asked !== undefined && group === groupOf(asked)) continue;
    const sold = Math.min(
      tradedBy(order, conid, side),
      entryOf(order)?.filledQuantity ?? Number.POSITIVE_INFINITY,
    );
    pending.set(group, Math.max(pending.get(group) ?? 0, sold));
  }
  const yetToBuy = (asked && entryOf(asked)?.remainingQuantity) ?? 0;
  return [...pending.values()].reduce((sum, sold) => sum + sold, 0) - yetToBuy;
}

/** Whether an order whose row is not understood may be to sell the contract. */
export function mayBeSold(unread: readonly UnreadOrder[], conid: number): boolean {
  return mayBeTraded(unread, conid, 'SELL');
}

/** The same in either direction. */
export function mayBeTraded(unread: readonly UnreadOrder[], conid: number, asked: 'BUY' | 'SELL'): boolean {
  return unread.some(({ conid: own, legs, side, status }) => {
    if (!isOpen(status ?? '')) return false;
    if (legs !== undefined) return legs.some((leg) => leg.conid === conid);
    return side !== (asked === 'SELL' ? 'BUY' : 'SELL') && (own === null || own === conid);
  });
}

function tradedBy(order: Order, conid: number, side: 'BUY' | 'SELL'): number {
  return tradedLegs(order)
    .filter((leg) => leg.conid === conid && (order.side === side) === leg.ratio > 0)
    .reduce((sum, { ratio }) => sum + order.remainingQuantity * Math.abs(ratio), 0);
}

/** Orders of which one filling cancels the others: the exits of an entry, and pairs by the names that they are sent under. */
function groupOf({ orderId, parentOrderId, clientOrderId }: Order): string {
  if (parentOrderId !== null) return `exits of ${parentOrderId}`;
  return intentNamed(clientOrderId) ?? orderId;
}

/**
 * The intents whose sales show at IBKR, if its orders and then its positions are read after the ledger: those listed,
 * and those whose outcome was known by then and has had the time to show.
 */
export function findShownSales(
  { sales, open }: TradingLedger,
  listed: readonly Order[],
  now: Date,
): string[] {
  const shown = Object.entries(sales)
    .filter(([id, { since }]) => open[id] === undefined && now.getTime() - since >= LISTED_WITHIN_MS)
    .map(([id]) => id);
  const named = listed.map(({ clientOrderId }) => intentNamed(clientOrderId)).filter((id) => id !== null);
  return [...shown, ...named];
}

/** The risk inputs of an intent's order, with what other intents began to sell since they were gathered. */
export function withSalesSince(inputs: RiskInputs, { sales }: TradingLedger, intentId: string): RiskInputs {
  const since = Object.entries(sales)
    .filter(
      ([id, { accountId }]) =>
        id !== intentId && accountId === inputs.accountId && !inputs.salesSeen.includes(id),
    )
    .map(([, each]) => each);
  const unseen = since.flatMap(({ sold }) => sold);
  const covered = since.flatMap(({ covers = [] }) => covers);
  const begun = (conid: number, of = unseen) =>
    of.reduce((sum, sale) => (sale.conid === conid ? sum + sale.quantity : sum), 0);
  const { closes } = inputs;
  return {
    ...inputs,
    ...(closes === undefined
      ? {}
      : {
          closes: {
            ...closes,
            pending: closes.pending + begun(closes.conid, closes.side === 'SELL' ? unseen : covered),
          },
        }),
    sales: inputs.sales.map((sale) => ({ ...sale, pending: sale.pending + begun(sale.conid) })),
  };
}

/** What an order sells beyond what the order that it changes does; of a pair, what either does. */
export function salesOf(inputs: readonly RiskInputs[]): OrderIntent['sales'] {
  const sold = new Map<number, number>();
  for (const { conid, quantity, quantityBefore } of inputs.flatMap(({ sales }) => sales)) {
    // An amount of money without a price may sell anything.
    const more = Math.max(0, (quantity ?? Number.MAX_SAFE_INTEGER) - quantityBefore);
    sold.set(conid, Math.max(sold.get(conid) ?? 0, more));
  }
  const accountId = inputs[0]?.accountId ?? '';
  const covers = inputs.flatMap(({ closes }) =>
    closes?.side === 'BUY' ? [{ conid: closes.conid, quantity: closes.quantity }] : [],
  );
  return {
    accountId,
    sold: [...sold].map(([conid, quantity]) => ({ conid, quantity })),
    ...(covers.length === 0 ? {} : { covers }),
  };
}

/** Keeps the sales of a register in step with an intent, as its list of open outcomes is already. */
export function recordSales(
  ledger: TradingLedger,
  { id, state, sales }: OrderIntent,
  now: Date,
): TradingLedger['sales'] {
  const { [id]: own, ...others } = ledger.sales;
  const kept = Object.fromEntries(
    Object.entries(others).filter(
      ([other, { since }]) => ledger.open[other] !== undefined || now.getTime() - since < KEPT_MS,
    ),
  );
  const isNotThere = state === 'needs_reply' || state === 'rejected' || state === 'not_placed';
  const noted = state === 'sending' ? sales : own;
  return noted === undefined || isNotThere ? kept : { ...kept, [id]: { ...noted, since: now.getTime() } };
}
