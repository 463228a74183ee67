/** Orders as this service describes them, and the tickets IBKR takes. */

import { BrokerError } from '../errors.ts';
import {
  type OrderPrices,
  type OrderType,
  type TimeInForce,
  takesOutsideRth,
  wirePrices,
} from '../order-types.ts';
import { stampFromIso } from '../wire/times.ts';
import { type ComboLeg, comboConidex } from './combo.ts';

export type Side = 'BUY' | 'SELL';

/** Who stands behind an order for US futures and their options, as CME rule 536-B asks. */
export interface FuturesOperator {
  /** `extOperator`: how the exchange knows the person or system. */
  id: string;
  /** Whether a natural person gave the order. */
  isManual: boolean;
}

/**
 * What CME rule 536-B asks with orders for futures and their options, and with what changes or cancels them: the
 * account stands for its holder, and what this service sends comes from a program whoever said yes to it. IBKR
 * asks it of US exchanges only; others take it.
 */
export function futuresOperator(accountId: string, secType: string): FuturesOperator | undefined {
  return secType === 'FUT' || secType === 'FOP' ? { id: accountId, isManual: false } : undefined;
}

/** What to place. `checkOrder` tells beforehand what IBKR would refuse. */
export interface OrderTicket extends OrderPrices {
  /** The instrument; of a combo, the spread conid of its currency (`spreadConid`). */
  conid: number;
  side: Side;
  /** Shares, contracts or combos, possibly a fraction. Exactly one of `quantity` and `cashQuantity`. */
  quantity?: number | undefined;
  /** An amount of the instrument's currency to spend. */
  cashQuantity?: number | undefined;
  orderType: OrderType;
  tif: TimeInForce;
  /** Until when a GTD order is open: ISO 8601 with zone. */
  goodTillDate?: string | undefined;
  outsideRth?: boolean | undefined;
  /** Where to send it; IBKR chooses (SMART) when absent. Combos in other currencies than USD need one. */
  exchange?: string | undefined;
  /** Unique per 24 h, at most 64 characters: IBKR refuses a second order with the same one. */
  clientOrderId: string;
  /** Exits that start when the order has filled; the first of them to fill takes from the other. */
  takeProfit?: { limitPrice: number } | undefined;
  /** A stop, or a stop limit when it has a `limitPrice`. */
  stopLoss?: { stopPrice: number; limitPrice?: number | undefined } | undefined;
  /** Makes the order a combo of two to four legs. */
  legs?: readonly ComboLeg[] | undefined;
  futuresOperator?: FuturesOperator | undefined;
}

/** An order as it shall be from now on; its side and contract stay what they are. */
export type OrderChange = Omit<OrderTicket, 'clientOrderId' | 'takeProfit' | 'stopLoss'>;

/**
 * A ticket with its exits in IBKR's spelling, as `…/orders` takes them.
 * @throws {BrokerError} `invalid` for prices that do not fit the type.
 */
export function ordersBody(accountId: string, ticket: OrderTicket): { orders: readonly object[] } {
  const entry = { ...wireOrder(ticket), acctId: accountId, cOID: ticket.clientOrderId };
  // IBKR links exits to their entry by its cOID and lets them have none themselves.
  const exits = exitsOf(ticket).map((exit) => ({
    ...wireOrder(exit),
    acctId: accountId,
    parentId: ticket.clientOrderId,
  }));
  return { orders: [entry, ...exits] };
}

/** Two orders of which one filling takes from or cancels the other, as `…/orders` takes them. */
export function pairBody(accountId: string, pair: readonly [OrderTicket, OrderTicket]) {
  const orders = pair.map((ticket) => {
    if (exitsOf(ticket).length > 0) {
      throw new BrokerError({ name: 'pair_with_exits' });
    }
    return {
      ...wireOrder(ticket),
      acctId: accountId,
      cOID: ticket.clientOrderId,
      isSingleGroup: true,
    };
  });
  return { orders };
}

/** The bare order of a modification or preview: without id and exits. */
export function wireOrder(order: OrderChange): object {
  const { conid, exchange, legs, quantity, cashQuantity, goodTillDate, futuresOperator } = order;
  return {
    ...(legs !== undefined
      ? { conidex: comboConidex(conid, exchange, legs) }
      : exchange !== undefined
        ? { conidex: `${conid}@${exchange}` }
        : { conid }),
    side: order.side,
    ...(quantity !== undefined && { quantity }),
    ...(cashQuantity !== undefined && { cashQty: cashQuantity }),
    tif: order.tif,
    // IBKR documents GTD and no field for its date; this is the name and form of its other APIs.
    ...(goodTillDate !== undefined && { goodTillDate: stampFromIso(goodTillDate) }),
    outsideRTH: order.outsideRth ?? false,
    ...wirePrices(order.orderType, order),
    ...(futuresOperator !== undefined && {
      manualIndicator: futuresOperator.isManual,
      extOperator: futuresOperator.id,
    }),
  };
}

/** The exits of a ticket as orders of their own: the other side, the same quantity and time in force. */
export function exitsOf(ticket: OrderTicket): OrderChange[] {
  const { takeProfit, stopLoss } = ticket;
  const exit = (orderType: OrderType, prices: OrderPrices): OrderChange => ({
    conid: ticket.conid,
    exchange: ticket.exchange,
    futuresOperator: ticket.futuresOperator,
    side: ticket.side === 'BUY' ? 'SELL' : 'BUY',
    quantity: ticket.quantity,
    orderType,
    // An exit has to outlive an entry that is over at once.
    tif: ['IOC', 'FOK', 'OPG'].includes(ticket.tif) ? 'DAY' : ticket.tif,
    goodTillDate: ticket.goodTillDate,
    outsideRth: ticket.outsideRth === true && takesOutsideRth(orderType),
    ...prices,
  });
  return [
    ...(takeProfit === undefined ? [] : [exit('LMT', takeProfit)]),
    ...(stopLoss === undefined
      ? []
      : [exit(stopLoss.limitPrice === undefined ? 'STP' : 'STP_LIMIT', stopLoss)]),
  ];
}
