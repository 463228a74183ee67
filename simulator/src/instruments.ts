/**
 * What can be traded here: real instruments under their real IBKR contract ids (conids).
 * Price levels are round numbers near those of autumn 2026; `prices.ts` moves them.
 */

export type AssetClass = 'STK' | 'OPT' | 'FUT' | 'CASH' | 'BAG';

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
}

type StockRow = readonly [
  conid: number,
  symbol: string,
  name: string,
  exchange: string,
  level: number,
  volatility: number,
  dailyVolumeMillions: number,
  sector: string,
  industry: string,
];

const US_STOCKS: readonly StockRow[] = [
  [265598, 'AAPL', 'APPLE INC', 'NASDAQ', 268, 0.27, 52, 'Technology', 'Computers'],
  [272093, 'MSFT', 'MICROSOFT CORP', 'NASDAQ', 505, 0.24, 21, 'Technology', 'Software'],
  [4815747, 'NVDA', 'NVIDIA CORP', 'NASDAQ', 186, 0.42, 175, 'Technology', 'Semiconductors'],
  [3691937, 'AMZN', 'AMAZON.COM INC', 'NASDAQ', 259, 0.32, 41, 'Communications', 'Internet'],
  [208813719, 'GOOGL', 'ALPHABET INC-CL A', 'NASDAQ', 345, 0.3, 33, 'Communications', 'Internet'],
  [208813720, 'GOOG', 'ALPHABET INC-CL C', 'NASDAQ', 346, 0.3, 21, 'Communications', 'Internet'],
  [107113386, 'META', 'META PLATFORMS INC-CLASS A', 'NASDAQ', 640, 0.35, 14, 'Communications', 'Internet'],
  [76792991, 'TSLA', 'TESLA INC', 'NASDAQ', 405, 0.55, 88, 'Consumer, Cyclical', 'Auto Manufacturers'],
  [4391, 'AMD', 'ADVANCED MICRO DEVICES', 'NASDAQ', 214, 0.48, 46, 'Technology', 'Semiconductors'],
  [15124833, 'NFLX', 'NETFLIX INC', 'NASDAQ', 109, 0.33, 34, 'Communications', 'Internet'],
  [270639, 'INTC', 'INTEL CORP', 'NASDAQ', 38, 0.45, 95, 'Technology', 'Semiconductors'],
  [268084, 'CSCO', 'CISCO SYSTEMS INC', 'NASDAQ', 77, 0.22, 20, 'Communications', 'Telecommunications'],
  [265768, 'ADBE', 'ADOBE INC', 'NASDAQ', 330, 0.34, 4, 'Technology', 'Software'],
  [313130367, 'AVGO', 'BROADCOM INC', 'NASDAQ', 348, 0.42, 21, 'Technology', 'Semiconductors'],
  [273544, 'QCOM', 'QUALCOMM INC', 'NASDAQ', 168, 0.34, 9, 'Technology', 'Semiconductors'],
  [9939, 'MU', 'MICRON TECHNOLOGY INC', 'NASDAQ', 235, 0.5, 26, 'Technology', 'Semiconductors'],
  [272997, 'COST', 'COSTCO WHOLESALE CORP', 'NASDAQ', 905, 0.2, 2, 'Consumer, Cyclical', 'Retail'],
  [11017, 'PEP', 'PEPSICO INC', 'NASDAQ', 146, 0.18, 7, 'Consumer, Non-cyclical', 'Beverages'],
  [274105, 'SBUX', 'STARBUCKS CORP', 'NASDAQ', 86, 0.28, 9, 'Consumer, Cyclical', 'Retail'],
  [
    199169591,
    'PYPL',
    'PAYPAL HOLDINGS INC',
    'NASDAQ',
    63,
    0.36,
    13,
    'Consumer, Non-cyclical',
    'Commercial Services',
  ],
  [444857009, 'PLTR', 'PALANTIR TECHNOLOGIES INC-A', 'NASDAQ', 168, 0.6, 55, 'Technology', 'Software'],
  [
    481691285,
    'COIN',
    'COINBASE GLOBAL INC -CLASS A',
    'NASDAQ',
    270,
    0.7,
    9,
    'Financial',
    'Diversified Financial Services',
  ],
  [
    43645865,
    'IBKR',
    'INTERACTIVE BROKERS GRO-CL A',
    'NASDAQ',
    65,
    0.36,
    5,
    'Financial',
    'Diversified Financial Services',
  ],
  [
    117902840,
    'ASML',
    'ASML HOLDING NV-NY REG SHS',
    'NASDAQ',
    1010,
    0.38,
    1.5,
    'Technology',
    'Semiconductors',
  ],
  [1520593, 'JPM', 'JPMORGAN CHASE & CO', 'NYSE', 305, 0.24, 9, 'Financial', 'Banks'],
  [10098, 'BAC', 'BANK OF AMERICA CORP', 'NYSE', 53, 0.26, 37, 'Financial', 'Banks'],
  [10375, 'WFC', 'WELLS FARGO & CO', 'NYSE', 85, 0.27, 14, 'Financial', 'Banks'],
  [4627828, 'GS', 'GOLDMAN SACHS GROUP INC', 'NYSE', 790, 0.28, 2, 'Financial', 'Banks'],
  [87335484, 'C', 'CITIGROUP INC', 'NYSE', 101, 0.29, 13, 'Financial', 'Banks'],
  [
    49462172,
    'V',
    'VISA INC-CLASS A SHARES',
    'NYSE',
    335,
    0.2,
    6,
    'Financial',
    'Diversified Financial Services',
  ],
  [38685693, 'MA', 'MASTERCARD INC - A', 'NYSE', 545, 0.2, 3, 'Financial', 'Diversified Financial Services'],
  [72063691, 'BRK B', 'BERKSHIRE HATHAWAY INC-CL B', 'NYSE', 505, 0.17, 4, 'Financial', 'Insurance'],
  [13824, 'WMT', 'WALMART INC', 'NASDAQ', 106, 0.2, 17, 'Consumer, Cyclical', 'Retail'],
  [7930, 'HD', 'HOME DEPOT INC', 'NYSE', 345, 0.23, 4, 'Consumer, Cyclical', 'Retail'],
  [10291, 'NKE', 'NIKE INC -CL B', 'NYSE', 64, 0.33, 14, 'Consumer, Cyclical', 'Apparel'],
  [8894, 'KO', 'COCA-COLA CO/THE', 'NYSE', 72, 0.15, 16, 'Consumer, Non-cyclical', 'Beverages'],
  [
    11054,
    'PG',
    'PROCTER & GAMBLE CO/THE',
    'NYSE',
    150,
    0.16,
    8,
    'Consumer, Non-cyclical',
    'Cosmetics/Personal Care',
  ],
  [8719, 'JNJ', 'JOHNSON & JOHNSON', 'NYSE', 203, 0.16, 9, 'Consumer, Non-cyclical', 'Pharmaceuticals'],
  [11031, 'PFE', 'PFIZER INC', 'NYSE', 25, 0.24, 45, 'Consumer, Non-cyclical', 'Pharmaceuticals'],
  [
    13272,
    'UNH',
    'UNITEDHEALTH GROUP INC',
    'NYSE',
    322,
    0.35,
    9,
    'Consumer, Non-cyclical',
    'Healthcare-Services',
  ],
  [9160, 'LLY', 'ELI LILLY & CO', 'NYSE', 1040, 0.34, 3, 'Consumer, Non-cyclical', 'Pharmaceuticals'],
  [5684, 'CVX', 'CHEVRON CORP', 'NYSE', 152, 0.23, 9, 'Energy', 'Oil & Gas'],
  [10885, 'COP', 'CONOCOPHILLIPS', 'NYSE', 90, 0.3, 7, 'Energy', 'Oil & Gas'],
  [4762, 'BA', 'BOEING CO/THE', 'NYSE', 195, 0.35, 8, 'Industrial', 'Aerospace/Defense'],
  [5437, 'CAT', 'CATERPILLAR INC', 'NYSE', 560, 0.3, 3, 'Industrial', 'Machinery-Constr&Mining'],
  [6459, 'DIS', 'WALT DISNEY CO/THE', 'NYSE', 106, 0.28, 10, 'Communications', 'Media'],
  [9599491, 'F', 'FORD MOTOR CO', 'NYSE', 13, 0.33, 60, 'Consumer, Cyclical', 'Auto Manufacturers'],
  [80986742, 'GM', 'GENERAL MOTORS CO', 'NYSE', 70, 0.33, 9, 'Consumer, Cyclical', 'Auto Manufacturers'],
  [37018770, 'T', 'AT&T INC', 'NYSE', 26, 0.2, 36, 'Communications', 'Telecommunications'],
  [4901, 'VZ', 'VERIZON COMMUNICATIONS INC', 'NYSE', 41, 0.2, 22, 'Communications', 'Telecommunications'],
  [29624264, 'CRM', 'SALESFORCE INC', 'NYSE', 235, 0.33, 8, 'Technology', 'Software'],
  [272800, 'ORCL', 'ORACLE CORP', 'NYSE', 205, 0.45, 24, 'Technology', 'Software'],
  [365207014, 'UBER', 'UBER TECHNOLOGIES INC', 'NYSE', 84, 0.37, 19, 'Communications', 'Internet'],
];

