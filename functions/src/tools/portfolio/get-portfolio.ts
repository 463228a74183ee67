import { z } from 'zod';
import { getLedger, getPositions, type LedgerEntry, type Position } from '../../broker/accounts/portfolio.ts';
import type { Derivative } from '../../broker/contracts/derivative.ts';
import { BrokerError } from '../../broker/errors.ts';
import { getQuotes, type Quote } from '../../broker/market/market-data.ts';
import type { ToolContext } from '../../connections/call-context.ts';
import { tableOf } from '../../contract/table.ts';
import {
  POSITION_COLUMNS,
  type Position as PositionRow,
  portfolioOutput,
} from '../../contract/tool-outputs/portfolio.ts';
import { cents, rounded, shownPrice } from '../../text/decimals.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { cutTable, tableBudget } from '../answer-size.ts';
import { accountArgument, flag, number } from '../arguments.ts';
import { toSnakeCase } from '../snake-case.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';

/**
 * Of these IBKR's value is what the contracts are about. Futures are settled in cash every day, CFDs are owed their gains
 * alone, and currencies are the cash itself.
 */
const NOTIONAL_CLASSES: ReadonlySet<string> = new Set(['FUT', 'CFD', 'CASH']);
/** Of these a position says itself what it is: by its contract, or by having none. */
const PLAIN_CLASSES: ReadonlySet<string> = new Set(['STK', 'OPT', 'FUT', 'FOP']);
/** Of so many positions the day's change is asked for, the largest first: IBKR takes them in one call. */
const MOST_QUOTED = 100;

export const getPortfolioTool = defineTool({
  name: 'get_portfolio',
  title: 'Portfolio',
  description:
    'What an account is worth and holds: net liquidation, cash and the gains of all, and each position, the largest first, with price, value, gain, change of the day, weight, and delta of options.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({
    details: flag()
      .default(false)
      .describe('Also names, asset classes, currencies and values in base currency.'),
    offset: number(z.number().int().min(0).max(10_000)).default(0).describe('How many to leave out.'),
    ...accountArgument,
  }),
  output: portfolioOutput,
  async run(args, context) {
    const account = await accountForRead(context, args.account_id);
    const [{ positions, unread }, { entries, unread: unreadEntries }] = await Promise.all([
      getPositions(context.ibkr, account.accountId),
      getLedger(context.ibkr, account.accountId),
    ]);
    const base = entries.find(({ currency }) => currency === 'BASE');
    const worth = base?.netLiquidationValue ?? null;
    const held = positions
      .map((position) => ({ position, inBase: isNotional(position) ? null : valueInBase(position, entries) }))
      .sort((a, b) => size(b.inBase) - size(a.inBase));
    const quotes = await quotesOf(
      context,
      held.map(({ position }) => position),
    );
    const valued = held.filter(({ position }) => !isNotional(position));
    const value = unread.length > 0 ? null : sum(valued.map(({ inBase }) => inBase));
    const cash = base?.cashBalance ?? null;
    const dayChange = sum(
      unread.length > 0
        ? [null]
        : held.map(({ position }) =>
            toBase(dayChangeOf(position, quotes.get(position.conid)), position, entries),
          ),
    );
    const rows = held.map(({ position, inBase }) =>
      rowOf(position, quotes.get(position.conid), inBase, worth),
    );
    const shown = args.details ? rows : rows.map((row) => withoutPlain(row, rows, account.currency));
    const { table, left } = cutTable(
      tableOf(POSITION_COLUMNS, shown.slice(args.offset)),
      tableBudget(context),
    );
    return {
      account_id: account.accountId,
      base_currency: account.currency,
      totals: {
        net_liquidation: cents(worth),
        cash: cents(cash),
        market_value: value,
        ...(args.details
          ? { other: worth === null || cash === null || value === null ? null : cents(worth - cash - value) }
          : {}),
        unrealized_pnl: cents(base?.unrealizedPnl ?? null),
        ...(base?.realizedPnl ? { realized_pnl: cents(base.realizedPnl) } : {}),
        day_change: dayChange,
        day_percent: dayChange === null || worth === null ? null : percentOf(dayChange, worth - dayChange),
      },
      positions: table,
      ...(left > 0
        ? {
            truncated: true,
            rest: `${left} smaller positions are left out: offset: ${rows.length - left} shows them.`,
          }
        : {}),
      ...shownUnread([...unread, ...unreadEntries]),
    };
  },
});

