/** Instruments that clients read wrongly, and market data that is not what they expect. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control, placeOrders, readySandbox, type TestClient } from '../test-client.ts';
import { INSTRUMENTS, SPX_INDEX } from './instruments.ts';

const AAPL = 265598;
const VOD = 166089160;
const SPIRAX = 201374516;
const CBA = 4036812;
/** A Thursday, 12:00 in New York, the third Friday before it. */
const OPEN = '2026-12-03T17:00:00Z';

let simulator: RunningSimulator;
let client: TestClient;
let account: string;

beforeEach(async () => {
  const stopped = Date.parse(OPEN);
  simulator = await startSimulator({
    port: 0,
    pacing: false,
    warmUpMs: 0,
    hours: 'market',
    now: () => stopped,
  });
  ({ client, account } = await readySandbox(simulator, 'a'));
});
afterEach(() => simulator.close());

async function snapshot(conid: number, fields: string, asker = client) {
  const path = `/iserver/marketdata/snapshot?conids=${conid}&fields=${fields}`;
  await asker.get(path);
  return (await asker.get(path)).body[0];
}

describe('a share in London', () => {
  test('is quoted in pence, and worth pounds', async () => {
    // Nine in the morning in London.
    await control(simulator).post('/clock', { setTo: '2026-12-04T09:00:00Z' });
    ({ client, account } = await readySandbox(simulator, 'london'));
    await control(simulator).post('/prices', { conid: VOD, last: 71.52, bid: 71.5, ask: 71.54 });
    expect(await snapshot(VOD, '31,84,86')).toMatchObject({ 31: '71.52', 84: '71.50', 86: '71.54' });
    const { body } = await client.get(`/iserver/contract/${VOD}/info-and-rules`);
    expect(body).toMatchObject({ currency: 'GBP', rules: { priceMagnifier: 100, limitPrice: 71.52 } });
    const ticket = { conid: VOD, orderType: 'LMT', price: 71.54, side: 'BUY', quantity: 1_000, tif: 'DAY' };
    const preview = await client.post(`/iserver/account/${account}/orders/whatif`, { orders: [ticket] });
    expect(preview.body.amount.amount).toBe('715.4 GBP (1000 Shares)');
    await placeOrders(client, account, [ticket]);
    const [position] = (await client.get(`/portfolio/${account}/position/${VOD}`)).body;
    expect(position).toMatchObject({ position: 1_000, mktPrice: 0.7152, mktValue: 715.2, currency: 'GBP' });
    expect(position.avgPrice).toBeCloseTo(0.71665, 5);
    await client.get('/iserver/account/trades');
    const [trade] = (await client.get('/iserver/account/trades')).body;
    expect(trade).toMatchObject({ price: 71.54, net_amount: 716.65 });
  });

  test('by amount of money buys as many as pounds do', async () => {
    await control(simulator).post('/prices', { conid: VOD, last: 50 });
    const ticket = { conid: VOD, orderType: 'LMT', price: 50, side: 'BUY', cashQty: 100, tif: 'DAY' };
    await placeOrders(client, account, [ticket]);
    expect((await control(simulator).get('/orders')).body.orders).toMatchObject([{ quantity: 200 }]);
  });
});

describe('SPX', () => {
  test('is an index, and a share in London', async () => {
    const { body } = await client.get('/iserver/secdef/search?symbol=SPX');
    expect(body).toMatchObject([
      { conid: String(SPX_INDEX), restricted: 'IND', description: 'CBOE' },
      { conid: String(SPIRAX), restricted: null, description: 'LSE' },
    ]);
    expect(body[0].sections).toMatchObject([{ secType: 'IND' }, { secType: 'OPT' }, { secType: 'BAG' }]);
    const only = async (secType: string) =>
      (await client.get(`/iserver/secdef/search?symbol=SPX&secType=${secType}`)).body.map(
        ({ conid }: { conid: string }) => Number(conid),
      );
    expect(await only('IND')).toEqual([SPX_INDEX]);
    expect(await only('STK')).toEqual([SPIRAX]);
    const stocks = (await client.get('/trsrv/stocks?symbols=SPX')).body.SPX;
    expect(stocks.flatMap(({ contracts }: { contracts: object[] }) => contracts)).toEqual([
      { conid: SPIRAX, exchange: 'LSE', isUS: false },
    ]);
  });

  test('as an index has a level, no bid or ask, and cannot be ordered', async () => {
    const row = await snapshot(SPX_INDEX, '31,84,86,85,88');
    expect(Number(row[31])).toBeGreaterThan(4_000);
    for (const field of ['84', '86', '85', '88']) expect(row).not.toHaveProperty(field);
    const ticket = { conid: SPX_INDEX, orderType: 'MKT', side: 'BUY', quantity: 1, tif: 'DAY' };
    const { body } = await client.post(`/iserver/account/${account}/orders`, { orders: [ticket] });
    expect(body.error).toContain('No trading permissions');
  });

  test('has options of two classes on third Fridays, of one on others', async () => {
    await client.get('/iserver/secdef/search?symbol=SPX');
    const month = `conid=${SPX_INDEX}&sectype=OPT&month=DEC26`;
    const { call } = (await client.get(`/iserver/secdef/strikes?${month}`)).body;
    const rows: { maturityDate: string; tradingClass: string; conid: number }[] = [];
    for (const strike of call)
      rows.push(...(await client.get(`/iserver/secdef/info?${month}&strike=${strike}&right=C`)).body);
    const classes = (expiry: string) => [
      ...new Set(rows.filter((row) => row.maturityDate === expiry).map((row) => row.tradingClass)),
    ];
    expect(classes('20261218')).toEqual(['SPX', 'SPXW']);
    expect(classes('20261211')).toEqual(['SPXW']);
    expect(new Set(rows.map(({ conid }) => conid)).size).toBe(rows.length);
    const weekly = rows.find(({ tradingClass }) => tradingClass === 'SPXW');
    const info = (await client.get(`/iserver/contract/${weekly?.conid}/info`)).body;
    expect(info).toMatchObject({ symbol: 'SPX', trading_class: 'SPXW', underlying_con_id: SPX_INDEX });
  });
});

