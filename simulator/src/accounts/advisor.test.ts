import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import type { Settings } from '../settings.ts';
import { control, placeOrders, readySandbox, type TestClient } from '../test-client.ts';

const AAPL = 265598;

let simulator: RunningSimulator;
let sim: TestClient;

async function start(options: Partial<Settings> = {}): Promise<void> {
  await simulator?.close();
  const started = Date.now();
  const settings = { port: 0, nightlyReset: false, pacing: false, warmUpMs: 0, now: () => started };
  simulator = await startSimulator({ ...settings, ...options });
  sim = control(simulator);
}

beforeEach(() => start());
afterAll(() => simulator.close());

async function newAdvisor() {
  const { body } = await sim.post('/sandboxes', {
    id: 'advisor',
    accounts: 3,
    groups: ['All'],
    profiles: ['Half and half'],
  });
  const { client } = await readySandbox(simulator, 'advisor');
  return { client, accounts: body.accounts as string[] };
}

const limit = (fields: object) => ({
  conid: AAPL,
  orderType: 'LMT',
  price: 1,
  side: 'BUY',
  quantity: 10,
  tif: 'GTC',
  ...fields,
});

describe('the login of an advisor', () => {
  test('names groups and profiles among its accounts, and elsewhere its accounts alone', async () => {
    const { client, accounts } = await newAdvisor();
    const { body } = await client.get('/iserver/accounts');
    const names = ['All', ...accounts, 'Half and half'];
    expect(body).toMatchObject({
      accounts: names,
      groups: ['All'],
      profiles: ['Half and half'],
      selectedAccount: accounts[0],
      allowFeatures: { allowFA: true },
    });
    expect(Object.keys(body.acctProps)).toEqual(names);
    expect(Object.keys(body.aliases)).toEqual(names);
    expect(body.acctProps.All).toMatchObject({ supportsFractions: false, supportsCashQty: false });
    expect(body.acctProps[accounts[0] ?? '']).toMatchObject({ supportsFractions: true });
    for (const path of ['/portfolio/accounts', '/portfolio/subaccounts']) {
      const rows = (await client.get(path)).body as { id: string; faclient: boolean }[];
      expect(rows.map(({ id, faclient }) => [id, faclient])).toEqual(accounts.map((id) => [id, true]));
    }
  });

  test('another login has neither', async () => {
    const { client, account } = await readySandbox(simulator, 'plain');
    expect((await client.get('/iserver/accounts')).body).toMatchObject({
      accounts: [account],
      groups: [],
      profiles: [],
      allowFeatures: { allowFA: false },
    });
    const refused = await client.post('/iserver/account/All/orders', { orders: [limit({})] });
    expect(refused.status).toBe(400);
  });

  test('has no portfolio of a group, and no orders of it', async () => {
    const { client } = await newAdvisor();
    expect((await client.get('/portfolio/All/positions/0')).status).toBe(401);
    expect((await client.get('/iserver/account/All/summary')).status).toBe(400);
    expect((await client.post('/iserver/account', { acctId: 'All' })).body).toEqual({
      set: true,
      acctId: 'All',
    });
    expect((await client.get('/iserver/account/orders')).status).toBe(400);
  });

  test.each([
    ['All', 10, [4, 3, 3]],
    ['Half and half', 2, [2]],
  ])('shares out an order for %s', async (name, quantity, shares) => {
    const { client, accounts } = await newAdvisor();
    const { body } = await placeOrders(client, name, [limit({ quantity, cOID: 'shared' })]);
    expect(body).toHaveLength(shares.length);
    const { orders } = (await sim.get('/orders')).body;
    expect(orders.map(({ account, quantity: each }: Record<string, unknown>) => [account, each])).toEqual(
      shares.map((share, i) => [accounts[i], share]),
    );
  });
});

