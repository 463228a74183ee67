/** Lists of IBKR with a row among the good ones that nobody understands. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginPanic } from '../store/orders/panics.ts';
import { PLAYED_ACCOUNT as ACCOUNT, playedApp, useApps } from '../testing/app.ts';
import type { Routes } from '../testing/played/played-ibkr.ts';
import { cancelAllOrders } from '../trading/kill-switch/kill-switch.ts';

useApps();

const SPY = 756733;

const ORDER = {
  account: ACCOUNT,
  orderId: 17,
  conid: SPY,
  ticker: 'SPY',
  secType: 'STK',
  side: 'SELL',
  orderType: 'Limit',
  origOrderType: 'LIMIT',
  totalSize: 10,
  filledQuantity: 0,
  remainingQuantity: 10,
  price: '700',
  status: 'Submitted',
  timeInForce: 'GTC',
};
const TRADE = {
  execution_id: '0001.01',
  account: ACCOUNT,
  order_id: 17,
  conid: SPY,
  symbol: 'SPY',
  side: 'B',
  size: 10,
  price: '655',
  trade_time_r: 1775086847000,
};
const POSITION = {
  conid: SPY,
  ticker: 'SPY',
  position: 10,
  currency: 'USD',
  assetClass: 'STK',
  mktValue: 6550,
  baseMktValue: 6550,
};
const BALANCE = { cashbalance: 1000, netliquidationvalue: 7550, exchangerate: 1 };
const BAR = { t: 1767623400000, o: 10, h: 12, l: 9, c: 11, v: 5 };
const TRANSACTION = { rawDate: '20260105', type: 'Buy', amt: -10, cur: 'USD', conid: SPY };
const HOURS = { liquid_hours: [{ opening: 1767623400, closing: 1767646800 }] };
const DEFINITION = { conid: SPY, ticker: 'SPY', assetClass: 'STK', currency: 'USD', listingExchange: 'ARCA' };

interface List {
  tool: string;
  /** Those of the n-th call: some answers serve for a while. */
  args?: (n: number) => object;
  /** A row that is understood; the second one differs in what tells rows apart. */
  row: Record<string, unknown>;
  /** The answers with these rows in the place of the list. */
  routes(rows: readonly unknown[]): Routes;
  /** How many rows the tool tells of. */
  told(answer: Record<string, unknown>): number;
}

function count(list: unknown): number {
  return Array.isArray(list) ? list.length : Number.NaN;
}

const definitions: Routes = {
  'GET /trsrv/secdef': ({ query }) => ({ secdef: [{ ...DEFINITION, conid: query.get('conids') }] }),
};

const LISTS: Record<string, List> = {
  orders: {
    tool: 'get_orders',
    row: ORDER,
    routes: (orders) => ({ 'GET /iserver/account/orders': { orders, snapshot: true } }),
    told: ({ orders }) => count(orders),
  },
  trades: {
    tool: 'get_trades',
    row: TRADE,
    routes: (trades) => ({ 'GET /iserver/account/trades': trades }),
    told: ({ trades }) => count(trades),
  },
  positions: {
    tool: 'get_portfolio',
    row: POSITION,
    routes: (positions) => ({
      'GET /portfolio/*/positions/0': positions.map((row, index) =>
        typeof row === 'object' ? { ...row, model: index } : row,
      ),
      'GET /portfolio/*/ledger': { BASE: BALANCE },
    }),
    told: ({ positions }) =>
      (positions as { models?: unknown[] }[]).flatMap(({ models }) => models ?? [1]).length,
  },
  balances: {
    tool: 'get_cash',
    row: BALANCE,
    routes: (rows) => ({
      'GET /portfolio/*/ledger': Object.fromEntries(rows.map((row, index) => [['USD', 'EUR'][index], row])),
    }),
    told: ({ balances }) => count(balances),
  },
  bars: {
    tool: 'get_history',
    args: () => ({ conid: SPY, period: '1d' }),
    row: BAR,
    routes: (data) => ({ ...definitions, 'GET /iserver/marketdata/history': { symbol: 'SPY', data } }),
    told: ({ bars }) => count(bars),
  },
  transactions: {
    tool: 'get_transactions',
    args: (days) => ({ conid: SPY, days }),
    row: TRANSACTION,
    routes: (transactions) => ({ ...definitions, 'POST /pa/transactions': { transactions } }),
    told: ({ transactions }) => count(transactions),
  },
  'trading days': {
    tool: 'get_market_hours',
    args: (n) => ({ conid: n }),
    row: HOURS,
    routes: (rows) => ({
      ...definitions,
      'GET /contract/trading-schedule': {
        exchange_time_zone: 'US/Eastern',
        schedules: Object.fromEntries(rows.map((row, index) => [`2099010${5 + index}`, row])),
      },
    }),
    told: ({ days }) => count(days),
  },
  'a scan': {
    tool: 'run_scanner',
    args: () => ({ type: 'TOP_PERC_GAIN' }),
    row: { con_id: SPY, symbol: 'SPY' },
    routes: (contracts) => ({ 'POST /iserver/scanner/run': { contracts } }),
    told: ({ results }) => count(results),
  },
};

