import { z } from 'zod';
import { getPriceUnits } from '../../broker/contracts/price-unit.ts';
import type { Availability, Quote } from '../../broker/market/market-data.ts';
import {
  getOptionChain,
  MAX_STRIKES,
  MONTHS,
  type OptionChain,
  type OptionChainRequest,
  type OptionContract,
} from '../../broker/market/option-chain.ts';
import { getChainAtDelta } from '../../broker/market/option-delta.ts';
import type { OptionRight } from '../../broker/market/option-series.ts';
import { tableOf } from '../../contract/table.ts';
import { greeks } from '../../contract/tool-outputs/market.ts';
import { columnsOf, tableOutput, unreadOutput } from '../../contract/tool-outputs/parts.ts';
import {
  boundsInOrder,
  code,
  flag,
  identifier,
  instrumentInput,
  number,
  positiveAmount,
} from '../arguments.ts';
import { shownGreeks } from '../market/shown-greeks.ts';
import { defineTool, READS_MARKETS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { findInstrument } from './instrument.ts';

const RIGHTS: Record<'CALL' | 'PUT' | 'BOTH', readonly OptionRight[]> = {
  CALL: ['call'],
  PUT: ['put'],
  BOTH: ['call', 'put'],
};

const USUAL_STRIKES = 6;

const price = z.number().nullable().optional();
const optionRow = z.strictObject({
  strike: z.number(),
  right: z.enum(['call', 'put']),
  conid: z.number(),
  bid: price,
  ask: price,
  last: price,
  volume: price,
  ...greeks,
});
const OPTION_COLUMNS = columnsOf(optionRow);

export const getOptionChainTool = defineTool({
  name: 'get_option_chain',
  title: 'Option chain',
  description:
    'Options on one underlying at one expiry: the strikes nearest the price or a delta, or within bounds, with conids and, on request, quotes and greeks. months and expiries list the others.',
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
      .describe('Date, or month such as JUN26: its third Friday. The nearest when left out.'),
    trading_class: identifier().optional().describe('Such as SPXW, where one expiry has several.'),
    strikes: number(z.number().int().min(1).max(MAX_STRIKES))
      .optional()
      .describe(`${USUAL_STRIKES} when left out, ${MAX_STRIKES} within bounds.`),
    strike_min: positiveAmount().optional(),
    strike_max: positiveAmount().optional(),
    around: positiveAmount().optional().describe('A price to take strikes around.'),
    delta: number(z.number().min(-1).max(1))
      .optional()
      .describe('A delta to take strikes around, such as 0.3.'),
    right: code(['BOTH', 'CALL', 'PUT']).default('BOTH'),
    quotes: flag().default(false).describe('Also quotes and greeks.'),
  }).superRefine(boundsInOrder('strike_min', 'strike_max')),
  output: z.strictObject({
    underlying: z.strictObject({
      conid: z.number(),
      symbol: z.string(),
      price: z.number().nullable(),
      price_unit: z.string().optional(),
    }),
    expiry: z.string(),
    trading_class: z.string().nullable(),
    multiplier: z.number().nullable(),
    currency: z.string().nullable(),
    price_unit: z.string().optional().describe('Of the options’ prices, as in get_quote.'),
    month: z.string(),
    expiries: z.array(z.string()).describe('Seen in this month.'),
    months: z.array(z.string()),
    other_classes: z
      .array(z.strictObject({ trading_class: z.string().nullable(), multiplier: z.number().nullable() }))
      .optional()
      .describe('Of the same expiry, not listed here.'),
    availability: z.string().optional().describe('Of the quotes: the oldest kind among them.'),
    note: z.string().optional(),
    unread: unreadOutput,
    options: tableOutput(optionRow),
  }),
  async run(args, context) {
    const underlying = await findInstrument(context, args);
    const request = { underlying, ...requestOf(args) };
    const chain = await (args.delta === undefined
      ? getOptionChain(context.ibkr, request)
      : getChainAtDelta(context.ibkr, request, Math.abs(args.delta)));
    const [option] = chain.options;
    const priced = option && { ...option, secType: underlying.secType === 'FUT' ? 'FOP' : 'OPT' };
    const unitOf = await getPriceUnits(context.ibkr, [underlying, ...(priced === undefined ? [] : [priced])]);
    const [unitOfUnderlying, unit] = [unitOf(underlying), priced === undefined ? null : unitOf(priced)];
    const quotes = chain.options.flatMap(({ quote }) => quote ?? []);
    return {
      underlying: {
        conid: underlying.conid,
        symbol: underlying.symbol,
        price: chain.underlyingPrice,
        ...(unitOfUnderlying === null ? {} : { price_unit: unitOfUnderlying }),
      },
      expiry: chain.expiry,
      trading_class: chain.tradingClass,
      multiplier: chain.multiplier,
      currency: option?.currency ?? null,
      ...(unit === null ? {} : { price_unit: unit }),
      month: chain.month,
      expiries: chain.expiries,
      months: chain.months,
      ...(chain.otherSeries.length === 0
        ? {}
        : {
            other_classes: chain.otherSeries.map(({ tradingClass, multiplier }) => ({
              trading_class: tradingClass,
              multiplier,
            })),
          }),
      ...(quotes.length === 0 ? {} : { availability: leastCurrent(quotes) }),
      ...noteOn(chain),
      ...shownUnread(chain.unread),
      options: tableOf(OPTION_COLUMNS, chain.options.map(optionRowOf)),
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

interface ChainArguments {
  expiry?: string | undefined;
  trading_class?: string | undefined;
  strikes?: number | undefined;
  strike_min?: number | undefined;
  strike_max?: number | undefined;
  around?: number | undefined;
  delta?: number | undefined;
  right: keyof typeof RIGHTS;
  quotes: boolean;
}

function requestOf(args: ChainArguments): Omit<OptionChainRequest, 'underlying'> {
  const hasReach = args.strike_min !== undefined || args.strike_max !== undefined;
  return {
    ...(args.expiry === undefined ? {} : { expiry: args.expiry }),
    ...(args.trading_class === undefined ? {} : { tradingClass: args.trading_class }),
    ...(args.strike_min === undefined ? {} : { strikeMin: args.strike_min }),
    ...(args.strike_max === undefined ? {} : { strikeMax: args.strike_max }),
    ...(args.around === undefined ? {} : { around: args.around }),
    strikes: args.strikes ?? (hasReach ? MAX_STRIKES : USUAL_STRIKES),
    rights: RIGHTS[args.right],
    quotes: args.quotes || args.delta !== undefined,
  };
}

function optionRowOf({ strike, right, conid, quote }: OptionContract): z.output<typeof optionRow> {
  const option = { strike, right, conid };
  if (quote === null) return option;
  const { bid, ask, last, volume } = quote;
  return { ...option, bid, ask, last, volume, ...shownGreeks(quote) };
}

/** From the newest to what says least. */
const AVAILABILITIES: readonly Availability[] = [
  ...(['realtime', 'delayed', 'frozen', 'frozen_delayed', 'unknown', 'not_subscribed'] as const),
];

function leastCurrent(quotes: readonly Pick<Quote, 'availability'>[]): Availability {
  const places = quotes.map(({ availability }) => AVAILABILITIES.indexOf(availability));
  return AVAILABILITIES[Math.max(...places)] ?? 'unknown';
}
