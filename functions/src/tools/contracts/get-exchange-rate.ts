import { z } from 'zod';
import { getExchangeRate } from '../../broker/market/exchange-rate.ts';
import { currency } from '../arguments.ts';
import { defineTool, READS } from '../tool.ts';

export const getExchangeRateTool = defineTool({
  name: 'get_exchange_rate',
  title: 'Exchange rate',
  description:
    'The rate at which IBKR converts one currency into another. For a tradable price of a currency pair use get_quote with a symbol such as EUR.USD.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({
    from: currency().describe('Currency to convert from, such as EUR.'),
    to: currency().describe('Currency to convert to, such as USD.'),
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
