/** What the tools about instruments and their prices answer. Prices are in `price_unit`, or else in the currency. */
import { z } from 'zod';
import {
  cutOutput,
  derivativeOutput,
  instrumentOutput,
  priceUnitOutput,
  tableOutput,
  unreadOutput,
} from './parts.ts';

export const searchOutput = z.strictObject({
  results: z.array(
    z.strictObject({
      conid: z.number(),
      symbol: z.string(),
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
      security_types: z.array(z.string()).describe('What can be traded on it: STK, OPT, CFD, …'),
    }),
  ),
  found_by: z.enum(['ticker', 'name', 'futures']),
  truncated: z.boolean().describe('There were more results: make the query more exact.'),
  note: z.string().optional(),
  unread: unreadOutput,
});

const price = z.number().nullable();

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
export type Match = SearchResults['results'][number];
export type Quote = z.output<typeof quoteOutput>;
export type History = z.output<typeof historyOutput>;
