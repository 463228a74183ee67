/** How IBKR reports orders, as schemas that turn it into `Order`. */

import { z } from 'zod';
import { isWrittenInFractions, parseFractionalPrice } from '../market/quoted-price.ts';
import { orderTypeOf } from '../order-types.ts';
import { cleanText } from '../wire/ibkr-error.ts';
import { parseDecimal } from '../wire/numbers.ts';
import { cluedRowsOf } from '../wire/rows.ts';
import { isoFromStamp } from '../wire/times.ts';
import {
  conid,
  decimal,
  flag,
  id,
  optional,
  optionalConid,
  optionalDecimal,
  optionalId,
  optionalIsoFromEpochMs,
  optionalText,
  required,
  text,
} from '../wire/wire-fields.ts';
import { readComboConidex } from './combo.ts';
import type { Side } from './order-ticket.ts';
import type { Order, UnreadOrder } from './orders.ts';

/** `BUY`, `B`, `BOT` and the like. */
function parseSide(value: unknown): Side | null {
  const word = String(value).trim().toUpperCase();
  if (['BUY', 'B', 'BOT'].includes(word)) return 'BUY';
  return ['SELL', 'S', 'SLD'].includes(word) ? 'SELL' : null;
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
    totalSize: decimal.nullish(),
    filledQuantity: decimal,
    remainingQuantity: decimal,
    price: z.unknown().optional(),
    auxPrice: z.unknown().optional(),
    stop_price: z.unknown().optional(),
    avgPrice: optionalDecimal,
    timeInForce: optionalText,
    outsideRTH: z.boolean().nullish().catch(null),
    status: text,
    lastExecutionTime: optionalText,
    lastExecutionTime_r: optionalIsoFromEpochMs,
    orderDesc: optionalText,
    parentId: optionalText,
  })
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
      ...pricesOf(orderType, read(row.price), read(row.stop_price) ?? read(row.auxPrice)),
      averagePrice: row.avgPrice,
      tif: timeInForceOf(row.timeInForce),
      status: row.status,
      statusDescription: null,
      outsideRth: row.outsideRTH ?? null,
      lastExecutionTime: executedAt(
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
    unread: (orders?.unread ?? []).map(
      ({ at, reason, ...row }): UnreadOrder => ({
        at,
        reason,
        orderId: row.orderId,
        clientOrderId: row.order_ref,
        accountId: row.account ?? row.acct,
        conid: row.conid,
        legs: readComboConidex(row.conidex)?.legs,
        secType: row.secType,
        side: row.side,
        status: row.status,
      }),
    ),
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
    total_size: decimal,
    size: decimal.nullish(),
    cum_fill: decimal.nullish(),
    filled_quantity: decimal.nullish(),
    limit_price: z.unknown().optional(),
    stop_price: z.unknown().optional(),
    average_price: optionalDecimal,
    avg_fill_price: optionalDecimal,
    tif: optionalText,
    order_status: text,
    order_status_description: optionalText,
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
      averagePrice: row.average_price ?? row.avg_fill_price,
      tif: timeInForceOf(row.tif),
      status: row.order_status,
      statusDescription:
        row.order_status_description === null ? null : cleanText(row.order_status_description) || null,
      outsideRth: null,
      lastExecutionTime: executedAt(filledQuantity, isoFromStamp(row.order_time)),
      description: row.order_description_with_contract ?? row.order_description,
      legs: readComboConidex(row.conidex)?.legs,
    };
  });

/** Where nothing was executed IBKR gives the time of the last change in its place. */
function executedAt(filledQuantity: number, time: string | null): string | null {
  return filledQuantity > 0 ? time : null;
}

export const cancelAnswerSchema = z.object({ msg: optionalText, error: optionalText });

/** Futures and bonds may be written in fractions of a point; what is no price, and what reads two ways, is null. */
function priceReader(secType: string | null): (written: unknown) => number | null {
  return isWrittenInFractions(secType) ? parseFractionalPrice : parseDecimal;
}

function pricesOf(orderType: string, price: number | null, stop: number | null) {
  if (orderType === 'STP' || orderType === 'MIT') return { limitPrice: null, stopPrice: stop ?? price };
  if (orderType === 'MKT' || orderType === 'MOC') return { limitPrice: null, stopPrice: null };
  return { limitPrice: price, stopPrice: stop };
}

/** IBKR lists day orders with CLOSE. */
function timeInForceOf(word: string | null): string {
  return word === null || word === 'CLOSE' ? 'DAY' : word;
}