test('the strikes of a month are those of all its expirations together', async () => {
  await client.get('/iserver/secdef/search?symbol=AAPL');
  const month = `conid=${AAPL}&sectype=OPT&month=DEC26`;
  const { call } = (await client.get(`/iserver/secdef/strikes?${month}`)).body;
  const strikesOf = new Map<string, number[]>();
  for (const strike of call) {
    const rows = (await client.get(`/iserver/secdef/info?${month}&strike=${strike}&right=C`)).body;
    expect(rows.length).toBeGreaterThan(0);
    for (const { maturityDate } of rows)
      strikesOf.set(maturityDate, [...(strikesOf.get(maturityDate) ?? []), strike]);
  }
  expect([...strikesOf.keys()].toSorted()).toEqual(['20261204', '20261211', '20261218', '20261225']);
  for (const strikes of strikesOf.values()) expect(strikes.length).toBeLessThan(call.length);
});

test('bars are of the hours of their exchange, a day of Sydney begins there', async () => {
  await control(simulator).post('/clock', { setTo: '2026-01-07T12:00:00Z' });
  ({ client } = await readySandbox(simulator, 'sydney'));
  const times = async (query: string) =>
    (await client.get(`/iserver/marketdata/history?conid=${CBA}&${query}`)).body.data.map(
      ({ t }: { t: number }) => new Date(t).toISOString(),
    );
  // Monday to Wednesday, told in the UTC of the evening before.
  expect(await times('period=3d&bar=1d')).toEqual([
    '2026-01-04T23:00:00.000Z',
    '2026-01-05T23:00:00.000Z',
    '2026-01-06T23:00:00.000Z',
  ]);
  const hours = await times('period=2d&bar=1h');
  for (const time of hours) {
    const hour = Number(time.slice(11, 13));
    expect(hour === 23 || hour < 6).toBe(true);
  }
});

test('names have the HTML entities of IBKR', async () => {
  const { T, AAPL: apple } = (await client.get('/trsrv/stocks?symbols=T,AAPL')).body;
  expect(T[0].name).toBe('AT&amp;T INC');
  expect(apple[0].chineseName).toMatch(/^&#x[0-9A-F]{4};/);
  const found = await client.get(`/iserver/secdef/search?symbol=${encodeURIComponent('AT&T')}&name=true`);
  expect(found.body).toMatchObject([{ symbol: 'T' }]);
});

describe('fields of a snapshot', () => {
  const FIELDS = '31,84,86,6509';

  test('read as a test says, in one sandbox or in all', async () => {
    const fields = { 31: 'C168.42', 84: '-1', 86: null, 6509: 'DPB' };
    await control(simulator).post('/quotes', { conid: AAPL, fields, sandbox: 'a' });
    const row = await snapshot(AAPL, FIELDS);
    expect(row).toMatchObject({ conid: AAPL, 31: 'C168.42', 84: '-1', 6509: 'DPB' });
    expect(row).not.toHaveProperty('86');
    const other = (await readySandbox(simulator, 'b')).client;
    expect((await snapshot(AAPL, FIELDS, other))[6509]).toBe('RpB');
    await control(simulator).post('/quotes', { conid: AAPL, fields: { 84: '0' } });
    expect((await snapshot(AAPL, FIELDS))[84]).toBe('-1');
    expect((await snapshot(AAPL, FIELDS, other))[84]).toBe('0');
    await control(simulator).post('/quotes', { conid: AAPL });
    expect(Number((await snapshot(AAPL, FIELDS, other))[84])).toBeGreaterThan(1);
    expect((await control(simulator).post('/quotes', { conid: AAPL, fields: { 84: [] } })).status).toBe(400);
  });

  test('are there for a hundred contracts at a time; what is given back makes room', async () => {
    const conids = INSTRUMENTS.slice(0, 101).map(({ conid }) => conid);
    for (const part of [conids.slice(0, 60), conids.slice(60)])
      await client.get(`/iserver/marketdata/snapshot?conids=${part.join(',')}&fields=31`);
    const last = conids.at(-1) ?? 0;
    expect(await snapshot(last, '31')).toEqual({ conid: last, conidEx: String(last) });
    expect(await snapshot(conids[99] ?? 0, '31')).toHaveProperty('31');
    await client.post('/iserver/marketdata/unsubscribe', { conid: conids[0] });
    expect(await snapshot(last, '31')).toHaveProperty('31');
    await client.get('/iserver/marketdata/unsubscribeall');
    expect(await snapshot(conids[0] ?? 0, '31')).toHaveProperty('31');
  });
});
