import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import { control, placeOrders, readySandbox, type TestClient } from '../test-client.ts';

const AAPL = 265598;
/** A Wednesday, 15:00 in New York. */
const NOW = Date.parse('2026-11-18T20:00:00Z');

let simulator: RunningSimulator;
let client: TestClient;
let account: string;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, pacing: false, warmUpMs: 0, hours: 'market', now: () => NOW });
  ({ client, account } = await readySandbox(simulator, 'analysis'));
});
afterAll(() => simulator.close());

describe('performance', () => {
  const ask = (period: string, acctIds = [account]) => client.post('/pa/performance', { acctIds, period });

  test('has one value for each finished trading day', async () => {
    const { body } = await ask('7D');
    expect(body.nav.dates).toEqual(['20261111', '20261112', '20261113', '20261116', '20261117']);
    expect(body.nav.data[0].navs).toHaveLength(5);
    expect(body.nav.data[0].startNAV.date).toBe('20261110');
    const [first] = body.nav.data[0].navs;
    expect(body.cps.data[0].returns[0]).toBeCloseTo(first / body.nav.data[0].startNAV.val - 1, 7);
    expect(body.tpps.dates).toEqual(['202611']);
  });

  test('refuses a bad period, no account and another login’s account', async () => {
    expect((await ask('2W')).status).toBe(400);
    expect((await ask('1M', [])).status).toBe(400);
    expect((await ask('1M', ['DU0'])).status).toBe(500);
  });

  test('knows the transactions of a contract', async () => {
    await placeOrders(client, account, [
      { conid: AAPL, orderType: 'MKT', side: 'SELL', quantity: 5, tif: 'DAY' },
    ]);
    const { body } = await client.post('/pa/transactions', {
      acctIds: [account],
      conids: [AAPL],
      currency: 'USD',
      days: 7,
    });
    expect(body).toMatchObject({ nd: 7, currency: 'USD', id: 'getTransactions' });
    expect(body.transactions).toMatchObject([
      {
        date: 'Wed Nov 18 00:00:00 EST 2026',
        rawDate: '20261118',
        qty: -5,
        conid: AAPL,
        type: 'Sell',
        cur: 'USD',
      },
    ]);
    expect(body.transactions[0].amt).toBeGreaterThan(0);
    expect((await client.post('/pa/transactions', { acctIds: [account], conids: [] })).status).toBe(400);
  });
});

describe('a scanner', () => {
  const run = (body: object) =>
    client.post('/iserver/scanner/run', { instrument: 'STK', location: 'STK.US.MAJOR', ...body });

  test('sorts, filters and names its column in the first row', async () => {
    const { body } = await run({ type: 'TOP_PERC_GAIN', filter: [{ code: 'priceAbove', value: 100 }] });
    const changes = body.contracts.map((row: { scan_data: string }) => Number.parseFloat(row.scan_data));
    expect(changes).toEqual(changes.toSorted((a: number, b: number) => b - a));
    expect(body.contracts[0].column_name).toBe('Chg%');
    expect(body.contracts[1].column_name).toBeUndefined();
    const conids = body.contracts.map((row: { con_id: number }) => row.con_id).join(',');
    await client.get(`/iserver/marketdata/snapshot?conids=${conids}&fields=31`);
    const rows = (await client.get(`/iserver/marketdata/snapshot?conids=${conids}`)).body;
    for (const row of rows) expect(Number(row[31])).toBeGreaterThan(100);
  });

  test('of no known type or filter is a 500', async () => {
    expect((await run({ type: 'BEST_EVER' })).status).toBe(500);
    expect((await run({ type: 'MOST_ACTIVE', filter: [{ code: 'luck', value: 1 }] })).status).toBe(500);
  });

  test('of the historical service is not there until that is open', async () => {
    const scan = { instrument: 'STK', scanCode: 'MOST_ACTIVE', maxItems: 3 };
    expect((await client.post('/hmds/scanner', scan)).status).toBe(404);
    await client.post('/hmds/auth/init');
    const { body } = await client.post('/hmds/scanner', scan);
    expect(body.Contracts.Contract).toHaveLength(3);
    expect(body.size).toBe('3');
  });
});

describe('watchlists', () => {
  test('are made, listed, read in two steps and removed', async () => {
    expect((await client.post('/iserver/watchlist', { id: 'mine', name: 'x' })).status).toBe(503);
    await client.post('/iserver/watchlist', { id: '7', name: 'mine', rows: [{ C: AAPL }, { H: '' }] });
    expect((await client.get('/iserver/watchlists')).body.data.user_lists).toMatchObject([
      { id: '7', name: 'mine' },
    ]);
    const cold = (await client.get('/iserver/watchlist?id=7')).body.instruments;
    expect(cold).toEqual([{ C: String(AAPL), conid: AAPL, name: 'APPLE INC' }]);
    expect((await client.get('/iserver/watchlist?id=7')).body.instruments[0]).toMatchObject({
      ticker: 'AAPL',
      ST: 'STK',
    });
    expect((await client.delete('/iserver/watchlist?id=7')).body.data).toEqual({ deleted: '7' });
    expect((await client.get('/iserver/watchlist?id=7')).status).toBe(503);
  });
});

describe('an option that expires', () => {
  test('is settled in cash at its intrinsic value', async () => {
    await control(simulator).post('/prices', { conid: AAPL, last: 260 });
    await client.get('/iserver/secdef/search?symbol=AAPL');
    const info = await client.get(
      `/iserver/secdef/info?conid=${AAPL}&sectype=OPT&month=NOV26&strike=250&right=C`,
    );
    const { conid } = info.body.find((row: { maturityDate: string }) => row.maturityDate === '20261120');
    await placeOrders(client, account, [{ conid, orderType: 'MKT', side: 'BUY', quantity: 2, tif: 'DAY' }]);
    const cash = async () => (await client.get(`/portfolio/${account}/ledger`)).body.USD.cashbalance;
    const before = await cash();
    await control(simulator).post('/clock', { setTo: '2026-11-20T21:05:00Z' });
    expect((await cash()) - before).toBeCloseTo(2 * 100 * 10, 2);
    expect((await client.get(`/portfolio/${account}/position/${conid}`)).body[0].position).toBe(0);
  });
});
