import { type AccountBook, notional } from '../accounts/account-book.ts';
import { fromMicros, roundQuantity, toMicros } from '../accounts/money.ts';
import { settleExpired } from '../accounts/settlement.ts';
import type { Instrument } from '../contracts/instruments.ts';
import type { Clock } from '../market/clock.ts';
import type { Market } from '../market/market.ts';
import { GRID_MS } from '../market/prices.ts';
import type { TradingHours } from '../market/trading-hours.ts';
import { commissionOf, instrumentOfOrder, legsOf, quoteOf } from './combos.ts';
import { deadlinesOf } from './deadlines.ts';
import { executionPrice } from './execution-price.ts';
import { isOpen, type Order, type OrderTerms, type StatusChange } from './order.ts';
import { executionOf } from './order-types.ts';

/** A cancel request is acknowledged at once and takes effect this much later. */
const CANCEL_DELAY_MS = 300;
const TICK_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;

export interface NewOrder {
  readonly account: AccountBook;
  readonly terms: OrderTerms;
  readonly parentId?: number;
  readonly ocaGroup?: string;
  readonly isFromElsewhere?: boolean;
  /** What will become of it, whatever the market does; earliest first. */
  readonly changes?: readonly StatusChange[];
}

/**
 * Matches orders against the simulated market.
 *
 * Time is cut into whole seconds and every second is looked at exactly once, whether a timer, a request or a moved
 * clock brings it about: what fills does not depend on who looks when. After a long jump the steps are the
 * 30-second grid between whose points prices move in a straight line.
 */
export class Matching {
  readonly #marketOf: (owner: string) => Market;
  readonly #hours: TradingHours;
  readonly #clock: Clock;
  readonly #accounts: ReadonlyMap<string, AccountBook>;
  readonly #open = new Map<number, Order>();
  /** Orders that have changes before them; an inactive one is here only. */
  readonly #changing = new Set<Order>();
  readonly #onChange: () => void;
  #seenUntil: number;
  #nextOrderId: number;
  #nextExecution = 1;
  #settledAt = 0;

  /**
   * @param marketOf The market as it is for the accounts of an owner.
   * @param onChange Called whenever an order or account changed, for the state file.
   */
  constructor(
    marketOf: (owner: string) => Market,
    hours: TradingHours,
    clock: Clock,
    accounts: ReadonlyMap<string, AccountBook>,
    onChange: () => void,
    firstOrderId: number,
  ) {
    this.#marketOf = marketOf;
    this.#hours = hours;
    this.#clock = clock;
    this.#accounts = accounts;
    this.#onChange = onChange;
    this.#nextOrderId = firstOrderId;
    this.#seenUntil = clock.now();
  }

  get nextOrderId(): number {
    return this.#nextOrderId;
  }

  get nextExecution(): number {
    return this.#nextExecution;
  }

  get seenUntil(): number {
    return this.#seenUntil;
  }

  /** Takes up after a restart: orders are matched against everything that happened since `seenUntil`. */
  resume(seenUntil: number, nextExecution: number): void {
    this.#seenUntil = Math.min(seenUntil, this.#clock.now());
    this.#nextExecution = nextExecution;
    for (const account of this.#accounts.values()) {
      for (const order of account.orders.values()) {
        if (isOpen(order)) this.#open.set(order.id, order);
        if (order.changes) this.#changing.add(order);
      }
    }
  }