const US_ETFS: readonly StockRow[] = [
  [756733, 'SPY', 'SPDR S&P 500 ETF TRUST', 'ARCA', 668, 0.16, 72, 'Others', 'ETF'],
  [136155102, 'VOO', 'VANGUARD S&P 500 ETF', 'ARCA', 614, 0.16, 8, 'Others', 'ETF'],
  [8991352, 'IVV', 'ISHARES CORE S&P 500 ETF', 'ARCA', 671, 0.16, 7, 'Others', 'ETF'],
  [12340041, 'VTI', 'VANGUARD TOTAL STOCK MKT ETF', 'ARCA', 328, 0.165, 4, 'Others', 'ETF'],
  [320227571, 'QQQ', 'INVESCO QQQ TRUST SERIES 1', 'NASDAQ', 605, 0.21, 58, 'Others', 'ETF'],
  [9579970, 'IWM', 'ISHARES RUSSELL 2000 ETF', 'ARCA', 240, 0.22, 38, 'Others', 'ETF'],
  [73128548, 'DIA', 'SPDR DJIA TRUST', 'ARCA', 465, 0.15, 6, 'Others', 'ETF'],
  [4215220, 'XLF', 'FINANCIAL SELECT SECTOR SPDR', 'ARCA', 52, 0.2, 42, 'Others', 'ETF'],
  [229725622, 'SMH', 'VANECK SEMICONDUCTOR ETF', 'NASDAQ', 345, 0.35, 9, 'Others', 'ETF'],
  [31421120, 'FXI', 'ISHARES CHINA LARGE-CAP ETF', 'ARCA', 39, 0.28, 30, 'Others', 'ETF'],
  [15547841, 'TLT', 'ISHARES 20+ YEAR TREASURY BD', 'NASDAQ', 88, 0.13, 36, 'Others', 'ETF'],
  [43652089, 'HYG', 'ISHARES IBOXX H/Y CORP BOND', 'ARCA', 80, 0.06, 38, 'Others', 'ETF'],
  [51529211, 'GLD', 'SPDR GOLD SHARES', 'ARCA', 378, 0.18, 13, 'Others', 'ETF'],
  [39039301, 'SLV', 'ISHARES SILVER TRUST', 'ARCA', 46, 0.32, 25, 'Others', 'ETF'],
];

