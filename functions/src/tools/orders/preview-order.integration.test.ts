/** IBKR's what-if, whose amounts may be estimates and ranges. */
import { describe, expect, it } from 'vitest';
import { playedApp, useApps } from '../../testing/app.ts';

useApps();

const SPY = 756733;
const NONE = { current: 'NA', change: 'NA', after: 'NA' };
const UNKNOWN = { current: null, change: null, after: null };

async function previewOf(whatIf: object) {
  const { call } = await playedApp({
    'GET /trsrv/secdef': {
      secdef: [{ conid: SPY, ticker: 'SPY', assetClass: 'STK', currency: 'USD', listingExchange: 'ARCA' }],
    },
    'GET /iserver/marketdata/snapshot': () => [
      {
        conid: SPY,
        _updated: Date.now(),
        '31': '655',
        '84': '654.9',
        '86': '655.1',
        '7741': '651',
        '6509': 'RpB',
      },
    ],
    'GET /iserver/contract/*/info-and-rules': {
      con_id: SPY,
      symbol: 'SPY',
      instrument_type: 'STK',
      currency: 'USD',
      rules: {
        orderTypes: ['limit', 'market'],
        tifTypes: ['GTC/o,a', 'DAY/o,a'],
        incrementRules: [{ lowerEdge: 0, increment: 0.01 }],
      },
    },
    'POST /iserver/account/*/orders/whatif': { warn: null, error: null, ...whatIf },
  });
  const order = { conid: SPY, side: 'BUY', quantity: 300, order_type: 'MKT' };
  return call('preview_order', order);
}

describe.concurrent('a preview', () => {
  it('keeps a range and an estimate, and makes nothing of what IBKR does not tell', async () => {
    const amount = {
      amount: '51,000 USD (300 Shares)',
      commission: '1.29 ... 1.50 USD',
      total: '~ 51,001.39 USD',
    };
    const position = { current: '', change: '', after: '' };
    expect(
      await previewOf({ amount, equity: NONE, initial: NONE, maintenance: NONE, position }),
    ).toMatchObject({
      amount: { amount: 51_000, currency: 'USD' },
      commission: { amount: null, min: 1.29, max: 1.5, currency: 'USD' },
      you_pay: { amount: 51_001.39, approximate: true, currency: 'USD' },
      ...{ equity: UNKNOWN, initial_margin: UNKNOWN, maintenance_margin: UNKNOWN, position: UNKNOWN },
    });
  });

  it('keeps them of margins, too', async () => {
    const initial = { current: '8,637', change: '~ 100', after: '8,700 ... 8,800' };
    const maintenance = { current: '(5)', change: '<= 10', after: 'NA' };
    expect(await previewOf({ initial, maintenance })).toMatchObject({
      initial_margin: {
        ...{ current: 8637, change: 100, after: null, approximate: true },
        ranges: { after: { min: 8700, max: 8800 } },
      },
      maintenance_margin: { current: -5, change: null, after: null, ranges: { change: { max: 10 } } },
    });
  });

  it('is there without the parts that are in no form that is known', async () => {
    expect(await previewOf({ amount: 'NA', equity: 'NA', position: [], initial: null })).toMatchObject({
      ...{ amount: null, commission: null },
      ...{ equity: UNKNOWN, initial_margin: UNKNOWN, position: UNKNOWN },
    });
  });
});
