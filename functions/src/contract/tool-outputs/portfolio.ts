/** What the tools about an account's holdings answer. */
import { z } from 'zod';
import { derivativeOutput, unreadOutput } from './parts.ts';

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
  unread: unreadOutput,
});

const position = z.strictObject({
  conid: z.number(),
  symbol: z.string(),
  name: z.string().nullable(),
  asset_class: z.string().describe('STK stock or ETF, OPT option, FUT future, CASH currency, BOND bond.'),
  quantity: z.number().describe('Negative when short.'),
  currency: z.string(),
  market_price: z.number().nullable().describe('In currency, also where quotes are in a hundredth of it.'),
  market_value: z
    .number()
    .nullable()
    .describe('What it adds to net liquidation. null for futures, CFDs and currencies: see notional.'),
  notional: z
    .number()
    .optional()
    .describe(
      'Of futures, CFDs and currencies: price times quantity times multiplier. It is no part of net liquidation, since gains and cash are booked as cash.',
    ),
  average_price: z.number().nullable(),
  unrealized_pnl: z.number().nullable(),
  realized_pnl: z.number().nullable(),
  market_value_in_base: z.number().nullable(),
  weight_percent: z.number().nullable().describe('Share of net liquidation value.'),
  option: derivativeOutput,
  models: z
    .array(
      z.strictObject({
        model: z.string().nullable().describe('null: in no model.'),
        quantity: z.number(),
        average_price: z.number().nullable(),
      }),
    )
    .optional()
    .describe('The parts that the numbers above are the sum of, where several models hold the instrument.'),
});

export const portfolioOutput = z.strictObject({
  account_id: z.string(),
  base_currency: z.string().nullable(),
  totals: z
    .strictObject({
      net_liquidation: z.number().nullable(),
      cash: z.number().nullable(),
      market_value: z
        .number()
        .nullable()
        .describe('Of the positions that have one; null if it is not known of one of them.'),
      other: z
        .number()
        .nullable()
        .describe(
          'net_liquidation less cash and market_value: gains of futures, interest and dividends accrued.',
        ),
      unrealized_pnl: z.number().nullable(),
      realized_pnl: z.number().nullable(),
    })
    .describe('In base_currency.'),
  positions: z.array(position),
  unread: unreadOutput,
});

export const cashOutput = z.strictObject({
  account_id: z.string(),
  base_currency: z.string().nullable(),
  total_in_base: z.number().nullable(),
  balances: z.array(
    z.strictObject({
      currency: z.string(),
      cash: z.number(),
      settled_cash: z.number().nullable(),
      rate_to_base: z.number().nullable().describe('Units of base currency for one unit of this currency.'),
      interest_accrued: z.number().nullable(),
      dividends_accrued: z.number().nullable(),
    }),
  ),
  unread: unreadOutput,
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
      series: z
        .array(
          z.strictObject({
            date: z.string(),
            net_asset_value: z.number().nullable(),
            cumulative_return_percent: z.number().nullable(),
          }),
        )
        .optional(),
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
