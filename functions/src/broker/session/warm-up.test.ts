/** When IBKR's empty answers are believed, and when an answer of a moment ago is shown. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { playIbkr, type Routes } from '../../testing/played/played-ibkr.ts';
import { getAccounts } from '../accounts/accounts.ts';
import { getPositions } from '../accounts/portfolio.ts';
import { getLiveOrders, type OrderTicket, placeOrder } from '../orders/orders.ts';
import { getTrades } from '../orders/trades.ts';
import { warmUp } from '../orders/warm-lists.ts';
import { inMemorySessionStore } from './session-store.ts';

const ACCOUNT = 'DU1';
const ORDERS = 'GET /iserver/account/orders';
const TRADES = 'GET /iserver/account/trades';
const ROW = {
  ...{ acct: ACCOUNT, account: ACCOUNT, orderId: 7, conid: 1, ticker: 'AAPL', secType: 'STK', side: 'BUY' },
  ...{ totalSize: 1, remainingQuantity: 1, filledQuantity: 0, price: '1', orderType: 'Limit' },
  ...{ origOrderType: 'LIMIT', timeInForce: 'GTC', status: 'Submitted' },
};
const TICKET: OrderTicket = {
  conid: 1,
  side: 'BUY',
  quantity: 1,
  orderType: 'MKT',
  tif: 'DAY',
  clientOrderId: 'a',
};
const NOTHING_YET: Routes = {
  [ORDERS]: { orders: [], snapshot: false },
  'GET /portfolio/*/positions/*': [],
  'GET /iserver/account/pnl/partitioned': { upnl: {} },
};

async function newLogin(routes: Routes = {}, options: Parameters<typeof playIbkr>[2] = {}) {
  const ibkr = await playIbkr({ accounts: [ACCOUNT] }, { ...NOTHING_YET, ...routes }, options);
  const count = (name: string) => ibkr.asked.filter((one) => one === name).length;
  return { ibkr, count, client: () => ibkr.connection.client() };
}

/** Later than what was answered before, though within a millisecond. */
const now = () => ({ since: Date.now() + 1 });

/** A session that nobody else opens. */
function ours() {
  const token = { token: new Uint8Array(1), expiresAt: Date.now() + 86_400_000 };
  return { login: { exchange: async () => token, use: () => {} }, store: inMemorySessionStore() };
}

it('an empty list is believed at the second look of a session that is ours, and at the next ones of who only shows it', async () => {
  const { count, client } = await newLogin({}, ours());
  expect((await getTrades(client(), ACCOUNT, now())).trades).toEqual([]);
  expect(count(TRADES)).toBe(2);
  await getTrades(client(), ACCOUNT, now());
  expect(count(TRADES)).toBe(3);
  await getLiveOrders(client(), ACCOUNT, now());
  await getLiveOrders(client(), ACCOUNT, now());
  expect(count(ORDERS)).toBe(3);
  await getPositions(client(), ACCOUNT);
  await getPositions(client(), ACCOUNT);
  expect(count(`GET /portfolio/${ACCOUNT}/positions/0`)).toBe(3);
});

it('an empty list that was looked at twice serves who only shows it, of any session', async () => {
  const { count, client } = await newLogin();
  const { at } = await getTrades(client(), ACCOUNT, now());
  expect((await getTrades(client(), ACCOUNT, { since: at })).at).toBe(at);
  expect(count(TRADES)).toBe(2);
});

it('nothing is taken for none when others opened the session of their gateway anew, unseen', async () => {
  const trade = {
    execution_id: 'a',
    conid: 1,
    symbol: 'AAPL',
    side: 'B',
    size: 1,
    price: '1',
    account: ACCOUNT,
  };
  const position = { conid: 1, position: 1, ticker: 'AAPL', currency: 'USD' };
  const { ibkr, client } = await newLogin();
  const shown = async () => {
    const [orders, trades, positions] = await Promise.all([
      getLiveOrders(client(), ACCOUNT, now()),
      getTrades(client(), ACCOUNT, now()),
      getPositions(client(), ACCOUNT),
    ]);
    return [orders.orders.length, trades.trades.length, positions.positions.length];
  };
  expect(await shown()).toEqual([0, 0, 0]);
  const begun = ibkr.asked.length;
  const isFirst = (name: string) => ibkr.asked.slice(begun).filter((one) => one === name).length === 1;
  const positionsName = `GET /portfolio/${ACCOUNT}/positions/0`;
  ibkr.set({
    [ORDERS]: () => (isFirst(ORDERS) ? { orders: [], snapshot: false } : { orders: [ROW], snapshot: true }),
    [TRADES]: () => (isFirst(TRADES) ? [] : [trade]),
    'GET /portfolio/*/positions/*': () => (isFirst(positionsName) ? [] : [position]),
  });
  expect(await shown()).toEqual([1, 1, 1]);
});

