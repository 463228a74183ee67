/**
 * How people and other programs write instruments, read as IBKR's spellings. A text may be read in several ways
 * (`BBD.B` is a class of shares and could be a listing); which of them exist, only IBKR knows.
 */

import type { OtherMeaning } from '../errors.ts';
import { splitCurrencyPair } from './currency-pairs.ts';
import {
  exchangesKnown,
  exchangesOfBloombergCode,
  exchangesOfEnding,
  exchangesOfPrefix,
  isOneOf,
  isUnitedStates,
} from './exchanges.ts';

/** One way to read what was written. */
export interface SymbolReading {
  /** `STK` is a stock, else an index. */
  kind: 'STK' | 'IND' | 'CASH' | 'CRYPTO' | 'FUT' | 'OPT';
  /** Spellings under which IBKR may have it. */
  symbols: readonly string[];
  /** IBKR's names of the exchanges that the text says it is listed on. */
  exchanges?: readonly string[];
  /** Of a cryptocurrency: what it is priced in. */
  currency?: string;
  /** Of an option: its terms in words. */
  option?: string;
}

/** What indices are called elsewhere, and IBKR's symbols of them. */
const INDEX_SYMBOLS: Readonly<Record<string, string>> = {
  ...{ GSPC: 'SPX', INX: 'SPX', SPX500: 'SPX', DJI: 'INDU', DJIA: 'INDU', IXIC: 'COMP', CCMP: 'COMP' },
  ...{ RUT: 'RUT', RTY: 'RUT', UKX: 'Z', FTSE: 'Z', GDAXI: 'DAX', FCHI: 'CAC40', CAC: 'CAC40', PX1: 'CAC40' },
  ...{ STOXX50E: 'ESTX50', SX5E: 'ESTX50', NKY: 'N225', NI225: 'N225', AEX: 'EOE', SSMI: 'SMI' },
};

/** Indices that people mean when they write the bare symbol, even where a US stock or fund has it, too. */
const NAMED_INDICES: ReadonlySet<string> = new Set(
  'SPX NDX RUT VIX DJX INDU OEX XSP XEO MID DAX ESTX50 N225 HSI CAC40 SMI IBEX MNX MRUT'.split(' '),
);

const COINS: ReadonlySet<string> = new Set(
  'BTC ETH LTC BCH SOL XRP ADA DOGE AVAX LINK UNI AAVE DOT SHIB SUI MATIC POL TRX XLM HBAR'.split(' '),
);
const COIN_PRICES = 'USDT|USDC|USD|EUR|GBP|CHF|JPY';

/** Symbols of futures that are tickers of something else, too; what the futures are on. */
const FUTURES: Readonly<Record<string, string>> = {
  ...{ ES: 'the S&P 500', MES: 'the S&P 500', NQ: 'the Nasdaq-100', MNQ: 'the Nasdaq-100', YM: 'the Dow' },
  ...{ RTY: 'the Russell 2000', M2K: 'the Russell 2000', VX: 'the VIX', CL: 'crude oil', MCL: 'crude oil' },
  ...{ BZ: 'Brent crude', NG: 'natural gas', RB: 'gasoline', HO: 'heating oil', GC: 'gold', MGC: 'gold' },
  ...{ SI: 'silver', SIL: 'silver', HG: 'copper', PL: 'platinum', PA: 'palladium', ZB: 'US Treasuries' },
  ...{ ZN: 'US Treasuries', ZF: 'US Treasuries', ZT: 'US Treasuries', UB: 'US Treasuries', ZC: 'corn' },
  ...{ ZS: 'soybeans', ZW: 'wheat', ZM: 'soybean meal', ZL: 'soybean oil', LE: 'cattle', GF: 'cattle' },
  ...{ HE: 'hogs', KC: 'coffee', SB: 'sugar', CT: 'cotton', CC: 'cocoa', OJ: 'orange juice' },
  ...{ BRR: 'bitcoin', MBT: 'bitcoin', DAX: 'the DAX', ESTX50: 'the Euro Stoxx 50' },
};

/** Futures on currencies, as exchanges call them and as IBKR does. */
const FUTURES_SYMBOLS: Readonly<Record<string, string>> = {
  ...{
    '6E': 'EUR',
    '6B': 'GBP',
    '6J': 'JPY',
    '6A': 'AUD',
    '6C': 'CAD',
    '6S': 'CHF',
    '6N': 'NZD',
    '6M': 'MXP',
  },
};

