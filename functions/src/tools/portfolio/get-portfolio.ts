import { z } from 'zod';
import { getLedger, getPositions, type LedgerEntry, type Position } from '../../broker/accounts/portfolio.ts';
import { type Position as PositionRow, portfolioOutput } from '../../contract/tool-outputs/portfolio.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { accountArgument } from '../arguments.ts';
import { shownDerivative } from '../contracts/instrument-output.ts';
import { snakeCased } from '../snake-case.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';

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
  output: portfolioOutput,
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

function row(held: Position, ledger: LedgerEntry[], worth: number | null): PositionRow {
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
