import { z } from 'zod';
import { getTradingSchedule, type TradingSession } from '../../broker/contracts/trading-schedule.ts';
import { unreadOutput } from '../../contract/tool-outputs/parts.ts';
import { instrumentInput } from '../arguments.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { findInstrument } from './instrument.ts';

const session = z.strictObject({ open: z.string(), close: z.string() });

export const getMarketHoursTool = defineTool({
  name: 'get_market_hours',
  title: 'Market hours',
  description:
    'Whether one instrument trades now, and its regular and extended hours. A day without hours, or missing, is a holiday or weekend.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: instrumentInput({}),
  output: z.strictObject({
    conid: z.number(),
    symbol: z.string(),
    exchange: z.string().nullable(),
    time_zone: z.string(),
    now: z.string(),
    state: z.enum(['open', 'extended_hours', 'closed']),
    next_open: z.string().nullable().describe('The next regular session, if it is known.'),
    days: z.array(
      z.strictObject({ date: z.string(), regular: z.array(session), extended: z.array(session) }),
    ),
    unread: unreadOutput,
  }),
  async run(args, context) {
    const { conid, symbol, exchange } = await findInstrument(context, args);
    const { timeZone, days, unread } = await getTradingSchedule(context.ibkr, { conid });
    const now = Date.now();
    const isOn = ({ open, close }: TradingSession) => Date.parse(open) <= now && now < Date.parse(close);
    const regular = days.flatMap((day) => day.regular);
    const isExtended = days.some((day) => day.extended.some(isOn));
    return {
      conid,
      symbol,
      exchange,
      time_zone: timeZone,
      now: new Date(now).toISOString(),
      state: regular.some(isOn)
        ? ('open' as const)
        : isExtended
          ? ('extended_hours' as const)
          : ('closed' as const),
      next_open: regular.find(({ open }) => Date.parse(open) > now)?.open ?? null,
      days,
      ...shownUnread(unread),
    };
  },
});
