import { requireInstrument } from '../contracts/contracts.ts';
import { type Instrument, isUsListing } from '../contracts/instruments.ts';
import { type Answer, badRequest, failureAnswer, ok } from '../http/answer.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import { MARKET_DATA_DELAY_MS, shownTime } from '../settings.ts';
import { type Market, type PriceRange, priceDecimals } from './market.ts';
import { dateOfDay, type TradingSession } from './trading-hours.ts';

const MAX_BARS = 1000;
/** Bars tell the volume divided by this. */
const VOLUME_FACTOR = 100;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const PERIOD_UNITS: Readonly<Record<string, { readonly ms: number; readonly most: number }>> = {
  min: { ms: MINUTE_MS, most: 30 },
  h: { ms: HOUR_MS, most: 8 },
  d: { ms: DAY_MS, most: 1000 },
  w: { ms: 7 * DAY_MS, most: 792 },
  m: { ms: 30.44 * DAY_MS, most: 182 },
  y: { ms: 365.25 * DAY_MS, most: 15 },
};

const BARS: Readonly<Record<string, number>> = {
  '1min': MINUTE_MS,
  '2min': 2 * MINUTE_MS,
  '3min': 3 * MINUTE_MS,
  '5min': 5 * MINUTE_MS,
  '10min': 10 * MINUTE_MS,
  '15min': 15 * MINUTE_MS,
  '30min': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '3h': 3 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '1d': DAY_MS,
  '1w': 7 * DAY_MS,
  '1m': 30 * DAY_MS,
};

/** From this period on, the smallest bar that is served and the one served by default. */
const BAR_LIMITS: readonly (readonly [periodMs: number, smallest: string, byDefault: string])[] = [
  [0, '1min', '1min'],
  [7 * DAY_MS, '10min', '15min'],
  [30 * DAY_MS, '30min', '30min'],
  [91 * DAY_MS, '2h', '1d'],
  [182 * DAY_MS, '4h', '1d'],
  [365 * DAY_MS, '8h', '1d'],
  [730 * DAY_MS, '1d', '1d'],
  [1095 * DAY_MS, '1d', '1w'],
  [5478 * DAY_MS, '1w', '1w'],
];

interface Bar extends PriceRange {
  readonly time: number;
}

interface Window {
  readonly instrument: Instrument;
  readonly market: Market;
  readonly periodMs: number;
  readonly unit: string;
  readonly count: number;
  readonly barMs: number;
  readonly end: number;
  readonly outsideRth: boolean;
}

function parsePeriod(text: string): { unit: string; count: number; ms: number } {
  const match = /^(\d+)(min|h|d|w|m|y)$/.exec(text);
  const unit = match?.[2] ?? '';
  const count = Number(match?.[1]);
  const limits = PERIOD_UNITS[unit];
  if (!limits || count < 1 || count > limits.most) throw badRequest(`period is not valid: ${text}`);
  return { unit, count, ms: count * limits.ms };
}

function chooseBar(asked: string | null, periodMs: number): number {
  const [, smallest, byDefault] = BAR_LIMITS.findLast(([from]) => periodMs >= from) ?? [0, '1min', '1min'];
  const bar = BARS[asked ?? byDefault];
  if (bar === undefined) throw badRequest(`bar is not valid: ${asked}`);
  if (bar < (BARS[smallest] ?? 0)) throw failureAnswer(500, `bar ${asked} is too small for this period`);
  return bar;
}

/** `YYYYMMDD-HH:mm:ss` in UTC. */
function parseTime(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!match) throw badRequest(`startTime is not valid: ${text}`);
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

