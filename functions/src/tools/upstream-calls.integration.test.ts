/** What tools ask of IBKR on a connection that was used before. */
import { describe, expect, it } from 'vitest';
import { newApp, playedApp, useApps } from '../testing/app.ts';

useApps();

const WITHOUT_ROWS = { orders: [], snapshot: true };
const ORDERS = 'GET /iserver/account/orders';

/** What a tool asks of IBKR the second time. */
const ASKED: readonly (readonly [tool: string, args: object, requests: readonly string[]])[] = [
  ['get_accounts', {}, ['GET /iserver/accounts']],
  ['get_current_account', {}, []],
  ['get_account_summary', {}, ['GET /portfolio/*/summary']],
  ['get_cash', {}, ['GET /portfolio/*/ledger']],
  [
    'get_portfolio',
    {},
    ['GET /iserver/marketdata/snapshot', 'GET /portfolio/*/ledger', 'GET /portfolio/*/positions/0'],
  ],
  ['get_quote', { symbol: 'AAPL' }, ['GET /iserver/marketdata/snapshot']],
  ['get_quotes', { symbols: ['AAPL', 'NVDA'] }, ['GET /iserver/marketdata/snapshot']],
  ['get_orders', {}, []],
  ['get_trades', {}, []],
  ['get_pnl', {}, []],
];

describe.concurrent('the second call asks IBKR for no more than it has to', () => {
  it.each(ASKED)('%s', async (tool, args, requests) => {
    const { call, sandbox } = await newApp();
    await call(tool, args);
    const before = await sandbox.requests();
    await call(tool, args);
    const after = await sandbox.requests();
    const asked = Object.entries(after).flatMap(([name, count]) =>
      Array.from({ length: count - (before[name] ?? 0) }, () => name.replace(/\/DU\d+\//, '/*/')),
    );
    expect(asked.toSorted()).toEqual([...requests]);
  });
});

describe.concurrent('the list of orders', () => {
  it('says as of when it is, where IBKR was asked before the call', async () => {
    const { call, ibkr } = await playedApp({ [ORDERS]: WITHOUT_ROWS });
    const begun = Date.now();
    expect(await call('get_orders', {})).not.toHaveProperty('as_of');
    const { as_of } = await call('get_orders', {});
    expect(Date.parse(String(as_of))).toBeGreaterThanOrEqual(begun);
    expect(ibkr.asked.filter((name) => name === ORDERS)).toHaveLength(1);
  });

  it('is read anew after another process wrote something of an order down', async () => {
    const { call, ibkr, db, connectionId } = await playedApp({ [ORDERS]: WITHOUT_ROWS });
    await call('get_orders', {});
    const ledger = { day: '', total: { orders: 0, value: 0 }, apps: {}, open: {}, recent: {} };
    await db.doc(`connections/${connectionId}/trading/register`).set(ledger);
    expect(await call('get_orders', {})).not.toHaveProperty('as_of');
    expect(ibkr.asked.filter((name) => name === ORDERS)).toHaveLength(2);
  });
});
