/** Instruments to choose from, each with what tells it from the others. */

import type { IbkrClient } from '../session/client.ts';
import type { UnreadRow } from '../wire/rows.ts';
import { getContractDetails } from './contract-details.ts';
import { type Contract, type ContractMatch, getDefinitionRows, searchRows } from './contracts.ts';
import { resolveCurrencyPair } from './currency-pairs.ts';
import type { Derivative } from './derivative.ts';
import { isOneOf, isUnitedStates } from './exchanges.ts';
import { getFutures } from './futures.ts';
import { readSymbol, type SymbolReading } from './symbols.ts';

export interface FoundContract {
  conid: number;
  symbol: string;
  name: string | null;
  /** Listing exchange. */
  exchange: string | null;
  /** Null where IBKR does not define the contract. */
  currency: string | null;
  /** STK, IND, FUT, ... */
  secType: string | null;
  /** What can be traded on it: STK, OPT, CFD, ... */
  secTypes: string[];
  derivative: Derivative | null;
  /** Where nothing else tells it from another result. */
  tradingClass?: string | null;
  localSymbol?: string | null;
}

export interface FoundContracts {
  results: FoundContract[];
  /** How they were found: as what was asked for says, or by name where no ticker was found. */
  foundBy: 'ticker' | 'name' | 'futures';
  isTruncated: boolean;
  unread: UnreadRow[];
}

/** More would not help anybody to choose. */
const MOST_RESULTS = 20;
/** Each costs a call. */
const MOST_DETAILS = 12;

/**
 * Instruments by ticker, in whatever spelling, and by company name where no ticker is found.
 * @throws {BrokerError} `not_found` for a currency pair that IBKR does not trade.
 */
export async function findContracts(client: IbkrClient, query: string): Promise<FoundContracts> {
  const readings = readSymbol(query);
  const [reading] = readings;
  if (reading?.kind === 'CASH') return pairOf(client, reading);
  if (reading?.kind === 'FUT') return findFutures(client, reading.symbols[0] ?? query);
  const found = await byTicker(client, query, readings);
  if (found.rows.length > 0) return describe(client, found, 'ticker');
  const futures = await findFutures(client, query);
  return futures.results.length > 0 ? futures : findByName(client, query);
}

/** Instruments whose company has that name. */
export async function findByName(client: IbkrClient, query: string): Promise<FoundContracts> {
  return describe(client, await searchRows(client, { query, byName: true }), 'name');
}

/** The futures of a symbol, in any spelling, the nearest first. */
export async function findFutures(client: IbkrClient, symbol: string): Promise<FoundContracts> {
  const readings = readSymbol(symbol);
  const reading = readings.find(({ kind }) => kind === 'FUT') ?? readings[0];
  const { rows, unread } = await getFutures(client, reading?.symbols[0] ?? symbol);
  const matches = rows.map((future) => ({
    ...{ conid: future.conid, symbol: future.symbol, name: null, exchange: null },
    ...{ secTypes: ['FUT'], expiry: future.expiry },
  }));
  return describe(client, { rows: matches, unread }, 'futures');
}

async function pairOf(
  client: IbkrClient,
  { symbols: [symbol = ''] }: SymbolReading,
): Promise<FoundContracts> {
  const { conid, exchange, currency, secType, derivative, ...pair } = await resolveCurrencyPair(
    client,
    symbol,
  );
  const result = { conid, symbol: pair.symbol, name: pair.name, exchange, currency, secType, derivative };
  return {
    results: [{ ...result, secTypes: [secType] }],
    ...{ foundBy: 'ticker', isTruncated: false, unread: [] },
  };
}

interface Matches {
  rows: (Pick<ContractMatch, 'conid' | 'symbol' | 'name' | 'exchange' | 'secTypes'> & { expiry?: string })[];
  unread: UnreadRow[];
}

/** As it was written first; then in IBKR's spellings, as far as they are where the text says. */
async function byTicker(
  client: IbkrClient,
  query: string,
  readings: readonly SymbolReading[],
): Promise<Matches> {
  const written = query.trim().toUpperCase();
  const literal = await searchRows(client, { query: written, byName: false });
  if (literal.rows.length > 0) return literal;
  const unread = [...literal.unread];
  const others = readings.flatMap(({ kind, symbols, exchanges }) =>
    symbols.map((symbol) => ({ symbol, exchanges, isIndex: kind === 'IND' || symbol === written })),
  );
  for (const { symbol, exchanges, isIndex } of others) {
    const search = { query: symbol, byName: false, ...(isIndex && { secType: 'IND' as const }) };
    const found = await searchRows(client, search);
    unread.push(...found.unread);
    const there = found.rows.filter(({ exchange }) => exchanges === undefined || isAt(exchange, exchanges));
    if (there.length > 0) return { rows: there, unread };
  }
  return { rows: [], unread };
}

function isAt(exchange: string | null, exchanges: readonly string[]): boolean {
  // Which exchanges are in the United States is not for this list to say: all of them are shown.
  return isUnitedStates(exchanges) || isOneOf(exchange, exchanges);
}

async function describe(
  client: IbkrClient,
  { rows, unread }: Matches,
  foundBy: FoundContracts['foundBy'],
): Promise<FoundContracts> {
  const shown = [...new Map(rows.map((row) => [row.conid, row])).values()].slice(0, MOST_RESULTS);
  const definitions = await getDefinitionRows(
    client,
    shown.map(({ conid }) => conid),
  );
  const results = shown.map((match) =>
    result(
      match,
      definitions.rows.find(({ conid }) => conid === match.conid),
    ),
  );
  return {
    results: await toldApart(client, results),
    foundBy,
    isTruncated: rows.length > shown.length,
    unread: [...unread, ...definitions.unread],
  };
}

function result(match: Matches['rows'][number], definition: Contract | undefined): FoundContract {
  const { conid, symbol, name, exchange, secTypes, expiry } = match;
  const terms = definition?.derivative ?? null;
  return {
    conid,
    symbol: definition?.symbol ?? symbol,
    name: name ?? definition?.name ?? null,
    exchange: exchange ?? definition?.exchange ?? null,
    currency: definition?.currency ?? null,
    secType: definition?.secType ?? secTypes[0] ?? null,
    secTypes,
    derivative: expiry === undefined ? terms : { ...NO_TERMS, ...terms, expiry },
  };
}

const NO_TERMS: Derivative = {
  expiry: null,
  strike: null,
  right: null,
  multiplier: null,
  underlyingConid: null,
};

/** Looks closer at those that are alike in everything but their conid. */
async function toldApart(client: IbkrClient, results: readonly FoundContract[]): Promise<FoundContract[]> {
  const alike = Map.groupBy(results, ({ conid: _, ...rest }) => JSON.stringify(rest));
  const unclear = [...alike.values()]
    .filter(({ length }) => length > 1)
    .flat()
    .slice(0, MOST_DETAILS);
  return Promise.all(
    results.map(async (one) => {
      if (!unclear.includes(one)) return one;
      const details = await getContractDetails(client, one.conid).catch(() => null);
      if (details === null) return one;
      const { tradingClass, localSymbol, multiplier } = details;
      const derivative = one.derivative && {
        ...one.derivative,
        multiplier: one.derivative.multiplier ?? multiplier,
      };
      return { ...one, derivative, currency: one.currency ?? details.currency, tradingClass, localSymbol };
    }),
  );
}
