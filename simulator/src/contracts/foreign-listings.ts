/** Stocks and funds outside of the United States. */

import type { StockRow } from './us-listings.ts';

export type ListingRow = readonly [...StockRow, currency: string, process: string];

/** European listings; `level` is in USD so that two listings of one company stay in line. */
export const EUROPEAN_LISTINGS: readonly ListingRow[] = [
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
  [
    166089160,
    'VOD',
    'VODAFONE GROUP PLC',
    'LSE',
    0.94,
    0.25,
    60,
    'Communications',
    'Telecommunications',
    'GBP',
    'VOD',
  ],
  [
    201374516,
    'SPX',
    'SPIRAX GROUP PLC',
    'LSE',
    92,
    0.3,
    0.2,
    'Industrial',
    'Machinery-Diversified',
    'GBP',
    'SPX LSE',
  ],
];

/** Listings in Asia and Australia. */
export const EASTERN_LISTINGS: readonly ListingRow[] = [
  [4036812, 'CBA', 'COMMONWEALTH BANK OF AUSTRAL', 'ASX', 104, 0.2, 2, 'Financial', 'Banks', 'AUD', 'CBA'],
  [4036818, 'BHP', 'BHP GROUP LTD', 'ASX', 28, 0.25, 8, 'Basic Materials', 'Mining', 'AUD', 'BHP'],
  [
    152791428,
    '700',
    'TENCENT HOLDINGS LTD',
    'SEHK',
    80,
    0.32,
    20,
    'Communications',
    'Internet',
    'HKD',
    '700',
  ],
  [
    38709473,
    '7203',
    'TOYOTA MOTOR CORP',
    'TSEJ',
    20,
    0.26,
    25,
    'Consumer, Cyclical',
    'Auto Manufacturers',
    'JPY',
    '7203',
  ],
];

export const EUROPEAN_ETFS: readonly ListingRow[] = [
  [100292038, 'IWDA', 'ISHARES CORE MSCI WORLD', 'AEB', 128, 0.14, 0.5, 'Others', 'ETF', 'EUR', 'IWDA'],
  [65071241, 'IWDA', 'ISHARES CORE MSCI WORLD', 'LSEETF', 128, 0.14, 0.3, 'Others', 'ETF', 'USD', 'IWDA'],
  [128831206, 'VWRL', 'VANG FTSE AW USDD', 'AEB', 168, 0.14, 0.1, 'Others', 'ETF', 'EUR', 'VWRL'],
];

/** Further listings of US names. A search finds them too, and the first hit is not always the US one. */
export const SECOND_LISTINGS: readonly ListingRow[] = [
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

export const SECOND_ETF_LISTINGS: readonly ListingRow[] = [
  [38709152, 'SPY', 'SPDR S&P 500 ETF TRUST', 'MEXI', 668, 0.16, 0.02, 'Others', 'ETF', 'MXN', 'SPY'],
];
