/** What positions add to the worth of an account: of futures, CFDs and currencies IBKR's value is no part of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { playedApp, useApps } from '../../testing/app.ts';

useApps();

const STOCK = {
  conid: 1,
  ticker: 'SPY',
  position: 10,
  mktValue: 6550,
  baseMktValue: 6550,
  assetClass: 'STK',
};
/** As the first answer of a session has it, without a ticker. */
const FUTURE = {
  conid: 2,
  contractDesc: 'MNQ      MAR2025',
  position: 2,
  mktValue: 87_400,
  assetClass: 'FUT',
};

async function portfolioOf(positions: object[], base: object) {
  const { call } = await playedApp({
    'GET /portfolio/*/positions/0': positions.map((row) => ({ currency: 'USD', unrealizedPnl: 5, ...row })),
    'GET /portfolio/*/ledger': {
      BASE: { exchangerate: 1, ...base },
      USD: { cashbalance: 1, exchangerate: 1 },
    },
  });
  return call('get_portfolio', { details: true });
}

describe.concurrent('the totals of a portfolio', () => {
  it('leave out what futures are about, and say what is beside cash and market value', async () => {
    const base = { cashbalance: 1000, netliquidationvalue: 7600.5 };
    expect(await portfolioOf([STOCK, FUTURE], base)).toMatchObject({
      totals: { net_liquidation: 7600.5, cash: 1000, market_value: 6550, other: 50.5 },
      positions: [
        { symbol: 'SPY', market_value: 6550, weight_percent: 86.18 },
        { symbol: 'MNQ', market_value: null, notional: 87_400, weight_percent: null, unrealized_pnl: 5 },
      ],
    });
  });

  it.each(['CFD', 'CASH'])('leave out %s as well', async (assetClass) => {
    const base = { cashbalance: 1000, netliquidationvalue: 1010 };
    expect(await portfolioOf([{ ...STOCK, assetClass }], base)).toMatchObject({
      totals: { market_value: 0, other: 10 },
      positions: [{ market_value: null, market_value_in_base: null, notional: 6550 }],
    });
  });

  it('always add up to net liquidation', async () => {
    const cents = fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((number) => number / 100);
    await fc.assert(
      fc.asyncProperty(cents, cents, cents, async (cashbalance, netliquidationvalue, mktValue) => {
        const held = [{ ...STOCK, mktValue, baseMktValue: mktValue }, FUTURE];
        const { totals } = await portfolioOf(held, { cashbalance, netliquidationvalue });
        const { net_liquidation, cash, market_value, other } = totals as Record<string, number>;
        expect((cash ?? 0) + (market_value ?? 0) + (other ?? 0)).toBeCloseTo(
          net_liquidation ?? Number.NaN,
          2,
        );
      }),
      { numRuns: 10 },
    );
  });

  it.each([0, -1])('are not reckoned by a rate of %o', async (exchangerate) => {
    const { call } = await playedApp({
      'GET /portfolio/*/positions/0': [{ ...STOCK, currency: 'EUR', baseMktValue: null }],
      'GET /portfolio/*/ledger': {
        BASE: { cashbalance: 1000, netliquidationvalue: 7600, exchangerate: 1 },
        EUR: { cashbalance: 1, exchangerate },
      },
    });
    expect(await call('get_portfolio', { details: true })).toMatchObject({
      totals: { market_value: null },
      positions: [{ market_value: 6550, market_value_in_base: null }],
    });
    expect(await call('get_cash', {})).toMatchObject({ balances: [{ cash: 1, rate_to_base: null }] });
  });

  it('are not told where IBKR tells none', async () => {
    expect(await portfolioOf([STOCK], { cashbalance: 1000 })).toMatchObject({
      totals: { net_liquidation: null, other: null },
    });
  });
});
