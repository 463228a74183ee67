import { z } from 'zod';
import type { IbkrClient } from '../session/client.ts';
import { rowsOf, type UnreadRow } from '../wire/rows.ts';
import { isoDate, isoDateInWords } from '../wire/times.ts';
import {
  decimal,
  optional,
  optionalConid,
  optionalDecimal,
  optionalText,
  text,
} from '../wire/wire-fields.ts';

/** One booking that an instrument caused: a trade, a dividend, a corporate action. */
export interface Transaction {
  /** ISO date; null where IBKR gives none. */
  date: string | null;
  /** IBKR's word: `Buy`, `Sell`, `Dividend Payment`, ... */
  type: string;
  description: string | null;
  conid: number | null;
  quantity: number | null;
  price: number | null;
  /** In `currency`; negative when money left the account. */
  amount: number;
  currency: string;
}

export interface Transactions {
  transactions: Transaction[];
  /** Realized in the window, in the currency asked for; null when IBKR does not say. */
  realizedPnl: number | null;
  unread: UnreadRow[];
}

export interface TransactionQuery {
  /** The instruments asked about, one at least. */
  conids: readonly number[];
  /** Whose currency amounts are in. */
  currency: string;
  days: number;
}

/** IBKR allows one call in 15 minutes and its data is of the end of the day. */
const CACHE_MS = 15 * 60_000;

export const transactionsSchema = z
  .object({
    rpnl: z.object({ amt: optionalDecimal }).nullish(),
    transactions: rowsOf(
      z.object({
        rawDate: optional(isoDate),
        date: optional(isoDateInWords),
        type: text,
        desc: optionalText,
        conid: optionalConid,
        qty: optionalDecimal,
        pr: optionalDecimal,
        amt: decimal,
        cur: text,
      }),
    ).nullish(),
  })
  .transform(
    ({ rpnl, transactions }): Transactions => ({
      realizedPnl: rpnl?.amt ?? null,
      unread: transactions?.unread ?? [],
      transactions: (transactions?.rows ?? []).map((row) => ({
        date: row.rawDate ?? row.date,
        type: row.type,
        description: row.desc,
        conid: row.conid,
        quantity: row.qty,
        price: row.pr,
        amount: row.amt,
        currency: row.cur,
      })),
    }),
  );

/**
 * What instruments did to an account in the last `days` days (`POST /pa/transactions`, which only reads). IBKR describes it
 * "for a given number of conids", and says of them that it takes one at a time.
 */
export function getTransactions(
  client: IbkrClient,
  accountId: string,
  { conids, currency, days }: TransactionQuery,
): Promise<Transactions> {
  const body = { acctIds: [accountId], conids, currency, days };
  return client.read({ method: 'POST', path: '/pa/transactions', body }, transactionsSchema, {
    cacheMs: CACHE_MS,
  });
}
