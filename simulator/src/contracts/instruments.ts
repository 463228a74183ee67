/**
 * What can be traded here: real instruments, nearly all under their real IBKR contract ids (conids).
 * Price levels are round numbers near those of autumn 2026; `prices.ts` moves them.
 */

import {
  EASTERN_LISTINGS,
  EUROPEAN_ETFS,
  EUROPEAN_LISTINGS,
  type ListingRow,
  SECOND_ETF_LISTINGS,
  SECOND_LISTINGS,
} from './foreign-listings.ts';
import { type StockRow, US_ETFS, US_STOCKS } from './us-listings.ts';

export type AssetClass = 'STK' | 'OPT' | 'FUT' | 'IND' | 'CASH' | 'BAG';

export interface Instrument {
  readonly conid: number;
  readonly symbol: string;
  readonly name: string;
  readonly assetClass: AssetClass;
  readonly currency: string;
  /** Listing exchange by its IBKR name, for example `NASDAQ`, `IBIS` (Xetra), `MEXI`. */
  readonly exchange: string;
  readonly isEtf: boolean;
  readonly sector: string;
  readonly industry: string;
  /** Price around which the simulated one moves; for stocks in USD whatever the listing's currency. */
  readonly level: number;
  /** Standard deviation of a year's return. */
  readonly volatility: number;
  /** Shares traded on an average day. */
  readonly dailyVolume: number;
  /** Listings and share classes with the same `process` move together. */
  readonly process: string;
  /** The currency bought with a BUY, for `CASH` instruments. */
  readonly baseCurrency?: string;
  /** How many units of its price are one unit of the currency: 100 for a price in pence or cents. */
  readonly priceMagnifier?: number;
  readonly option?: OptionTerms;
  readonly future?: FutureTerms;
}

export interface FutureTerms {
  readonly underlying: number;
  /** Last trading day as `YYYYMMDD`. */
  readonly expiry: string;
  readonly multiplier: number;
  /** Smallest price step. */
  readonly tick: number;
}

export interface OptionTerms {
  readonly underlying: number;
  readonly right: 'C' | 'P';
  readonly strike: number;
  /** Expiration date as `YYYYMMDD`. */
  readonly expiry: string;
  readonly multiplier: number;
  /** Where it is not the symbol of the underlying. */
  readonly tradingClass?: string;
}

/** One entry per share class or fund that follows another one's price. */
const SHARED_PROCESS: Readonly<Record<string, string>> = { GOOG: 'GOOGL', VOO: 'SPY', IVV: 'SPY' };

/** USD value and yearly volatility of each currency; every FX pair is the quotient of two of them. */
export const CURRENCIES: Readonly<Record<string, { usdValue: number; volatility: number }>> = {
  USD: { usdValue: 1, volatility: 0 },
  EUR: { usdValue: 1.155, volatility: 0.07 },
  GBP: { usdValue: 1.315, volatility: 0.075 },
  CHF: { usdValue: 1.245, volatility: 0.075 },
  JPY: { usdValue: 0.00642, volatility: 0.09 },
  CAD: { usdValue: 0.711, volatility: 0.06 },
  AUD: { usdValue: 0.652, volatility: 0.09 },
  NZD: { usdValue: 0.572, volatility: 0.095 },
  HKD: { usdValue: 0.1285, volatility: 0.004 },
  SGD: { usdValue: 0.768, volatility: 0.045 },
  SEK: { usdValue: 0.1052, volatility: 0.09 },
  NOK: { usdValue: 0.0985, volatility: 0.1 },
  MXN: { usdValue: 0.0543, volatility: 0.11 },
};

const FX_PAIRS: readonly (readonly [conid: number, base: string, quote: string])[] = [
  [12087820, 'USD', 'CHF'],
  [12087792, 'EUR', 'USD'],
  [12087797, 'GBP', 'USD'],
  [15016059, 'USD', 'JPY'],
  [15016062, 'USD', 'CAD'],
  [14433401, 'AUD', 'USD'],
  [39453441, 'NZD', 'USD'],
  [12345777, 'USD', 'HKD'],
  [37928772, 'USD', 'SGD'],
  [37893486, 'USD', 'SEK'],
  [37971206, 'USD', 'NOK'],
  [35045199, 'USD', 'MXN'],
  [12087807, 'EUR', 'GBP'],
  [12087817, 'EUR', 'CHF'],
  [14321016, 'EUR', 'JPY'],
  [14321015, 'GBP', 'JPY'],
];

