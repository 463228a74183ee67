import { z } from 'zod';
import { BrokerError, type OtherMeaning } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { unexpectedAnswer } from '../wire/ibkr-error.ts';
import { cluedRowsOf, entriesOf, type Rows, rowsOf, type UnreadRow } from '../wire/rows.ts';
import { codes, conid, flag, optionalConid, optionalText, text } from '../wire/wire-fields.ts';
import { type Derivative, derivativeFields, derivativeOf } from './derivative.ts';

/** One hit of a search. */
export interface ContractMatch {
  conid: number;
  symbol: string;
  name: string | null;
  /** Listing exchange. */
  exchange: string | null;
  /** What can be traded on it: STK, OPT, CFD, ... */
  secTypes: string[];
  /** Months with listed options, as IBKR names them (`JUN26`). */
  optionMonths: string[];
}

/** One instrument, resolved. */
export interface Contract {
  conid: number;
  symbol: string;
  name: string | null;
  /** STK, CASH, IND, OPT, FUT, ... */
  secType: string;
  /** Listing exchange. */
  exchange: string | null;
  currency: string;
  /** Null for what is no derivative. */
  derivative: Derivative | null;
  /** The exchanges it trades on, as far as IBKR names them. */
  tradedOn: string[];
  /** What else the symbol that was asked for is the usual name of. */
  otherMeaning?: OtherMeaning;
}

/** Definitions change with corporate actions, not within the hour. */
const CACHE_MS = 60 * 60_000;
/** IBKR's limit for one call. */
const MAX_DEFINITIONS = 200;

export const searchSchema = rowsOf(
  z.object({
    // Issuer rows of a bond search have none.
    conid: optionalConid,
    symbol: optionalText,
    companyName: optionalText,
    companyHeader: optionalText,
    description: optionalText,
    sections: z
      .array(z.object({ secType: optionalText, months: codes(';') }))
      .nullish()
      .transform((sections) => sections ?? []),
  }),
).transform(
  ({ rows, unread }): Rows<ContractMatch> => ({
    rows: rows.flatMap((row) =>
      row.conid === null || row.symbol === null
        ? []
        : [
            {
              conid: row.conid,
              symbol: row.symbol,
              name: row.companyName ?? row.companyHeader,
              exchange: row.description,
              secTypes: row.sections.flatMap(({ secType }) => secType ?? []),
              optionMonths: row.sections.find(({ secType }) => secType === 'OPT')?.months ?? [],
            },
          ],
    ),
    unread,
  }),
);

/** What may tell where a listing is whose row is not understood. */
const listingClues = z.object({ exchange: optionalText, isUS: z.boolean().nullish().catch(null) });

export const stocksSchema = entriesOf(
  rowsOf(
    z.object({
      name: optionalText,
      contracts: cluedRowsOf(z.object({ conid, exchange: optionalText, isUS: flag }), listingClues),
    }),
  ),
);

export const definitionsSchema = z.object({
  secdef: cluedRowsOf(
    z
      .object({
        conid,
        ticker: optionalText,
        name: optionalText,
        fullName: optionalText,
        assetClass: optionalText,
        listingExchange: optionalText,
        allExchanges: codes(','),
        currency: text,
        ...derivativeFields.shape,
      })
      .transform(
        (row): Contract => ({
          conid: row.conid,
          symbol: symbolOf(row),
          name: row.name,
          secType: row.assetClass ?? 'UNKNOWN',
          exchange: row.listingExchange,
          currency: row.currency,
          derivative: derivativeOf(row.assetClass, row),
          tradedOn: row.allExchanges,
        }),
      ),
    z.object({ conid: optionalConid }),
  ),
});

/**
 * A currency is listed under its own name there (`EUR`), and known by its pair (`EUR.USD`) everywhere else. A full name
 * goes on after several blanks: `MNQ      MAR2025`.
 */
function symbolOf(row: {
  conid: number;
  ticker: string | null;
  fullName: string | null;
  assetClass: string | null;
  currency: string;
}): string {
  const symbol = row.ticker ?? row.fullName?.split(/\s{2,}/)[0] ?? String(row.conid);
  return row.assetClass === 'CASH' && /^[A-Z]{3}$/.test(symbol) ? `${symbol}.${row.currency}` : symbol;
}

/** What a search is for. */
export interface ContractSearch {
  query: string;
  /** The query is a company's name. */
  byName: boolean;
  secType?: 'STK' | 'IND' | 'BOND';
}

/** Instruments by symbol, or by company name with `byName` (`GET /iserver/secdef/search`). Empty when none. */
export async function searchRows(
  client: IbkrClient,
  { query, byName, secType }: ContractSearch,
): Promise<Rows<ContractMatch>> {
  try {
    return await client.get('/iserver/secdef/search', searchSchema, {
      query: { symbol: query, ...(byName && { name: 'true' }), ...(secType && { secType }) },
      cacheMs: CACHE_MS,
    });
  } catch (error) {
    // 200 {"error": "No symbol found"} is one of the two ways to say so, the other is []; 4xx is of odd characters.
    if (error instanceof BrokerError && [200, 400, 404].includes(error.status ?? 0)) {
      return { rows: [], unread: [] };
    }
    throw error;
  }
}

