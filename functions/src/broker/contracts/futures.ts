import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { type Rows, rowsOf } from '../wire/rows.ts';
import { isoDate } from '../wire/times.ts';
import { conid, required, text } from '../wire/wire-fields.ts';

/** A listed future. */
export interface Future {
  conid: number;
  symbol: string;
  /** ISO date. */
  expiry: string;
}

/** Contracts are listed and expire by the day. */
const CACHE_MS = 60 * 60_000;

export const futuresSchema = z.record(
  z.string(),
  rowsOf(
    z
      .object({ conid, symbol: text, expirationDate: required(isoDate) })
      .transform(({ expirationDate, ...row }): Future => ({ ...row, expiry: expirationDate })),
  ),
);

/** The futures of a symbol such as ES, the nearest first (`GET /trsrv/futures`). Empty when there are none. */
export async function getFutures(client: IbkrClient, symbol: string): Promise<Rows<Future>> {
  const wanted = symbol.toUpperCase();
  try {
    const query = { symbols: wanted };
    const answer = await client.get('/trsrv/futures', futuresSchema, { query, cacheMs: CACHE_MS });
    const { rows, unread } = answer[wanted] ?? { rows: [], unread: [] };
    return { rows: rows.toSorted((a, b) => (a.expiry < b.expiry ? -1 : 1)), unread };
  } catch (error) {
    if (error instanceof BrokerError && error.isBadInput) return { rows: [], unread: [] };
    throw error;
  }
}
