import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control, readySandbox, type TestClient } from '../test-client.ts';

const AAPL = 265598;
const SPY = 756733;
/** A Wednesday, 10:00 in New York. */
const OPEN = '2026-11-18T15:00:00Z';
/** The Saturday after. */
const CLOSED = '2026-11-21T15:00:00Z';

let simulator: RunningSimulator;
let client: TestClient;
let count = 0;

beforeAll(async () => {
  const stopped = Date.parse(OPEN);
  simulator = await startSimulator({
    port: 0,
    pacing: false,
    warmUpMs: 0,
    hours: 'market',
    now: () => stopped,
  });
});
afterAll(() => simulator.close());
beforeEach(async () => {
  await control(simulator).post('/clock', { setTo: OPEN });
  await control(simulator).delete('/prices');
  ({ client } = await readySandbox(simulator, `data${++count}`));
});

const snapshot = async (conids: string, fields = '') =>
  (await client.get(`/iserver/marketdata/snapshot?conids=${conids}${fields && `&fields=${fields}`}`)).body;
const history = async (query: string) => (await client.get(`/iserver/marketdata/history?${query}`)).body;

describe('a snapshot', () => {
  test('subscribes first, then tells, and remembers the fields', async () => {
    expect(await snapshot(`${AAPL}`, '31,84')).toEqual([{ conidEx: `${AAPL}`, conid: AAPL }]);
    const [row] = await snapshot(`${AAPL}`);
    expect(row).toMatchObject({
      6509: 'RpB',
      31: expect.stringMatching(/^\d+\.\d\d$/),
      84: expect.any(String),
    });
    expect(row[86]).toBeUndefined();
  });

  test('has text with commas, suffixes and signs, and leaves out what there is not', async () => {
    await snapshot(`${AAPL},12087792`);
    const [stock, pair] = await snapshot(`${AAPL},12087792`, '31,85,87,83,7762,73,7741,7308');
    expect(stock).toMatchObject({
      85: expect.stringMatching(/^\d{1,3}(,\d{3})*$/),
      87: expect.stringMatching(/^\d+(\.\d+)?M$/),
      83: expect.stringMatching(/^-?\d+\.\d\d%$/),
      7762: expect.stringMatching(/^\d+$/),
      73: expect.stringMatching(/^\d{1,3}(,\d{3})*\.\d\d$/),
    });
    expect(stock[7308]).toBeUndefined();
    expect(pair[31]).toMatch(/^1\.\d{5}$/);
    expect(pair[87]).toBeUndefined();
  });

  test('marks a close with C and a halt with H', async () => {
    await snapshot(`${AAPL}`, '31,84');
    await control(simulator).post('/prices', { conid: AAPL, halted: true });
    expect((await snapshot(`${AAPL}`))[0][31]).toMatch(/^H/);
    await control(simulator).delete('/prices');
    await control(simulator).post('/clock', { setTo: CLOSED });
    await client.post('/iserver/auth/ssodh/init', { compete: true });
    await client.get('/iserver/accounts');
    await snapshot(`${AAPL}`, '31,84');
    const [row] = await snapshot(`${AAPL}`);
    expect(row[31]).toMatch(/^C\d/);
    expect(row[84]).toBeUndefined();
  });

  test('agrees with history, and its day with the bars', async () => {
    await snapshot(`${AAPL}`);
    const [row] = await snapshot(`${AAPL}`, '31,70,71,7295,7741');
    const { data } = await history(`conid=${AAPL}&period=1d&bar=1min`);
    expect(data).toHaveLength(30);
    expect(data.at(-1).c).toBe(Number(row[31]));
    expect(data[0].o).toBe(Number(row[7295]));
    expect(Math.max(...data.map((bar: { h: number }) => bar.h))).toBe(Number(row[70]));
    expect(Math.min(...data.map((bar: { l: number }) => bar.l))).toBe(Number(row[71]));
    const days = await history(`conid=${AAPL}&period=5d&bar=1d`);
    expect(days.points).toBe(5);
    expect(days.data.at(-1)).toMatchObject({ o: Number(row[7295]), h: Number(row[70]), c: Number(row[31]) });
    expect(days.data.at(-2).c).toBeCloseTo(Number(row[7741]), 1);
  });

  test('takes at most 100 contracts, and a conid of nothing', async () => {
    expect(await snapshot('0')).toEqual([{ conidEx: '0', conid: 0 }]);
    const many = Array.from({ length: 101 }, (_, i) => i + 1).join(',');
    expect((await client.get(`/iserver/marketdata/snapshot?conids=${many}`)).status).toBe(400);
  });

  test('ends with unsubscribe', async () => {
    await snapshot(`${AAPL}`);
    expect((await client.post('/iserver/marketdata/unsubscribe', { conid: AAPL })).body).toEqual({
      success: true,
    });
    expect(await client.post('/iserver/marketdata/unsubscribe', { conid: AAPL })).toMatchObject({
      status: 500,
      body: { error: 'unknown' },
    });
    expect((await client.get('/iserver/marketdata/unsubscribeall')).body).toEqual({ unsubscribed: true });
  });
});