/** `searchRows` for who looks for one that they know. */
export async function searchContracts(client: IbkrClient, search: ContractSearch): Promise<ContractMatch[]> {
  return (await searchRows(client, search)).rows;
}

/**
 * Searches a symbol for what that does to the session: IBKR then knows the options on it. So it is never cached.
 * @param secType `IND` for an index.
 */
export async function loadOptionsOf(
  client: IbkrClient,
  symbol: string,
  secType?: 'IND',
): Promise<ContractMatch[]> {
  const query = { symbol, ...(secType && { secType }) };
  return (await client.get('/iserver/secdef/search', searchSchema, { query })).rows;
}

/**
 * A contract in words that tell it from others: `AAPL 2026-06-18 190 call`, `SPX 2026-06-18 6000 call (class SPXW)`,
 * `ES 2026-12-18 future`, `AAPL`.
 */
export function contractWords({ symbol, secType, derivative }: Contract): string {
  if (derivative === null) return symbol;
  const { expiry, strike, right, multiplier, tradingClass } = derivative;
  const kind = right ?? (secType === 'FUT' ? 'future' : secType);
  const isUsualClass = tradingClass == null || tradingClass === symbol.replaceAll(/[ .]/g, '');
  const unusual = [
    isUsualClass ? null : `class ${tradingClass}`,
    right === null || multiplier === null || multiplier === 100 ? null : `multiplier ${multiplier}`,
  ].filter((word) => word !== null);
  return [symbol, expiry, strike, kind, unusual.length === 0 ? null : `(${unusual.join(', ')})`]
    .filter((word) => word !== null)
    .join(' ');
}

/**
 * Definitions of known contract ids, in their order; unknown ones are left out (`GET /trsrv/secdef`).
 * @throws {BrokerError} `unexpected_answer` where one is there and not understood.
 */
export async function getDefinitions(client: IbkrClient, conids: readonly number[]): Promise<Contract[]> {
  const { rows, unread } = await getDefinitionRows(client, conids);
  if (unread.length === 0 || rows.length === new Set(conids).size) return rows;
  const cause = new Error(unread.map(({ at, reason }) => `row ${at} ${reason}`).join('; '));
  throw unexpectedAnswer({ method: 'GET', path: '/trsrv/secdef' }, cause);
}

/** `getDefinitions` for lists, which go on without those that are not understood. */
export async function getDefinitionRows(
  client: IbkrClient,
  conids: readonly number[],
): Promise<Rows<Contract>> {
  const asked = [...new Set(conids)].slice(0, MAX_DEFINITIONS);
  if (asked.length === 0) return { rows: [], unread: [] };
  const query = { conids: asked.join(',') };
  try {
    const { secdef } = await client.get('/trsrv/secdef', definitionsSchema, { query, cacheMs: CACHE_MS });
    const rows = asked.flatMap((one) => secdef.rows.find((contract) => contract.conid === one) ?? []);
    return { rows, unread: secdef.unread };
  } catch (error) {
    if (error instanceof BrokerError && error.isBadInput) return { rows: [], unread: [] };
    throw error;
  }
}

/** One listing of a ticker. */
export interface Listing {
  conid: number;
  exchange: string | null;
  isUS: boolean;
}

export interface Listings {
  listings: Listing[];
  /** Listings whose rows are not understood: `isUS` is false where they are said to be elsewhere. */
  unread: (UnreadRow & { isUS: boolean | null })[];
}

/**
 * The stocks and funds that are listed under a ticker in IBKR's spelling (`GET /trsrv/stocks`).
 * @param together Tickers of which all are asked for in one call, this one included.
 */
export async function getListings(
  client: IbkrClient,
  ticker: string,
  together: readonly string[] = [ticker],
): Promise<Listings> {
  const query = { symbols: together.join(',') };
  try {
    const answer = await client.get('/trsrv/stocks', stocksSchema, { query, cacheMs: CACHE_MS });
    const [, companies] = answer.rows.find(([symbol]) => symbol === ticker) ?? [];
    const unread = [
      ...answer.unread.filter(({ at }) => at === ticker),
      ...(companies?.unread ?? []),
      ...(companies?.rows.flatMap(({ contracts }) => contracts.unread) ?? []),
    ];
    return {
      listings: companies?.rows.flatMap(({ contracts }) => contracts.rows) ?? [],
      unread: unread.map((row) => ({
        at: row.at,
        reason: row.reason,
        isUS: 'isUS' in row && typeof row.isUS === 'boolean' ? row.isUS : null,
      })),
    };
  } catch (error) {
    if (error instanceof BrokerError && error.isBadInput) return { listings: [], unread: [] };
    throw error;
  }
}