it('whoever decides about orders looks twice at an empty list, however often it was empty and however fast', async () => {
  const { count, client } = await newLogin();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  onTestFinished(() => void vi.useRealTimers());
  for (let look = 1; look <= 3; look++) {
    await getLiveOrders(client(), ACCOUNT);
    await getTrades(client(), ACCOUNT);
    expect([count(ORDERS), count(TRADES)]).toEqual([2 * look, 2 * look]);
  }
});

it('an empty list is looked at twice again in a session that was opened anew', async () => {
  const { ibkr, count, client } = await newLogin({}, ours());
  await getTrades(client(), ACCOUNT, now());
  ibkr.set({ 'GET /probe': { __status: 400, error: 'Bad Request: no bridge' } });
  const { session } = ibkr.connection;
  const opened = session.epoch;
  await expect(client().change({ method: 'GET', path: '/probe' }, z.unknown())).rejects.toThrow();
  expect(session.epoch).toBe(opened + 1);
  await getTrades(client(), ACCOUNT, now());
  expect(count(TRADES)).toBe(4);
});

it('lists that were read after the session was opened are warm in every process, of a login that is ours', async () => {
  const { login } = ours();
  for (const isOurs of [true, false]) {
    const store = inMemorySessionStore();
    const { ibkr, count, client } = await newLogin({}, { store, ...(isOurs && { login }) });
    await warmUp(client(), ACCOUNT);
    await store.write({ warmedEpoch: ibkr.connection.session.epoch });
    const other = ibkr.connect();
    await getTrades(other.client(), ACCOUNT, now());
    expect(count(TRADES)).toBe(isOurs ? 2 : 3);
    await getTrades(other.client(), ACCOUNT);
    expect(count(TRADES)).toBe(isOurs ? 4 : 5);
  }
});

it('a list serves who only shows it, as old as they take it, until something is changed', async () => {
  const { count, client } = await newLogin({
    [ORDERS]: { orders: [ROW], snapshot: true },
    'POST /iserver/account/*/orders': [{ order_id: '8', order_status: 'Submitted' }],
  });
  const begun = Date.now();
  const { at } = await getLiveOrders(client(), ACCOUNT);
  expect(at).toBeGreaterThanOrEqual(begun);
  const again = await getLiveOrders(client(), ACCOUNT, { since: begun });
  expect([again.at, again.orders.length, count(ORDERS)]).toEqual([at, 1, 1]);
  await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(at);
  expect((await getLiveOrders(client(), ACCOUNT, { since: at + 1 })).at).toBeGreaterThan(at);
  expect(count(ORDERS)).toBe(2);
  await getLiveOrders(client(), ACCOUNT);
  expect(count(ORDERS)).toBe(3);

  await placeOrder(client(), ACCOUNT, TICKET);
  await getLiveOrders(client(), ACCOUNT, { since: begun });
  expect(count(ORDERS)).toBe(4);
});

it('a list that was under way when an order left is not shown after it', async () => {
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  const { count, client } = await newLogin({
    [ORDERS]: async () => {
      if (count(ORDERS) === 1) await answered;
      return { orders: [{ ...ROW, orderId: count(ORDERS) }], snapshot: true };
    },
    'POST /iserver/account/*/orders': [{ order_id: '8', order_status: 'Submitted' }],
  });
  const begun = Date.now();
  await getAccounts(client());
  const before = getLiveOrders(client(), ACCOUNT, { since: begun });
  await expect.poll(() => count(ORDERS)).toBe(1);
  await placeOrder(client(), ACCOUNT, TICKET);
  const after = await getLiveOrders(client(), ACCOUNT, { since: begun });
  resolve();
  expect([after.orders[0]?.orderId, (await before).orders[0]?.orderId]).toEqual(['2', '2']);
});

it('the accounts of a login are known for a minute to reads, and asked for by who orders', async () => {
  const { count, client } = await newLogin();
  const asked = 'GET /iserver/accounts';
  await getAccounts(client(), { maxAgeMs: 60_000 });
  expect(count(asked)).toBe(1);
  await getAccounts(client(), { maxAgeMs: 60_000 });
  expect(count(asked)).toBe(1);
  await getAccounts(client());
  expect(count(asked)).toBe(2);
});
