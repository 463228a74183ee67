import { z } from 'zod';
import { getPriceUnits } from '../../broker/contracts/price-unit.ts';
import { getOptionChain, MAX_STRIKES, MONTHS, type OptionChain } from '../../broker/market/option-chain.ts';
import type { OptionRight } from '../../broker/market/option-series.ts';
import { unreadOutput } from '../../contract/tool-outputs/parts.ts';
import { code, flag, identifier, instrumentInput, number, positiveAmount } from '../arguments.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { findInstrument } from './instrument.ts';

const RIGHTS: Record<'CALL' | 'PUT' | 'BOTH', readonly OptionRight[]> = {
  CALL: ['call'],
  PUT: ['put'],
  BOTH: ['call', 'put'],
};

export const getOptionChainTool = defineTool({
  name: 'get_option_chain',
  title: 'Option chain',
  description:
    'Options on one underlying at one expiry: the strikes nearest the current price, with the conid of each option and, on request, its quote. months lists what other expiries there are; all options are of one trading class, and other_classes names further ones of that expiry.',
  scope: 'read',
  annotations: READS_MARKETS,
  input: instrumentInput({
    expiry: z
      .preprocess(
        expirySpelling,
        z
          .string()
          .regex(/^(\d{4}-\d{2}-\d{2}|[A-Z]{3}\d{2})$/, 'a date such as 2026-06-18 or a month such as JUN26'),
      )
      .optional()
      .describe('Date, or month such as JUN26. The nearest when left out.'),
    trading_class: identifier().optional().describe('Such as SPXW, where one expiry has several.'),
    strikes: number(z.number().int().min(1).max(MAX_STRIKES)).default(6).describe('How many strikes.'),
    around: positiveAmount()
      .optional()
      .describe('A price to take the strikes around instead of the current one.'),
    right: code(['BOTH', 'CALL', 'PUT']).default('BOTH'),
    quotes: flag().default(false).describe('Also bid, ask and last of each.'),
  }),
  output: z.strictObject({
    underlying: z.strictObject({
      conid: z.number(),
      symbol: z.string(),
      price: z.number().nullable(),
      price_unit: z.string().nullable(),
    }),
    price_unit: z.string().nullable().describe('Of the options’ prices, as in get_quote.'),
    months: z.array(z.string()),
    month: z.string(),
    expiries: z.array(z.string()).describe('Seen in this month.'),
    expiry: z.string(),
    trading_class: z.string().nullable(),
    multiplier: z.number().nullable(),
    other_classes: z
      .array(z.strictObject({ trading_class: z.string().nullable(), multiplier: z.number().nullable() }))
      .describe('Of the same expiry, not listed here.'),
    note: z.string().optional(),
    unread: unreadOutput,
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
      ...(args.trading_class === undefined ? {} : { tradingClass: args.trading_class }),
      strikes: args.strikes,
      ...(args.around === undefined ? {} : { around: args.around }),
      rights: RIGHTS[args.right],
      quotes: args.quotes,
    });
    const [option] = chain.options;
    const priced = option && { ...option, secType: underlying.secType === 'FUT' ? 'FOP' : 'OPT' };
    const unitOf = await getPriceUnits(context.ibkr, [underlying, ...(priced === undefined ? [] : [priced])]);
    return {
      underlying: {
        conid: underlying.conid,
        symbol: underlying.symbol,
        price: chain.underlyingPrice,
        price_unit: unitOf(underlying),
      },
      price_unit: priced === undefined ? null : unitOf(priced),
      months: chain.months,
      month: chain.month,
      expiries: chain.expiries,
      expiry: chain.expiry,
      trading_class: chain.tradingClass,
      multiplier: chain.multiplier,
      other_classes: chain.otherSeries.map(({ tradingClass, multiplier }) => ({
        trading_class: tradingClass,
        multiplier,
      })),
      ...noteOn(chain),
      ...shownUnread(chain.unread),
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

/** `20261218`, `2026-12` and `Dec 2026` in the two forms that are taken. */
function expirySpelling(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const written = value.trim().toUpperCase();
  const [, year, month = '', day] = /^(\d{4})-?(\d{2})(?:-?(\d{2}))?$/.exec(written) ?? [];
  if (day !== undefined) return `${year}-${month}-${day}`;
  if (year !== undefined) return `${MONTHS[Number(month) - 1]}${year.slice(2)}`;
  const [, name, short] = /^([A-Z]{3})[A-Z]*[ '-]*(?:20)?(\d{2})$/.exec(written) ?? [];
  return name === undefined ? written : `${name}${short}`;
}

function noteOn({ isCut, hasStoppedTrading, expiry, otherSeries, tradingClass }: OptionChain): {
  note?: string;
} {
  const sentences = [
    hasStoppedTrading ? `Options that expire on ${expiry} trade no more.` : [],
    otherSeries.length > 0
      ? `All listed here are of the class ${tradingClass}; ${otherSeries
          .map((one) => `${one.tradingClass} (multiplier ${one.multiplier})`)
          .join(', ')} also has options that expire on ${expiry}, which are other contracts.`
      : [],
    isCut
      ? 'Not all strikes of the month could be looked at, so that nearer ones, or more, may be missing: around gives those near another price.'
      : [],
  ].flat();
  return sentences.length === 0 ? {} : { note: sentences.join(' ') };
}
