import { z } from 'zod';
import { readOfAccount } from '../accounts/accounts.ts';
import { isWrittenInFractions, parseFractionalPrice } from '../market/quoted-price.ts';
import type { IbkrClient } from '../session/client.ts';
import { LIST_SERVES_MS } from '../session/pacing.ts';
import { readWarm } from '../session/warm-up.ts';
import { parseDecimal } from '../wire/numbers.ts';
import { cluedRowsOf, type UnreadRow } from '../wire/rows.ts';
import { isoFromStamp } from '../wire/times.ts';
import {
  conid,
  optional,
  optionalConid,
  optionalDecimal,
  optionalId,
  optionalIsoFromEpochMs,
  optionalText,
  quantity,
  text,
} from '../wire/wire-fields.ts';
import { type ComboLeg, readComboConidex } from './combo.ts';
import { orderSide } from './order-answers.ts';
import type { Side } from './order-ticket.ts';

/** One execution. */
export interface Trade {
  executionId: string;
  /** Null where IBKR leaves it out. */
  orderId: string | null;
  /** What the order's ticket called itself; null for orders from elsewhere. */
  clientOrderId: string | null;
  accountId: string | null;
  conid: number;
  symbol: string;
  secType: string | null;
  side: Side;
  quantity: number;
  price: number;
  /** Charged for this execution, in the account's base currency. */
  commission: number | null;
  /** Price times quantity times multiplier. */
  netAmount: number | null;
  exchange: string | null;
  /** ISO 8601. */
  time: string | null;
  description: string | null;
  /** Of a row that sums up the executions of a combo, for one combo bought. */
  legs?: readonly ComboLeg[] | undefined;
}

/** What can be told of an execution whose row is not understood; null where even that is not. */
export interface UnreadTrade extends UnreadRow {
  orderId: string | null;
  clientOrderId: string | null;
  conid: number | null;
}

export interface TradeList {
  trades: Trade[];
  /** Executions that are there too, and whose rows are not understood. */
  unread: UnreadTrade[];
}

const MAX_DAYS = 7;

const tradeClues = z.object({
  order_id: optionalId,
  order_ref: optionalText,
  account: optionalText,
  accountCode: optionalText,
  conid: optionalConid,
});

export const tradesSchema = cluedRowsOf(
  z
    .object({
      execution_id: text,
      order_id: optionalText,
      order_ref: optionalText,
      account: optionalText,
      accountCode: optionalText,
      conid,
      conidEx: optionalText,
      symbol: text,
      sec_type: optionalText,
      side: orderSide,
      size: quantity,
      price: z.unknown(),
      commission: optionalDecimal,
      net_amount: optionalDecimal,
      exchange: optionalText,
      trade_time_r: optionalIsoFromEpochMs,
      trade_time: optional(isoFromStamp),
      order_description: optionalText,
    })
    .transform((row, context): Trade => {
      // Futures and bonds may be written in fractions of a point.
      const price = (isWrittenInFractions(row.sec_type) ? parseFractionalPrice : parseDecimal)(row.price);
      if (price === null) {
        context.addIssue({ code: 'custom', path: ['price'], message: 'is no price' });
        return z.NEVER;
      }
      return {
        executionId: row.execution_id,
        orderId: row.order_id,
        clientOrderId: row.order_ref,
        accountId: row.account ?? row.accountCode,
        conid: row.conid,
        symbol: row.symbol,
        secType: row.sec_type,
        side: row.side,
        quantity: row.size,
        price,
        commission: row.commission,
        netAmount: row.net_amount,
        exchange: row.exchange,
        time: row.trade_time_r ?? row.trade_time,
        description: row.order_description,
        legs: readComboConidex(row.conidEx)?.legs,
      };
    }),
  tradeClues,
);

/**
 * Executions of the last `days` days, at most 7, today included (`GET /iserver/account/trades`).
 * @param options.since As of `getLiveOrders`.
 */
export async function getTrades(
  client: IbkrClient,
  accountId: string,
  { days = 1, since }: { days?: number; since?: number } = {},
): Promise<TradeList & { at: number }> {
  const query = { accountId, days: String(Math.min(Math.max(1, days), MAX_DAYS)) };
  const read = () =>
    readWarm(
      client,
      (from) =>
        client.getDated('/iserver/account/trades', tradesSchema, {
          query,
          since: from,
          recentMs: LIST_SERVES_MS,
        }),
      ({ rows, unread }) => rows.length > 0 || unread.length > 0,
      { name: `trades ${accountId}`, since, trustsEmpty: since !== undefined },
    );
  // Rows of another account say that none of this one were listed; a row without an account may be of any.
  const {
    answer: { rows, unread },
    at,
  } = await readOfAccount(
    client,
    accountId,
    read,
    ({ answer }) =>
      ![...answer.rows.map((row) => row.accountId), ...answer.unread.map(accountOf)].includes(accountId),
  );
  return {
    at,
    trades: rows.filter((trade) => trade.accountId === null || trade.accountId === accountId),
    unread: unread
      .filter((row) => (accountOf(row) ?? accountId) === accountId)
      .map(({ at: place, reason, order_id, order_ref, conid }) => ({
        at: place,
        reason,
        orderId: order_id,
        clientOrderId: order_ref,
        conid,
      })),
  };
}

function accountOf({ account, accountCode }: z.output<typeof tradeClues>): string | null {
  return account ?? accountCode;
}
