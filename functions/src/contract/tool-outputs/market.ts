/** What the tools about instruments and their prices answer. Prices are in `price_unit`, or else in the currency. */
import { z } from 'zod';
import {
  columnsOf,
  cutOutput,
  derivativeOutput,
  instrumentOutput,
  priceUnitOutput,
  tableOutput,
  unreadOutput,
} from './parts.ts';

const match = z.strictObject({
  symbol: z.string(),
  conid: z.number(),
  name: z.string().nullable(),
  exchange: z.string().nullable(),
  currency: z.string().nullable(),
  security_type: z.string().nullable(),
  expiry: z.string().optional(),
  strike: z.number().optional(),
  right: z.enum(['call', 'put']).optional(),
  multiplier: z.number().optional(),
  trading_class: z.string().optional(),
  local_symbol: z.string().optional(),
  security_types: z.string().optional().describe('What else is traded on it: OPT, CFD, …'),
});
export type Match = z.output<typeof match>;
export const MATCH_COLUMNS = columnsOf(match);

export const searchOutput = z.strictObject({
  results: tableOutput(match),
  found_by: z.enum(['ticker', 'name', 'futures']),
  truncated: z.boolean().describe('There were more results: make the query more exact.'),
  note: z.string().optional(),
  unread: unreadOutput,
});

const price = z.number().nullable();

/** Of options, by IBKR's model. */
export const greeks = {
  delta: price.optional(),
  gamma: price.optional(),
  theta: price.optional(),
  vega: price.optional(),
  implied_volatility: price.optional().describe('In percent.'),
};

export const quoteOutput = z.strictObject({
  ...instrumentOutput,
  derivative: derivativeOutput,
  currency: z.string(),
  price_unit: priceUnitOutput,
  last: price,
  bid: price,
  ask: price,
  bid_size: price,
  ask_size: price,
  volume: price,
  open: price,
  high: price,
  low: price,
  previous_close: price,
  change: price,
  change_percent: price,
  halted: z.boolean(),
  last_is_previous_close: z.boolean().describe('Nothing has traded in this session yet.'),
  availability: z
    .enum(['realtime', 'delayed', 'frozen', 'frozen_delayed', 'not_subscribed', 'unknown'])
    .describe('delayed: 15 to 20 minutes late. frozen: the last quote before the market closed.'),
  as_of: z.string().nullable(),
  price_note: z.string().nullable().describe('Why last, bid or ask is null although IBKR sent something.'),
  ...greeks,
});

/** What all of them have alike stands once beside them. */
const quoteRow = z.strictObject({
  symbol: z.string(),
  conid: z.number(),
  contract: z.string().optional().describe('Of a derivative, in words.'),
  exchange: z.string().nullable(),
  currency: z.string().optional(),
  price_unit: z.string().optional(),
  last: price,
  change: price,
  change_percent: price,
  bid: price,
  ask: price,
  volume: price,
  ...greeks,
  halted: z.boolean().optional(),
  last_is_previous_close: z.boolean().optional(),
  availability: z.string().optional(),
});
export type QuoteRow = z.output<typeof quoteRow>;
export const QUOTE_COLUMNS = columnsOf(quoteRow);

export const quotesOutput = z.strictObject({
  currency: z.string().optional(),
  availability: z.string().optional(),
  as_of: z.string().nullable().describe('Of the oldest.'),
  quotes: tableOutput(quoteRow),
  missing: z
    .array(z.strictObject({ instrument: z.string(), reason: z.string() }))
    .optional()
    .describe('Those without a price.'),
});

/** Of a bar what was asked for. */
const barRow = z.strictObject({
  date: z.string().optional().describe('Of bars of a day or longer: the first trading day at the exchange.'),
  time: z.string().optional().describe('Of others: when it begins.'),
  open: z.number().optional(),
  high: z.number().optional(),
  low: z.number().optional(),
  close: z.number().optional(),
  volume: z.number().optional(),
});
export type BarRow = z.output<typeof barRow>;

export const historyOutput = z.strictObject({
  ...instrumentOutput,
  currency: z.string(),
  price_unit: priceUnitOutput,
  period: z.string(),
  bar: z.string(),
  time_zone: z.string().optional().describe('Of date.'),
  delayed_by_seconds: z.number().nullable(),
  ...cutOutput,
  bars: tableOutput(barRow),
  unread: unreadOutput,
});

export type SearchResults = z.output<typeof searchOutput>;
export type Quote = z.output<typeof quoteOutput>;
export type History = z.output<typeof historyOutput>;
