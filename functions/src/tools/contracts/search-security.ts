import { z } from 'zod';
import {
  type FoundContract,
  type FoundContracts,
  findByName,
  findContracts,
  findFutures,
} from '../../broker/contracts/contract-search.ts';
import { otherMeaning } from '../../broker/contracts/symbols.ts';
import { otherMeaningWords } from '../../connections/instrument-words.ts';
import { tableOf } from '../../contract/table.ts';
import { MATCH_COLUMNS, type Match, searchOutput } from '../../contract/tool-outputs/market.ts';
import { flag, text } from '../arguments.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';

export const searchSecurityTool = defineTool({
  name: 'search_security',
  title: 'Search securities',
  description:
    'Finds instruments by ticker, else by company name, or the futures of a symbol, each with exchange, currency and conid.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: z.strictObject({
    query: text(60).describe('A ticker or a company name.'),
    by_name: flag().default(false).describe('Only company names.'),
    futures: flag().default(false).describe('The futures of a symbol such as ES instead.'),
  }),
  output: searchOutput,
  async run({ query, by_name, futures }, { ibkr }) {
    const search = futures ? findFutures : by_name ? findByName : findContracts;
    const found = await search(ibkr, query);
    return {
      results: tableOf(MATCH_COLUMNS, found.results.map(shownResult)),
      found_by: found.foundBy,
      truncated: found.isTruncated,
      ...noteOn(found, query, futures ? 'futures' : by_name ? 'name' : 'ticker'),
      ...shownUnread(found.unread),
    };
  },
});

function shownResult({
  derivative,
  secType,
  secTypes,
  tradingClass,
  localSymbol,
  ...found
}: FoundContract): Match {
  const { expiry, strike, right, multiplier } = derivative ?? {};
  const others = secTypes.filter((one) => one !== secType);
  return {
    ...found,
    security_type: secType,
    ...(expiry == null ? {} : { expiry }),
    ...(strike == null ? {} : { strike }),
    ...(right == null ? {} : { right }),
    ...(multiplier == null ? {} : { multiplier }),
    ...(tradingClass == null ? {} : { trading_class: tradingClass }),
    ...(localSymbol == null ? {} : { local_symbol: localSymbol }),
    ...(others.length === 0 ? {} : { security_types: others.join(' ') }),
  };
}

function noteOn(
  { results, foundBy }: FoundContracts,
  query: string,
  askedFor: FoundContracts['foundBy'],
): { note?: string } {
  if (results.length === 0) return { note: ISIN.test(query) ? NO_ISIN : NOTHING[askedFor] };
  if (askedFor === 'ticker' && foundBy === 'name') {
    return { note: `No ticker '${query}' was found: these are companies of that name.` };
  }
  if (askedFor === 'ticker' && foundBy === 'futures') {
    return { note: `'${query}' names futures, of which each has its own conid.` };
  }
  const meaning = foundBy === 'ticker' ? otherMeaning(query.toUpperCase()) : null;
  return meaning === null ? {} : { note: otherMeaningWords(meaning) };
}

/** ISO 6166. */
const ISIN = /^[A-Z]{2}[A-Z0-9]{9}\d$/i;
const NO_ISIN =
  'That is an ISIN, by which IBKR does not search. Try the ticker, or a part of the company’s English name.';

/** What to do when there is nothing. */
const NOTHING = {
  ticker:
    'Neither a ticker nor a company of that name was found. Try a part of the company’s English name, the ticker on its home exchange, or futures: true for a future.',
  name: 'No company of that name was found. Try a part of its English name, or its ticker without by_name.',
  futures:
    'No futures of that symbol were found. Give the symbol of the future, such as ES, NQ, CL or GC, without month or year.',
} as const;
