/** Test support: a played IBKR with much to tell. */
import type { Routes } from './played-ibkr.ts';

const DAY_MS = 86_400_000;
/** Friday 27 November 2026, 14:30 in London and 9:30 in New York. */
const LAST = Date.UTC(2026, 10, 27, 14, 30);

/** A stock with so many bars, one every `stepMs`, of which IBKR answers those before the end that is asked for. */
export function playDailyBars(count: number, stepMs = DAY_MS): Routes {
  const bars = Array.from({ length: count }, (_, index) => {
    const price = 600 + ((index * 37) % 997) / 10;
    return {
      t: LAST - (count - 1 - index) * stepMs,
      ...{
        o: price + 0.05,
        h: price + 3.42,
        l: price - 2.81,
        c: price + 1.37,
        v: 41_234_567 + index * 9_973,
      },
    };
  });
  return {
    'GET /trsrv/secdef': {
      secdef: [
        {
          conid: 1,
          ticker: 'SPY',
          name: 'SPDR S&P 500',
          assetClass: 'STK',
          currency: 'USD',
          listingExchange: 'ARCA',
        },
      ],
    },
    'GET /contract/trading-schedule': { exchange_time_zone: 'US/Eastern', schedules: {} },
    'GET /iserver/marketdata/history': ({ query }) => {
      const end = /^(\d{4})(\d\d)(\d\d)-(.*)$/.exec(query.get('startTime') ?? '');
      const until =
        end === null ? Number.POSITIVE_INFINITY : Date.parse(`${end[1]}-${end[2]}-${end[3]}T${end[4]}Z`);
      return { symbol: 'SPY', data: bars.filter(({ t }) => t <= until) };
    },
  };
}

/** An account with so many stocks, the largest first, and their quotes. */
export function playPositions(count: number): Routes {
  const held = Array.from({ length: count }, (_, index) => {
    const price = 182.1 + index;
    const quantity = 1000 - index;
    const value = 500_000 - 1000.37 * index;
    return {
      ...{
        conid: 4_815_747 + index,
        ticker: `S${String(index).padStart(3, '0')}`,
        name: 'INTERACTIVE BROKERS GRO-CL A',
      },
      ...{
        assetClass: 'STK',
        currency: 'USD',
        position: quantity,
        mktPrice: price + 0.000_061,
        mktValue: value,
      },
      ...{
        baseMktValue: value,
        avgPrice: price / 1.3,
        avgCost: price / 1.3,
        unrealizedPnl: value * 0.23,
        realizedPnl: 0,
      },
      pageSize: 100,
    };
  });
  return {
    'GET /portfolio/*/positions/*': ({ named: [, page] }) =>
      held.slice(Number(page) * 100, Number(page) * 100 + 100),
    'GET /portfolio/*/ledger': {
      BASE: {
        cashbalance: 120_345.67,
        netliquidationvalue: 5_120_345.67,
        unrealizedpnl: 812.5,
        realizedpnl: 0,
        exchangerate: 1,
      },
      USD: { cashbalance: 120_345.67, exchangerate: 1 },
    },
    'GET /iserver/marketdata/snapshot': ({ query }) =>
      (query.get('conids') ?? '').split(',').map((conid) => ({
        ...{
          conid: Number(conid),
          _updated: LAST,
          '6509': 'RpB',
          '55': 'S',
          '31': '182.10',
          '84': '182.05',
          '86': '182.15',
        },
        ...{ '7741': '183.52', '82': '-1.42', '83': '-0.77%' },
      })),
  };
}
