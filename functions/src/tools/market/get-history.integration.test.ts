import { describe, expect, it } from 'vitest';
import { playedApp, useApps } from '../../testing/app.ts';
import type { Routes } from '../../testing/played/played-ibkr.ts';

useApps();

const CBA = 4036812;
/** Monday 5 January 2026, 10:00 in Sydney. */
const MONDAY = Date.UTC(2026, 0, 4, 23);
const SCHEDULE = { exchange_time_zone: 'Australia/NSW', schedules: {} };

async function newListing(bars: object[], routes: Routes = {}) {
  const { call, ibkr } = await playedApp({
    'GET /trsrv/secdef': {
      secdef: [{ conid: CBA, ticker: 'CBA', assetClass: 'STK', currency: 'AUD', listingExchange: 'ASX' }],
    },
    'GET /iserver/marketdata/history': { symbol: 'CBA', volumeFactor: 40, data: bars },
    'GET /contract/trading-schedule': SCHEDULE,
    ...routes,
  });
  const ask = (tool: string, period: string, bar: string) => call(tool, { conid: CBA, period, bar });
  return { ask, ibkr, call };
}

const bar = (t: number, v = 5) => ({ t, o: 150, h: 152, l: 149, c: 151, v });

describe.concurrent('price history', () => {
  it.each(['1d', '1w', '1m'])('of bars of %s carries the date of the exchange', async (size) => {
    const { ask } = await newListing([bar(MONDAY), bar(MONDAY + 86_400_000)]);
    expect(await ask('get_history', '1m', size)).toMatchObject({
      time_zone: 'Australia/NSW',
      bars: [{ date: '2026-01-05' }, { date: '2026-01-06' }],
    });
    expect(await ask('get_change', '1m', size)).toMatchObject({
      from: { date: '2026-01-05', price: 150 },
      to: { date: '2026-01-06', price: 151 },
    });
  });

  it.each([
    ['ytd', 0, 1],
    ['MTD', new Date().getUTCMonth(), 1],
  ])('of %s begins with its first day, whatever IBKR gives for so many days', async (period, month, day) => {
    const first = Date.UTC(new Date().getUTCFullYear(), month, day);
    const { ask, ibkr } = await newListing([bar(first - 86_400_000), bar(first), bar(first + 86_400_000)]);
    const date = new Date(first).toISOString().slice(0, 10);
    const { bars, ...history } = await ask('get_history', period, '1d');
    expect(history).toMatchObject({ period: period.toLowerCase(), truncated: false });
    expect(bars).toMatchObject([{ date }, {}]);
    expect(await ask('get_change', period, '1d')).toMatchObject({ from: { date } });
    expect(ibkr.asked).toContain('GET /iserver/marketdata/history');
  });

  it('of shorter bars has no date, and asks for no schedule', async () => {
    const { ask, ibkr } = await newListing([bar(MONDAY)]);
    const { bars, time_zone } = await ask('get_history', '1w', '1h');
    expect([bars, time_zone]).toEqual([
      [{ time: '2026-01-04T23:00Z', open: 150, high: 152, low: 149, close: 151, volume: 200 }],
      undefined,
    ]);
    expect(ibkr.asked).not.toContain('GET /contract/trading-schedule');
  });

  it.each<[string, Routes]>([
    ['IBKR tells no hours', { 'GET /contract/trading-schedule': { __status: 400, error: 'no' } }],
    [
      'the zone is not known',
      { 'GET /contract/trading-schedule': { ...SCHEDULE, exchange_time_zone: 'XYZ' } },
    ],
  ])('guesses no date where %s', async (_, routes) => {
    const { ask } = await newListing([bar(MONDAY)], routes);
    const { bars, time_zone } = await ask('get_history', '1m', '1d');
    expect([bars, time_zone]).toEqual([
      [{ time: '2026-01-04T23:00Z', open: 150, high: 152, low: 149, close: 151, volume: 200 }],
      undefined,
    ]);
  });

  it('has no volume where IBKR writes -1, and whole ones elsewhere', async () => {
    const { ask } = await newListing([bar(MONDAY, -1), bar(MONDAY, 17219.125), bar(MONDAY, 0)]);
    const { bars } = (await ask('get_history', '1w', '1h')) as { bars: { volume: number }[] };
    expect(bars.map(({ volume }) => volume)).toEqual([null, 688_765, 0]);
  });

  it('takes no price below 0 for one where IBKR says that there are none', async () => {
    const bars = [bar(MONDAY), { ...bar(MONDAY + 60_000), l: -1 }, { ...bar(MONDAY + 120_000), c: -1 }];
    const tell = async (negativeCapable?: boolean) => {
      const { ask } = await newListing([], {
        'GET /iserver/marketdata/history': { symbol: 'CBA', negativeCapable, data: bars },
      });
      const { bars: shown, unread } = await ask('get_history', '1w', '1h');
      return [(shown as object[]).length, (unread as { count: number } | undefined)?.count];
    };
    expect(await tell(false)).toEqual([1, 2]);
    expect(await tell(true)).toEqual([3, undefined]);
    expect(await tell()).toEqual([3, undefined]);
  });

  it('has no volume where IBKR does not say how many shares its numbers are', async () => {
    const { ask } = await newListing([], {
      'GET /iserver/marketdata/history': { symbol: 'CBA', volumeFactor: -1, data: [bar(MONDAY)] },
    });
    const { bars } = await ask('get_history', '1w', '1h');
    expect(bars).toEqual([{ time: '2026-01-04T23:00Z', open: 150, high: 152, low: 149, close: 151 }]);
  });
});

describe.concurrent('transactions', () => {
  it.each([
    [{ rawDate: '20231211', date: 'Tue Dec 12 00:00:00 EST 2023' }, '2023-12-11'],
    [{ date: 'Mon Dec 11 00:00:00 EST 2023' }, '2023-12-11'],
    [{ date: 'Fri Mar 1 00:00:00 GMT+01:00 2024' }, '2024-03-01'],
    [{ date: '20240229' }, '2024-02-29'],
    [{ date: 'Fri Feb 30 00:00:00 EST 2024' }, null],
    [{}, null],
  ])('of %j are of %s', async (dates, date) => {
    const { call } = await newListing([], {
      'POST /pa/transactions': { transactions: [{ ...dates, type: 'Buy', amt: -5, cur: 'AUD', conid: CBA }] },
    });
    expect(await call('get_transactions', { conid: CBA })).toMatchObject({
      transactions: [{ date, amount: -5 }],
    });
  });
});