const DAMAGE = [null, 'N/A', '', {}, [], true, '1,2,3', { value: 1 }, Number.MAX_VALUE, -1];

describe.concurrent('a row that is not understood', () => {
  it.each(Object.entries(LISTS))('is told of beside the others of %s', async (_, list) => {
    const { ibkr, call } = await playedApp({});
    let calls = 0;
    const ask = async (rows: readonly unknown[]) => {
      calls += 1;
      ibkr.set(list.routes(rows));
      // No list of before serves after a change.
      ibkr.connection.noteChange();
      return call(list.tool, list.args?.(calls) ?? {});
    };
    const good = await ask([list.row, list.row]);
    expect([list.told(good), good.unread]).toEqual([2, undefined]);
    for (const odd of [null, 'row', 7, []]) {
      const answer = await ask([list.row, odd]);
      expect([list.told(answer), answer.unread]).toEqual([1, { count: 1, reason: expect.any(String) }]);
    }
    await fc.assert(
      fc.asyncProperty(
        // A row of another account is none of the list.
        fc.constantFrom(...Object.keys(list.row).filter((field) => field !== 'account')),
        fc.constantFrom(...DAMAGE),
        async (field, damage) => {
          const answer = await ask([list.row, { ...list.row, [field]: damage }]);
          const { count: unread = 0 } = (answer.unread ?? {}) as { count?: number };
          expect(list.told(answer) + unread).toBe(2);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of a day that is named otherwise is no day that is missing without a word', async () => {
    const { call } = await playedApp({
      ...definitions,
      'GET /contract/trading-schedule': {
        exchange_time_zone: 'US/Eastern',
        schedules: { '2099-01-05': HOURS, '06/01/2099': HOURS },
      },
    });
    expect(await call('get_market_hours', { conid: SPY })).toMatchObject({
      days: [{ date: '2099-01-05' }],
      unread: { count: 1 },
    });
  });

  it('of a period ends it on no other day than the last', async () => {
    const period = (dates: unknown[]) => ({
      startNAV: { date: '20260331', val: 100 },
      dates,
      nav: [101, 102],
      cps: [0.01, 0.02],
    });
    const { call } = await playedApp({
      'POST /pa/allperiods': {
        [ACCOUNT]: {
          baseCurrency: 'USD',
          periods: ['7D', '1M', 'YTD'],
          '7D': period(['20260401', 1775174400000]),
          '1M': period(['20260401', '2026-04-02']),
          YTD: period(['202603', '202604']),
        },
      },
    });
    expect(await call('get_performance', { series: true })).toMatchObject({
      periods: [
        {
          period: '1M',
          end_value: 102,
          return_percent: 2,
          series: [{ date: '2026-04-01' }, { date: '2026-04-02' }],
        },
        { period: 'YTD', series: [{ date: '2026-03' }, { date: '2026-04' }] },
      ],
      unread: { count: 1, reason: expect.stringContaining('dates') },
    });
  });

  it('of an execution is one without a price or with a size below 0', async () => {
    const { call, ibkr } = await playedApp({});
    const tell = async (change: object) => {
      ibkr.connection.noteChange();
      ibkr.set({ 'GET /iserver/account/trades': [{ ...TRADE, ...change }] });
      const { trades, unread } = await call('get_trades', {});
      return [
        (trades as { price: number }[]).map(({ price }) => price),
        (unread as { count: number })?.count,
      ];
    };
    expect(await tell({ price: "110'16.5", sec_type: 'FUT' })).toEqual([[110.515625], undefined]);
    expect(await tell({ price: "110'16.5", sec_type: 'STK' })).toEqual([[], 1]);
    expect(await tell({ size: -5 })).toEqual([[], 1]);
  });

  it('leaves the worth of all positions unknown', async () => {
    const { call } = await playedApp(
      LISTS.positions?.routes([POSITION, { ...POSITION, position: 'N/A' }]) ?? {},
    );
    expect(await call('get_portfolio', { details: true })).toMatchObject({
      totals: { net_liquidation: 7550, market_value: null },
      unread: { count: 1, reason: expect.stringContaining('position') },
    });
  });

  it('is none of the positions where it says that nothing is held', async () => {
    const { call } = await playedApp(LISTS.positions?.routes([POSITION, { position: 0 }]) ?? {});
    const answer = await call('get_portfolio', { details: true });
    expect([answer.unread, answer.totals]).toEqual([
      undefined,
      expect.objectContaining({ market_value: 6550 }),
    ]);
  });

  it('of the accounts leaves none of them chosen by itself', async () => {
    const { call, fail, ibkr } = await playedApp({});
    ibkr.set({ 'GET /iserver/accounts': { accounts: [ACCOUNT, { id: 'DU7654322' }], isPaper: true } });
    expect(await call('get_accounts', {})).toMatchObject({
      chosen: false,
      accounts: [{ account_id: ACCOUNT }],
      unread: { count: 1 },
    });
    expect(
      await fail('place_order', { conid: SPY, side: 'BUY', quantity: 1, order_type: 'MKT' }),
    ).toMatchObject({
      code: 'invalid_arguments',
      details: { accounts: [ACCOUNT] },
    });
  });
});

describe.concurrent('an order that is not understood', () => {
  const unreadable = { ...ORDER, side: 'ODD', orderId: 18 };
  const listed = (...orders: object[]): Routes => ({
    'GET /iserver/account/orders': { orders, snapshot: true },
  });

  it('is told of with its id, whatever the filter', async () => {
    const { call } = await playedApp(listed(ORDER, unreadable));
    for (const status of ['ALL', 'OPEN', 'FILLED']) {
      expect(await call('get_orders', { status })).toMatchObject({
        unread: { count: 1, reason: expect.stringMatching(/18.*side/) },
      });
    }
  });

  it('is cancelled by its id when trading is stopped, and is left over without one', async () => {
    const { db, connectionId, ibkr } = await playedApp(
      listed(ORDER, unreadable, { ...unreadable, orderId: {} }),
    );
    const cancelled: string[] = [];
    ibkr.set({
      'DELETE /iserver/account/*/order/*': ({ named }) => {
        cancelled.push(String(named[1]));
        return { msg: 'Request was submitted', order_id: Number(named[1]) };
      },
    });
    await beginPanic(db, connectionId);
    expect(await cancelAllOrders(db, connectionId, ibkr.connection.client())).toMatchObject({
      unlisted: expect.stringContaining('not understand'),
      remaining: 3,
      retrying: true,
    });
    expect(cancelled.sort()).toEqual(['17', '18']);
  });

  const sale: Routes = {
    ...definitions,
    'GET /iserver/marketdata/snapshot': () => [
      {
        conid: SPY,
        _updated: Date.now(),
        '31': '655',
        '84': '654',
        '86': '656',
        '7741': '651',
        '6509': 'RpB',
      },
    ],
    'GET /iserver/contract/*/info-and-rules': {
      con_id: SPY,
      symbol: 'SPY',
      instrument_type: 'STK',
      currency: 'USD',
      rules: {
        orderTypes: ['limit', 'market'],
        tifTypes: ['GTC/o,a', 'DAY/o,a'],
        incrementRules: [{ lowerEdge: 0, increment: 0.01 }],
      },
    },
    'POST /iserver/account/*/orders/whatif': {},
    'POST /iserver/account/*/orders': [{ order_id: '99', order_status: 'Submitted' }],
    'GET /iserver/account/order/status/99': {
      ...{ order_id: 99, account: ACCOUNT, conid: SPY, side: 'S', total_size: 10, order_status: 'Submitted' },
    },
    'GET /portfolio2/*/positions': [{ conid: String(SPY), position: 10 }],
  };

  const combo = (conidex: string) => ({
    ...ORDER,
    ...{ orderId: 19, conid: 28812380, conidex, secType: 'BAG', side: 'BUY' },
  });

  it.each([
    ['sells of it', [unreadable], [], false],
    ['may be of it', [{ ...unreadable, conid: {} }], [], false],
    ['is of another', [{ ...unreadable, conid: 1 }], [], true],
    ['is a combo of who knows what', [combo('28812380;;;756733:1')], [], false],
    ['is a combo of others', [combo('28812380;;;1/1,2/-1')], [], true],
    ['is over', [{ ...unreadable, status: 'Filled' }], [], true],
    ['buys', [{ ...unreadable, side: 'BUY', status: 'Submitted', remainingQuantity: {} }], [], true],
    ['is a position of it', [], [{ conid: SPY, position: 'N/A' }], false],
    ['may be a position of it', [], [null], false],
    ['is a position of another', [], [{ conid: 1, position: 'N/A' }], true],
  ])('lets nothing be sold that may not be held, where one %s', async (_, orders, positions, sells) => {
    const { call, fail, ibkr } = await playedApp(
      {
        ...sale,
        ...listed(...orders),
        'GET /portfolio2/*/positions': [{ conid: SPY, position: 10 }, ...positions],
      },
      { approval: 'none', limits: { shortSelling: false } },
    );
    const asked = { conid: SPY, side: 'SELL', quantity: 10, order_type: 'MKT' };
    if (sells) expect(await call('place_order', asked)).toMatchObject({ order_id: '99' });
    else {
      expect(await fail('place_order', asked)).toMatchObject({
        code: 'limit_exceeded',
        message: expect.stringContaining('not understood'),
      });
    }
    expect(ibkr.asked.includes(`POST /iserver/account/${ACCOUNT}/orders`)).toBe(sells);
  });
});
