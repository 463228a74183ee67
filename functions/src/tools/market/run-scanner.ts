import { z } from 'zod';
import { runScanner } from '../../broker/market/scanner.ts';
import { unreadOutput } from '../../contract/tool-outputs/parts.ts';
import { identifier, number, positiveAmount } from '../arguments.ts';
import { snakeCased } from '../snake-case.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';

export const runScannerTool = defineTool({
  name: 'run_scanner',
  title: 'Market scanner',
  description:
    'Ranks instruments of a market, for example by gain, loss or volume: at most 50, best first. Common types: TOP_PERC_GAIN, TOP_PERC_LOSE, MOST_ACTIVE, HOT_BY_VOLUME, HIGH_OPT_IMP_VOLAT, HIGH_DIVIDEND_YIELD_IB.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: z.strictObject({
    type: identifier().describe('IBKR’s code of the ranking, such as TOP_PERC_GAIN.'),
    instrument: identifier()
      .default('STK')
      .describe('IBKR’s code of what is ranked, such as STK (US stocks) or ETF.EQ.US. Default STK.'),
    location: identifier()
      .default('STK.US.MAJOR')
      .describe('IBKR’s code of the market, which has to fit the instrument. Default STK.US.MAJOR.'),
    min_price: positiveAmount().optional().describe('Only above this price.'),
    max_price: positiveAmount().optional().describe('Only below this price.'),
    min_volume: positiveAmount().optional().describe('Only above this volume of the day.'),
    limit: number(z.number().int().min(1).max(50)).default(20).describe('How many. Default 20.'),
  }),
  output: z.strictObject({
    column: z.string().nullable().describe('What value is, such as Chg%.'),
    rows: z.array(
      z.strictObject({
        conid: z.number(),
        symbol: z.string(),
        name: z.string().nullable(),
        sec_type: z.string().nullable(),
        exchange: z.string().nullable(),
        value: z.string().nullable(),
      }),
    ),
    unread: unreadOutput,
  }),
  async run({ type, instrument, location, limit, ...bounds }, context) {
    const filters = [
      { code: 'priceAbove', value: bounds.min_price },
      { code: 'priceBelow', value: bounds.max_price },
      { code: 'volumeAbove', value: bounds.min_volume },
    ].flatMap(({ code, value }) => (value === undefined ? [] : [{ code, value }]));
    const { column, rows, unread } = await runScanner(context.ibkr, { type, instrument, location, filters });
    return { column, rows: snakeCased(rows.slice(0, limit)), ...shownUnread(unread) };
  },
});
