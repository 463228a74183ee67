import { z } from 'zod';
import { getLedger, getPositions, type LedgerEntry, type Position } from '../../broker/accounts/portfolio.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { accountArgument } from '../arguments.ts';
import { derivativeOutput, shownDerivative } from '../contracts/instrument-output.ts';
import { snakeCased } from '../snake-case.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread, unreadOutput } from '../unread-output.ts';

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

/**
 * Of these IBKR's value is what the contracts are about. Futures are settled in cash every day, CFDs are owed their gains
 * alone, and currencies are the cash itself.
 */
const NOTIONAL_CLASSES: ReadonlySet<string> = new Set(['FUT', 'CFD', 'CASH']);

export const getPortfolioTool = defineTool({
  name: 'get_portfolio',
  title: 'Portfolio',
  description:
    'Everything an account holds and what it is worth: all positions with market value, unrealized profit and weight, plus totals in the account’s base currency. totals.net_liquidation answers "what is my portfolio worth".',
  scope: 'read',
  annotations: READS,
  input: z.strictObject(accountArgument),
  output: z.strictObject({
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
  }),
  async run(args, context) {
    const account = await accountForRead(context, args.account_id);
    const [{ positions, unread }, ledger] = await Promise.all([
      getPositions(context.ibkr, account.accountId),
      getLedger(context.ibkr, account.accountId),
    ]);
    const base = ledger.entries.find(({ currency }) => currency === 'BASE');
    const worth = base?.netLiquidationValue ?? null;
    const rows = positions.map((held) => row(held, ledger.entries, worth));
    const cash = base?.cashBalance ?? null;
    const valued = rows.filter(({ asset_class }) => !NOTIONAL_CLASSES.has(asset_class));
    const value = unread.length > 0 ? null : sum(valued.map((one) => one.market_value_in_base));
    return {
      account_id: account.accountId,
      base_currency: account.currency,
      totals: {
        net_liquidation: worth,
        cash,
        market_value: value,
        other: worth === null || cash === null || value === null ? null : round(worth - cash - value),
        unrealized_pnl: base?.unrealizedPnl ?? null,
        realized_pnl: base?.realizedPnl ?? null,
      },
      positions: rows.sort((a, b) => size(b.market_value_in_base) - size(a.market_value_in_base)),
      ...shownUnread([...unread, ...ledger.unread]),
    };
  },
});

function row(held: Position, ledger: LedgerEntry[], worth: number | null): z.output<typeof position> {
  const isNotional = NOTIONAL_CLASSES.has(held.assetClass);
  const inBase = isNotional ? null : valueInBase(held, ledger);
  return {
    conid: held.conid,
    symbol: held.symbol,
    name: held.name,
    asset_class: held.assetClass,
    quantity: held.quantity,
    currency: held.currency,
    market_price: held.marketPrice,
    market_value: isNotional ? null : held.marketValue,
    ...(isNotional && held.marketValue !== null ? { notional: held.marketValue } : {}),
    average_price: held.averagePrice,
    unrealized_pnl: held.unrealizedPnl,
    realized_pnl: held.realizedPnl,
    market_value_in_base: inBase,
    weight_percent: inBase === null || !worth ? null : round((100 * inBase) / worth),
    ...(held.derivative === null
      ? {}
      : {
          option: shownDerivative(held.derivative),
        }),
    ...(held.models.length === 0 ? {} : { models: snakeCased(held.models) }),
  };
}

/** IBKR's own base value if it gives one, else its market value at the ledger's rate. */
function valueInBase(held: Position, ledger: LedgerEntry[]): number | null {
  if (held.base?.marketValue != null) return held.base.marketValue;
  const rate = ledger.find(({ currency }) => currency === held.currency)?.exchangeRate ?? null;
  return held.marketValue === null || rate === null ? null : round(held.marketValue * rate);
}

function sum(values: (number | null)[]): number | null {
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return round(total);
}

function size(value: number | null): number {
  return Math.abs(value ?? 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