describe('delayed market data', () => {
  test('says so, and is of a quarter of an hour ago', async () => {
    const stopped = Date.parse(OPEN);
    const late = await startSimulator({
      port: 0,
      pacing: false,
      warmUpMs: 0,
      marketData: 'delayed',
      now: () => stopped,
    });
    const { client: delayed, account } = await readySandbox(late, 'late');
    const path = `/iserver/marketdata/snapshot?conids=${AAPL}&fields=31`;
    await delayed.get(path);
    const [row] = (await delayed.get(path)).body;
    expect(row[6509]).toBe('DPB');
    await control(late).post('/clock', { advanceMs: -15 * 60_000 });
    const position = (await delayed.get(`/portfolio/${account}/position/${AAPL}`)).body[0];
    expect(Number(row[31])).toBe(position.mktPrice);
    await late.close();
  });
});

describe('history', () => {
  test('has at most 1000 bars, the newest', async () => {
    const { data, points } = await history(`conid=${AAPL}&period=6d&bar=1min`);
    expect([points, data.length]).toEqual([1000, 1000]);
    expect(data.at(-1).t).toBe(Date.parse(OPEN) - 60_000);
  });

  test('ends at startTime', async () => {
    const { data } = await history(`conid=${AAPL}&period=2h&bar=30min&startTime=20261117-18:00:00`);
    expect(data.map((bar: { t: number }) => new Date(bar.t).toISOString().slice(11, 16))).toEqual([
      '16:00',
      '16:30',
      '17:00',
      '17:30',
    ]);
  });

  test('has bars of a month with 1m', async () => {
    const { barLength, points } = await history(`conid=${SPY}&period=1y&bar=1m`);
    expect(barLength).toBe(30 * 86_400);
    expect(points).toBeGreaterThanOrEqual(12);
  });

  test.each([
    ['period=2x', 400],
    ['period=1d&bar=7min', 400],
    ['period=1y&bar=1min', 500],
    ['period=1d&startTime=yesterday', 400],
  ])('refuses %s', async (query, status) => {
    expect((await client.get(`/iserver/marketdata/history?conid=${AAPL}&${query}`)).status).toBe(status);
  });

  test('is whole: highs and lows contain opens and closes, times ascend', async () => {
    for (const conid of [AAPL, SPY, 14204, 12087792]) {
      const { data } = await history(`conid=${conid}&period=1m&bar=1h`);
      expect(data.length).toBeGreaterThan(100);
      let previous = 0;
      for (const { o, c, h, l, v, t } of data) {
        expect(h).toBeGreaterThanOrEqual(Math.max(o, c));
        expect(l).toBeLessThanOrEqual(Math.min(o, c));
        expect(v).toBeGreaterThanOrEqual(0);
        expect(t).toBeGreaterThan(previous);
        previous = t;
      }
    }
  });
});

