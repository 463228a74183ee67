import { z } from 'zod';
import { type Contract, contractWords } from '../../broker/contracts/contracts.ts';
import { resolveTogether } from '../../broker/contracts/contracts-together.ts';
import { getPriceUnits } from '../../broker/contracts/price-unit.ts';
import { getQuotes, type Quote } from '../../broker/market/market-data.ts';
import { inWords } from '../../connections/broker-words.ts';
import { tableOf } from '../../contract/table.ts';
import { QUOTE_COLUMNS, type QuoteRow, quotesOutput } from '../../contract/tool-outputs/market.ts';
import { GatewayError } from '../../errors.ts';
import { conidArgument, symbolArgument } from '../arguments.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownGreeks } from './shown-greeks.ts';

const MOST_QUOTES = 50;

export const getQuotesTool = defineTool({
  name: 'get_quotes',
  title: 'Quotes',
  description:
    'The prices of up to 50 instruments now: last, change of the day and its percent, bid, ask, volume, of options their greeks. missing names those without a price.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: z
    .strictObject({
      symbols: z.array(symbolArgument()).max(MOST_QUOTES).optional().describe('As symbol of get_quote.'),
      conids: z.array(conidArgument()).max(MOST_QUOTES).optional(),
    })
    .superRefine(({ symbols = [], conids = [] }, check) => {
      const count = symbols.length + conids.length;
      const message =
        count === 0
          ? 'name at least one instrument in symbols or conids'
          : `at most ${MOST_QUOTES} instruments`;
      if (count === 0 || count > MOST_QUOTES) check.addIssue({ code: 'custom', message });
    }),
  output: quotesOutput,
  async run({ symbols = [], conids = [] }, { ibkr }) {
    const asked = [...new Set(symbols)];
    const askedIds = [...new Set(conids)];
    const names = [...asked, ...askedIds.map(String)];
    const found = await resolveTogether(ibkr, { symbols: asked, conids: askedIds });
    const known = found.flatMap((one) =>
      'contract' in one ? [[one.contract.conid, one.contract] as const] : [],
    );
    const contracts = [...new Map(known).values()];
    const [quotes, unitOf] = await Promise.all([
      getQuotes(
        ibkr,
        contracts.map(({ conid }) => conid),
      ),
      getPriceUnits(ibkr, contracts),
    ]);
    const failed = found.flatMap((one, index) =>
      'failure' in one ? [{ instrument: names[index] ?? '', reason: reasonOf(one.failure) }] : [],
    );
    const priced = contracts.flatMap((contract, index) => {
      const quote = quotes[index];
      return quote === undefined || isEmpty(quote) ? [] : [{ contract, quote }];
    });
    const unpriced = contracts.flatMap((contract, index) =>
      isEmpty(quotes[index]) ? [{ instrument: contract.symbol, reason: noPrice(quotes[index]) }] : [],
    );
    const missing = [...failed, ...unpriced];
    if (priced.length === 0) {
      throw new GatewayError(
        failed.length > 0 ? 'not_found' : 'no_market_data',
        missing
          .map(({ instrument, reason }) => `${instrument}: ${reason}`)
          .join(' ')
          .slice(0, 600),
        'search_security finds instruments by name. Without a price now, there may be one in a few seconds.',
      );
    }
    const rows = priced.map(({ contract, quote }) => rowOf(contract, quote, unitOf(contract)));
    const currencies = new Set(rows.map(({ currency }) => currency));
    const availabilities = new Set(rows.map(({ availability }) => availability));
    return {
      ...(currencies.size === 1 ? { currency: rows[0]?.currency } : {}),
      ...(availabilities.size === 1 ? { availability: rows[0]?.availability } : {}),
      as_of: oldest(priced.map(({ quote }) => quote.asOf)),
      quotes: tableOf(
        QUOTE_COLUMNS,
        rows.map(({ currency, availability, ...row }) => ({
          ...row,
          ...(currencies.size === 1 ? {} : { currency }),
          ...(availabilities.size === 1 ? {} : { availability }),
        })),
      ),
      ...(missing.length === 0 ? {} : { missing }),
    };
  },
});

function rowOf(contract: Contract, quote: Quote, unit: string | null): QuoteRow {
  const { symbol, conid, derivative, currency, exchange } = contract;
  return {
    symbol,
    conid,
    ...(derivative === null ? {} : { contract: contractWords(contract) }),
    exchange,
    currency,
    ...(unit === null ? {} : { price_unit: unit }),
    last: quote.last,
    change: quote.change,
    change_percent: quote.changePercent,
    bid: quote.bid,
    ask: quote.ask,
    volume: quote.volume,
    ...shownGreeks(quote),
    ...(quote.halted ? { halted: true } : {}),
    ...(quote.lastIsPreviousClose ? { last_is_previous_close: true } : {}),
    availability: quote.availability,
  };
}

function isEmpty(quote: Quote | undefined): boolean {
  return quote === undefined || (quote.last === null && quote.bid === null && quote.ask === null);
}

function noPrice(quote: Quote | undefined): string {
  return quote?.priceNote ?? 'IBKR has no price of it at the moment.';
}

function reasonOf(failure: unknown): string {
  const error = inWords(failure);
  return error instanceof GatewayError ? [error.message, error.hint].join(' ') : 'It was not found.';
}

function oldest(times: readonly (string | null)[]): string | null {
  return times.flatMap((time) => time ?? []).sort()[0] ?? null;
}