/** Contracts for difference on these underlyings, listed in the search sections as IBKR does. */
export const CFD_CONIDS: Readonly<Record<number, string>> = { 265598: '120550477', 756733: '134770228' };

/** The S&P 500 index, which has options and cannot be traded itself. */
export const SPX_INDEX = 416904;

/** Underlyings with listed options. */
export const OPTION_UNDERLYINGS: readonly number[] = [265598, 756733, SPX_INDEX];

/** London quotes shares in pounds by the penny. */
const PENCE = 100;

const INDICES: readonly Instrument[] = [
  {
    conid: SPX_INDEX,
    symbol: 'SPX',
    name: 'S&P 500 STOCK INDEX',
    assetClass: 'IND',
    currency: 'USD',
    exchange: 'CBOE',
    isEtf: false,
    sector: 'Indices',
    industry: 'Broad Range Equity Index',
    level: 6_690,
    volatility: 0.16,
    dailyVolume: 0,
    process: 'SPY',
  },
];

const US_EXCHANGES = new Set(['NASDAQ', 'NYSE', 'ARCA', 'AMEX', 'BATS']);

export function isUsListing(instrument: Instrument): boolean {
  return instrument.assetClass === 'STK' && US_EXCHANGES.has(instrument.exchange);
}

function stock(row: StockRow, isEtf: boolean, currency: string, process: string): Instrument {
  const [conid, symbol, name, exchange, level, volatility, millions, sector, industry] = row;
  return {
    conid,
    symbol,
    name,
    assetClass: 'STK',
    currency,
    exchange,
    isEtf,
    sector,
    industry,
    level,
    volatility,
    dailyVolume: millions * 1_000_000,
    process,
  };
}

function usStock(row: StockRow, isEtf: boolean): Instrument {
  const [, symbol] = row;
  return stock(row, isEtf, 'USD', SHARED_PROCESS[symbol] ?? symbol);
}

function listing(row: ListingRow, isEtf: boolean): Instrument {
  const [conid, symbol, name, exchange, level, volatility, millions, sector, industry, currency, process] =
    row;
  const columns = [conid, symbol, name, exchange, level, volatility, millions, sector, industry] as const;
  const priceMagnifier = exchange === 'LSE' && currency === 'GBP' ? PENCE : undefined;
  return { ...stock(columns, isEtf, currency, process), ...(priceMagnifier && { priceMagnifier }) };
}

function fxPair([conid, base, quote]: (typeof FX_PAIRS)[number]): Instrument {
  return {
    conid,
    symbol: `${base}.${quote}`,
    name: `${base}.${quote}`,
    assetClass: 'CASH',
    currency: quote,
    exchange: 'IDEALPRO',
    isEtf: false,
    sector: '',
    industry: '',
    level: 1,
    volatility: CURRENCIES[base === 'USD' ? quote : base]?.volatility ?? 0.08,
    dailyVolume: 0,
    process: '',
    baseCurrency: base,
  };
}

/** Every instrument but derivatives: `option-contracts.ts` and `futures-contracts.ts` have those. */
export const INSTRUMENTS: readonly Instrument[] = [
  ...US_STOCKS.map((row) => usStock(row, false)),
  ...US_ETFS.map((row) => usStock(row, true)),
  ...EUROPEAN_LISTINGS.map((row) => listing(row, false)),
  ...EUROPEAN_ETFS.map((row) => listing(row, true)),
  ...EASTERN_LISTINGS.map((row) => listing(row, false)),
  ...SECOND_LISTINGS.map((row) => listing(row, false)),
  ...SECOND_ETF_LISTINGS.map((row) => listing(row, true)),
  ...INDICES,
  ...FX_PAIRS.map(fxPair),
];
