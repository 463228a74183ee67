/** How IBKR reports orders, as schemas that turn it into `Order`. */

import { z } from 'zod';
import { isWrittenInFractions, parseFractionalPrice } from '../market/quoted-price.ts';
import { orderTypeOf } from '../order-types.ts';
import { parseDecimal } from '../wire/numbers.ts';
import { cluedRowsOf, type UnreadRow } from '../wire/rows.ts';
import { isoFromStamp } from '../wire/times.ts';
import {
  conid,
  flag,
  givenQuantity,
  id,
  optional,
  optionalConid,
  optionalId,
  optionalIsoFromEpochMs,
  optionalProse,
  optionalText,
  quantity,
  required,
  text,
} from '../wire/wire-fields.ts';
import { type ComboLeg, isCombo, readComboConidex } from './combo.ts';
import type { Side } from './order-ticket.ts';

/** `BUY`, `B`, `BOT` and the like; `SSHORT` and `SS` sell what is not held. */
function parseSide(value: unknown): Side | null {
  const word = String(value).trim().toUpperCase();
  if (['BUY', 'B', 'BOT'].includes(word)) return 'BUY';
  return ['SELL', 'S', 'SLD', 'SSHORT', 'SS'].includes(word) ? 'SELL' : null;
}

export const orderSide = required(parseSide);

/** A row of the list. `price` is the limit, or the stop on servers that give a plain stop order no other. */
const orderRowSchema = z
  .object({
    orderId: id,
    order_ref: optionalText,
    account: optionalText,
    acct: optionalText,
    conid,
    conidex: optionalText,
    ticker: optionalText,
    description1: optionalText,
    secType: optionalText,
    cashCcy: optionalText,
    side: orderSide,
    orderType: optionalText,
    origOrderType: optionalText,
    totalSize: givenQuantity,
    filledQuantity: quantity,
    remainingQuantity: quantity,
    price: z.unknown().optional(),
    auxPrice: z.unknown().optional(),
    stop_price: z.unknown().optional(),
    avgPrice: z.unknown().optional(),
    timeInForce: optionalText,
    outsideRTH: z.boolean().nullish().catch(null),
    status: text,
    lastExecutionTime: optionalText,
    lastExecutionTime_r: optionalIsoFromEpochMs,
    orderDesc: optionalText,
    parentId: optional(parseParent),
  })
  .refine(({ conidex }) => !isCombo(conidex) || readComboConidex(conidex) !== null, { path: ['conidex'] })
  .transform((row): Order => {
    const orderType = orderTypeOf(row.origOrderType ?? row.orderType ?? 'UNKNOWN');
    const read = priceReader(row.secType);
    return {
      orderId: row.orderId,
      clientOrderId: row.order_ref,
      parentOrderId: row.parentId,
      accountId: row.account ?? row.acct ?? '',
      conid: row.conid,
      symbol: row.ticker ?? row.description1 ?? String(row.conid),
      secType: row.secType ?? 'UNKNOWN',
      currency: row.cashCcy,
      side: row.side,
      orderType,
      quantity: row.totalSize ?? row.filledQuantity + row.remainingQuantity,
      filledQuantity: row.filledQuantity,
      remainingQuantity: row.remainingQuantity,
      ...pricesOf(orderType, read(row.price), read(row.stop_price) || read(row.auxPrice)),
      averagePrice: row.filledQuantity > 0 ? read(row.avgPrice) : null,
      tif: timeInForceOf(row.timeInForce),
      status: row.status,
      statusDescription: null,
      outsideRth: row.outsideRTH ?? null,
      lastExecutionTime: executionTime(
        row.filledQuantity,
        row.lastExecutionTime_r ?? isoFromStamp(row.lastExecutionTime),
      ),
      description: row.orderDesc,
      legs: readComboConidex(row.conidex)?.legs,
    };
  });

/** What may still be told of a row of the list that is not understood. */
const orderClues = z.object({
  orderId: optionalId,
  order_ref: optionalText,
  account: optionalText,
  acct: optionalText,
  conid: optionalConid,
  conidex: optionalText,
  secType: optionalText,
  side: optional(parseSide),
  status: optionalText,
});

export const liveOrdersSchema = z
  .object({
    orders: cluedRowsOf(orderRowSchema, orderClues).nullish(),
    snapshot: flag,
  })
  .transform(({ orders, snapshot }) => ({
    orders: orders?.rows ?? [],
    unread: (orders?.unread ?? []).map(({ at, reason, ...row }): UnreadOrder => {
      const legs = readComboConidex(row.conidex)?.legs;
      // A combo of legs that are not understood buys and sells nobody knows what.
      const isAnyContract = isCombo(row.conidex) && legs === undefined;
      return {
        at,
        reason,
        orderId: row.orderId,
        clientOrderId: row.order_ref,
        accountId: row.account ?? row.acct,
        conid: isAnyContract ? null : row.conid,
        legs,
        secType: row.secType,
        side: isAnyContract ? null : row.side,
        status: row.status,
      };
    }),
    snapshot,
  }));