  place({ account, terms, parentId, ocaGroup, isFromElsewhere, changes }: NewOrder): Order {
    this.advance();
    const now = this.#clock.now();
    const parent = parentId === undefined ? undefined : account.orders.get(parentId);
    const order: Order = {
      id: this.#nextOrderId++,
      accountId: account.id,
      terms,
      status: 'PreSubmitted',
      quantity: terms.quantity,
      filled: 0,
      filledValue: 0,
      commission: 0,
      triggered: false,
      createdAt: now,
      ...deadlinesOf(terms, this.#hours, now),
      ...(parentId === undefined ? {} : { parentId }),
      ...(ocaGroup === undefined ? {} : { ocaGroup }),
      ...(isFromElsewhere && { isFromElsewhere }),
    };
    account.orders.set(order.id, order);
    this.#open.set(order.id, order);
    if (changes) this.scheduleChanges(order, changes);
    if (!isOpen(order)) return order;
    if (!parent || parent.status === 'Filled') this.#activate(order, now);
    this.#onChange();
    return order;
  }

  modify(order: Order, terms: OrderTerms): void {
    this.advance();
    if (!isOpen(order) || order.status === 'PendingCancel') return;
    const now = this.#clock.now();
    order.terms = terms;
    order.quantity = terms.quantity;
    delete order.trailStop;
    delete order.executesAt;
    Object.assign(order, deadlinesOf(terms, this.#hours, now));
    if (!this.#waitsForParent(order)) this.#activate(order, now);
    this.#onChange();
  }

  cancel(order: Order): void {
    this.advance();
    if (!isOpen(order)) return;
    order.status = 'PendingCancel';
    order.cancelAt = this.#clock.now() + CANCEL_DELAY_MS;
    this.#onChange();
  }

  /** Lets an account's orders be, as if they had never been. */
  forget(account: AccountBook): void {
    for (const order of account.orders.values()) {
      this.#open.delete(order.id);
      this.#changing.delete(order);
    }
  }

  /** What becomes of the order at these times, in place of what was planned for it before. */
  scheduleChanges(order: Order, changes: readonly StatusChange[]): void {
    order.changes = changes.toSorted((a, b) => a.at - b.at);
    this.#changing.add(order);
    this.#applyChanges(this.#clock.now());
    this.#onChange();
  }

  /** Fills some of the order at a price of the caller's choice, if it is open and that much is left. */
  fillNow(order: Order, quantity: number, price: number): boolean {
    this.advance();
    if (!isOpen(order) || quantity > roundQuantity(order.quantity - order.filled)) return false;
    this.#fill(order, price, quantity, this.#clock.now());
    return true;
  }

  /** Brings every open order up to now. */
  advance(): void {
    const now = this.#clock.now();
    if (now < this.#seenUntil) this.#seenUntil = now;
    if (this.#open.size > 0 || this.#changing.size > 0) {
      const gap = now - this.#seenUntil;
      const step = gap <= HOUR_MS ? TICK_MS : gap <= WEEK_MS ? GRID_MS : 10 * GRID_MS;
      for (let t = (Math.floor(this.#seenUntil / step) + 1) * step; t <= now; t += step) {
        this.#applyChanges(t);
        for (const order of [...this.#open.values()]) this.#look(order, t);
        if (this.#open.size === 0 && this.#changing.size === 0) break;
      }
    }
    this.#applyChanges(now);
    for (const order of this.#open.values()) this.#endIfDue(order, now);
    this.#seenUntil = now;
    if (Math.abs(now - this.#settledAt) > MINUTE_MS) this.#settleExpired(now);
  }

  /** Looks at the orders of one instrument at once, after its price was forced. */
  lookAt(conid: number): void {
    this.advance();
    for (const order of [...this.#open.values()]) {
      const isAffected = legsOf(order.terms).some(({ instrument }) => instrument.conid === conid);
      if (isAffected) this.#look(order, this.#clock.now());
    }
  }

  #waitsForParent(order: Order): boolean {
    if (order.parentId === undefined) return false;
    return this.#accounts.get(order.accountId)?.orders.get(order.parentId)?.status !== 'Filled';
  }

  /** The order may trade from now on; what can execute does so at once. */
  #activate(order: Order, now: number): void {
    const rests = ['stop', 'touch', 'trail', 'close'].includes(executionOf(order.terms));
    order.status = rests || order.executesAt !== undefined ? 'PreSubmitted' : 'Submitted';
    this.#look(order, now);
    const { tif } = order.terms;
    if ((tif === 'IOC' || tif === 'FOK') && isOpen(order)) this.#end(order, 'Cancelled');
  }

  #look(order: Order, time: number): void {
    if (!isOpen(order) || this.#waitsForParent(order)) return;
    // After a long jump the first look may come after the end. An auction still takes place at its own time.
    if (order.executesAt === undefined) this.#endIfDue(order, time);
    if (!isOpen(order)) return;
    const instrument = instrumentOfOrder(order.terms);
    const quote = quoteOf(order.terms, this.#marketFor(order), time);
    if (instrument && quote && order.status !== 'PendingCancel') {
      const price =
        order.executesAt === undefined
          ? executionPrice(order, quote)
          : this.#auctionPrice(order, instrument, time);
      const isWhole = order.terms.tif !== 'FOK' || quote.liquidity >= order.quantity;
      if (price !== undefined && !quote.halted && isWhole) this.#fill(order, price, quote.liquidity, time);
    }
    this.#endIfDue(order, time);
  }

  #applyChanges(time: number): void {
    for (const order of this.#changing) {
      while (order.changes?.[0] && order.changes[0].at <= time) {
        const [change, ...rest] = order.changes;
        order.changes = rest;
        this.#change(order, change, time);
      }
      if (order.changes?.length) continue;
      delete order.changes;
      this.#changing.delete(order);
    }
  }

  /** An order that has ended stays so; an inactive one has not. */
  #change(order: Order, { status, reason }: StatusChange, time: number): void {
    if (order.status === 'Filled' || order.status === 'Cancelled') return;
    delete order.reason;
    if (reason !== undefined) order.reason = reason;
    if (status === 'Submitted') {
      this.#open.set(order.id, order);
      if (this.#waitsForParent(order)) order.status = 'PreSubmitted';
      else this.#activate(order, time);
    } else if (status === 'Cancelled') {
      this.#end(order, 'Cancelled');
    } else {
      order.status = 'Inactive';
      order.wasHeld = true;
      delete order.cancelAt;
      this.#open.delete(order.id);
    }
    this.#onChange();
  }

  #marketFor({ accountId }: Order): Market {
    return this.#marketOf(this.#accounts.get(accountId)?.owner ?? '');
  }

  #endIfDue(order: Order, time: number): void {
    if (!isOpen(order)) return;
    const isCancelled = order.cancelAt !== undefined && time >= order.cancelAt;
    if (isCancelled || time >= order.expiresAt) this.#end(order, 'Cancelled');
  }

  #auctionPrice(order: Order, instrument: Instrument, time: number): number | undefined {
    if (order.executesAt === undefined || time < order.executesAt) return undefined;
    const price = this.#marketFor(order).last(instrument, order.executesAt);
    const { limitPrice } = order.terms;
    if (limitPrice === undefined) return price;
    const isWithin = order.terms.side === 'BUY' ? price <= limitPrice : price >= limitPrice;
    if (!isWithin) order.expiresAt = Math.min(order.expiresAt, time);
    return isWithin ? price : undefined;
  }

  #fill(order: Order, price: number, liquidity: number, time: number): void {
    const quantity = roundQuantity(Math.min(order.quantity - order.filled, liquidity));
    if (quantity <= 0) return;
    const account = this.#accounts.get(order.accountId);
    if (!account) return;
    const filled = roundQuantity(order.filled + quantity);
    const priceOf = (instrument: Instrument, isBought: boolean) => {
      if (!order.terms.legs) return price;
      const quote = this.#marketFor(order).quote(instrument, time);
      return isBought ? quote.ask : quote.bid;
    };
    const legs = legsOf(order.terms).map(({ instrument, ratio }) => {
      const isBought = (order.terms.side === 'BUY') === ratio > 0;
      return { instrument, isBought, ratio: Math.abs(ratio), price: priceOf(instrument, isBought) };
    });
    const commission = Math.max(0, commissionOf(legs, filled) - order.commission);
    order.filled = filled;
    order.filledValue += toMicros(price * quantity);
    order.commission += commission;
    order.lastFillAt = time;
    for (const [index, leg] of legs.entries()) {
      const traded = roundQuantity(quantity * leg.ratio);
      const value = notional(leg.instrument, traded, leg.price);
      // The first leg carries the commission of all.
      const charged = index === 0 ? commission : 0;
      account.book(leg.instrument, {
        executionId: this.#nextExecutionId(),
        orderId: order.id,
        conid: leg.instrument.conid,
        side: leg.isBought ? 'BUY' : 'SELL',
        quantity: traded,
        price: leg.price,
        commission: charged,
        netAmount: (leg.isBought ? -value : value) - charged,
        time,
        ...(order.terms.cOID === undefined ? {} : { cOID: order.terms.cOID }),
      });
    }
    if (order.filled >= order.quantity) this.#end(order, 'Filled');
    else order.status = 'Submitted';
    this.#reduceSiblings(order, quantity);
    if (order.status === 'Filled') this.#activateChildren(order, time);
    this.#onChange();
  }

  /** One cancels all: a fill takes the same quantity from the other orders of the group. */
  #reduceSiblings(order: Order, quantity: number): void {
    if (order.ocaGroup === undefined) return;
    for (const sibling of [...this.#open.values()]) {
      if (sibling.ocaGroup !== order.ocaGroup || sibling === order) continue;
      sibling.quantity = roundQuantity(sibling.quantity - quantity);
      if (sibling.quantity <= sibling.filled) this.#end(sibling, 'Cancelled');
    }
  }

  #activateChildren(parent: Order, time: number): void {
    for (const child of [...this.#open.values()])
      if (child.parentId === parent.id) this.#activate(child, time);
  }

  #end(order: Order, status: 'Filled' | 'Cancelled'): void {
    order.status = status;
    order.endedAt = Math.min(this.#clock.now(), order.expiresAt, order.cancelAt ?? Number.POSITIVE_INFINITY);
    this.#open.delete(order.id);
    if (status === 'Cancelled') {
      for (const child of [...this.#open.values()])
        if (child.parentId === order.id) this.#end(child, 'Cancelled');
    }
    this.#onChange();
  }

  #settleExpired(now: number): void {
    this.#settledAt = now;
    for (const account of this.#accounts.values()) {
      if (settleExpired(account, this.#marketOf(account.owner), now, () => this.#nextExecutionId()))
        this.#onChange();
    }
  }

  #nextExecutionId(): string {
    return executionId(this.#nextExecution++);
  }
}

function executionId(n: number): string {
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  return `${hex(0x18fae)}.${hex(n)}.01.01`;
}

/** Average fill price in the order's currency. */
export function averageFillPrice(order: Order): number {
  return order.filled === 0 ? 0 : fromMicros(order.filledValue) / order.filled;
}
