import { z } from 'zod';
import { type Derivative, derivativeFields, derivativeOf, tradingClassIn } from '../contracts/derivative.ts';
import type { IbkrClient } from '../session/client.ts';
import { readWarm } from '../session/warm-up.ts';
import { apiPath } from '../wire/api-path.ts';
import { exactNumber } from '../wire/numbers.ts';
import { cluedRowsOf, entriesOf, type UnreadRow } from '../wire/rows.ts';
import {
  conid,
  decimal,
  optionalConid,
  optionalDecimal,
  optionalFactor,
  optionalText,
  text,
} from '../wire/wire-fields.ts';

/** An open position, that of all models together. Money is in `currency` unless the name says base. */
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
  /** The parts it is the sum of, where several models of the account hold the instrument; else empty. */
  models: ModelPosition[];
}

/** What one model of an account holds of an instrument. */
export interface ModelPosition {
  /** Null for what is in no model. */
  model: string | null;
  quantity: number;
  averagePrice: number | null;
}

export interface PositionList {
  positions: Position[];
  /** Positions that are there too, and whose rows are not understood; a null conid may be any. */
  unread: (UnreadRow & { conid: number | null })[];
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

export interface Ledger {
  entries: LedgerEntry[];
  /** Currencies (or `BASE`) whose entries are not understood. */
  unread: UnreadRow[];
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
  model: optionalText,
  pageSize: optionalDecimal,
});
type PositionRow = z.output<typeof positionRowSchema>;

const positionClues = z.object({
  conid: optionalConid,
  position: optionalDecimal,
  pageSize: optionalDecimal,
});

export const positionsPageSchema = cluedRowsOf(positionRowSchema, positionClues);
type PositionsPage = z.output<typeof positionsPageSchema>;

export const ledgerSchema = entriesOf(
  z.object({
    cashbalance: decimal,
    settledcash: optionalDecimal,
    netliquidationvalue: optionalDecimal,
    stockmarketvalue: optionalDecimal,
    exchangerate: optionalFactor,
    unrealizedpnl: optionalDecimal,
    realizedpnl: optionalDecimal,
    interest: optionalDecimal,
    dividends: optionalDecimal,
  }),
);

/**
 * Every open position, over all pages (`GET /portfolio/{id}/positions/{page}`).
 * @throws {BrokerError} `not_found` for an account the login does not have.
 */
export async function getPositions(client: IbkrClient, accountId: string): Promise<PositionList> {
  /** The first answer of a session is empty or without names. */
  const readWarmPage = async (page: number) => {
    const path = apiPath`/portfolio/${accountId}/positions/${page}`;
    const { answer } = await readWarm(
      client,
      (since) => client.getDated(path, positionsPageSchema, { query: ORDERED, since }),
      ({ rows }) => (page > 0 && rows.length === 0) || rows.some(({ ticker }) => ticker !== null),
      { name: path, trustsEmpty: true },
    );
    return answer;
  };

  let found = await readWarmPage(0);
  const byKey = new Map<string, PositionRow | PositionsPage['unread'][number]>();
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const known = byKey.size;
    const all = [...found.rows, ...found.unread];
    for (const [key, row] of keyed(all)) byKey.set(key, row);
    const repeats = byKey.size === known;
    if (repeats || all.length < (all.find(({ pageSize }) => pageSize !== null)?.pageSize ?? SMALLEST_PAGE))
      break;
    found = await readWarmPage(page);
  }
  // Positions closed today stay in the list with quantity 0.
  const open = [...byKey.values()].filter(({ position }) => position !== 0);
  const rows = open.filter((row): row is PositionRow => !('reason' in row));
  const byConid = Map.groupBy(rows, (row) => row.conid);
  return {
    positions: [...byConid.values()].map((parts) => sumOfModels(parts.map(toPosition), parts)),
    unread: open.flatMap((row) =>
      'reason' in row ? [{ at: row.at, reason: row.reason, conid: row.conid }] : [],
    ),
  };
}

