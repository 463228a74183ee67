/** Test support: what a played IBKR says of one instrument, its market and orders on it. */

import { PLAYED_ACCOUNT } from '../app.ts';
import type { Routes } from './played-ibkr.ts';

export const CONID = 756733;
/** The path that orders are sent to. */
export const ORDERS = `POST /iserver/account/${PLAYED_ACCOUNT}/orders`;

export interface Instrument {
  assetClass?: string;
  currency?: string;
  symbol?: string;
  multiplier?: number | null;
  strike?: number;
  /** What differs in IBKR's rules for orders on it; null: IBKR has none. */
  rules?: object | null;
}

/** An instrument that is always open to orders, at what IBKR's snapshot has in its fields. Orders on it work. */
export function playedMarket(
  quote: Record<string, unknown>,
  {
    assetClass = 'STK',
    currency = 'USD',
    symbol = 'XYZ',
    multiplier = null,
    strike,
    rules = {},
  }: Instrument = {},
): Routes {
  const definition = { conid: CONID, currency, ticker: symbol, name: symbol, assetClass, multiplier };
  const option = strike === undefined ? {} : { strike, putOrCall: 'P' };
  return {
    'GET /trsrv/secdef': {
      secdef: [{ ...definition, ...option, expiry: '20991231', listingExchange: 'ARCA' }],
    },
    'GET /iserver/secdef/search': [],
    'GET /iserver/marketdata/snapshot': [{ conid: CONID, _updated: Date.now(), '6509': 'RpB', ...quote }],
    [`GET /iserver/contract/${CONID}/info-and-rules`]: {
      con_id: CONID,
      symbol,
      instrument_type: assetClass,
      currency,
      multiplier,
      rules:
        rules === null
          ? { error: 'none' }
          : {
              orderTypes: ['limit', 'market', 'stop', 'stop_limit'],
              cqtTypes: ['market', 'limit'],
              tifTypes: ['GTC/o,a', 'DAY/o,a'],
              increment: 0.01,
              ...rules,
            },
    },
    [ORDERS]: [{ order_id: '1234567890', order_status: 'Submitted' }],
    'GET /iserver/account/order/status/*': {
      order_id: 1234567890,
      account: PLAYED_ACCOUNT,
      conid: CONID,
      side: 'B',
      total_size: 100,
      order_status: 'Submitted',
    },
    [`${ORDERS}/whatif`]: { amount: { amount: '1 USD' }, warn: null },
    'GET /iserver/exchangerate': { rate: 1.34 },
  };
}