function formatTime(time: number): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19)}`;
}

/** Hours of a session that bars are made of. */
function hoursOf(session: TradingSession, outsideRth: boolean): [open: number, close: number] {
  return outsideRth ? [session.extendedOpen, session.extendedClose] : [session.open, session.close];
}

/** Sessions of the window, newest first, with the start of the part that counts. */
function* sessionsBack({ instrument, market, periodMs, unit, count, end, outsideRth }: Window) {
  const { hours } = market;
  const isByTradingTime = unit === 'min' || unit === 'h';
  const isBySession = unit === 'd' && hours.mode === 'market';
  let session = hours.latestSession(instrument.exchange, end - 1);
  for (let used = 0, sessions = 0; ; session = hours.previousSession(instrument.exchange, session)) {
    const [open, sessionClose] = hoursOf(session, outsideRth);
    const close = Math.min(sessionClose, end);
    if (close <= open) continue;
    if (isByTradingTime) {
      const from = Math.max(open, close - (periodMs - used));
      yield { session, from };
      used += close - from;
      if (used >= periodMs) return;
    } else if (isBySession) {
      yield { session, from: open };
      if (++sessions >= count) return;
    } else {
      if (sessionClose <= end - periodMs) return;
      yield { session, from: Math.max(open, end - periodMs) };
    }
  }
}

function intradayBars(window: Window): Bar[] {
  const { instrument, market, barMs, end, outsideRth } = window;
  const bars: Bar[] = [];
  for (const { session, from } of sessionsBack(window)) {
    const [open, close] = hoursOf(session, outsideRth);
    const first = open + Math.ceil((from - open) / barMs) * barMs;
    const stop = Math.min(close, end);
    const last = open + Math.ceil((stop - open) / barMs) * barMs - barMs;
    for (let t = last; t >= first; t -= barMs) {
      bars.push({ time: t, ...market.range(instrument, session, t, Math.min(t + barMs, stop)) });
      if (bars.length === MAX_BARS) return bars.reverse();
    }
  }
  return bars.reverse();
}

/** Bars of a day and longer are sums of regular sessions. */
function sessionBars(window: Window): Bar[] {
  const { instrument, market, barMs, end } = window;
  const groupOf = ({ day }: TradingSession) => {
    if (barMs === DAY_MS) return String(day);
    return barMs === 7 * DAY_MS ? String(Math.floor((day + 3) / 7)) : dateOfDay(day).slice(0, 6);
  };
  const bars: Bar[] = [];
  let group = '';
  for (const { session } of sessionsBack(window)) {
    const range = market.sessionRange(instrument, session, Math.min(end, session.close));
    const bar: Bar = { time: session.open, ...range };
    const later = bars.at(-1);
    if (later && groupOf(session) === group) bars[bars.length - 1] = merge(bar, later);
    else if (bars.length === MAX_BARS) break;
    else bars.push(bar);
    group = groupOf(session);
  }
  return bars.reverse();
}

function merge(earlier: Bar, later: Bar): Bar {
  return {
    time: earlier.time,
    open: earlier.open,
    close: later.close,
    high: Math.max(earlier.high, later.high),
    low: Math.min(earlier.low, later.low),
    volume: earlier.volume + later.volume,
  };
}

/** `price × factor / volume / minutes since the first bar`, as in `high` and `low`. */
function extreme(bars: readonly Bar[], key: 'high' | 'low', factor: number): string {
  const better = (a: Bar, b: Bar) => (key === 'high' ? b.high > a.high : b.low < a.low);
  const bar = bars.reduce((best, next) => (better(best, next) ? next : best));
  const minutes = Math.round((bar.time - (bars[0]?.time ?? 0)) / MINUTE_MS);
  return `${Number((bar[key] * factor).toFixed(2))}/${bar.volume / VOLUME_FACTOR}/${minutes}`;
}

/** The bars that a query asks for. */
export function history({
  query,
  simulation,
  market,
  now,
}: Pick<BrokerageCall, 'query' | 'simulation' | 'market' | 'now'>): Answer {
  const { settings } = simulation;
  const instrument = requireInstrument(query.get('conid'));
  const { unit, count, ms } = parsePeriod(query.get('period') ?? '1w');
  const barMs = chooseBar(query.get('bar'), ms);
  const anchor = query.get('startTime') ? parseTime(query.get('startTime') ?? '') : now;
  const isForward = query.get('direction') === '1';
  if (isForward && !isUsListing(instrument)) throw failureAnswer(500, 'Chart data unavailable');
  const end = Math.min(shownTime(settings, now), isForward ? anchor + ms : anchor);
  const outsideRth = query.get('outsideRth') === 'true';
  const window = { instrument, market, periodMs: ms, unit, count, barMs, end, outsideRth };
  const bars = barMs < DAY_MS ? intradayBars(window) : sessionBars(window);

  const decimals = priceDecimals(instrument);
  const factor = 10 ** decimals;
  const session = market.hours.latestSession(instrument.exchange, end);
  const [first] = bars;
  return ok({
    serverId: String(6_000_000 + (instrument.conid % 999_999)),
    symbol: instrument.symbol,
    text: instrument.name,
    priceFactor: factor,
    startTime: formatTime(first?.time ?? end),
    high: first ? extreme(bars, 'high', factor) : '0/0/0',
    low: first ? extreme(bars, 'low', factor) : '0/0/0',
    timePeriod: query.get('period') ?? '1w',
    barLength: barMs / 1000,
    mdAvailability: settings.marketData === 'delayed' ? 'D' : 'S',
    mktDataDelay: settings.marketData === 'delayed' ? MARKET_DATA_DELAY_MS / 1000 : 0,
    outsideRth,
    tradingDayDuration: (session.close - session.open) / MINUTE_MS,
    volumeFactor: VOLUME_FACTOR,
    priceDisplayRule: 1,
    priceDisplayValue: String(decimals),
    negativeCapable: false,
    messageVersion: 2,
    // With nothing traded in the window IBKR sends one bar without a time.
    data: first
      ? bars.map(({ time, open, close, high, low, volume }) => ({
          o: open,
          c: close,
          h: high,
          l: low,
          v: volume / VOLUME_FACTOR,
          t: time,
        }))
      : [{ o: 0, c: 0 }],
    points: bars.length,
    travelTime: 48,
  });
}

function historicalData(call: BrokerageCall): Answer {
  if (!call.brokerage.hasHistoricalData) throw failureAnswer(404, 'Resource not found');
  return history(call);
}

export const historyRoutes: readonly Route[] = [
  { method: 'GET', path: '/iserver/marketdata/history', needs: 'brokerage', handle: history },
  { method: 'GET', path: '/hmds/history', needs: 'brokerage', handle: historicalData },
];
