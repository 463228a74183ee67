/** From what a person wrote to the one contract that is meant, or to an error that names those it could be. */

import { GatewayError } from '../../errors.ts';
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
import { resolveCurrencyPair } from './currency-pairs.ts';
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

/** More would not help anybody to choose. */
const MAX_CANDIDATES = 12;

/**
 * The one instrument a person means. Of the listings of a symbol that fit the exchange and the currency, the one in
 * the United States is preferred, unless the symbol itself says where (`VOD.L`); otherwise only one may be left.
 * @throws {GatewayError} `not_found`, with what there is instead; `ambiguous_symbol`, with the candidates;
 * `invalid_arguments` for a conid that is not what else is said of it.
 */
export async function resolveContract(client: IbkrClient, query: ContractQuery): Promise<Contract> {
  if (query.conid !== undefined) return resolveConid(client, query.conid, query);
  if (query.symbol === undefined) {
    throw new GatewayError('invalid_arguments', 'Neither symbol nor conid was given.', 'Give one of them.');
  }
  const readings = readSymbol(query.symbol);
  const [reading] = readings;
  const asked = query.symbol.trim().toUpperCase();
  switch (reading?.kind) {
    case undefined:
      throw unknown(`'${asked}'`);
    case 'CASH':
      return agreeing(await resolveCurrencyPair(client, reading.symbols[0] ?? asked), `'${asked}'`, query);
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
  if (contract === undefined) throw unknown(`conid ${conid}`);
  return agreeing(contract, `conid ${conid}`, query);
}

/** @throws {GatewayError} `invalid_arguments` when a contract is not what else is said of it. */
function agreeing(contract: Contract, named: string, query: ContractQuery): Contract {
  const { exchange, tradedOn, currency } = contract;
  const venues = exchange === null ? tradedOn : [exchange, ...tradedOn];
  const meant = query.exchange === undefined ? null : exchangesMeant(query.exchange);
  const wrong = [
    meant !== null && venues.length > 0 && !venues.some((one) => isOneOf(one, meant))
      ? `not on ${query.exchange?.trim().toUpperCase()}`
      : [],
    query.currency !== undefined && query.currency.trim().toUpperCase() !== currency
      ? `not in ${query.currency.trim().toUpperCase()}`
      : [],
    query.conid !== undefined && query.symbol !== undefined && !namesContract(query.symbol, contract)
      ? `not ${query.symbol.trim().toUpperCase()}`
      : [],
  ].flat();
  if (wrong.length === 0) return contract;
  throw new GatewayError(
    'invalid_arguments',
    `${named} is ${described(contract)}, and ${wrong.join(' and ')}.`,
    query.conid === undefined
      ? 'Leave out what contradicts it.'
      : 'Leave out what contradicts it, or name the other instrument by its symbol alone.',
  );
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
  return noted(onlyOne(found, asked, query), bare);
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
function unreadListings(unread: Listings['unread'], found: readonly Contract[] = []): GatewayError {
  const cause = new Error(unread.map(({ at, reason }) => `row ${at} ${reason}`).join('; '));
  if (found.length === 0) return unexpectedAnswer({ method: 'GET', path: '/trsrv/stocks' }, cause);
  return new GatewayError(
    'ambiguous_symbol',
    `IBKR lists more under that ticker than can be read, and the US listing may be among it. Read were: ${candidates(found)}.`,
    'Call again with the conid of the one that is meant, or with its exchange or currency.',
    { cause },
  );
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
  throw unknown(
    `'${asked}'`,
    coins.length === 0
      ? `It lists no cryptocurrency ${symbol} for this login.`
      : `It lists ${coins.map(candidate).join('; ')}.`,
  );
}

function goesByConid(asked: string, { symbols, option = asked }: SymbolReading): GatewayError {
  const [, expiry, , right] = option.split(' ');
  return new GatewayError(
    'invalid_arguments',
    `'${asked}' is an option, ${option}, and options go by conid.`,
    `get_option_chain with symbol ${symbols[0]}, expiry ${expiry} and right ${right?.toUpperCase()} tells its conid.`,
  );
}

/** A future is always one of several. */
async function futuresOf(
  client: IbkrClient,
  asked: string,
  { symbols: [symbol = ''] }: SymbolReading,
): Promise<GatewayError> {
  const { rows: futures } = await getFutures(client, symbol);
  if (futures.length === 0) return unknown(`'${asked}'`, `It lists no futures ${symbol}.`);
  const list = futures
    .slice(0, MAX_CANDIDATES)
    .map(({ conid, expiry }) => `conid ${conid} expires ${expiry}`);
  return new GatewayError(
    'ambiguous_symbol',
    `'${asked}' names futures, of which each has its own conid: ${list.join('; ')}.`,
    'Call again with the conid of the one that is meant.',
  );
}

/** Says what there is instead of what was not found. */
async function nothingBy(
  client: IbkrClient,
  asked: string,
  readings: readonly SymbolReading[],
  query: ContractQuery,
  fitting: readonly Listing[],
): Promise<GatewayError> {
  const anywhere = readings.map(({ kind, symbols }): SymbolReading => ({ kind, symbols }));
  const others = fitting.length > 0 ? fitting : (await listingsOf(client, anywhere)).listings;
  const known = await definitionsOf(client, others, undefined);
  const what = describe(asked, query);
  if (known.length > 0) return unknown(what, `It has ${candidates(known)}.`);
  const joined = await classWithoutBlank(client, asked);
  if (joined.length > 0) return unknown(what, `Is it ${candidates(joined)}?`);
  const [future] = readings.filter(({ kind }) => kind === 'FUT');
  const root = future?.symbols[0] ?? asked;
  const futures = /^[A-Z0-9]{1,6}$/.test(root) ? await getFutures(client, root).catch(() => null) : null;
  if (futures !== null && futures.rows.length > 0)
    return futuresOf(client, asked, { kind: 'FUT', symbols: [root] });
  return unknown(what, otherMeaning(asked) ?? undefined);
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
  if (first === undefined) throw unknown(describe(symbol, query));
  if (second === undefined) return first;
  throw new GatewayError(
    'ambiguous_symbol',
    `'${symbol}' names several instruments: ${candidates(found)}.`,
    'Call again with the conid of the right one, or with its exchange or currency.',
  );
}

function noted(contract: Contract, bare: string | null): Contract {
  const note = bare === null ? null : otherMeaning(bare);
  if (note === null) return contract;
  return { ...contract, note: `${bare} was taken for ${described(contract)}. ${note}` };
}

function candidates(contracts: readonly Contract[]): string {
  return contracts.slice(0, MAX_CANDIDATES).map(candidate).join('; ');
}

function candidate({ conid, symbol, exchange, currency, secType, name }: Contract): string {
  return [symbol, `conid ${conid}`, exchange, currency, secType === 'STK' ? null : secType, name]
    .filter(Boolean)
    .join(' ');
}

/** `AAPL (APPLE INC), listed on NASDAQ in USD`. */
function described({ symbol, name, exchange, currency }: Contract): string {
  return `${symbol}${name === null ? '' : ` (${name})`}, ${exchange === null ? '' : `listed on ${exchange} `}in ${currency}`;
}

function describe(symbol: string, { exchange, currency }: ContractQuery): string {
  return [`'${symbol}'`, exchange && `on ${exchange.trim().toUpperCase()}`, currency && `in ${currency}`]
    .filter(Boolean)
    .join(' ');
}

function unknown(what: string, instead?: string): GatewayError {
  return new GatewayError(
    'not_found',
    [`IBKR knows no instrument ${what}.`, instead].filter(Boolean).join(' '),
    instead === undefined || !instead.includes('conid')
      ? 'Find it with search_security, which also searches by company name, and use its conid.'
      : 'If that is meant, call again with its conid; otherwise find it with search_security.',
  );
}