describe('contracts', () => {
  test('a search finds foreign listings, for a fund first of all', async () => {
    const { body } = await client.get('/iserver/secdef/search?symbol=SPY');
    expect(body.map((row: { conid: string }) => row.conid)).toEqual(['38709152', '756733']);
    expect((await client.get('/iserver/secdef/search?symbol=NOSUCH')).body).toEqual({
      error: 'No symbol found',
    });
    const stocks = (await client.get('/trsrv/stocks?symbols=AAPL,NOSUCH')).body;
    expect(stocks.NOSUCH).toEqual([]);
    expect(stocks.AAPL[0].contracts).toContainEqual({ conid: AAPL, exchange: 'NASDAQ', isUS: true });
  });

  test.each(['true', 'True', 'TRUE'])('a search by name with name=%s', async (name) => {
    const { body } = await client.get(`/iserver/secdef/search?symbol=apple&name=${name}`);
    expect(body[0]).toMatchObject({ conid: String(AAPL), symbol: 'AAPL' });
    expect(body[0]).not.toHaveProperty('sections');
  });

  test('an option chain needs a search, a month in letters and a strike', async () => {
    const chain = `/iserver/secdef/strikes?conid=${SPY}&sectype=OPT&month=DEC26`;
    expect((await client.get(chain)).body).toEqual({ call: [], put: [] });
    await client.get('/iserver/secdef/search?symbol=SPY');
    const { call } = (await client.get(chain)).body;
    expect(call.length).toBeGreaterThan(20);
    const strike = call[Math.floor(call.length / 2)];
    const info = (query: string) => client.get(`/iserver/secdef/info?conid=${SPY}&sectype=OPT&${query}`);
    expect((await info('month=202612&strike=700')).status).toBe(400);
    expect((await info('month=DEC26')).status).toBe(400);
    const { body } = await info(`month=DEC26&strike=${strike}&right=C`);
    expect(body[0]).toMatchObject({ right: 'C', strike, multiplier: '100', symbol: 'SPY' });
    const { conid } = body[0];
    await snapshot(`${conid}`);
    const [row] = await snapshot(`${conid}`, '31,84,86,7308,7309,7310,7311,7633');
    expect(Number(row[7308])).toBeGreaterThan(0.3);
    expect(Number(row[7308])).toBeLessThan(0.8);
    expect(Number(row[31])).toBeGreaterThan(0);
  });

  test('hours come in both forms', async () => {
    expect((await client.get('/trsrv/secdef/schedule?assetClass=STK')).status).toBe(400);
    const { body } = await client.get('/trsrv/secdef/schedule?assetClass=STK&symbol=AAPL&exchange=NASDAQ');
    expect(body[0]).toMatchObject({ timezone: 'America/New_York', exchange: 'NASDAQ' });
    const monday = body[0].schedules.find(
      (day: { tradingScheduleDate: string }) => day.tradingScheduleDate === '20000103',
    );
    expect(monday.sessions).toEqual([{ openingTime: '0930', closingTime: '1600', prop: 'LIQUID' }]);
    expect(body[0].schedules[0]).toMatchObject({ tradingScheduleDate: '20000101', sessions: [] });
    const newer = (await client.get(`/contract/trading-schedule?conid=${AAPL}&exchange=NASDAQ`)).body;
    expect(newer.schedules['20261119'].liquid_hours).toEqual([{ opening: 1795098600, closing: 1795122000 }]);
    expect(newer.schedules['20261122']).toBeUndefined();
  });

  test('exchange rates and pairs', async () => {
    const { rate } = (await client.get('/iserver/exchangerate?source=EUR&target=USD')).body;
    expect(rate).toBeGreaterThan(0.9);
    expect((await client.get('/iserver/exchangerate?source=EUR&target=XXX')).status).toBe(400);
    const { USD } = (await client.get('/iserver/currency/pairs?currency=USD')).body;
    expect(USD).toContainEqual({ symbol: 'EUR.USD', conid: 12087792, ccyPair: 'EUR' });
  });
});
