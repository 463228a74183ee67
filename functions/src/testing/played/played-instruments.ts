/** Test support: an IBKR that lists a few instruments whose names are hard to tell apart. */

import { type PlayedIbkr, playIbkr, type Routes } from './played-ibkr.ts';

export interface PlayedInstrument {
  conid: number;
  symbol: string;
  exchange: string;
  currency: string;
  secType?: 'STK' | 'IND' | 'CRYPTO' | 'CASH' | 'FUT';
  name?: string;
  isUS?: boolean;
  expiry?: string;
  multiplier?: number;
}

const us = (conid: number, symbol: string, exchange: string, name = symbol): PlayedInstrument => ({
  conid,
  symbol,
  exchange,
  currency: 'USD',
  name,
  isUS: true,
});
const abroad = (conid: number, symbol: string, exchange: string, currency: string): PlayedInstrument => ({
  conid,
  symbol,
  exchange,
  currency,
});

const INSTRUMENTS: readonly PlayedInstrument[] = [
  us(1, 'AAPL', 'NASDAQ', 'APPLE INC'),
  abroad(2, 'AAPL', 'MEXI', 'MXN'),
  us(3, 'BRK B', 'NYSE', 'BERKSHIRE HATHAWAY INC-CL B'),
  us(4, 'BAC', 'NYSE'),
  us(5, 'BAC PRL', 'NYSE', 'BANK OF AMERICA CORP PFD L'),
  us(6, 'VOD', 'NASDAQ', 'VODAFONE GROUP PLC-SP ADR'),
  abroad(7, 'VOD', 'LSE', 'GBP'),
  abroad(8, 'BP.', 'LSE', 'GBP'),
  us(9, 'BP', 'NYSE'),
  abroad(10, '700', 'SEHK', 'HKD'),
  abroad(11, '7203', 'TSEJ', 'JPY'),
  us(12, 'RY', 'NYSE'),
  abroad(13, 'RY', 'TSE', 'CAD'),
  abroad(14, 'SAP', 'IBIS', 'EUR'),
  us(15, 'SAP', 'NYSE'),
  us(16, 'AIR', 'NYSE', 'AAR CORP'),
  abroad(17, 'AIR', 'SBF', 'EUR'),
  abroad(18, 'BBD.B', 'TSE', 'CAD'),
  abroad(19, 'SPX', 'LSE', 'GBP'),
  { conid: 20, symbol: 'SPX', exchange: 'CBOE', currency: 'USD', secType: 'IND', name: 'S&P 500' },
  us(21, 'CL', 'NYSE', 'COLGATE-PALMOLIVE CO'),
  us(22, 'BTC', 'ARCA', 'GRAYSCALE BITCOIN MINI TRUST'),
  { conid: 23, symbol: 'BTC', exchange: 'PAXOS', currency: 'USD', secType: 'CRYPTO' },
  us(24, 'DAX', 'NASDAQ', 'GLOBAL X DAX GERMANY ETF'),
  { conid: 25, symbol: 'DAX', exchange: 'EUREX', currency: 'EUR', secType: 'IND' },
  us(26, 'HEI A', 'NYSE', 'HEICO CORP-CLASS A'),
  abroad(27, 'HEIA', 'AEB', 'EUR'),
  us(28, 'T', 'NYSE'),
  us(29, 'T PRA', 'NYSE'),
  abroad(30, 'T', 'TSE', 'CAD'),
  { conid: 31, symbol: 'EUR', exchange: 'IDEALPRO', currency: 'USD', secType: 'CASH' },
  us(32, 'Z', 'NASDAQ', 'ZILLOW GROUP INC - C'),
  { conid: 33, symbol: 'Z', exchange: 'ICEEU', currency: 'GBP', secType: 'IND' },
  { conid: 34, symbol: 'N225', exchange: 'OSE.JPN', currency: 'JPY', secType: 'IND' },
  abroad(35, 'VUSA', 'LSEETF', 'GBP'),
  abroad(36, 'IWDA', 'LSEETF', 'USD'),
  abroad(37, 'IWDA', 'AEB', 'EUR'),
  {
    conid: 41,
    symbol: 'ES',
    exchange: 'CME',
    currency: 'USD',
    secType: 'FUT',
    expiry: '20301220',
    multiplier: 50,
  },
  {
    conid: 42,
    symbol: 'ES',
    exchange: 'CME',
    currency: 'USD',
    secType: 'FUT',
    expiry: '20310321',
    multiplier: 50,
  },
  {
    conid: 43,
    symbol: 'NQ',
    exchange: 'CME',
    currency: 'USD',
    secType: 'FUT',
    expiry: '20301220',
    multiplier: 20,
  },
];

