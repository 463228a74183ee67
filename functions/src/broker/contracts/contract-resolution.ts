/** From what a person wrote to the one contract that is meant, or to an error that names those it could be. */

import { type AskedInstrument, BrokerError, type Instead } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { unexpectedAnswer } from '../wire/ibkr-error.ts';
import {
  type Contract,
  getDefinitions,
  getListings,
  type Listing,
  type Listings,
  searchContracts,
} from './contracts.ts';
import { isCurrency, resolveCurrencyPair } from './currency-pairs.ts';
import { exchangesMeant, isOneOf, isUnitedStates } from './exchanges.ts';
import { getFutures } from './futures.ts';
import { isNamedIndex, namesContract, otherMeaning, readSymbol, type SymbolReading } from './symbols.ts';

/** `symbol` or `conid`. The rest narrows a symbol down, and has to be true of a conid. */
export interface ContractQuery {
  /** A ticker, a currency pair, an index or a cryptocurrency, in any spelling that `readSymbol` takes. */
  symbol?: string;
  conid?: number;
  /** As `exchangesMeant` takes it. */
  exchange?: string;
  currency?: string;
}

/**
 * The one instrument a person means. Of the listings of a symbol that fit the exchange and the currency, the one in
 * the United States is preferred, unless the symbol itself says where (`VOD.L`); otherwise only one may be left.
 * @throws {BrokerError} `not_found`, with what there is instead; `ambiguous`, with the candidates; `invalid` for a
 * conid that is not what else is said of it.
 */
export async function resolveContract(client: IbkrClient, query: ContractQuery): Promise<Contract> {
  if (query.conid !== undefined) return resolveConid(client, query.conid, query);
  if (query.symbol === undefined) {
    throw new BrokerError({ name: 'nothing_asked' });
  }
  const readings = readSymbol(query.symbol);
  const [reading] = readings;
  const asked = query.symbol.trim().toUpperCase();
  switch (reading?.kind) {
    case undefined:
      throw unknownError({ symbol: asked });
    case 'CASH':
      return checkAgrees(
        await resolveCurrencyPair(client, reading.symbols[0] ?? asked),
        { symbol: asked },
        query,
      );
    case 'OPT':
      throw goesByConid(asked, reading);
    case 'FUT':
      throw await futuresOf(client, asked, reading);
    case 'CRYPTO':
      return resolveCoin(client, asked, reading);
    case 'IND':
      return onlyOne(await indicesOf(client, reading, query), asked, query);
    case 'STK':
      return resolveStock(client, asked, readings, query);
  }
}

async function resolveConid(client: IbkrClient, conid: number, query: ContractQuery): Promise<Contract> {
  const [contract] = await getDefinitions(client, [conid]);
  if (contract === undefined) throw unknownError({ conid });
  return checkAgrees(contract, { conid }, query);
}

/** @throws {BrokerError} `invalid` when a contract is not what else is said of it. */
function checkAgrees(contract: Contract, asked: AskedInstrument, query: ContractQuery): Contract {
  const { exchange, tradedOn, currency } = contract;
  const venues = exchange === null ? tradedOn : [exchange, ...tradedOn];
  const meant = query.exchange === undefined ? null : exchangesMeant(query.exchange);
  const isElsewhere = meant !== null && venues.length > 0 && !venues.some((one) => isOneOf(one, meant));
  const isOtherwise = query.currency !== undefined && toCapitals(query.currency) !== currency;
  const isNamedSo =
    query.conid === undefined || query.symbol === undefined || namesContract(query.symbol, contract);
  if (!isElsewhere && !isOtherwise && isNamedSo) return contract;
  const not = {
    ...(isElsewhere && { exchange: toCapitals(query.exchange ?? '') }),
    ...(isOtherwise && { currency: toCapitals(query.currency ?? '') }),
    ...(!isNamedSo && { symbol: toCapitals(query.symbol ?? '') }),
  };
  throw new BrokerError({ name: 'contradiction', asked, instrument: contract, not });
}

function toCapitals(word: string): string {
  return word.trim().toUpperCase();
}

interface FoundListing extends Listing {
  /** Whether what was written says where it is listed. */
  isFixed: boolean;
}

