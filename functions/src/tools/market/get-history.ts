import type { z } from 'zod';
import { getPriceUnit, priceUnitWords } from '../../broker/contracts/price-unit.ts';
import { type Bar, getHistory, type History } from '../../broker/market/history.ts';
import { tableOf } from '../../contract/table.ts';
import { type BarRow, historyOutput } from '../../contract/tool-outputs/market.ts';
import { rounded } from '../../text/decimals.ts';
import { cutTable, tableBudget } from '../answer-size.ts';
import { findInstrument } from '../contracts/instrument.ts';
import { shownInstrument } from '../contracts/instrument-output.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { BAR_FIELDS, barsOf, historyArguments, historyRequest, usualBar } from './history-arguments.ts';
import { shortTime } from './short-time.ts';

type Arguments = z.output<typeof historyArguments>;

/** Of a price; bonds go by 64ths of a point. */
const MOST_DECIMALS = 8;

export const getHistoryTool = defineTool({
  name: 'get_history',
  title: 'Price history',
  description:
    'Price bars of one instrument, oldest first, the newest 60 unless limit says otherwise. Without bar they are as long as covers the period. The change alone is in get_change.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: historyArguments,
  output: historyOutput,
  async run(args, context) {
    const contract = await findInstrument(context, args);
    const bar = args.bar ?? usualBar(args);
    const request = historyRequest({ ...args, bar }, contract.conid);
    const history = await getHistory(context.ibkr, {
      ...request,
      ...(args.before === undefined ? {} : { endTime: args.before }),
    });
    const unit = await getPriceUnit(context.ibkr, contract);
    const isBefore = ({ time }: Bar) =>
      args.before === undefined || Date.parse(time) < Date.parse(args.before);
    const asked = barsOf(args.period, history.bars).filter(isBefore);
    const { table, shown } = tableOfBars(asked.slice(-args.limit), args, tableBudget(context));
    return {
      ...(await shownInstrument(context, contract)),
      currency: unit.currency,
      price_unit: priceUnitWords(unit),
      period: args.period,
      bar: history.bar,
      ...(history.timeZone === null ? {} : { time_zone: history.timeZone }),
      delayed_by_seconds: history.delaySeconds,
      ...restOf(history, asked, shown, args),
      bars: table,
      ...shownUnread(history.unread),
    };
  },
});

/** Of a day or longer by their dates, else by the time at which they begin. */
function tableOfBars(bars: readonly Bar[], { fields = [...BAR_FIELDS] }: Arguments, budget: number) {
  const hasDates = bars.every(({ date }) => typeof date === 'string');
  const rows = bars.map(({ time, date, ...bar }): BarRow => {
    const row: BarRow = hasDates && date != null ? { date } : { time: shortTime(time) };
    for (const field of BAR_FIELDS.filter((name) => fields.includes(name))) {
      const value = bar[field];
      if (value !== null) row[field] = rounded(value, MOST_DECIMALS);
    }
    return row;
  });
  const { table, left } = cutTable(tableOf<BarRow>(['date', 'time', ...BAR_FIELDS], rows), budget, 'last');
  return { table, shown: bars.slice(left) };
}

/** Whether older bars are missing, and how to get them. */
function restOf(
  { truncated }: History,
  asked: readonly Bar[],
  shown: readonly Bar[],
  { limit }: Arguments,
): { truncated: boolean; rest?: string } {
  const left = asked.length - shown.length;
  if (left === 0 && !truncated) return { truncated: false };
  const [oldest] = shown;
  const before = oldest && (oldest.date ?? shortTime(oldest.time));
  const words = [
    left > 0
      ? `${left} older bars of the period are left out:`
      : 'IBKR gives at most 1000 bars, so that older ones are missing:',
    ...(before === undefined ? [] : [`before: "${before}" goes on from here,`]),
    ...(shown.length >= limit ? ['a larger limit shows more,'] : []),
    'longer bars or fewer fields take less room.',
  ];
  return { truncated: true, rest: words.join(' ') };
}