/** `size` is what remains, `total_size` what was ordered; some servers use the second spellings. */
export const orderStatusSchema = z
  .object({
    order_id: id,
    order_ref: optionalText,
    account: text,
    conid,
    conidex: optionalText,
    symbol: optionalText,
    contract_description_1: optionalText,
    sec_type: optionalText,
    currency: optionalText,
    side: orderSide,
    order_type: optionalText,
    total_size: quantity,
    size: givenQuantity,
    cum_fill: givenQuantity,
    filled_quantity: givenQuantity,
    limit_price: z.unknown().optional(),
    stop_price: z.unknown().optional(),
    average_price: z.unknown().optional(),
    avg_fill_price: z.unknown().optional(),
    tif: optionalText,
    order_status: text,
    order_status_description: optionalProse,
    order_time: optionalText,
    order_description_with_contract: optionalText,
    order_description: optionalText,
  })
  .transform((row): Order => {
    const orderType = orderTypeOf(row.order_type ?? 'UNKNOWN');
    const read = priceReader(row.sec_type);
    const filledQuantity = row.cum_fill ?? row.filled_quantity ?? 0;
    return {
      orderId: row.order_id,
      clientOrderId: row.order_ref,
      parentOrderId: null,
      accountId: row.account,
      conid: row.conid,
      symbol: row.symbol ?? row.contract_description_1 ?? String(row.conid),
      secType: row.sec_type ?? 'UNKNOWN',
      currency: row.currency,
      side: row.side,
      orderType,
      quantity: row.total_size,
      filledQuantity,
      remainingQuantity: row.size ?? row.total_size - filledQuantity,
      ...pricesOf(orderType, read(row.limit_price), read(row.stop_price)),
      averagePrice: filledQuantity > 0 ? (read(row.average_price) ?? read(row.avg_fill_price)) : null,
      tif: timeInForceOf(row.tif),
      status: row.order_status,
      statusDescription: row.order_status_description,
      outsideRth: null,
      lastExecutionTime: executionTime(filledQuantity, isoFromStamp(row.order_time)),
      description: row.order_description_with_contract ?? row.order_description,
      legs: readComboConidex(row.conidex)?.legs,
    };
  });

/** Where nothing was executed IBKR gives the time of the last change in its place. */
function executionTime(filledQuantity: number, time: string | null): string | null {
  return filledQuantity > 0 ? time : null;
}

export const cancelAnswerSchema = z.object({ msg: optionalProse, error: optionalProse });

/** Of these an order may be for 0 and less, and of what IBKR does not name. */
const TRADED_BELOW_ZERO: readonly (string | null)[] = ['FUT', 'FOP', 'BAG', null];

/**
 * Futures and bonds may be written in fractions of a point; what is no price, what reads two ways, and 0 and -1 where
 * they stand for none, is null.
 */
function priceReader(secType: string | null): (written: unknown) => number | null {
  const parse = isWrittenInFractions(secType) ? parseFractionalPrice : parseDecimal;
  if (TRADED_BELOW_ZERO.includes(secType)) return parse;
  return (written) => {
    const price = parse(written);
    return price !== null && price > 0 ? price : null;
  };
}

/** 0 is no stop: IBKR fills in what an order does not have with it. */
function pricesOf(orderType: string, price: number | null, auxiliary: number | null) {
  const stop = auxiliary || null;
  if (orderType === 'STP' || orderType === 'MIT')
    return { limitPrice: null, stopPrice: stop ?? (price || null) };
  // IBKR gives a trailing stop a price there that is none of its terms.
  if (orderType === 'TRAIL') return { limitPrice: null, stopPrice: stop };
  if (orderType === 'MKT' || orderType === 'MOC') return { limitPrice: null, stopPrice: null };
  return { limitPrice: price, stopPrice: stop };
}

/** IBKR lists day orders with CLOSE. */
function timeInForceOf(word: string | null): string {
  const code = word?.toUpperCase() ?? 'DAY';
  return code === 'CLOSE' ? 'DAY' : code;
}

/** What is no exit may name 0 as its parent. */
function parseParent(value: unknown): string | null {
  const parent = optionalId.parse(value);
  return parent === '0' ? null : parent;
}

/** An order as IBKR reports it. */
export interface Order {
  orderId: string;
  /** What the ticket called itself (`cOID`); null for orders from elsewhere. */
  clientOrderId: string | null;
  /** Of an exit: the order it belongs to, where IBKR says so; only in lists. */
  parentOrderId: string | null;
  accountId: string;
  conid: number;
  symbol: string;
  secType: string;
  /** Of its prices; null where IBKR does not say. */
  currency: string | null;
  side: Side;
  /** One of `OrderType`, or IBKR's own word for a type this service cannot place. */
  orderType: string;
  quantity: number;
  filledQuantity: number;
  remainingQuantity: number;
  limitPrice: number | null;
  stopPrice: number | null;
  averagePrice: number | null;
  tif: string;
  /** IBKR's word: PendingSubmit PreSubmitted Submitted PendingCancel Cancelled Filled Inactive ... */
  status: string;
  /** IBKR's own words on the status, such as why it refused the order; only in the status of an order. */
  statusDescription: string | null;
  /** Whether it may fill outside regular trading hours; null where IBKR does not say. */
  outsideRth: boolean | null;
  /** ISO 8601: the last execution; null when nothing was executed. */
  lastExecutionTime: string | null;
  /** IBKR's summary, such as `Bought 1 SPY Market, Day`. */
  description: string | null;
  /** Of a combo, for one combo bought. */
  legs?: readonly ComboLeg[] | undefined;
}

/** What can be told of an order whose row is not understood; null where even that is not. */
export interface UnreadOrder extends UnreadRow {
  orderId: string | null;
  clientOrderId: string | null;
  accountId: string | null;
  conid: number | null;
  legs: readonly ComboLeg[] | undefined;
  secType: string | null;
  side: Side | null;
  status: string | null;
}