const CURRENCY_PREFIX = /^(C|FX|FX_IDC|OANDA|FOREXCOM|CURRENCY):(?=[A-Z]{3})/;
const COIN_PREFIX = /^(X|CRYPTO|COINBASE|BINANCE|KRAKEN|BITSTAMP|CURRENCY):(?=[A-Z])/;
const INDEX_PREFIX =
  /^(I|IND|INDEX|INDEXSP|INDEXDJX|INDEXNASDAQ|INDEXCBOE|INDEXRUSSELL|TVC|SP|DJ):\.?(?=[A-Z])/;

/**
 * Every way in which a text can be meant, the likelier first; empty when it is not the name of anything. Takes
 * IBKR's own spelling, and those of Yahoo, Reuters, Bloomberg, Google, TradingView and the exchanges.
 */
export function readSymbol(text: string): SymbolReading[] {
  const written = text
    .trim()
    .toUpperCase()
    .replaceAll(/\s+/g, ' ')
    .replace(/^\$(?=[A-Z])/, '')
    .replace(/ EQUITY$/, '');
  if (written === '') return [];
  return (
    readPair(written) ??
    readOption(written) ??
    readFuture(written) ??
    readCoin(written) ??
    readIndex(written) ??
    readStock(written)
  );
}

/** What a contract is known by; of a derivative, `symbol` is that of its underlying. */
interface Named {
  symbol: string;
  secType: string;
  /** Listing exchange. */
  exchange?: string | null | undefined;
  currency: string;
}

/**
 * Whether a text names that contract, or what it is a derivative of, in any spelling. A listing that the text fixes
 * (`VOD.L`) has to be the contract's; IBKR names none of options in the United States.
 */
export function namesContract(text: string, { symbol, secType, exchange = null, currency }: Named): boolean {
  return readSymbol(text).some((reading) => {
    if (!reading.symbols.includes(symbol)) return false;
    const { kind, exchanges } = reading;
    if (kind !== 'STK') {
      return kind === secType && (reading.currency === undefined || reading.currency === currency);
    }
    if (exchanges === undefined || isOneOf(exchange, exchanges)) return true;
    return exchange === null && currency === 'USD' && isUnitedStates(exchanges);
  });
}

/**
 * Of two lists of symbols, what both name: of two texts for one thing the one that names less. To tell people of, not
 * to judge by, for a text may name more: `VOD` and `VOD.L` both name London's Vodafone, but only `VOD.L` a class of shares.
 */
export function namedByBoth(one: readonly string[], other: readonly string[]): string[] {
  const bySymbol = Map.groupBy(readingsOf(other), ({ symbol }) => symbol);
  const both = readingsOf(one).flatMap((first) =>
    (bySymbol.get(first.symbol) ?? []).flatMap((second) => {
      if (includesReading(second, first) || areListedTogether(first, second)) return first.text;
      return includesReading(first, second) ? second.text : [];
    }),
  );
  return [...new Set(both)];
}

function areListedTogether(one: OneReading, other: OneReading): boolean {
  return one.kind === other.kind && one.exchanges?.some((name) => other.exchanges?.includes(name)) === true;
}

/**
 * Whether a list names whatever a text may name, in any spelling: `AAPL` names all of `NASDAQ:AAPL`, which names less of
 * it. Not of `AAPL.O`, which could be a class of shares as well.
 */
export function namesAllOf(list: readonly string[], text: string): boolean {
  if (list.includes(text)) return true;
  const [meant, named] = [readingsOf([text]), readingsOf(list)];
  return meant.length > 0 && meant.every((one) => named.some((wide) => includesReading(wide, one)));
}

function includesReading(wide: OneReading, narrow: OneReading): boolean {
  if (wide.symbol !== narrow.symbol) return false;
  if (wide.kind !== 'STK') {
    return wide.kind === narrow.kind && (wide.currency === undefined || wide.currency === narrow.currency);
  }
  // A bare ticker stands for its derivatives, and for whatever else has that symbol.
  if (wide.exchanges === undefined) return true;
  const { exchanges } = narrow;
  return exchanges !== undefined && (exchanges === wide.exchanges || isAmong(exchanges, wide.exchanges));
}