type ListingRow = readonly [...StockRow, currency: string, process: string];

/** European listings; `level` is in USD so that two listings of one company stay in line. */
const EUROPEAN_LISTINGS: readonly ListingRow[] = [
  [
    117589399,
    'ASML',
    'ASML HOLDING NV',
    'AEB',
    1010,
    0.38,
    0.6,
    'Technology',
    'Semiconductors',
    'EUR',
    'ASML',
  ],
  [14204, 'SAP', 'SAP SE', 'IBIS', 245, 0.27, 1.6, 'Technology', 'Software', 'EUR', 'SAP'],
  [
    14217,
    'SIE',
    'SIEMENS AG-REG',
    'IBIS',
    268,
    0.26,
    1.1,
    'Industrial',
    'Miscellaneous Manufactur',
    'EUR',
    'SIE',
  ],
  [212289339, 'ABN', 'ABN AMRO BANK NV-CVA', 'AEB', 32, 0.27, 3, 'Financial', 'Banks', 'EUR', 'ABN'],
  [29612193, 'TTE', 'TOTALENERGIES SE', 'SBF', 64, 0.22, 4, 'Energy', 'Oil & Gas', 'EUR', 'TTE'],
  [371871705, 'TRN', 'TRAINLINE PLC', 'LSE', 3.4, 0.36, 2, 'Consumer, Cyclical', 'Internet', 'GBP', 'TRN'],
];

