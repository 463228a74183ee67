import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { IbkrClient } from './client.ts';
import { resolveCurrencyPair, splitCurrencyPair } from './currency-pairs.ts';
import { type Derivative, derivativeFields, derivativeOf } from './derivative.ts';
import { IbkrError } from './ibkr-error.ts';
import { conid, flag, optionalConid, optionalText, text } from './wire-fields.ts';

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
}

/** `symbol` or `conid`; the rest narrows a symbol down, which names a currency pair, else a stock, else an index. */
export interface ContractQuery {
  /** A ticker (`AAPL`, `BRK.B`) or a currency pair (`EUR.USD`, `EURUSD`, `EUR/USD`). */
  symbol?: string;
  conid?: number;
  exchange?: string;
  currency?: string;
}

/** Definitions change with corporate actions, not within the hour. */
const CACHE_MS = 60 * 60_000;
/** IBKR's limit for one call. */
const MAX_DEFINITIONS = 200;
/** More would not help anybody to choose. */
const MAX_CANDIDATES = 12;

export const searchSchema = z
  .array(
    z.object({
      // Issuer rows of a bond search have none.
      conid: optionalConid,
      symbol: optionalText,
      companyName: optionalText,
      companyHeader: optionalText,
      description: optionalText,
      sections: z
        .array(z.object({ secType: optionalText, months: optionalText }))
        .nullish()
        .transform((sections) => sections ?? []),
    }),
  )
  .transform((rows) =>
    rows.flatMap((row): ContractMatch[] =>
      row.conid === null || row.symbol === null
        ? []
        : [
            {
              conid: row.conid,
              symbol: row.symbol,
              name: row.companyName ?? row.companyHeader,
              exchange: row.description,
              secTypes: row.sections.flatMap(({ secType }) => secType ?? []),
              optionMonths:
                row.sections
                  .find(({ secType }) => secType === 'OPT')
                  ?.months?.split(';')
                  .filter(Boolean) ?? [],
            },
          ],
    ),
  );

export const stocksSchema = z.record(
  z.string(),
  z.array(
    z.object({
      name: optionalText,
      contracts: z.array(z.object({ conid, exchange: optionalText, isUS: flag })),
    }),
  ),
);

export const definitionsSchema = z.object({
  secdef: z.array(
    z
      .object({
        conid,
        ticker: optionalText,
        name: optionalText,
        fullName: optionalText,
        assetClass: optionalText,
        listingExchange: optionalText,
        currency: text,
        ...derivativeFields.shape,
      })
      .transform(
        (row): Contract => ({
          conid: row.conid,
          symbol: row.ticker ?? row.fullName ?? String(row.conid),
          name: row.name,
          secType: row.assetClass ?? 'UNKNOWN',
          exchange: row.listingExchange,
          currency: row.currency,
          derivative: derivativeOf(row.assetClass, row),
        }),
      ),
  ),
});

/** Instruments by symbol, or by company name with `byName` (`GET /iserver/secdef/search`). Empty when none. */
export async function searchContracts(
  client: IbkrClient,
  { query, byName, secType }: { query: string; byName: boolean; secType?: 'STK' | 'IND' | 'BOND' },
): Promise<ContractMatch[]> {
  try {
    return await client.get('/iserver/secdef/search', searchSchema, {
      query: { symbol: query, ...(byName && { name: 'true' }), ...(secType && { secType }) },
      cacheMs: CACHE_MS,
    });
  } catch (error) {
    // 200 {"error": "No symbol found"} is one of the two ways to say so, the other is [].
    if (error instanceof IbkrError && error.status === 200) return [];
    throw error;
  }
}

/**
 * Searches a symbol for what that does to the session: IBKR then knows the options on it. So it is never cached.
 * @param secType `IND` for an index.
 */
export function loadOptionsOf(client: IbkrClient, symbol: string, secType?: 'IND'): Promise<ContractMatch[]> {
  return client.get('/iserver/secdef/search', searchSchema, {
    query: { symbol, ...(secType && { secType }) },
  });
}

/**
 * The one instrument a person means. Of the listings of a symbol that fit the exchange and the currency, the one in
 * the United States is preferred; otherwise only one may be left.
 * @throws {GatewayError} `not_found`; `ambiguous_symbol`, with the candidates in its message; `invalid_arguments`.
 */
export async function resolveContract(client: IbkrClient, query: ContractQuery): Promise<Contract> {
  if (query.conid !== undefined) {
    const [contract] = await getDefinitions(client, [query.conid]);
    if (contract === undefined) throw unknown(`conid ${query.conid}`);
    return contract;
  }
  if (query.symbol === undefined) {
    throw new GatewayError('invalid_arguments', 'Neither symbol nor conid was given.', 'Give one of them.');
  }
  const symbol = query.symbol.trim().toUpperCase();
  if (splitCurrencyPair(symbol) !== null) return resolveCurrencyPair(client, symbol);
  return resolveStock(client, symbol, query).catch((error) => {
    if (error instanceof GatewayError && error.code === 'not_found')
      return resolveIndex(client, symbol, query);
    throw error;
  });
}

