import { z } from 'zod';
import { apiPath } from './api-path.ts';
import type { IbkrClient } from './client.ts';
import { type Derivative, derivativeFields, derivativeOf } from './derivative.ts';
import { conid, decimal, optionalDecimal, optionalText, text } from './wire-fields.ts';

/** An open position. Money is in `currency` unless the name says base. */
export interface Position {
  conid: number;
  symbol: string;
  name: string | null;
  /** IBKR's code: STK, OPT, FUT, CASH, BOND, ... */
  assetClass: string;
  /** Negative when short. */
  quantity: number;
  marketPrice: number | null;
  marketValue: number | null;
  currency: string;
  averagePrice: number | null;
  /** Per unit times multiplier, commissions included. */
  averageCost: number | null;
  unrealizedPnl: number | null;
  realizedPnl: number | null;
  /** The same in the account's base currency, when IBKR gives it. */
  base: { marketValue: number | null; unrealizedPnl: number | null; realizedPnl: number | null } | null;
  /** Set for options, futures and other derivatives. */
  derivative: Derivative | null;
}

/** Cash and values in one currency; the `BASE` entry is the whole account in its base currency. */
export interface LedgerEntry {
  /** ISO code or `BASE`. */
  currency: string;
  cashBalance: number;
  settledCash: number | null;
  netLiquidationValue: number | null;
  stockMarketValue: number | null;
  /** Units of base currency per unit of `currency`. */
  exchangeRate: number | null;
  unrealizedPnl: number | null;
  realizedPnl: number | null;
  interest: number | null;
  dividends: number | null;
}

const MAX_PAGES = 100;
/** Older documentation says 30 rows a page, newer 100: a shorter page is the last one in any case. */
const SMALLEST_PAGE = 30;
/** Without `sort` some servers answer every page with the same rows. */
const ORDERED = { sort: 'name', direction: 'a', waitForSecDef: 'true' };

/** A row of a positions page. The first answer of a session has neither names nor `pageSize` yet. */
const positionRowSchema = z.object({
  conid,
  ticker: optionalText,
  contractDesc: optionalText,
  name: optionalText,
  assetClass: optionalText,
  position: decimal,
  mktPrice: optionalDecimal,
  mktValue: optionalDecimal,
  currency: text,
  avgPrice: optionalDecimal,
  avgCost: optionalDecimal,
  unrealizedPnl: optionalDecimal,
  realizedPnl: optionalDecimal,
  baseMktValue: optionalDecimal,
  baseUnrealizedPnl: optionalDecimal,
  baseRealizedPnl: optionalDecimal,
  ...derivativeFields.shape,
  pageSize: optionalDecimal,
});
type PositionRow = z.output<typeof positionRowSchema>;

export const positionsPageSchema = z.array(positionRowSchema);

export const ledgerSchema = z.record(
  z.string(),
  z.object({
    cashbalance: decimal,
    settledcash: optionalDecimal,
    netliquidationvalue: optionalDecimal,
    stockmarketvalue: optionalDecimal,
    exchangerate: optionalDecimal,
    unrealizedpnl: optionalDecimal,
    realizedpnl: optionalDecimal,
    interest: optionalDecimal,
    dividends: optionalDecimal,
  }),
);

/**
 * Every open position, over all pages (`GET /portfolio/{id}/positions/{page}`).
 * @throws {GatewayError} `not_found` for an account the login does not have.
 */
export async function getPositions(client: IbkrClient, accountId: string): Promise<Position[]> {
  const readPage = (page: number) =>
    client.get(apiPath`/portfolio/${accountId}/positions/${page}`, positionsPageSchema, { query: ORDERED });
  /** Empty or without names, the first answer of a session is a warm-up: only the second counts. */
  const readWarmPage = async (page: number) => {
    const rows = await readPage(page);
    const isCold = (page === 0 || rows.length > 0) && rows.every(({ ticker }) => ticker === null);
    return isCold ? readPage(page) : rows;
  };

  let rows = await readWarmPage(0);
  const byConid = new Map<number, PositionRow>();
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const known = byConid.size;
    for (const row of rows) byConid.set(row.conid, row);
    const repeats = byConid.size === known;
    if (repeats || rows.length < (rows[0]?.pageSize ?? SMALLEST_PAGE)) break;
    rows = await readWarmPage(page);
  }
  // Positions closed today stay in the list with quantity 0.
  return [...byConid.values()].filter(({ position }) => position !== 0).map(toPosition);
}

/**
 * One entry per currency, `BASE` included (`GET /portfolio/{id}/ledger`).
 * @throws {GatewayError} `not_found` for an account the login does not have.
 */
export async function getLedger(client: IbkrClient, accountId: string): Promise<LedgerEntry[]> {
  const ledger = await client.get(apiPath`/portfolio/${accountId}/ledger`, ledgerSchema);
  return Object.entries(ledger).map(([currency, entry]) => ({
    currency,
    cashBalance: entry.cashbalance,
    settledCash: entry.settledcash,
    netLiquidationValue: entry.netliquidationvalue,
    stockMarketValue: entry.stockmarketvalue,
    exchangeRate: entry.exchangerate,
    unrealizedPnl: entry.unrealizedpnl,
    realizedPnl: entry.realizedpnl,
    interest: entry.interest,
    dividends: entry.dividends,
  }));
}

function toPosition(row: PositionRow): Position {
  const assetClass = row.assetClass ?? 'UNKNOWN';
  return {
    conid: row.conid,
    symbol: row.ticker ?? row.contractDesc ?? String(row.conid),
    name: row.name,
    assetClass,
    quantity: row.position,
    marketPrice: row.mktPrice,
    marketValue: row.mktValue,
    currency: row.currency,
    averagePrice: row.avgPrice,
    averageCost: row.avgCost,
    unrealizedPnl: row.unrealizedPnl,
    realizedPnl: row.realizedPnl,
    base:
      row.baseMktValue === null
        ? null
        : {
            marketValue: row.baseMktValue,
            unrealizedPnl: row.baseUnrealizedPnl,
            realizedPnl: row.baseRealizedPnl,
          },
    derivative: derivativeOf(assetClass, row),
  };
}