async function resolveStock(
  client: IbkrClient,
  asked: string,
  readings: readonly SymbolReading[],
  query: ContractQuery,
): Promise<Contract> {
  const { listings: all, unread } = await listingsOf(client, readings);
  const listings = onExchange(all, query.exchange);
  const currency = query.currency?.trim().toUpperCase();
  // Of one that is fixed and one that is not, either may be meant.
  const preferred = listings.every(({ isFixed }) => !isFixed) ? preferAmerican : <T>(found: T) => found;
  // Listings do not tell their currency; their definitions do.
  const wanted = currency === undefined ? preferred(listings) : listings;
  const inCurrency = await definitionsOf(client, wanted, currency);
  const chosen = preferred(wanted.filter(({ conid }) => inCurrency.some((one) => one.conid === conid)));
  const stocks = inCurrency.filter(({ conid }) => chosen.some((listing) => listing.conid === conid));
  const bare = bareSymbol(readings, query);
  const isComplete = stocks.length > 0 && !(bare !== null && mayBeIndex(bare, chosen));
  const indices = isComplete ? [] : readings.map((reading) => indicesOf(client, reading, query));
  const found = [...stocks, ...(await Promise.all(indices)).flat()];
  if (found.length === 0 && unread.length > 0) throw unreadListings(unread);
  if (found.length === 0) throw await nothingBy(client, asked, readings, query, all);
  // A bare symbol means the US listing, which one that is not understood may be.
  const mayBeAmerican = bare !== null && unread.some(({ isUS }) => isUS !== false);
  if (mayBeAmerican && chosen.every(({ isUS }) => !isUS)) throw unreadListings(unread, found);
  return addNote(onlyOne(found, asked, query), bare);
}

/** Every listing that one of the readings means, and those of the same tickers that are not understood. */
async function listingsOf(
  client: IbkrClient,
  readings: readonly SymbolReading[],
): Promise<{ listings: FoundListing[]; unread: Listings['unread'] }> {
  const found = await Promise.all(
    readings.flatMap(({ kind, symbols, exchanges }) =>
      (kind === 'STK' ? symbols : []).map(async (symbol) => {
        const { listings, unread } = await getListings(client, symbol);
        const meant = listings
          .filter((listing) => exchanges === undefined || isListedOn(listing, exchanges))
          .map((listing) => ({ ...listing, isFixed: exchanges !== undefined }));
        return { meant, unread };
      }),
    ),
  );
  const listings = found.flatMap(({ meant }) => meant);
  return {
    listings: [...new Map(listings.map((listing) => [listing.conid, listing])).values()],
    unread: found.flatMap(({ unread }) => unread),
  };
}

/**
 * What was asked for may be a listing that is not understood.
 * @param found What it may be instead.
 */
function unreadListings(unread: Listings['unread'], found: readonly Contract[] = []): BrokerError {
  const cause = new Error(unread.map(({ at, reason }) => `row ${at} ${reason}`).join('; '));
  if (found.length === 0) return unexpectedAnswer({ method: 'GET', path: '/trsrv/stocks' }, cause);
  return new BrokerError({ name: 'unread_listings', instruments: found }, { cause });
}

function isListedOn({ exchange, isUS }: Listing, exchanges: readonly string[]): boolean {
  return isUnitedStates(exchanges) ? isUS : isOneOf(exchange, exchanges);
}

/** Those on the exchange that is meant: on just that one if there are any, as `LSE` is and `LSEETF` is not. */
function onExchange<T extends Listing>(listings: readonly T[], exchange: string | undefined): readonly T[] {
  const meant = exchange === undefined ? null : exchangesMeant(exchange);
  if (meant === null) return listings;
  const exact = listings.filter((listing) => listing.exchange === exchange?.trim().toUpperCase());
  return exact.length > 0 ? exact : listings.filter((listing) => isListedOn(listing, meant));
}

function preferAmerican<T extends Listing>(listings: readonly T[]): readonly T[] {
  const american = listings.filter(({ isUS }) => isUS);
  return american.length > 0 ? american : listings;
}

async function definitionsOf(
  client: IbkrClient,
  listings: readonly Listing[],
  currency: string | undefined,
): Promise<Contract[]> {
  const definitions = await getDefinitions(
    client,
    listings.map(({ conid }) => conid),
  );
  return definitions.filter((contract) => currency === undefined || contract.currency === currency);
}

/** The symbol when nothing else is said: neither where it is listed nor in which currency. `SMART` says nothing. */
function bareSymbol(
  readings: readonly SymbolReading[],
  { exchange, currency }: ContractQuery,
): string | null {
  const [reading, another] = readings;
  if (reading === undefined || another !== undefined || reading.exchanges !== undefined) return null;
  if (currency !== undefined || (exchange !== undefined && exchangesMeant(exchange) !== null)) return null;
  return reading.symbols[0] ?? null;
}

/**
 * Whether a bare symbol may name an index as well as the stock that was found: `SPX` is Spirax in London. A stock in
 * the United States is taken for what is meant, unless its ticker is the usual name of an index.
 */
function mayBeIndex(symbol: string, stocks: readonly FoundListing[]): boolean {
  return isNamedIndex(symbol) || stocks.every(({ isUS }) => !isUS);
}

