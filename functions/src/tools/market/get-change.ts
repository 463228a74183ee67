import { z } from 'zod';
import { getPriceUnit, priceUnitWords } from '../../broker/contracts/price-unit.ts';
import { type Bar, getHistory } from '../../broker/market/history.ts';
import { instrumentOutput, priceUnitOutput, unreadOutput } from '../../contract/tool-outputs/parts.ts';
import { GatewayError } from '../../errors.ts';
import { rounded } from '../../text/decimals.ts';
import { findInstrument } from '../contracts/instrument.ts';
import { shownInstrument } from '../contracts/instrument-output.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { barsOf, changeArguments, historyRequest } from './history-arguments.ts';

const moment = z.strictObject({
  time: z.string(),
  date: z.string().nullable().optional().describe('At the exchange, of bars of a day or longer.'),
  price: z.number(),
});

export const getChangeTool = defineTool({
  name: 'get_change',
  title: 'Price change over a period',
  description:
    'How much the price of one instrument changed over a period: from the open of the first bar to the close of the last, with the high and the low between. The change of today is in get_quote.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: changeArguments,
  output: z.strictObject({
    ...instrumentOutput,
    currency: z.string(),
    price_unit: priceUnitOutput,
    period: z.string(),
    from: moment.describe('Open of the first bar.'),
    to: moment.describe('Close of the last bar; time is the start of that bar.'),
    change: z.number(),
    change_percent: z.number().nullable(),
    high: moment,
    low: moment,
    delayed_by_seconds: z.number().nullable(),
    unread: unreadOutput,
  }),
  async run(args, context) {
    const contract = await findInstrument(context, args);
    const history = await getHistory(context.ibkr, historyRequest(args, contract.conid));
    const unit = await getPriceUnit(context.ibkr, contract);
    const [first, ...later] = barsOf(args.period, history.bars);
    if (first === undefined) {
      throw new GatewayError(
        'no_market_data',
        `IBKR has no trades of ${contract.symbol} in the period ${args.period}.`,
        'Ask for a longer period, or include trading outside regular hours.',
      );
    }
    const last = later.at(-1) ?? first;
    const highest = later.reduce((best, bar) => (bar.high > best.high ? bar : best), first);
    const lowest = later.reduce((best, bar) => (bar.low < best.low ? bar : best), first);
    const change = last.close - first.open;
    return {
      ...(await shownInstrument(context, contract)),
      currency: unit.currency,
      price_unit: priceUnitWords(unit),
      period: args.period,
      from: momentOf(first, first.open),
      to: momentOf(last, last.close),
      change: rounded(change, 6),
      change_percent: first.open === 0 ? null : rounded((100 * change) / Math.abs(first.open), 2),
      high: momentOf(highest, highest.high),
      low: momentOf(lowest, lowest.low),
      delayed_by_seconds: history.delaySeconds,
      ...shownUnread(history.unread),
    };
  },
});

function momentOf({ time, date }: Bar, price: number): z.output<typeof moment> {
  return { time, ...(date === undefined ? {} : { date }), price };
}