const EUROPEAN_ETFS: readonly ListingRow[] = [
  [100292038, 'IWDA', 'ISHARES CORE MSCI WORLD', 'AEB', 128, 0.14, 0.5, 'Others', 'ETF', 'EUR', 'IWDA'],
  [65071241, 'IWDA', 'ISHARES CORE MSCI WORLD', 'LSEETF', 128, 0.14, 0.3, 'Others', 'ETF', 'USD', 'IWDA'],
  [128831206, 'VWRL', 'VANG FTSE AW USDD', 'AEB', 168, 0.14, 0.1, 'Others', 'ETF', 'EUR', 'VWRL'],
];

/** Further listings of US names. A search finds them too, and the first hit is not always the US one. */
const SECOND_LISTINGS: readonly ListingRow[] = [
  [38708077, 'AAPL', 'APPLE INC', 'MEXI', 268, 0.27, 0.02, 'Technology', 'Computers', 'MXN', 'AAPL'],
  [273982664, 'AAPL', 'APPLE INC', 'EBS', 268, 0.27, 0.01, 'Technology', 'Computers', 'CHF', 'AAPL'],
  [532640894, 'AAPL', 'APPLE INC-CDR', 'TSE', 24.5, 0.27, 0.1, 'Technology', 'Computers', 'CAD', 'AAPL'],
  [38708590, 'AMZN', 'AMAZON.COM INC', 'MEXI', 259, 0.32, 0.02, 'Communications', 'Internet', 'MXN', 'AMZN'],
  [305691292, 'AMZN', 'AMAZON.COM INC', 'EBS', 259, 0.32, 0.01, 'Communications', 'Internet', 'CHF', 'AMZN'],
  [
    532497536,
    'AMZN',
    'AMAZON.COM INC - CDR',
    'TSE',
    17.6,
    0.32,
    0.1,
    'Communications',
    'Internet',
    'CAD',
    'AMZN',
  ],
  [
    210810667,
    'GOOG',
    'ALPHABET INC-CL C',
    'MEXI',
    346,
    0.3,
    0.01,
    'Communications',
    'Internet',
    'MXN',
    'GOOGL',
  ],
];

const SECOND_ETF_LISTINGS: readonly ListingRow[] = [
  [38709152, 'SPY', 'SPDR S&P 500 ETF TRUST', 'MEXI', 668, 0.16, 0.02, 'Others', 'ETF', 'MXN', 'SPY'],
];

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

/** Underlyings with listed options. */
export const OPTION_UNDERLYINGS: readonly number[] = [265598, 756733];

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
  return stock(columns, isEtf, currency, process);
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
  ...SECOND_LISTINGS.map((row) => listing(row, false)),
  ...SECOND_ETF_LISTINGS.map((row) => listing(row, true)),
  ...FX_PAIRS.map(fxPair),
];
