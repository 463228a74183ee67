import { z } from 'zod';
import { tradingCalendar } from '../contracts/trading-date.ts';
import { getTradingSchedule, type TradingSchedule } from '../contracts/trading-schedule.ts';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { exactNumber } from '../wire/numbers.ts';
import { rowsOf, type UnreadRow } from '../wire/rows.ts';
import { isoFromEpochMs, stampFromIso } from '../wire/times.ts';
import { decimal, factor, optional, optionalDecimal, optionalText, required } from '../wire/wire-fields.ts';

export interface Bar {
  /** ISO 8601, the start of the bar. */
  time: string;
  /**
   * Of bars of a day or longer: the trading day of the exchange that the bar begins with, ISO; null where its zone is
   * not known. The date in `time` is that of UTC, which is the day before in half the world.
   */
  date?: string | null;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
}

export interface HistoryRequest {
  conid: number;
  /** A number and `min`, `h`, `d`, `w`, `m` (months) or `y`: `1d`, `6m`. */
  period: string;
  /** One of `BAR_SIZES`; `1min` is a minute, `1m` a month. IBKR's default for the period when absent. */
  bar?: string;
  /** Include trading outside regular hours. */
  outsideRth?: boolean;
  /** The end of the window, ISO 8601; now when absent. */
  endTime?: string;
  source?: HistorySource;
}

export type HistorySource = 'trades' | 'midpoint' | 'bid_ask';

export interface History {
  symbol: string | null;
  /** As sent to IBKR. */
  period: string;
  bar: string;
  /** Of the exchange, of bars of a day or longer; null where it is not known. */
  timeZone: string | null;
  bars: Bar[];
  /** IBKR gives at most 1000 bars: when there are as many, older ones are probably missing. */
  truncated: boolean;
  /** Bars that are missing because they are not understood. */
  unread: UnreadRow[];
  /** By how much the feed is delayed, 0 in real time; null when IBKR does not say. */
  delaySeconds: number | null;
}

const MAX_BARS = 1000;

/** IBKR's bar sizes, smallest first. */
export const BAR_SIZES = [
  '1min',
  '2min',
  '3min',
  '5min',
  '10min',
  '15min',
  '30min',
  '1h',
  '2h',
  '3h',
  '4h',
  '8h',
  '1d',
  '1w',
  '1m',
] as const;
export type BarSize = (typeof BAR_SIZES)[number];

/** Units of `period` and how many of each IBKR takes. */
const PERIOD_UNITS: Readonly<Record<string, { max: number; days: number }>> = {
  min: { max: 30, days: 1 / 1440 },
  h: { max: 8, days: 1 / 24 },
  d: { max: 1000, days: 1 },
  w: { max: 792, days: 7 },
  m: { max: 182, days: 30.4375 },
  y: { max: 15, days: 365.25 },
};

/**
 * Which bars go with which period, from IBKR's table (Web API v1.0, `marketdata/history`), whose columns are single
 * periods: a period belongs to the first row that is not shorter. `standard` is IBKR's default, except for a month,
 * where it documents 30min, a size below that column's own range.
 */
const BARS_BY_PERIOD: readonly { upToDays: number; from: BarSize; to: BarSize; standard: BarSize }[] = [
  { upToDays: 30 / 1440, from: '1min', to: '1min', standard: '1min' },
  { upToDays: 1, from: '1min', to: '8h', standard: '1min' },
  { upToDays: 7, from: '10min', to: '1w', standard: '15min' },
  { upToDays: 31, from: '1h', to: '1m', standard: '1h' },
  { upToDays: 93, from: '2h', to: '1m', standard: '1d' },
  { upToDays: 184, from: '4h', to: '1m', standard: '1d' },
  { upToDays: 366, from: '8h', to: '1m', standard: '1d' },
  { upToDays: 731, from: '1d', to: '1m', standard: '1d' },
  { upToDays: 1096, from: '1d', to: '1m', standard: '1w' },
  { upToDays: 15 * 366, from: '1w', to: '1m', standard: '1w' },
];

const SOURCES: Readonly<Record<HistorySource, string>> = {
  trades: 'Trades',
  midpoint: 'Midpoint',
  bid_ask: 'Bid_Ask',
};

const barSchema = z
  .object({
    t: required(isoFromEpochMs),
    o: decimal,
    c: decimal,
    h: decimal,
    l: decimal,
    v: optionalDecimal,
  })
  .transform(({ t, o, h, l, c, v }): Bar => ({ time: t, open: o, high: h, low: l, close: c, volume: v }));

/** Without trades IBKR sends one bar of zeros that has no time. */
const placeholderSchema = z.object({ t: z.null().optional(), o: z.literal(0), c: z.literal(0) });

function withoutPlaceholder(bars: unknown): unknown {
  return Array.isArray(bars) ? bars.filter((bar) => !placeholderSchema.safeParse(bar).success) : bars;
}

