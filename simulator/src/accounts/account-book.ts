import type { Instrument } from '../contracts/instruments.ts';
import type { Order, Side } from '../orders/order.ts';
import { type Micros, roundQuantity, toMicros } from './money.ts';

/** `cost` is what the open quantity cost, commissions included; negative for a short position. */
export interface Position {
  readonly conid: number;
  quantity: number;
  cost: Micros;
  realized: Micros;
}

export interface Trade {
  readonly executionId: string;
  readonly orderId: number;
  readonly cOID?: string;
  readonly conid: number;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly commission: Micros;
  readonly netAmount: Micros;
  readonly time: number;
}

/** The state file's form of an account. */
export interface StoredAccount {
  readonly id: string;
  readonly owner: string;
  readonly person?: string;
  readonly createdAt: number;
  readonly cash: Record<string, Micros>;
  readonly positions: Position[];
  readonly trades: Trade[];
  readonly orders: Order[];
  readonly models?: Record<string, Record<string, number>>;
}

/**
 * Cash, positions, orders and trades of one account.
 *
 * In every currency `cash + Σ cost − Σ realized` never changes by a stock or option fill: what leaves the cash is
 * cost or loss, to the millionth. A fill of a future never changes `cash − Σ realized`.
 */
export class AccountBook {
  readonly id: string;
  /** Key of the session it belongs to. */
  readonly owner: string;
  /** Who is behind that session, as the service says that it is for. */
  readonly person: string | undefined;
  readonly createdAt: number;
  readonly cash = new Map<string, Micros>();
  readonly positions = new Map<number, Position>();
  readonly orders = new Map<number, Order>();
  readonly trades: Trade[] = [];
  /** How much of a position (by conid) an advisor's models have; the rest is in none. */
  readonly models = new Map<string, Map<number, number>>();

  constructor(id: string, owner: string, createdAt: number, person?: string) {
    this.id = id;
    this.owner = owner;
    this.createdAt = createdAt;
    this.person = person;
  }

  static restore(stored: StoredAccount): AccountBook {
    const account = new AccountBook(stored.id, stored.owner, stored.createdAt, stored.person);
    for (const [currency, amount] of Object.entries(stored.cash)) account.cash.set(currency, amount);
    for (const position of stored.positions) account.positions.set(position.conid, position);
    for (const order of stored.orders) account.orders.set(order.id, order);
    account.trades.push(...stored.trades);
    for (const [model, held] of Object.entries(stored.models ?? {})) {
      for (const [conid, quantity] of Object.entries(held))
        account.putInModel(model, Number(conid), quantity);
    }
    return account;
  }

  store(): StoredAccount {
    return {
      id: this.id,
      owner: this.owner,
      ...(this.person !== undefined && { person: this.person }),
      createdAt: this.createdAt,
      cash: Object.fromEntries(this.cash),
      positions: [...this.positions.values()],
      trades: this.trades,
      orders: [...this.orders.values()],
      models: Object.fromEntries([...this.models].map(([model, held]) => [model, Object.fromEntries(held)])),
    };
  }

  /** @param quantity Of the position; 0 takes it out of the model. */
  putInModel(model: string, conid: number, quantity: number): void {
    const held = this.models.get(model) ?? new Map<number, number>();
    if (quantity === 0) held.delete(conid);
    else held.set(conid, quantity);
    this.models.set(model, held);
  }

  deposit(currency: string, amount: Micros): void {
    this.cash.set(currency, (this.cash.get(currency) ?? 0) + amount);
  }

  quantityOf(conid: number): number {
    return this.positions.get(conid)?.quantity ?? 0;
  }

  /** Books one execution: cash, position, average cost and realized profit. */
  book(instrument: Instrument, trade: Trade): void {
    this.trades.push(trade);
    const signed = trade.side === 'BUY' ? trade.quantity : -trade.quantity;
    if (instrument.baseCurrency) {
      this.deposit(instrument.currency, trade.netAmount);
      this.deposit(instrument.baseCurrency, toMicros(signed));
      return;
    }
    const realized = this.#changePosition(instrument.conid, signed, trade.netAmount);
    // A future is not paid for: only what it gains and loses is.
    this.deposit(instrument.currency, instrument.future ? realized : trade.netAmount);
  }

  /** @returns the profit that it realizes. */
  #changePosition(conid: number, signed: number, cashChange: Micros): Micros {
    const position = this.positions.get(conid) ?? { conid, quantity: 0, cost: 0, realized: 0 };
    this.positions.set(conid, position);
    const realizedBefore = position.realized;
    const isClosing = position.quantity !== 0 && Math.sign(position.quantity) !== Math.sign(signed);
    const closed = isClosing ? Math.min(Math.abs(signed), Math.abs(position.quantity)) : 0;
    const opened = roundQuantity(Math.abs(signed) - closed);
    const cashOfClosing =
      opened === 0 ? (closed === 0 ? 0 : cashChange) : Math.round((cashChange * closed) / Math.abs(signed));
    if (closed > 0) {
      const isWhole = closed === Math.abs(position.quantity);
      const costClosed = isWhole
        ? position.cost
        : Math.round((position.cost * closed) / Math.abs(position.quantity));
      position.realized += cashOfClosing - costClosed;
      position.cost -= costClosed;
    }
    if (opened > 0) position.cost -= cashChange - cashOfClosing;
    position.quantity = roundQuantity(position.quantity + signed);
    return position.realized - realizedBefore;
  }
}

/** Contracts and shares multiply by this for their value; 100 for an option. */
export function multiplierOf({ option, future }: Instrument): number {
  return (option ?? future)?.multiplier ?? 1;
}

/** What one unit of the price is worth for one share or contract, in the instrument's currency: less for pence. */
export function pointValueOf(instrument: Instrument): number {
  return multiplierOf(instrument) / (instrument.priceMagnifier ?? 1);
}

/** Value of a quantity at a price, in the instrument's currency. */
export function notional(instrument: Instrument, quantity: number, price: number): Micros {
  return toMicros(price * quantity * pointValueOf(instrument));
}

/** Commission of an order after `quantity` of it is filled, in the instrument's currency. */
export function commissionFor(instrument: Instrument, quantity: number, price: number): Micros {
  if (quantity === 0) return 0;
  const value = price * quantity * pointValueOf(instrument);
  if (instrument.option) return toMicros(Math.max(1, 0.65 * quantity));
  if (instrument.future) return toMicros(2.25 * quantity);
  if (instrument.assetClass === 'CASH') return toMicros(Math.max(2, value * 0.00002));
  if (instrument.currency !== 'USD') return toMicros(Math.max(1.25, value * 0.0005));
  return toMicros(Math.max(0.0001, Math.min(Math.max(1, 0.005 * quantity), value * 0.01)));
}
