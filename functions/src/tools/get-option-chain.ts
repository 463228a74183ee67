import { z } from 'zod';
import { getOptionChain, MAX_STRIKES, type OptionRight } from '../ibkr/option-chain.ts';
import { code, flag, instrumentInput, number } from './arguments.ts';
import { findInstrument } from './instrument.ts';
import { defineTool, READS } from './tool.ts';

const RIGHTS: Record<'CALL' | 'PUT' | 'BOTH', readonly OptionRight[]> = {
  CALL: ['call'],
  PUT: ['put'],
  BOTH: ['call', 'put'],
};

export const getOptionChainTool = defineTool({
  name: 'get_option_chain',
  title: 'Option chain',
  description:
    'Options on one underlying at one expiry: the strikes nearest the current price, with the conid of each option and, on request, its quote. Name the underlying by symbol. Without an expiry it is the nearest; months lists the others. Quotes and more strikes take longer.',
  scope: 'read',
  annotations: READS,
  input: instrumentInput({
    expiry: z
      .preprocess(
        (value) => (typeof value === 'string' ? value.trim().toUpperCase() : value),
        z
          .string()
          .regex(/^(\d{4}-\d{2}-\d{2}|[A-Z]{3}\d{2})$/, 'a date such as 2026-06-18 or a month such as JUN26'),
      )
      .optional()
      .describe('Date such as 2026-06-18, or month such as JUN26. The nearest when left out.'),
    strikes: number(z.number().int().min(1).max(MAX_STRIKES))
      .default(6)
      .describe(`How many strikes around the price, at most ${MAX_STRIKES}. Default 6.`),
    right: code(['BOTH', 'CALL', 'PUT']).default('BOTH').describe('Default BOTH.'),
    quotes: flag().default(false).describe('Also bid, ask and last of each option. Default false.'),
  }),
  output: z.strictObject({
    underlying: z.strictObject({ conid: z.number(), symbol: z.string(), price: z.number().nullable() }),
    months: z.array(z.string()),
    month: z.string(),
    expiries: z.array(z.string()).describe('Other expiries in the same month.'),
    expiry: z.string(),
    options: z.array(
      z.strictObject({
        conid: z.number(),
        right: z.enum(['call', 'put']),
        strike: z.number(),
        multiplier: z.number().nullable(),
        trading_class: z.string().nullable(),
        currency: z.string().nullable(),
        quote: z
          .strictObject({
            bid: z.number().nullable(),
            ask: z.number().nullable(),
            last: z.number().nullable(),
            volume: z.number().nullable(),
            availability: z.string(),
            as_of: z.string().nullable(),
          })
          .optional(),
      }),
    ),
  }),
  async run(args, context) {
    const underlying = await findInstrument(context, args);
    const chain = await getOptionChain(context.ibkr, {
      underlying,
      ...(args.expiry === undefined ? {} : { expiry: args.expiry }),
      strikes: args.strikes,
      rights: RIGHTS[args.right],
      quotes: args.quotes,
    });
    return {
      underlying: { conid: underlying.conid, symbol: underlying.symbol, price: chain.underlyingPrice },
      months: chain.months,
      month: chain.month,
      expiries: chain.expiries,
      expiry: chain.expiry,
      options: chain.options.map(({ quote, ...option }) => ({
        conid: option.conid,
        right: option.right,
        strike: option.strike,
        multiplier: option.multiplier,
        trading_class: option.tradingClass,
        currency: option.currency,
        ...(quote === null
          ? {}
          : {
              quote: {
                bid: quote.bid,
                ask: quote.ask,
                last: quote.last,
                volume: quote.volume,
                availability: quote.availability,
                as_of: quote.asOf,
              },
            }),
      })),
    };
  },
});