export const historySchema = z.object({
  symbol: optionalText,
  mktDataDelay: optionalDecimal,
  /** `v` times this is the number of shares: with it, and not with 100, recorded volumes are whole numbers. */
  volumeFactor: optional((value) => (value == null ? 1 : (factor.safeParse(value).data ?? null))),
  negativeCapable: z.boolean().nullish().catch(null),
  data: z.preprocess(withoutPlaceholder, rowsOf(barSchema)),
});

/**
 * Price bars, oldest first (`GET /iserver/marketdata/history`). No bars when nothing traded in the window.
 * @throws {BrokerError} `invalid` for a period or bar IBKR does not take, `no_data`.
 */
export async function getHistory(client: IbkrClient, request: HistoryRequest): Promise<History> {
  const { period, bar } = checkPeriodAndBar(request.period, request.bar);
  const query = {
    conid: String(request.conid),
    period,
    bar,
    outsideRth: String(request.outsideRth ?? false),
    ...(request.endTime !== undefined && { startTime: endOfWindow(request.endTime) }),
    ...(request.source !== undefined && { source: SOURCES[request.source] }),
  };
  const [answer, schedule] = await Promise.all([
    readHistory(client, query),
    isDaily(bar) ? scheduleOf(client, request.conid) : null,
  ]);
  const tradingDay = schedule && tradingCalendar(schedule);
  // IBKR says where prices may be below 0; elsewhere -1 stands for none.
  const isWrong = ({ open, high, low, close }: Bar) =>
    answer.negativeCapable === false && Math.min(open, high, low, close) < 0;
  const wrong = answer.data.rows.filter(isWrong);
  const rows = answer.data.rows.filter((bar) => !isWrong(bar));
  return {
    symbol: answer.symbol,
    period,
    bar,
    timeZone: tradingDay === null ? null : (schedule?.timeZone ?? null),
    bars: rows.map((row) => ({
      ...row,
      volume: sharesOf(row.volume, answer.volumeFactor),
      ...(isDaily(bar) ? { date: tradingDay?.(row.time) ?? null } : {}),
    })),
    truncated: answer.data.rows.length + answer.data.unread.length >= MAX_BARS,
    unread: [
      ...answer.data.unread,
      ...wrong.map(({ time }) => ({ at: time, reason: 'has a price below 0' })),
    ],
    delaySeconds: delayInSeconds(answer.mktDataDelay),
  };
}

/** Whether a bar is as long as a day, so that it is told by a date. */
function isDaily(bar: string): boolean {
  return ['1d', '1w', '1m'].includes(bar);
}

/** Null where IBKR does not tell when the instrument trades: the prices are good without it. */
async function scheduleOf(client: IbkrClient, conid: number): Promise<TradingSchedule | null> {
  try {
    return await getTradingSchedule(client, { conid });
  } catch (error) {
    if (error instanceof BrokerError) return null;
    throw error;
  }
}

/** IBKR writes -1 where it has no volume. */
function sharesOf(volume: number | null, each: number | null): number | null {
  return volume === null || volume < 0 || each === null ? null : exactNumber(volume * each);
}

async function readHistory(client: IbkrClient, query: Record<string, string>) {
  try {
    return await client.get('/iserver/marketdata/history', historySchema, { query });
  } catch (error) {
    if (!(error instanceof BrokerError) || !error.isBadInput) throw error;
    if (error.status === 500 && !/chart data|no data/i.test(error.reason ?? '')) throw error;
    throw new BrokerError({ name: 'no_history' }, { cause: error });
  }
}

/** How many days a period has; null for what is none. */
export function daysOf(period: string): number | null {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,3})(min|h|d|w|m|y)$/.exec(period.trim()) ?? [];
  const limit = PERIOD_UNITS[unit];
  return limit === undefined || Number(digits) > limit.max ? null : Number(digits) * limit.days;
}

/**
 * Checks a period and a bar size against IBKR's rules and fills in its default bar.
 * @throws {BrokerError} `invalid`, naming the field and what is accepted.
 */
export function checkPeriodAndBar(period: string, bar?: string): { period: string; bar: BarSize } {
  const days = daysOf(period);
  if (days === null) {
    throw new BrokerError({ name: 'period', period });
  }
  const rule = BARS_BY_PERIOD.find(({ upToDays }) => days <= upToDays) ?? BARS_BY_PERIOD.at(-1);
  const sizes: readonly BarSize[] =
    rule === undefined ? [] : BAR_SIZES.slice(BAR_SIZES.indexOf(rule.from), BAR_SIZES.indexOf(rule.to) + 1);
  const chosen = bar === undefined ? rule?.standard : sizes.find((size) => size === bar.trim());
  if (chosen === undefined) {
    throw new BrokerError({ name: 'bar', bar, period, sizes });
  }
  return { period: period.trim(), bar: chosen };
}

/** Recorded as 900 for a quarter of an hour, documented as milliseconds. */
function delayInSeconds(delay: number | null): number | null {
  return delay !== null && delay >= 60_000 ? delay / 1000 : delay;
}

/** IBKR calls the end of the window `startTime`: it looks back from there. */
function endOfWindow(endTime: string): string {
  if (Number.isNaN(Date.parse(endTime))) {
    throw new BrokerError({ name: 'end_time', endTime });
  }
  return stampFromIso(endTime);
}
