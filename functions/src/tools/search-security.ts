import { z } from 'zod';
import { searchContracts } from '../ibkr/contracts.ts';
import { getFutures } from '../ibkr/futures.ts';
import { flag, text } from './arguments.ts';
import type { ToolContext } from './context.ts';
import { defineTool, READS } from './tool.ts';

const MOST_RESULTS = 20;

export const searchSecurityTool = defineTool({
  name: 'search_security',
  title: 'Search securities',
  description:
    'Finds instruments by ticker, or by company name with by_name, or the futures of a symbol. One ticker often has listings in several countries: compare exchange before using a conid. Not needed before other tools when the ticker is known, since they take symbol.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({
    query: text(60).describe('A ticker such as NVDA, or a company name with by_name.'),
    by_name: flag().default(false).describe('Search company names instead of tickers. Default false.'),
    futures: flag()
      .default(false)
      .describe('List the futures of a symbol such as ES instead. Default false.'),
  }),
  output: z.strictObject({
    results: z.array(
      z.strictObject({
        conid: z.number(),
        symbol: z.string(),
        name: z.string().nullable(),
        exchange: z.string().nullable(),
        expiry: z.string().optional().describe('Of futures.'),
        security_types: z.array(z.string()).describe('What can be traded on it: STK, OPT, CFD, …'),
      }),
    ),
    truncated: z.boolean().describe('There were more results: make the query more exact.'),
  }),
  async run(args, context) {
    if (args.futures) return futuresOf(args.query, context);
    const found = await searchContracts(context.ibkr, { query: args.query, byName: args.by_name });
    return {
      results: found.slice(0, MOST_RESULTS).map((match) => ({
        conid: match.conid,
        symbol: match.symbol,
        name: match.name,
        exchange: match.exchange,
        security_types: match.secTypes,
      })),
      truncated: found.length > MOST_RESULTS,
    };
  },
});

async function futuresOf(symbol: string, { ibkr }: ToolContext) {
  const listed = await getFutures(ibkr, symbol);
  return {
    results: listed.slice(0, MOST_RESULTS).map((future) => ({
      ...future,
      name: null,
      exchange: null,
      security_types: ['FUT'],
    })),
    truncated: listed.length > MOST_RESULTS,
  };
}
