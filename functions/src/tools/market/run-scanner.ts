import { z } from 'zod';
import { runScanner } from '../../broker/market/scanner.ts';
import { tableOf } from '../../contract/table.ts';
import { tableOutput, unreadOutput } from '../../contract/tool-outputs/parts.ts';
import { boundsInOrder, identifier, number, positiveAmount } from '../arguments.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';

/** Words for IBKR's codes of rankings. */
const PLAIN_TYPES: Readonly<Record<string, string>> = {
  gainers: 'TOP_PERC_GAIN',
  losers: 'TOP_PERC_LOSE',
  most_active: 'MOST_ACTIVE',
  hot_by_volume: 'HOT_BY_VOLUME',
  high_dividend: 'HIGH_DIVIDEND_YIELD_IB',
  high_option_volatility: 'HIGH_OPT_IMP_VOLAT',
};

/** `Top gainers` is `gainers`; what has no plain word is taken for a code. */
function rankingCode(type: unknown): unknown {
  if (typeof type !== 'string') return type;
  const words = type.trim().toLowerCase().replaceAll(/[ -]+/g, '_');
  return PLAIN_TYPES[words] ?? PLAIN_TYPES[words.replace(/^(top|biggest)_/, '')] ?? words.toUpperCase();
}

const row = z.strictObject({
  symbol: z.string(),
  conid: z.number(),
  name: z.string().nullable(),
  exchange: z.string().nullable(),
  security_type: z.string().optional().describe('Stocks where there is no such column.'),
  value: z.string().nullable(),
});

export const runScannerTool = defineTool({
  name: 'run_scanner',
  title: 'Market scanner',
  description:
    'Ranks the instruments of a market by gain, loss, volume, dividend or another measure: at most 50, best first.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: z
    .strictObject({
      type: z
        .preprocess(rankingCode, identifier())
        .describe(`${Object.keys(PLAIN_TYPES).join(', ')}, or IBKR’s code of a ranking.`),
      instrument: identifier().default('STK').describe('IBKR’s code, such as ETF.EQ.US.'),
      location: identifier().default('STK.US.MAJOR').describe('IBKR’s code, of the same kind.'),
      min_price: positiveAmount().optional(),
      max_price: positiveAmount().optional(),
      min_volume: positiveAmount().optional(),
      limit: number(z.number().int().min(1).max(50)).default(20),
    })
    .superRefine(boundsInOrder('min_price', 'max_price')),
  output: z.strictObject({
    column: z.string().nullable().describe('What value is, such as Chg%.'),
    results: tableOutput(row),
    unread: unreadOutput,
  }),
  async run({ type, instrument, location, limit, ...bounds }, context) {
    const filters = [
      { code: 'priceAbove', value: bounds.min_price },
      { code: 'priceBelow', value: bounds.max_price },
      { code: 'volumeAbove', value: bounds.min_volume },
    ].flatMap(({ code, value }) => (value === undefined ? [] : [{ code, value }]));
    const found = await runScanner(context.ibkr, { type, instrument, location, filters });
    const rows = found.rows.slice(0, limit);
    const areStocks = rows.every(({ secType }) => secType === 'STK');
    return {
      column: found.column,
      results: tableOf<z.output<typeof row>>(
        ['symbol', 'conid', 'name', 'exchange', 'security_type', 'value'],
        rows.map(({ secType, ...one }) => ({
          ...one,
          ...(areStocks || secType === null ? {} : { security_type: secType }),
        })),
      ),
      ...shownUnread(found.unread),
    };
  },
});