/** Not of all listings in the United States: they stand for contracts that have no listing exchange, too. */
function isAmong(exchanges: readonly string[], others: readonly string[]): boolean {
  return !isUnitedStates(exchanges) && exchanges.every((name) => others.includes(name));
}

type OneReading = ReturnType<typeof readingsOf>[number];

function readingsOf(texts: readonly string[]) {
  return texts.flatMap((text) =>
    readSymbol(text).flatMap(({ symbols, ...reading }) =>
      symbols.map((symbol) => ({ ...reading, symbol, text })),
    ),
  );
}

/** Whether a bare symbol may mean an index although a stock or fund has it, too. */
export function isNamedIndex(symbol: string): boolean {
  return NAMED_INDICES.has(symbol);
}

/** What else a ticker is the usual name of; null for most. */
export function otherMeaning(symbol: string): OtherMeaning | null {
  if (COINS.has(symbol)) return { kind: 'coin', symbol };
  const underlying = FUTURES[symbol];
  return underlying === undefined ? null : { kind: 'futures', symbol, underlying };
}

function readPair(written: string): SymbolReading[] | null {
  const yahoo = /^([A-Z]{3})?([A-Z]{3})=X$/.exec(written);
  const pair = splitCurrencyPair(
    yahoo === null
      ? written
          .replace(CURRENCY_PREFIX, '')
          .replace(/ CURNCY$/, '')
          .replace(/[ _]/, '.')
      : `${yahoo[1] ?? 'USD'}.${yahoo[2]}`,
  );
  return pair === null ? null : [{ kind: 'CASH', symbols: [pair.join('.')] }];
}

function readOption(written: string): SymbolReading[] | null {
  const [, symbol, date = '', right, strike = ''] =
    /^(?:O:|\.)?([A-Z]{1,6}) ?(\d{6})([CP])(\d{8}|\d{1,5}(?:\.\d+)?)$/.exec(written) ?? [];
  if (symbol === undefined) return null;
  const price = strike.length === 8 ? Number(strike) / 1000 : Number(strike);
  const expiry = `20${date.slice(0, 2)}-${date.slice(2, 4)}-${date.slice(4)}`;
  const option = [symbol, expiry, price, right === 'C' ? 'call' : 'put'].join(' ');
  return [{ kind: 'OPT', symbols: [symbol], option }];
}

/** `ES=F`, `/ES`, `/ESZ26`, `CME_MINI:ES1!`, `ES1 Index`: marked as a future by its form. */
const MARKED_FUTURES = [
  /^([A-Z0-9]{1,8})=F$/,
  /^[/@]([A-Z0-9]{1,8})(?::X[A-Z]{3,4})?$/,
  /^(?:[A-Z_]+:)?([A-Z0-9]{1,6}?)[12]!$/,
  /^([A-Z]{1,3}) ?\d (?:COMDTY|INDEX)$/,
];
/** A root, the letter of a month and a year, as in `ESZ6`. */
const DATED_FUTURE = /^([A-Z0-9]{1,4}?)[FGHJKMNQUVXZ]\d{1,2}$/;
const DATED_TICKER = /^([A-Z]{2,3}|\d[A-Z])[FGHJKMNQUVXZ]\d{1,2}$/;

function readFuture(written: string): SymbolReading[] | null {
  const marked = MARKED_FUTURES.map((form) => form.exec(written)?.[1]).find((root) => root !== undefined);
  const [, root] = (marked === undefined ? DATED_TICKER.exec(written) : DATED_FUTURE.exec(marked)) ?? [
    '',
    marked,
  ];
  if (root === undefined) return null;
  const future: SymbolReading = { kind: 'FUT', symbols: [FUTURES_SYMBOLS[root] ?? root] };
  // Without a mark it may be a ticker all the same.
  return marked === undefined ? [{ kind: 'STK', symbols: [written] }, future] : [future];
}

function readCoin(written: string): SymbolReading[] | null {
  const text = written.replace(COIN_PREFIX, '');
  const [, coin = '', sign, currency = ''] =
    new RegExp(`^([A-Z0-9]{2,6}?)([-/._ ]?)(${COIN_PRICES})$`).exec(text) ?? [];
  if (!COINS.has(coin) && !(coin !== '' && (sign === '-' || text !== written))) return null;
  return [{ kind: 'CRYPTO', symbols: [coin], currency }];
}

