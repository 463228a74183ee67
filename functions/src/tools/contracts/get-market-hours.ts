import { z } from 'zod';
import { getTradingSchedule, type TradingSession } from '../../broker/contracts/trading-schedule.ts';
import { unreadOutput } from '../../contract/tool-outputs/parts.ts';
import { instrumentInput, number } from '../arguments.ts';
import { shortTime } from '../market/short-time.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { findInstrument } from './instrument.ts';

/** In the time of the exchange, and in ours. */
const moment = z.strictObject({ at_exchange: z.string(), utc: z.string() });
/** From and until, in the time of the exchange. */
const hours = z.array(z.string());

/** What is told of how long ahead. */
const USUAL_DAYS = 2;
const MOST_DAYS = 8;

export const getMarketHoursTool = defineTool({
  name: 'get_market_hours',
  title: 'Market hours',
  description:
    'Whether one instrument trades now, when its session closes or opens next, and its hours of the next days, in the exchange’s time and in UTC. A missing day is a holiday or weekend.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: instrumentInput({ days: number(z.number().int().min(1).max(MOST_DAYS)).default(USUAL_DAYS) }),
  output: z.strictObject({
    conid: z.number(),
    symbol: z.string(),
    exchange: z.string().nullable(),
    time_zone: z.string(),
    now: moment,
    state: z.enum(['open', 'extended_hours', 'closed']),
    closes_at: moment.nullable().describe('Of the regular session that is open, or else of the next.'),
    next_open: moment.nullable().describe('The next regular session, if it is known.'),
    days: z.array(z.strictObject({ date: z.string(), regular: hours, extended: hours })),
    unread: unreadOutput,
  }),
  async run(args, context) {
    const { conid, symbol, exchange } = await findInstrument(context, args);
    const { timeZone, days, unread } = await getTradingSchedule(context.ibkr, { conid });
    const now = Date.now();
    const isOn = ({ open, close }: TradingSession) => Date.parse(open) <= now && now < Date.parse(close);
    const regular = days.flatMap((day) => day.regular);
    const isExtended = days.some((day) => day.extended.some(isOn));
    const current = regular.find(isOn) ?? regular.find(({ open }) => Date.parse(open) > now);
    const next = regular.find(({ open }) => Date.parse(open) > now);
    const told = (iso: string) => momentIn(timeZone, iso);
    const today = told(new Date(now).toISOString());
    const shown = ({ open, close }: TradingSession) => hoursOf(told(open), told(close));
    return {
      conid,
      symbol,
      exchange,
      time_zone: timeZone,
      now: today,
      state: regular.some(isOn)
        ? ('open' as const)
        : isExtended
          ? ('extended_hours' as const)
          : ('closed' as const),
      closes_at: current === undefined ? null : told(current.close),
      next_open: next === undefined ? null : told(next.open),
      days: days
        .filter(({ date }) => date >= today.at_exchange.slice(0, 10))
        .slice(0, args.days)
        .map((day) => ({
          date: day.date,
          regular: day.regular.map(shown),
          extended: day.extended.map(shown),
        })),
      ...shownUnread(unread),
    };
  },
});

/** A moment in both times. The exchange's is that of UTC where its zone is not known. */
function momentIn(timeZone: string, iso: string): z.output<typeof moment> {
  return { at_exchange: localTime(timeZone, iso), utc: shortTime(iso.replace(/:\d\d\.\d{3}Z$/, ':00Z')) };
}

function localTime(timeZone: string, iso: string): string {
  try {
    return new Date(iso).toLocaleString('sv-SE', { timeZone }).slice(0, 16);
  } catch {
    return iso.slice(0, 16).replace('T', ' ');
  }
}

/** `09:30-16:00`; with the date of the end where that is another day. */
function hoursOf(open: z.output<typeof moment>, close: z.output<typeof moment>): string {
  const isSameDay = open.at_exchange.slice(0, 10) === close.at_exchange.slice(0, 10);
  return `${clock(open)}-${isSameDay ? clock(close) : close.at_exchange}`;
}

/** `09:30`, of a moment in the exchange's time. */
function clock({ at_exchange }: z.output<typeof moment>): string {
  return at_exchange.slice(11);
}
