import { z } from 'zod';
import { getPriceUnit, priceUnitWords } from '../../broker/contracts/price-unit.ts';
import { getHistory } from '../../broker/market/history.ts';
import { findInstrument } from '../contracts/instrument.ts';
import { instrumentOutput, shownInstrument } from '../contracts/instrument-output.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread, unreadOutput } from '../unread-output.ts';
import { historyArguments, historyRequest } from './history-arguments.ts';
import { priceUnitOutput } from './price-unit-output.ts';

export const getHistoryTool = defineTool({
  name: 'get_history',
  title: 'Price history',
  description:
    'Price bars (open, high, low, close, volume) of one instrument, oldest first, at most 1000. For only the change over a period use get_change, which is much shorter.',
  scope: 'read',
  annotations: READS,
  input: historyArguments,
  output: z.strictObject({
    ...instrumentOutput,
    currency: z.string(),
    price_unit: priceUnitOutput,
    period: z.string(),
    bar: z.string(),
    time_zone: z.string().nullable().describe('Of date.'),
    delayed_by_seconds: z.number().nullable(),
    truncated: z.boolean().describe('The oldest bars are missing: ask for a shorter period or longer bars.'),
    bars: z.array(
      z.strictObject({
        time: z.string().describe('Start of the bar, in UTC.'),
        date: z
          .string()
          .nullable()
          .optional()
          .describe(
            'Of bars of a day or longer: its first trading day at the exchange. Tell this, not time.',
          ),
        open: z.number(),
        high: z.number(),
        low: z.number(),
        close: z.number(),
        volume: z.number().nullable(),
      }),
    ),
    unread: unreadOutput,
  }),
  async run(args, context) {
    const contract = await findInstrument(context, args);
    const history = await getHistory(context.ibkr, historyRequest(args, contract.conid));
    const unit = await getPriceUnit(context.ibkr, contract);
    return {
      ...(await shownInstrument(context, contract)),
      currency: unit.currency,
      price_unit: priceUnitWords(unit),
      period: history.period,
      bar: history.bar,
      time_zone: history.timeZone,
      delayed_by_seconds: history.delaySeconds,
      truncated: history.truncated,
      bars: history.bars,
      ...shownUnread(history.unread),
    };
  },
});