async function resolveStock(client: IbkrClient, symbol: string, query: ContractQuery): Promise<Contract> {
  const spelling = stockSpelling(symbol);
  const answer = await client.get('/trsrv/stocks', stocksSchema, {
    query: { symbols: spelling },
    cacheMs: CACHE_MS,
  });
  const exchange = query.exchange?.trim().toUpperCase();
  const currency = query.currency?.trim().toUpperCase();
  const listings = (answer[spelling] ?? [])
    .flatMap(({ contracts }) => contracts)
    .filter((listing) => exchange === undefined || listing.exchange === exchange);
  // Listings do not tell their currency; their definitions do.
  const wanted = currency === undefined ? preferAmerican(listings) : listings;
  const definitions = await getDefinitions(
    client,
    wanted.slice(0, MAX_DEFINITIONS).map((listing) => listing.conid),
  );
  const inCurrency = definitions.filter(
    (contract) => currency === undefined || contract.currency === currency,
  );
  const conids = new Set(inCurrency.map((contract) => contract.conid));
  const chosen = preferAmerican(wanted.filter((listing) => conids.has(listing.conid)));
  const candidates = inCurrency.filter((contract) =>
    chosen.some((listing) => listing.conid === contract.conid),
  );
  return onlyOne(candidates, symbol, query);
}

function preferAmerican<T extends { isUS: boolean }>(listings: readonly T[]): readonly T[] {
  const american = listings.filter(({ isUS }) => isUS);
  return american.length > 0 ? american : listings;
}

async function resolveIndex(client: IbkrClient, symbol: string, query: ContractQuery): Promise<Contract> {
  const matches = await searchContracts(client, { query: symbol, byName: false, secType: 'IND' });
  const exchange = query.exchange?.trim().toUpperCase();
  const indices = matches.filter(
    (match) =>
      match.symbol === symbol &&
      match.secTypes.includes('IND') &&
      (exchange === undefined || match.exchange === exchange),
  );
  const definitions = await getDefinitions(
    client,
    indices.map((match) => match.conid),
  );
  return onlyOne(definitions, symbol, query);
}

function onlyOne(candidates: readonly Contract[], symbol: string, query: ContractQuery): Contract {
  const [first, second] = candidates;
  if (first === undefined) throw unknown(describe(symbol, query));
  if (second !== undefined) throw ambiguous(symbol, candidates);
  return first;
}

/** A contract in words that tell it from others: `AAPL 2026-06-18 190 call`, `ES 2026-12-18 future`, `AAPL`. */
export function contractWords({ symbol, secType, derivative }: Contract): string {
  if (derivative === null) return symbol;
  const { expiry, strike, right } = derivative;
  const kind = right ?? (secType === 'FUT' ? 'future' : secType);
  return [symbol, expiry, strike, kind].filter((word) => word !== null).join(' ');
}

/** Definitions of known contract ids; unknown ones are left out (`GET /trsrv/secdef`). */
export async function getDefinitions(client: IbkrClient, conids: readonly number[]): Promise<Contract[]> {
  if (conids.length === 0) return [];
  const query = { conids: conids.join(',') };
  try {
    return (await client.get('/trsrv/secdef', definitionsSchema, { query, cacheMs: CACHE_MS })).secdef;
  } catch (error) {
    if (error instanceof IbkrError && error.isBadInput) return [];
    throw error;
  }
}

/** IBKR writes share classes with a blank: `BRK B`. */
function stockSpelling(symbol: string): string {
  return symbol.replace(/^([A-Z]{1,5})[./-]([A-Z])$/, '$1 $2');
}

function describe(symbol: string, { exchange, currency }: ContractQuery): string {
  return [`'${symbol}'`, exchange && `on ${exchange}`, currency && `in ${currency}`]
    .filter(Boolean)
    .join(' ');
}

function unknown(what: string): GatewayError {
  return new GatewayError(
    'not_found',
    `IBKR knows no instrument ${what}.`,
    'Find it with search_security, which also searches by company name, and use its conid.',
  );
}

function ambiguous(symbol: string, candidates: readonly Contract[]): GatewayError {
  const list = candidates
    .slice(0, MAX_CANDIDATES)
    .map(({ conid, exchange, currency, name }) => [conid, exchange, currency, name].filter(Boolean).join(' '))
    .join('; ');
  return new GatewayError(
    'ambiguous_symbol',
    `'${symbol}' names several instruments: ${list}.`,
    'Call again with the conid of the right one, or with its exchange or currency.',
  );
}