const kindOf = ({ secType = 'STK' }: PlayedInstrument) => secType;

/** One that answers what finds an instrument, and nothing else. It looks at `instruments` anew each time. */
export function playInstruments(
  instruments: readonly PlayedInstrument[] = INSTRUMENTS,
  routes: Routes = {},
): Promise<PlayedIbkr> {
  const split = (query: URLSearchParams, name: string) => (query.get(name) ?? '').split(',');
  return playIbkr(
    { accounts: ['DU7654321'] },
    {
      'GET /trsrv/stocks': ({ query }) =>
        Object.fromEntries(split(query, 'symbols').map((symbol) => [symbol, stocks(symbol)])),
      'GET /trsrv/futures': ({ query }) =>
        Object.fromEntries(split(query, 'symbols').map((symbol) => [symbol, futures(symbol)])),
      'GET /trsrv/secdef': ({ query }) => ({
        secdef: split(query, 'conids').flatMap((conid) => definitions(Number(conid))),
      }),
      'GET /iserver/secdef/search': ({ query }) =>
        search(query.get('symbol') ?? '', query.get('secType'), query.get('name') === 'true'),
      'GET /iserver/currency/pairs': {
        USD: [{ symbol: 'EUR.USD', conid: 31, ccyPair: 'EUR' }],
        EUR: [{ symbol: 'EUR.USD', conid: 31, ccyPair: 'USD' }],
      },
      ...routes,
    },
  );

  function stocks(symbol: string) {
    return instruments
      .filter((one) => kindOf(one) === 'STK' && one.symbol === symbol)
      .map(({ conid, exchange, name, isUS = false }) => ({
        name: name ?? symbol,
        assetClass: 'STK',
        contracts: [{ conid, exchange, isUS }],
      }));
  }

  function futures(symbol: string) {
    return instruments
      .filter((one) => kindOf(one) === 'FUT' && one.symbol === symbol)
      .map(({ conid, expiry }) => ({ symbol, conid, underlyingConid: 1, expirationDate: Number(expiry) }));
  }

  function definitions(conid: number) {
    return instruments
      .filter((one) => one.conid === conid)
      .map((one) => ({
        conid,
        ticker: one.symbol,
        name: one.name ?? one.symbol,
        assetClass: kindOf(one),
        listingExchange: one.exchange,
        currency: one.currency,
        expiry: one.expiry ?? null,
        multiplier: one.multiplier ?? 0,
        strike: '0',
        undConid: 0,
      }));
  }

  function search(text: string, secType: string | null, byName: boolean) {
    const found = instruments.filter((one) =>
      byName
        ? one.name?.includes(text.toUpperCase())
        : one.symbol === text && (secType === null || kindOf(one) === secType),
    );
    if (found.length === 0) return { error: 'No symbol found' };
    return found.map((one) => ({
      conid: String(one.conid),
      companyName: one.name ?? one.symbol,
      symbol: one.symbol,
      description: one.exchange,
      ...(byName ? {} : { sections: [{ secType: kindOf(one) }] }),
    }));
  }
}
