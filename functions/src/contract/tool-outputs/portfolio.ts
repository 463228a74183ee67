/** What the tools about an account's holdings answer. */
import { z } from 'zod';
import { asOfOutput, columnsOf, cutOutput, tableOutput, unreadOutput } from './parts.ts';

export const pnlOutput = z.strictObject({
  account_id: z.string(),
  base_currency: z.string().nullable(),
  daily: z.number().nullable(),
  unrealized: z.number().nullable(),
  net_liquidation: z.number().nullable(),
  market_value: z.number().nullable(),
  excess_liquidity: z.number().nullable(),
  models: z
    .array(
      z.strictObject({
        model: z.string(),
        daily: z.number().nullable(),
        unrealized: z.number().nullable(),
      }),
    )
    .optional()
    .describe('The parts that the numbers above are the sum of, where the account has models.'),
  as_of: asOfOutput,
  unread: unreadOutput,
});

const amount = z.number().nullable();

/** Columns that say the same of every position, or nothing, stand only where details are asked for. */
const position = z.strictObject({
  symbol: z.string(),
  conid: z.number().optional(),
  name: z.string().nullable().optional(),
  asset_class: z
    .string()
    .optional()
    .describe(
      'STK stock or ETF, OPT option, FUT future, CASH currency, BOND bond. Stocks where there is no such column.',
    ),
  contract: z
    .string()
    .optional()
    .describe(
      'Of a derivative: expiry, strike and right, and multiplier and class where they are not the usual ones.',
    ),
  quantity: z.number().describe('Negative when short.'),
  currency: z.string().optional().describe('The base currency where there is no such column.'),
  average_price: amount,
  market_price: amount.describe('In currency, also where quotes are in a hundredth of it.'),
  market_value: amount.describe('What it adds to net liquidation. null for futures, CFDs and currencies.'),
  notional: amount
    .optional()
    .describe(
      'Of futures, CFDs and currencies: price times quantity times multiplier. No part of net liquidation.',
    ),
  market_value_in_base: amount.optional(),
  day_change: amount.describe('What it gained since the previous close, in currency.'),
  day_percent: amount,
  unrealized_pnl: amount,
  realized_pnl: amount.optional(),
  weight_percent: amount.describe('Share of net liquidation value.'),
  delta: amount.optional(),
  implied_volatility: amount.optional().describe('In percent.'),
  models: z
    .array(
      z.strictObject({
        model: z.string().nullable().describe('null: in no model.'),
        quantity: z.number(),
        average_price: amount,
      }),
    )
    .optional()
    .describe('The parts of a position that several models hold.'),
});
export const POSITION_COLUMNS = columnsOf(position);

export const portfolioOutput = z.strictObject({
  account_id: z.string(),
  base_currency: z.string().nullable(),
  totals: z
    .strictObject({
      net_liquidation: z.number().nullable(),
      cash: z.number().nullable(),
      market_value: amount.describe(
        'Of the positions that have one; null if it is not known of one of them.',
      ),
      other: amount
        .optional()
        .describe(
          'net_liquidation less cash and market_value: gains of futures, interest and dividends accrued.',
        ),
      unrealized_pnl: z.number().nullable(),
      realized_pnl: amount.optional(),
      day_change: amount.describe('Of all positions; null if it is not known of one of them.'),
      day_percent: amount,
    })
    .describe('In base_currency.'),
  positions: tableOutput(position),
  ...cutOutput,
  unread: unreadOutput,
});

const balance = z.strictObject({
  currency: z.string(),
  cash: z.number(),
  settled_cash: amount,
  rate_to_base: amount.describe('Units of base currency for one unit of this currency.'),
  interest_accrued: amount,
  dividends_accrued: amount,
});

export const cashOutput = z.strictObject({
  account_id: z.string(),
  base_currency: z.string().nullable(),
  total_in_base: z.number().nullable(),
  balances: tableOutput(balance),
  unread: unreadOutput,
});

const day = z.strictObject({
  date: z.string(),
  net_asset_value: amount,
  cumulative_return_percent: amount,
});

export const performanceOutput = z.strictObject({
  account_id: z.string(),
  currency: z.string().nullable(),
  last_update: z.string().nullable().describe('As IBKR writes it, which names no zone.'),
  periods: z.array(
    z.strictObject({
      period: z.string(),
      start_date: z.string().nullable(),
      start_value: z.number().nullable(),
      end_value: z.number().nullable(),
      return_percent: z.number().nullable(),
      series: tableOutput(day).optional(),
    }),
  ),
  unread: unreadOutput,
});

export type Position = z.output<typeof position>;
export type Portfolio = z.output<typeof portfolioOutput>;
export type Pnl = z.output<typeof pnlOutput>;
export type Cash = z.output<typeof cashOutput>;
export type Performance = z.output<typeof performanceOutput>;
export type PeriodPerformance = Performance['periods'][number];