async function indicesOf(
  client: IbkrClient,
  { kind, symbols, exchanges }: SymbolReading,
  query: ContractQuery,
): Promise<Contract[]> {
  const [symbol = ''] = symbols;
  // Indices have neither classes nor listings, and their names begin with a letter.
  if (!['STK', 'IND'].includes(kind) || !/^[A-Z][A-Z0-9]*$/.test(symbol)) return [];
  const matches = await searchContracts(client, { query: symbol, byName: false, secType: 'IND' });
  const definitions = await getDefinitions(
    client,
    matches
      .filter((match) => match.symbol === symbol && match.secTypes.includes('IND'))
      .map(({ conid }) => conid),
  );
  const meant = query.exchange === undefined ? null : exchangesMeant(query.exchange);
  return definitions.filter(
    ({ secType, exchange, currency }) =>
      secType !== 'STK' &&
      (exchanges === undefined || isOneOf(exchange, exchanges)) &&
      (meant === null || isOneOf(exchange, meant)) &&
      (query.currency === undefined || query.currency.trim().toUpperCase() === currency),
  );
}

async function resolveCoin(
  client: IbkrClient,
  asked: string,
  { symbols, currency }: SymbolReading,
): Promise<Contract> {
  const [symbol = asked] = symbols;
  const matches = await searchContracts(client, { query: symbol, byName: false });
  const coins = await getDefinitions(
    client,
    matches
      .filter((match) => match.symbol === symbol && match.secTypes.includes('CRYPTO'))
      .map(({ conid }) => conid),
  );
  const priced = coins.filter((coin) => coin.currency === currency);
  if (priced.length > 0) return onlyOne(priced, asked, {});
  throw unknownError(
    { symbol: asked },
    coins.length === 0 ? { kind: 'no_coin', symbol } : { kind: 'coins', instruments: coins },
  );
}

function goesByConid(asked: string, { symbols: [symbol = ''], option = asked }: SymbolReading): BrokerError {
  return new BrokerError({ name: 'option_by_symbol', asked, symbol, option });
}

/** A future is always one of several. */
async function futuresOf(
  client: IbkrClient,
  asked: string,
  { symbols: [symbol = ''] }: SymbolReading,
): Promise<BrokerError> {
  const { rows: futures } = await getFutures(client, symbol);
  if (futures.length === 0) return unknownError({ symbol: asked }, { kind: 'no_futures', symbol });
  return new BrokerError({ name: 'several_futures', symbol: asked, futures });
}

/** Says what there is instead of what was not found. */
async function nothingBy(
  client: IbkrClient,
  asked: string,
  readings: readonly SymbolReading[],
  query: ContractQuery,
  fitting: readonly Listing[],
): Promise<BrokerError> {
  const anywhere = readings.map(({ kind, symbols }): SymbolReading => ({ kind, symbols }));
  const others = fitting.length > 0 ? fitting : (await listingsOf(client, anywhere)).listings;
  const known = await definitionsOf(client, others, undefined);
  const what = { symbol: asked, exchange: query.exchange, currency: query.currency };
  if (known.length > 0) return unknownError(what, { kind: 'listed', instruments: known });
  const joined = await classWithoutBlank(client, asked);
  if (joined.length > 0) return unknownError(what, { kind: 'alike', instruments: joined });
  const [future] = readings.filter(({ kind }) => kind === 'FUT');
  const root = future?.symbols[0] ?? asked;
  const futures = /^[A-Z0-9]{1,6}$/.test(root) ? await getFutures(client, root).catch(() => null) : null;
  if (futures !== null && futures.rows.length > 0)
    return futuresOf(client, asked, { kind: 'FUT', symbols: [root] });
  const meaning = isCurrency(asked) ? { kind: 'currency' as const, symbol: asked } : otherMeaning(asked);
  return unknownError(what, meaning === null ? undefined : { kind: 'other_meaning', meaning });
}

/** `BRKB` for `BRK B`: a guess, to be offered and never taken. */
async function classWithoutBlank(client: IbkrClient, asked: string): Promise<Contract[]> {
  const [, base, ending] = /^([A-Z]{2,5}?)(PR[A-Z]|[A-Z])$/.exec(asked) ?? [];
  if (base === undefined) return [];
  const { listings } = await getListings(client, `${base} ${ending}`);
  return definitionsOf(client, listings, undefined);
}

function onlyOne(found: readonly Contract[], symbol: string, query: ContractQuery): Contract {
  const [first, second] = found;
  if (first === undefined) throw unknownError({ symbol, exchange: query.exchange, currency: query.currency });
  if (second === undefined) return first;
  throw new BrokerError({ name: 'several_instruments', symbol, instruments: found });
}

/** A bare symbol may mean something of another kind as well. */
function addNote(contract: Contract, bare: string | null): Contract {
  const meaning = bare === null ? null : otherMeaning(bare);
  return meaning === null ? contract : { ...contract, otherMeaning: meaning };
}

function unknownError(asked: AskedInstrument, instead: Instead = { kind: 'nothing' }): BrokerError {
  return new BrokerError({ name: 'no_such_instrument', asked, instead });
}
