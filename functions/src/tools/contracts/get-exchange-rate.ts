import { z } from 'zod';
import { getExchangeRate } from '../../broker/market/exchange-rate.ts';
import { currency } from '../arguments.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';

export const getExchangeRateTool = defineTool({
  name: 'get_exchange_rate',
  title: 'Exchange rate',
  description:
    'The rate at which IBKR converts one currency into another: units of the second for one of the first.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: z.strictObject({
    from: currency(),
    to: currency(),
  }),
  output: z.strictObject({
    from: z.string(),
    to: z.string(),
    rate: z.number().describe('Units of `to` for one unit of `from`.'),
  }),
  async run({ from, to }, context) {
    return { from, to, rate: await getExchangeRate(context.ibkr, { source: from, target: to }) };
  },
});
