/** Accounts whose positions belong to several models: IBKR tells of each model by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAYED_ACCOUNT as ACCOUNT, playedApp, useApps } from '../../testing/app.ts';

useApps();

const AAPL = 265598;

function held(position: number, model: string | undefined, fields: object = {}) {
  const value = position * 200;
  return {
    ...{ conid: AAPL, ticker: 'AAPL', position, mktPrice: 200, mktValue: value, baseMktValue: value },
    ...{ currency: 'USD', assetClass: 'STK', pageSize: 100, avgPrice: 100, unrealizedPnl: 1, model },
    ...fields,
  };
}

async function newPortfolio(...pages: object[][]) {
  const { call, ibkr } = await playedApp({
    'GET /portfolio/*/positions/*': ({ named: [, page] }) => pages[Number(page)] ?? [],
    'GET /portfolio/*/ledger': { BASE: { cashbalance: 1000, netliquidationvalue: 4000, exchangerate: 1 } },
  });
  return { ibkr, portfolio: () => call('get_portfolio', { details: true }) };
}

describe.concurrent('positions of several models', () => {
  it('add up, and say of what', async () => {
    const { portfolio } = await newPortfolio([held(10, ''), held(5, 'Momentum', { avgPrice: 130 })]);
    expect(await portfolio()).toMatchObject({
      totals: { market_value: 3000 },
      positions: [
        {
          symbol: 'AAPL',
          quantity: 15,
          market_value: 3000,
          average_price: 110,
          unrealized_pnl: 2,
          weight_percent: 75,
          models: [
            { model: null, quantity: 10, average_price: 100 },
            { model: 'Momentum', quantity: 5, average_price: 130 },
          ],
        },
      ],
    });
  });

  it('may lie on different pages, of which a server may repeat the last', async () => {
    const page = Array.from({ length: 30 }, (_, index) => held(1, '', { conid: index + 1, pageSize: 30 }));
    const last = [held(1, 'Momentum', { conid: 1 }), held(2, '', { conid: 99 })];
    const { portfolio } = await newPortfolio(page, last, last);
    const { positions } = (await portfolio()) as { positions: { conid: number; quantity: number }[] };
    expect(positions).toHaveLength(31);
    expect(positions.find(({ conid }) => conid === 1)?.quantity).toBe(2);
  });

  it('are counted once where a server ignores the page', async () => {
    const page = Array.from({ length: 30 }, (_, index) =>
      held(1, 'A', { conid: 1 + (index % 15), pageSize: 30 }),
    );
    const { portfolio } = await newPortfolio(page, page, page);
    const { positions } = (await portfolio()) as { positions: { quantity: number }[] };
    expect(positions.map(({ quantity }) => quantity)).toEqual(Array.from({ length: 15 }, () => 2));
  });

  it('that are long and short have no common price, and stay when they cancel out', async () => {
    const { portfolio } = await newPortfolio([held(10, ''), held(-10, 'Hedge')]);
    expect(await portfolio()).toMatchObject({
      positions: [
        { quantity: 0, market_value: 0, average_price: null, models: [{ quantity: 10 }, { quantity: -10 }] },
      ],
    });
  });

  it('have no value together where that of one is not known', async () => {
    const { portfolio } = await newPortfolio([
      held(10, ''),
      held(5, 'B', { mktValue: null, baseMktValue: null }),
    ]);
    expect(await portfolio()).toMatchObject({
      totals: { market_value: null },
      positions: [{ quantity: 15, market_value: null }],
    });
  });

  it('keep their sum however they are split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }),
        async (parts) => {
          const { portfolio } = await newPortfolio(
            parts.map((quantity, index) => held(quantity, `M${index}`)),
          );
          const quantity = parts.reduce((sum, part) => sum + part, 0);
          expect(await portfolio()).toMatchObject({
            positions: [{ quantity, market_value: quantity * 200, average_price: 100 }],
          });
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe.concurrent('the P&L of several models', () => {
  const row = (dpl: unknown, upl: unknown, nl = 1000) => ({ rowType: 1, dpl, upl, nl, mv: 1, uel: 2 });
  const pnlOf = async (upnl: object) => {
    const { call } = await playedApp({ 'GET /iserver/account/pnl/partitioned': { upnl } });
    return call('get_pnl', {});
  };

  it('adds up, and says of what', async () => {
    const upnl = {
      [`${ACCOUNT}.Core`]: row(0.1, 20),
      [`${ACCOUNT}.Momentum`]: row(0.2, -7),
      'DU1.Core': row(9, 9),
    };
    expect(await pnlOf(upnl)).toMatchObject({
      daily: 0.3,
      unrealized: 13,
      net_liquidation: 2000,
      models: [
        { model: 'Core', daily: 0.1, unrealized: 20 },
        { model: 'Momentum', daily: 0.2, unrealized: -7 },
      ],
    });
  });

  it('is that of the account where there are no models', async () => {
    const answer = await pnlOf({ [`${ACCOUNT}.Core`]: row(1, 2), 'DU1.Core': 'odd' });
    expect(answer).toMatchObject({ daily: 1, unrealized: 2 });
    expect([answer.models, answer.unread]).toEqual([undefined, undefined]);
  });

  it.each([
    [
      'a part of it',
      { [`${ACCOUNT}.Core`]: row(1, 2), [`${ACCOUNT}.B`]: row('N/A', 2) },
      { daily: null, unrealized: 4 },
    ],
    [
      'a row of it',
      { [`${ACCOUNT}.Core`]: row(1, 2), [`${ACCOUNT}.B`]: null },
      { daily: null, unread: { count: 1 } },
    ],
  ])('has no sum where %s is not understood', async (_, upnl, answer) => {
    expect(await pnlOf(upnl)).toMatchObject(answer);
  });
});