/**
 * The rows of a page by what tells them apart, also on the next page, where a list that changes or a server that ignores
 * the page shows some again: the instrument, the model and, of several such, which one it is.
 */
function keyed<Row extends { conid: number | null; model?: string | null; at?: string }>(
  rows: readonly Row[],
): [key: string, row: Row][] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const key = `${row.conid} ${row.at ?? ''} ${row.model ?? ''}`;
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return [`${key} ${before}`, row];
  });
}

/**
 * One entry per currency, `BASE` included (`GET /portfolio/{id}/ledger`).
 * @throws {BrokerError} `not_found` for an account the login does not have.
 */
export async function getLedger(client: IbkrClient, accountId: string): Promise<Ledger> {
  const { rows, unread } = await client.get(apiPath`/portfolio/${accountId}/ledger`, ledgerSchema);
  const entries = rows.map(([currency, entry]) => ({
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
  return { entries, unread };
}

/** Of a derivative a description goes on after several blanks: `MNQ      MAR2025`. */
function symbolIn(description: string | null): string | null {
  return description?.split(/\s{2,}/)[0] ?? null;
}

function termsOf(assetClass: string, row: PositionRow): Derivative | null {
  const terms = derivativeOf(assetClass, row);
  const tradingClass = tradingClassIn(row.contractDesc);
  return terms === null || tradingClass === null ? terms : { ...terms, tradingClass };
}

function toPosition(row: PositionRow): Position {
  const assetClass = row.assetClass ?? 'UNKNOWN';
  return {
    conid: row.conid,
    symbol: row.ticker ?? symbolIn(row.contractDesc) ?? String(row.conid),
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
    derivative: termsOf(assetClass, row),
    models: [],
  };
}

/** The position that the models of an account have together: one row of IBKR for each, or the only one there is. */
function sumOfModels(parts: readonly Position[], rows: readonly PositionRow[]): Position {
  const [first, second] = parts;
  if (first === undefined) throw new Error('A position of no rows.');
  if (second === undefined) return first;
  const total = (of: (part: Position) => number | null) => sum(parts.map(of));
  return {
    ...first,
    quantity: total(({ quantity }) => quantity) ?? 0,
    marketPrice: parts.find(({ marketPrice }) => marketPrice !== null)?.marketPrice ?? null,
    marketValue: total(({ marketValue }) => marketValue),
    averagePrice: averageOf(parts, ({ averagePrice }) => averagePrice),
    averageCost: averageOf(parts, ({ averageCost }) => averageCost),
    unrealizedPnl: total(({ unrealizedPnl }) => unrealizedPnl),
    realizedPnl: total(({ realizedPnl }) => realizedPnl),
    base: parts.some(({ base }) => base === null)
      ? null
      : {
          marketValue: total(({ base }) => base?.marketValue ?? null),
          unrealizedPnl: total(({ base }) => base?.unrealizedPnl ?? null),
          realizedPnl: total(({ base }) => base?.realizedPnl ?? null),
        },
    models: parts.map(({ quantity, averagePrice }, index) => ({
      model: rows[index]?.model ?? null,
      quantity,
      averagePrice,
    })),
  };
}

/** By quantity; null if a part has none, or where some are long and others short, which have no common price. */
function averageOf(parts: readonly Position[], of: (part: Position) => number | null): number | null {
  const isMixed = parts.some(({ quantity }) => Math.sign(quantity) !== Math.sign(parts[0]?.quantity ?? 0));
  const paid = sum(
    parts.map((part) => {
      const price = of(part);
      return price === null ? null : price * part.quantity;
    }),
  );
  const quantity = sum(parts.map((part) => part.quantity));
  return isMixed || paid === null || !quantity ? null : exactNumber(paid / quantity);
}

/** Null if one is not known. */
function sum(numbers: readonly (number | null)[]): number | null {
  let total = 0;
  for (const number of numbers) {
    if (number === null) return null;
    total += number;
  }
  return exactNumber(total);
}