function isNotional({ assetClass }: Position): boolean {
  return NOTIONAL_CLASSES.has(assetClass);
}

/** By conid. None where IBKR gives none: what is held is known without them. */
async function quotesOf({ ibkr }: ToolContext, held: readonly Position[]): Promise<Map<number, Quote>> {
  const conids = held.slice(0, MOST_QUOTED).map(({ conid }) => conid);
  try {
    const quotes = conids.length === 0 ? [] : await getQuotes(ibkr, conids);
    return new Map(quotes.map((quote) => [quote.conid, quote]));
  } catch (error) {
    if (error instanceof BrokerError) return new Map();
    throw error;
  }
}

/** In the position's currency: the quote may be in a hundredth of it, and for one of what the contract has many of. */
function dayChangeOf({ marketValue }: Position, quote: Quote | undefined): number | null {
  const { last = null, change = null } = quote ?? {};
  return marketValue === null || change === null || !last ? null : cents((marketValue * change) / last);
}

function rowOf(
  held: Position,
  quote: Quote | undefined,
  inBase: number | null,
  worth: number | null,
): PositionRow {
  const { derivative } = held;
  const notional = isNotional(held);
  return {
    symbol: held.symbol,
    conid: held.conid,
    name: held.name,
    asset_class: held.assetClass,
    ...(derivative === null ? {} : { contract: termsOf(derivative, held.symbol) }),
    quantity: held.quantity,
    currency: held.currency,
    average_price: shownPrice(held.averagePrice),
    market_price: shownPrice(held.marketPrice),
    market_value: notional ? null : cents(held.marketValue),
    ...(notional ? { notional: cents(held.marketValue) } : {}),
    market_value_in_base: cents(inBase),
    day_change: dayChangeOf(held, quote),
    day_percent: quote?.changePercent ?? null,
    unrealized_pnl: cents(held.unrealizedPnl),
    ...(held.realizedPnl ? { realized_pnl: cents(held.realizedPnl) } : {}),
    weight_percent: inBase === null || !worth ? null : percentOf(inBase, worth),
    ...(quote?.greeks == null
      ? {}
      : { delta: quote.greeks.delta, implied_volatility: quote.greeks.impliedVolatility }),
    ...(held.models.length === 0 ? {} : { models: toSnakeCase(held.models) }),
  };
}

/** `2026-12-18 150 call`, with the class and the multiplier where they are not the usual ones. */
function termsOf({ expiry, strike, right, multiplier, tradingClass }: Derivative, symbol: string): string {
  return [
    expiry,
    strike,
    right,
    multiplier === null || multiplier === 100 ? null : `x${multiplier}`,
    tradingClass === undefined || tradingClass === symbol ? null : tradingClass,
  ]
    .filter((part) => part !== null && part !== undefined)
    .join(' ');
}

/** Without what all positions have alike: most portfolios are of stocks in one currency, each with a symbol of its own. */
function withoutPlain(
  { name: _, ...row }: PositionRow,
  rows: readonly PositionRow[],
  baseCurrency: string | null,
): PositionRow {
  const arePlain = rows.every(({ asset_class = '' }) => PLAIN_CLASSES.has(asset_class));
  const areInBase = rows.every(({ currency }) => currency === baseCurrency);
  const haveOneSymbolEach = new Set(rows.map(({ symbol }) => symbol)).size === rows.length;
  const areStocks = rows.every(({ asset_class }) => asset_class === 'STK');
  const { conid, asset_class, currency, market_value_in_base: __, ...shown } = row;
  return {
    ...shown,
    ...(areStocks && areInBase && haveOneSymbolEach ? {} : { conid }),
    ...(arePlain ? {} : { asset_class }),
    ...(areInBase ? {} : { currency }),
  };
}

/** IBKR's own base value if it gives one, else its market value at the ledger's rate. */
function valueInBase(held: Position, ledger: readonly LedgerEntry[]): number | null {
  return held.base?.marketValue ?? toBase(held.marketValue, held, ledger);
}

function toBase(
  amount: number | null,
  { currency }: Position,
  ledger: readonly LedgerEntry[],
): number | null {
  const rate = ledger.find((entry) => entry.currency === currency)?.exchangeRate ?? null;
  return amount === null || rate === null ? null : cents(amount * rate);
}

function sum(values: readonly (number | null)[]): number | null {
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return cents(total);
}

function percentOf(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded((100 * part) / whole, 2);
}

function size(value: number | null): number {
  return Math.abs(value ?? 0);
}
