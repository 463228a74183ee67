import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { entriesOf, type UnreadRow } from '../wire/rows.ts';
import { isoDate } from '../wire/times.ts';
import { optional, optionalDecimal, optionalText, required, text } from '../wire/wire-fields.ts';

/** How an account did over one of IBKR's periods. Dates are ISO, money in the account's base currency. */
export interface PeriodPerformance {
  /** `1D`, `7D`, `MTD`, `1M`, `YTD`, `1Y`. */
  period: string;
  startDate: string | null;
  startValue: number | null;
  endValue: number | null;
  /** Time-weighted return over the period, in percent; deposits and withdrawals do not count. */
  returnPercent: number | null;
  /** One point per day or month, oldest first. */
  series: { date: string; netAssetValue: number | null; cumulativeReturnPercent: number | null }[];
}

export interface Performance {
  accountId: string;
  currency: string | null;
  periods: PeriodPerformance[];
  /** IBKR computes at the end of a day: when it last did, in its own words. */
  lastUpdate: string | null;
  /** Periods that are missing because they are not understood. */
  unread: UnreadRow[];
}

/** IBKR allows one call in 15 minutes and computes once a day, so one answer serves all periods until then. */
const CACHE_MS = 15 * 60_000;

const periodSchema = z.object({
  startNAV: z.object({ date: optional(isoDate), val: optionalDecimal }).nullish(),
  dates: z.array(required(parseDay)),
  nav: z.array(optionalDecimal).nullish(),
  cps: z.array(optionalDecimal).nullish(),
});

const accountPerformanceSchema = z
  .looseObject({
    baseCurrency: optionalText,
    periods: z.array(text).nullish(),
    lastSuccessfulUpdate: optionalText,
  })
  .transform(({ baseCurrency, lastSuccessfulUpdate, periods, ...rest }) => {
    // New accounts have periods that are named and empty.
    const named = (periods ?? []).filter((period) => !isEmpty(rest[period]));
    const { rows, unread } = entriesOf(periodSchema).parse(
      Object.fromEntries(named.map((period) => [period, rest[period]])),
    );
    return {
      currency: baseCurrency,
      lastUpdate: lastSuccessfulUpdate,
      periods: rows.map(([period, answer]) => toPeriod(period, answer)),
      unread,
    };
  });

/** The account's number is a key beside IBKR's own ones. */
export function allPeriodsSchema(accountId: string) {
  return z
    .record(z.string(), z.unknown())
    .transform((answer) => answer[accountId])
    .pipe(accountPerformanceSchema.optional());
}

/**
 * Performance over all of IBKR's standard periods (`POST /pa/allperiods`, which only reads). No periods for an
 * account that is younger than a day.
 * @throws {BrokerError} `not_found` when IBKR has no such account.
 */
export async function getPerformance(client: IbkrClient, accountId: string): Promise<Performance> {
  const answer = await client.read(
    { method: 'POST', path: '/pa/allperiods', body: { acctIds: [accountId] } },
    allPeriodsSchema(accountId),
    { cacheMs: CACHE_MS },
  );
  if (answer === undefined) {
    throw new BrokerError({ name: 'no_performance' });
  }
  return { accountId, ...answer };
}

/** A day, or a month such as `202603`. */
function parseDay(value: unknown): string | null {
  const [, year, month] = /^(\d{4})(0[1-9]|1[0-2])$/.exec(String(value)) ?? [];
  return year === undefined ? isoDate(value) : `${year}-${month}`;
}

function isEmpty(answer: unknown): boolean {
  return answer == null || (typeof answer === 'object' && Object.keys(answer).length === 0);
}

function toPeriod(
  period: string,
  { startNAV, dates, nav, cps }: z.output<typeof periodSchema>,
): PeriodPerformance {
  const series = dates.map((date, index) => ({
    date,
    netAssetValue: nav?.[index] ?? null,
    cumulativeReturnPercent: toPercent(cps?.[index] ?? null),
  }));
  const last = series.at(-1);
  return {
    period,
    startDate: startNAV?.date ?? null,
    startValue: startNAV?.val ?? null,
    endValue: last?.netAssetValue ?? null,
    returnPercent: last?.cumulativeReturnPercent ?? null,
    series,
  };
}

/** IBKR sends fractions; 0.00013107 times 100 has digits that nobody wrote. */
function toPercent(fraction: number | null): number | null {
  return fraction === null ? null : Number((fraction * 100).toPrecision(12));
}
