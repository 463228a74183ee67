/** The stop of a login with more accounts than one run can list. */
import type { Firestore } from 'firebase-admin/firestore';
import { describe, expect, it, vi } from 'vitest';
import { connectionFrom, createConnection, updateConnection } from '../../store/connections.ts';
import { beginPanic } from '../../store/orders/panics.ts';
import { useFirestore } from '../../testing/firestore.ts';
import {
  type PlayedIbkr,
  type PlayedRequest,
  playIbkr,
  type Routes,
} from '../../testing/played/played-ibkr.ts';
import { cancelAllOrders } from './kill-switch.ts';

let db: Firestore;
useFirestore((opened) => {
  db = opened;
});

/** Leaves time for one or two looks at an account; for none, where the machine is busy. */
const SHORT_RUN_MS = 9_000;
const LONG_RUN_MS = 60_000;
const WAIT = { timeout: 60_000 };

interface PlayedOrder {
  orderId: number;
  account: string;
  status: string;
  [field: string]: unknown;
}

/** A login whose lists are of the selected account, as IBKR's are. */
async function newLogin(count: number, routes: (orders: PlayedOrder[]) => Routes = () => ({})) {
  const accounts = Array.from({ length: count }, (_, index) => `DU90000${String(10 + index)}`);
  const orders: PlayedOrder[] = [];
  const place = (account: string, fields: object = {}) =>
    orders.push({
      orderId: 5_000 + orders.length,
      account,
      status: 'Submitted',
      conid: 756733,
      secType: 'STK',
      side: 'BUY',
      filledQuantity: 0,
      remainingQuantity: 3,
      ...fields,
    });
  let selected = accounts[0];
  const asked: number[] = [];
  const ofSelected = () => orders.filter(({ account }) => account === selected);
  const find = ({ named }: PlayedRequest) => orders.find(({ orderId }) => String(orderId) === named.at(-1));
  const ibkr = await playIbkr(
    { accounts },
    {
      'GET /iserver/accounts': () => ({ accounts, selectedAccount: selected, isPaper: true }),
      'POST /iserver/account': ({ body }) => {
        selected = (body as { acctId: string }).acctId;
        return { set: true };
      },
      'GET /iserver/account/orders': () => ({ orders: ofSelected(), snapshot: true }),
      'GET /iserver/account/order/status/*': (request) => {
        const order = find(request);
        if (order === undefined || order.account !== selected) {
          return { __status: 503, error: `Order ${request.named[0]} is not found` };
        }
        const { orderId, account, conid, status, side } = order;
        return { order_id: orderId, account, conid, order_status: status, side, total_size: 3 };
      },
      'DELETE /iserver/account/*/order/*': (request) => {
        const order = find(request);
        if (order?.account !== request.named[0]) return { error: "OrderID doesn't exist" };
        asked.push(order?.orderId ?? 0);
        if (order !== undefined) order.status = 'Cancelled';
        return { msg: 'Request was submitted', order_id: order?.orderId };
      },
      ...routes(orders),
    },
  );
  const fields = { ownerUid: 'owner', kind: 'gateway', mode: 'paper', label: 'Many' } as const;
  const { connection } = await createConnection(db, fields);
  await beginPanic(db, connection.id);
  return { accounts, orders, place, asked, ibkr, connectionId: connection.id };
}

type PlayedLogin = Awaited<ReturnType<typeof newLogin>>;

function stop({ connectionId, ibkr }: PlayedLogin, budgetMs = LONG_RUN_MS) {
  return cancelAllOrders(db, connectionId, ibkr.connection.client({ budgetMs }));
}

async function noted({ connectionId }: PlayedLogin) {
  return connectionFrom(await db.doc(`connections/${connectionId}`).get())?.panic;
}

/** Runs shortly until the stop is over; answers the reports. */
async function stopWholly(login: PlayedLogin) {
  const reports = [];
  while (reports.at(-1)?.retrying !== false) reports.push(await stop(login, SHORT_RUN_MS));
  return reports;
}

function listings({ ibkr: { asked } }: { ibkr: PlayedIbkr }): number {
  return asked.filter((name) => name === 'GET /iserver/account/orders').length;
}

