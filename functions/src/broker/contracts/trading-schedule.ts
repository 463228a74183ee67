import { z } from 'zod';
import type { IbkrClient } from '../session/client.ts';
import { entriesOf, rowsOf, type UnreadRow } from '../wire/rows.ts';
import { isoDate } from '../wire/times.ts';
import { decimal, required, text } from '../wire/wire-fields.ts';

/** A stretch of trading, ISO 8601. */
export interface TradingSession {
  open: string;
  close: string;
}

export interface TradingDay {
  /** ISO date at the exchange. */
  date: string;
  /** Regular (liquid) hours; empty on holidays. */
  regular: TradingSession[];
  /** All hours in which IBKR takes executions, the regular ones included. */
  extended: TradingSession[];
}

export interface TradingSchedule {
  timeZone: string;
  /** The trading days around today, about six, in order; a holiday is missing or has no hours. */
  days: TradingDay[];
  /** Days, or hours of a day, that are missing because they are not understood. */
  unread: UnreadRow[];
}

/** Changes with holidays, which are known long before. */
const CACHE_MS = 10 * 60_000;

const isoFromEpochSeconds = required((value) => {
  const seconds = decimal.safeParse(value).data;
  if (seconds === undefined || seconds < 0 || seconds > 4_102_444_800) return null;
  return new Date(seconds * 1000).toISOString();
});

const sessions = rowsOf(
  z
    .object({ opening: isoFromEpochSeconds, closing: isoFromEpochSeconds })
    .transform(({ opening, closing }): TradingSession => ({ open: opening, close: closing })),
)
  .nullish()
  .transform((hours) => hours ?? { rows: [], unread: [] });

export const tradingScheduleSchema = z
  .object({
    exchange_time_zone: text,
    schedules: entriesOf(z.object({ liquid_hours: sessions, extended_hours: sessions })),
  })
  .transform(
    (answer): TradingSchedule => ({
      timeZone: answer.exchange_time_zone,
      days: answer.schedules.rows
        .flatMap(([day, { liquid_hours, extended_hours }]) => {
          const date = isoDate(day);
          return date === null ? [] : [{ date, regular: liquid_hours.rows, extended: extended_hours.rows }];
        })
        .sort((a, b) => a.date.localeCompare(b.date)),
      unread: [
        ...answer.schedules.unread,
        ...answer.schedules.rows.flatMap(([day]) =>
          isoDate(day) === null ? [{ at: day, reason: 'is no date' }] : [],
        ),
        ...answer.schedules.rows.flatMap(([day, { liquid_hours, extended_hours }]) =>
          [...liquid_hours.unread, ...extended_hours.unread].map((row) => ({
            ...row,
            at: `${row.at} of ${day}`,
          })),
        ),
      ],
    }),
  );

/** When an instrument trades (`GET /contract/trading-schedule`), on its primary exchange unless another is named. */
export function getTradingSchedule(
  client: IbkrClient,
  { conid, exchange }: { conid: number; exchange?: string },
): Promise<TradingSchedule> {
  const query = { conid: String(conid), ...(exchange !== undefined && { exchange }) };
  return client.get('/contract/trading-schedule', tradingScheduleSchema, { query, cacheMs: CACHE_MS });
}
