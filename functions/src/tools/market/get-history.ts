import { getPriceUnit, priceUnitWords } from '../../broker/contracts/price-unit.ts';
import { getHistory } from '../../broker/market/history.ts';
import { historyOutput } from '../../contract/tool-outputs/market.ts';
import { findInstrument } from '../contracts/instrument.ts';
import { shownInstrument } from '../contracts/instrument-output.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { historyArguments, historyRequest } from './history-arguments.ts';

export const getHistoryTool = defineTool({
  name: 'get_history',
  title: 'Price history',
  description:
    'Price bars (open, high, low, close, volume) of one instrument, oldest first, at most 1000. For only the change over a period use get_change, which is much shorter.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: historyArguments,
  output: historyOutput,
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