describe.concurrent('a stop of many accounts', () => {
  it('reaches every account in as many runs as it takes, and ends', async () => {
    const login = await newLogin(8);
    for (const account of login.accounts) login.place(account);
    const reports = await stopWholly(login);
    expect(login.asked.toSorted()).toEqual(login.orders.map(({ orderId }) => orderId));
    expect(reports.length).toBeGreaterThan(2);
    expect(reports[0]).toMatchObject({ remaining: null, retrying: true });
    expect(reports[0]?.accountsLeft).toBeGreaterThan(0);
    expect(reports.at(-1)).toMatchObject({ remaining: 0, accountsLeft: 0, retrying: false });
    expect(await noted(login)).toMatchObject({ remaining: 0, accountsLeft: 0, retrying: false });
    // Twice each, since an order was seen in every one of them.
    expect(listings(login)).toBeLessThanOrEqual(2 * login.accounts.length);
  });

  it('lists each of 17 accounts without an order once', async () => {
    const login = await newLogin(17);
    const reports = await stopWholly(login);
    expect(reports.at(-1)).toMatchObject({ remaining: 0, retrying: false });
    expect(listings(login)).toBe(17);
  });

  it('cancels at once what IBKR lists of other accounts, too', async () => {
    const login = await newLogin(8, (orders) => ({
      'GET /iserver/account/orders': () => ({ orders, snapshot: true }),
    }));
    for (const account of login.accounts) login.place(account);
    await stop(login);
    expect(login.asked).toEqual(login.orders.map(({ orderId }) => orderId).reverse());
  });

  it('reaches the others when one account can never be listed, and goes on trying that one', async () => {
    const login = await newLogin(4, (orders) => {
      return {
        'GET /iserver/account/orders': ({ query }) =>
          query.get('accountId') === 'DU9000010'
            ? { __status: 503, error: 'Service Unavailable' }
            : { orders: orders.filter(({ account }) => account === query.get('accountId')), snapshot: true },
      };
    });
    for (const account of login.accounts) login.place(account);
    while (login.asked.length < 3) await stop(login, SHORT_RUN_MS);
    expect(await stop(login)).toMatchObject({
      unlisted: expect.stringContaining('IBKR'),
      remaining: null,
      accountsLeft: 1,
      retrying: true,
    });
    expect(login.asked.toSorted()).toEqual([5_001, 5_002, 5_003]);
  });

  it('finds an order that appears in an account it has passed', async () => {
    const login = await newLogin(4);
    const [first = '', , , last = ''] = login.accounts;
    login.place(last);
    while (!login.asked.includes(5_000)) await stop(login, SHORT_RUN_MS);
    login.place(first);
    await stopWholly(login);
    expect(login.asked).toEqual([5_000, 5_001]);
    expect(await noted(login)).toMatchObject({ remaining: 0, retrying: false });
  });

  it('goes on where a run that died has been', async () => {
    const login = await newLogin(3);
    const [first = ''] = login.accounts;
    login.place(first);
    // The process ends while IBKR lists the first account.
    const hang = Promise.withResolvers<object>();
    login.ibkr.set({ 'GET /iserver/account/orders': () => hang.promise });
    const died = stop(login).catch(() => undefined);
    await vi.waitFor(() => expect(listings(login)).toBe(1), WAIT);
    const others: string[] = [];
    login.ibkr.set({
      'GET /iserver/account/orders': ({ query }) => {
        const account = query.get('accountId') ?? '';
        others.push(account);
        return { orders: login.orders.filter((order) => order.account === account), snapshot: true };
      },
    });
    await stop(login);
    expect(others[0]).toBe(login.accounts[1]);
    await stopWholly(login);
    expect(login.asked).toEqual([5_000]);
    hang.resolve({ orders: [], snapshot: true });
    await died;
    // What it learnt in the end is not written over what came after it.
    expect(await noted(login)).toMatchObject({ remaining: 0, retrying: false });
  });

  it('asks for what it cannot read, too, and does not end before that is gone', async () => {
    const login = await newLogin(1);
    const account = 'DU9000010';
    login.place(account, { status: 'Warning' });
    login.place(account, { status: undefined, side: null, conid: 'none', filledQuantity: 'x' });
    login.place(account, { orderId: null });
    login.place(account, { orderId: null, status: 'Filled' });
    expect(await stop(login)).toMatchObject({
      cancelling: [{ orderId: '5001' }, { orderId: '5000' }],
      unlisted: expect.stringContaining('without an id to cancel it by'),
      remaining: 2,
      retrying: true,
    });
    login.orders.splice(2);
    expect(await stop(login)).toMatchObject({ remaining: 0, retrying: false });
  });

  it('asks for what is inactive, and does not wait for what IBKR will not cancel of it', async () => {
    const login = await newLogin(1);
    login.place('DU9000010', { status: 'Inactive' });
    login.ibkr.set({ 'DELETE /iserver/account/*/order/*': { error: 'OrderID 5000 is not active' } });
    expect(await stop(login)).toMatchObject({ failed: [], remaining: 0, retrying: false });
    expect(login.ibkr.asked).toContain('DELETE /iserver/account/DU9000010/order/5000');
  });

  it('cancels nothing more in the accounts it has not reached when trading goes on', async () => {
    const login = await newLogin(3);
    for (const account of login.accounts) login.place(account);
    login.ibkr.set({
      'DELETE /iserver/account/*/order/*': async ({ named }) => {
        await updateConnection(db, login.connectionId, { limits: { trading: true } });
        login.asked.push(Number(named[1]));
        return { msg: 'Request was submitted' };
      },
    });
    await stop(login);
    expect(login.asked).toEqual([5_000]);
    expect(await noted(login)).toBeNull();
  });
});
