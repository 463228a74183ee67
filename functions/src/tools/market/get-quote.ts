import { getPriceUnit, priceUnitWords } from '../../broker/contracts/price-unit.ts';
import { getQuotes } from '../../broker/market/market-data.ts';
import { quoteOutput } from '../../contract/tool-outputs/market.ts';
import { GatewayError } from '../../errors.ts';
import { instrumentInput } from '../arguments.ts';
import { findInstrument } from '../contracts/instrument.ts';
import { shownWithTerms } from '../contracts/instrument-output.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownGreeks } from './shown-greeks.ts';

export const getQuoteTool = defineTool({
  name: 'get_quote',
  title: 'Quote',
  description:
    'The price of one instrument now: last, bid, ask, the day’s range, volume and change since the previous close, in its currency or price_unit. availability says whether it is realtime. Of an option also its greeks.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: instrumentInput({}),
  output: quoteOutput,
  async run(args, context) {
    const contract = await findInstrument(context, args);
    const [[quote], unit] = await Promise.all([
      getQuotes(context.ibkr, [contract.conid]),
      getPriceUnit(context.ibkr, contract),
    ]);
    if (quote === undefined || (quote.last === null && quote.bid === null && quote.ask === null)) {
      throw new GatewayError(
        'no_market_data',
        [`IBKR has no price for ${contract.symbol} at the moment.`, quote?.priceNote]
          .filter(Boolean)
          .join(' '),
        'Try again in a few seconds. If there is still none, the IBKR user may lack the market data subscription.',
      );
    }
    return {
      ...(await shownWithTerms(context, contract)),
      currency: unit.currency,
      price_unit: priceUnitWords(unit),
      last: quote.last,
      bid: quote.bid,
      ask: quote.ask,
      bid_size: quote.bidSize,
      ask_size: quote.askSize,
      volume: quote.volume,
      open: quote.open,
      high: quote.high,
      low: quote.low,
      previous_close: quote.previousClose,
      change: quote.change,
      change_percent: quote.changePercent,
      halted: quote.halted,
      last_is_previous_close: quote.lastIsPreviousClose,
      availability: quote.availability,
      as_of: quote.asOf,
      ...shownGreeks(quote),
      price_note: quote.priceNote,
    };
  },
});