function readIndex(written: string): SymbolReading[] | null {
  const text = written.replace(INDEX_PREFIX, '^').replace(/^\.(?=[A-Z])/, '^');
  const [, caret, bloomberg] = /^\^([A-Z0-9]{1,10})$|^([A-Z0-9]{1,10}) INDEX$/.exec(text) ?? [];
  const symbol = caret ?? bloomberg;
  if (symbol === undefined) return null;
  return [{ kind: 'IND', symbols: [INDEX_SYMBOLS[symbol] ?? symbol] }];
}

function readStock(written: string): SymbolReading[] {
  const [, prefix = '', rest = ''] = /^([A-Z][A-Z0-9_. ]*):(.+)$/.exec(written) ?? [];
  if (prefix !== '') {
    // `VOD:LSE` is `LSE:VOD` to some.
    const behind = exchangesKnown(prefix) === null ? exchangesNamed(rest) : null;
    return [behind === null ? stockAt(rest, exchangesOfPrefix(prefix, rest)) : stockAt(prefix, behind)];
  }
  const [, ticker = '', sign, place = ''] = /^(.+)([. @])([A-Z]{1,8})$/.exec(written) ?? [];
  const exchanges =
    place.length > 2 || sign === '@'
      ? exchangesKnown(place)
      : sign === '.'
        ? exchangesOfEnding(place)
        : exchangesOfBloombergCode(place);
  // The `L` of `BAC.PR.L` is a series and not London.
  if (ticker !== '' && exchanges !== null && !/[ .]PR?$/.test(ticker)) {
    // One letter is the class of a stock as well: `BF.B`, and `A.L`, if there were one.
    const symbols = place.length === 1 ? spellingsOf(written) : [written];
    return [stockAt(ticker, exchanges), { kind: 'STK', symbols }];
  }
  const stock: SymbolReading = { kind: 'STK', symbols: spellingsOf(written) };
  return /^0\d{3,4}$/.test(written) ? [stock, stockAt(written, ['SEHK'])] : [stock];
}

/** An exchange by its name or code. */
function exchangesNamed(place: string): readonly string[] | null {
  return exchangesKnown(place) ?? exchangesOfBloombergCode(place);
}

function stockAt(ticker: string, exchanges: readonly string[] | null): SymbolReading {
  if (exchanges === null) return { kind: 'STK', symbols: spellingsOf(ticker) };
  // Hong Kong's codes have no zeros in front at IBKR.
  if (exchanges.includes('SEHK') && /^\d+$/.test(ticker)) {
    return { kind: 'STK', symbols: [String(Number(ticker))], exchanges };
  }
  // London's codes have three characters at least: `BP.`.
  const short = exchanges.includes('LSE') && /^[A-Z]{2}$/.test(ticker) ? [`${ticker}.`] : [];
  return { kind: 'STK', symbols: [...spellingsOf(ticker), ...short], exchanges };
}

/**
 * A ticker under the names it may have at IBKR: US classes of shares have a blank (`BRK B`), preferred ones `PR` and
 * their series (`BAC PRL`), warrants `WS`; other countries keep the dot (`BBD.B`).
 */
function spellingsOf(ticker: string): string[] {
  const [, base, letters = ''] = /^([A-Z0-9]{1,6})[ ./_^-]([A-Z][A-Z ./_-]*)$/.exec(ticker) ?? [];
  if (base === undefined) return [ticker];
  const [, series] = /^PR?[ ./_-]?([A-Z])$/.exec(ticker.includes('^') ? `P${letters}` : letters) ?? [];
  if (series !== undefined) return [`${base} PR${series}`, `${base}.PR.${series}`];
  if (letters === 'P' || letters === 'PR') return [`${base} PR`, `${base} P`, `${base}.${letters}`];
  if (letters === 'WT' || letters === 'WS') return [`${base} WS`, `${base}.WT`];
  if (letters.length === 1 || letters === 'UN') return [`${base} ${letters.charAt(0)}`, `${base}.${letters}`];
  return [ticker];
}