describe('models', () => {
  const put = (account: string, model: string, quantity: number) =>
    sim.post('/models', { account, model, conid: AAPL, quantity });
  const rowsIn = async (client: TestClient, path: string) => {
    const rows = (await client.get(path)).body as Record<string, unknown>[];
    return rows
      .filter(({ conid }) => String(conid) === String(AAPL))
      .map(({ model, position, mktValue, marketValue }) => [model, position, mktValue ?? marketValue]);
  };

  test('have rows of their own, which are what the position is', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    await sim.post('/prices', { conid: AAPL, last: 200 });
    await put(account, 'Growth', 50);
    await put(account, 'Value', 20);
    for (const path of [`/portfolio/${account}/positions/0`, `/portfolio2/${account}/positions`]) {
      expect(await rowsIn(client, path)).toEqual([
        ['', 50, 10_000],
        ['Growth', 50, 10_000],
        ['Value', 20, 4_000],
      ]);
      expect(await rowsIn(client, `${path}?model=Growth`)).toEqual([['Growth', 50, 10_000]]);
      expect(await rowsIn(client, `${path}?model=Nobody`)).toEqual([]);
    }
    expect(await rowsIn(client, `/portfolio/${account}/position/${AAPL}`)).toHaveLength(3);
    const { body } = await client.get(`/portfolio/${account}/allocation?model=Value`);
    expect(body.assetClass).toEqual({ long: { STK: 4_000 }, short: {} });
  });

  test('may hold all of a position, or of the other side', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    await put(account, 'Growth', 120);
    expect((await rowsIn(client, `/portfolio2/${account}/positions`)).map(([model]) => model)).toEqual([
      'Growth',
    ]);
    await put(account, 'Hedge', -20);
    expect(
      (await rowsIn(client, `/portfolio2/${account}/positions`)).map(([model, held]) => [model, held]),
    ).toEqual([
      ['', 20],
      ['Growth', 120],
      ['Hedge', -20],
    ]);
  });

  test('have a profit and loss of their own, in all that of the account', async () => {
    const { client, account } = await readySandbox(simulator, 'a');
    const read = async () => (await client.get('/iserver/account/pnl/partitioned')).body.upnl;
    await read();
    const { [`${account}.Core`]: whole, ...none } = await read();
    expect(none).toEqual({});
    await put(account, 'Growth', 50);
    const upnl = await read();
    expect(Object.keys(upnl)).toEqual([`${account}.Core`, `${account}.Growth`]);
    const [core, growth] = [upnl[`${account}.Core`], upnl[`${account}.Growth`]];
    for (const key of ['dpl', 'upl', 'nl', 'mv', 'el']) {
      expect(core[key] + growth[key], key).toBeCloseTo(whole[key], 1);
    }
    expect(growth.mv).toBeGreaterThan(0);
  });

  test('outlive a restart, with the groups of their login', async () => {
    const stateFile = join(mkdtempSync(join(tmpdir(), 'simulator-')), 'state.json');
    await start({ stateFile });
    const { accounts } = await newAdvisor();
    await put(accounts[1] ?? '', 'Growth', 50);
    await start({ stateFile });
    const { client } = await readySandbox(simulator, 'advisor');
    const held = (await rowsIn(client, `/portfolio2/${accounts[1]}/positions`)).map((row) => row.slice(0, 2));
    expect(held).toEqual([
      ['', 70],
      ['Growth', 50],
    ]);
    const { body } = await client.get('/iserver/accounts');
    expect(body).toMatchObject({ groups: ['All'], profiles: ['Half and half'] });
  });

  test('are set for accounts and contracts that there are', async () => {
    const { account } = await readySandbox(simulator, 'a');
    for (const change of [{ account: 'DU0000001' }, { conid: 1 }, { model: '' }, { quantity: 'x' }]) {
      const refused = await sim.post('/models', {
        ...{ account, model: 'Growth', conid: AAPL, quantity: 1 },
        ...change,
      });
      expect(refused.status, JSON.stringify(change)).toBe(400);
    }
  });
});
