import { z } from 'zod';
import { getContractDetails } from '../../broker/contracts/contract-details.ts';
import { instrumentInput } from '../arguments.ts';
import { toSnakeCase } from '../snake-case.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { findInstrument } from './instrument.ts';
import { shownWithTerms } from './instrument-output.ts';

export const getContractTool = defineTool({
  name: 'get_contract',
  title: 'Contract details',
  description:
    'One instrument: full name, exchanges, industry, multiplier, terms of a derivative, and the rules for orders on it.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: instrumentInput({}),
  output: z.strictObject({
    conid: z.number(),
    symbol: z.string(),
    local_symbol: z.string().nullable(),
    name: z.string().nullable(),
    sec_type: z.string(),
    exchange: z.string().nullable(),
    listing_exchange: z.string().optional(),
    valid_exchanges: z.array(z.string()),
    currency: z.string(),
    description: z.string().optional(),
    strike: z.number().nullable(),
    right: z.enum(['call', 'put']).nullable(),
    note: z.string().optional(),
    trading_class: z.string().nullable(),
    industry: z.string().nullable(),
    category: z.string().nullable(),
    multiplier: z.number().nullable(),
    underlying_conid: z.number().nullable(),
    maturity: z.string().nullable(),
    extended_hours: z.boolean().describe('Also trades outside regular hours.'),
    rules: z
      .strictObject({
        order_types: z.array(z.string()),
        fractional_order_types: z.array(z.string()),
        price_increment: z.number().nullable(),
        size_increment: z.number().nullable(),
      })
      .nullable(),
  }),
  async run(args, context) {
    const contract = await findInstrument(context, args);
    const [details, { description, derivative, note }] = await Promise.all([
      getContractDetails(context.ibkr, contract.conid),
      shownWithTerms(context, contract),
    ]);
    return {
      ...toSnakeCase(details),
      // Details of a pair are under its first currency.
      symbol: contract.symbol,
      // Routing has no place of its own; which listing it is, this says.
      ...(contract.exchange === null ? {} : { listing_exchange: contract.exchange }),
      ...(description === undefined ? {} : { description }),
      strike: derivative?.strike ?? null,
      right: derivative?.right ?? null,
      ...(note === undefined ? {} : { note }),
    };
  },
});
