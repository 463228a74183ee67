import { expect, it } from 'vitest';
import { type OrderedContract, orderSentence, orderWords, type ProposedOrder } from './order.ts';

const NVDA = { conid: 4815747, symbol: 'NVDA', secType: 'STK', currency: 'USD', exchange: 'NASDAQ' };
const LIMIT = {
  conid: 4815747,
  side: 'BUY',
  quantity: 3,
  orderType: 'LMT',
  limitPrice: 170,
  tif: 'GTC',
} as const;

function sentence(
  ticket: Partial<ProposedOrder['ticket']>,
  contract: Partial<OrderedContract> = {},
  more: Partial<ProposedOrder> = {},
): string {
  return orderSentence({
    accountId: 'DU1234567',
    contract: { ...NVDA, ...contract },
    ticket: { ...LIMIT, ...ticket },
    ...more,
  });
}

it.each<[string, string]>([
  [sentence({}), 'BUY 3 NVDA LMT limit 170 GTC in DU1234567'],
  [
    sentence({ takeProfit: { limitPrice: 190 }, stopLoss: { stopPrice: 150, limitPrice: 149 } }),
    'BUY 3 NVDA LMT limit 170 GTC, take profit 190, stop loss 150 (limit 149), in DU1234567',
  ],
  [
    sentence({ side: 'SELL', orderType: 'TRAIL', limitPrice: undefined, trailingPercent: 5, tif: 'DAY' }),
    'SELL 3 NVDA TRAIL trailing 5 % DAY in DU1234567',
  ],
  [
    sentence({ tif: 'GTD', goodTillDate: '2026-12-31T21:00:00Z', outsideRth: true }),
    'BUY 3 NVDA LMT limit 170 GTD until 2026-12-31T21:00:00Z, also outside regular hours, in DU1234567',
  ],
  [
    sentence(
      { orderType: 'MKT', limitPrice: undefined, tif: 'DAY' },
      { symbol: 'AAPL', exchange: 'MEXI', currency: 'MXN' },
    ),
    'BUY 3 AAPL (MEXI, MXN) MKT DAY in DU1234567',
  ],
  [
    sentence({ limitPrice: 71.52 }, { symbol: 'VOD', exchange: 'LSE', currency: 'GBP', priceUnit: 'GBX' }),
    'BUY 3 VOD (LSE, GBP) LMT limit 71.52 GBX GTC in DU1234567',
  ],
  [
    sentence({}, {}, { oca: { ...LIMIT, orderType: 'STP', limitPrice: undefined, stopPrice: 150 } }),
    'BUY 3 NVDA LMT limit 170 GTC, one cancelling the other with BUY 3 NVDA STP stop 150 GTC, in DU1234567',
  ],
  [sentence({}, {}, { modifies: '7' }), 'change order 7 to BUY 3 NVDA LMT limit 170 GTC in DU1234567'],
])('says all that a yes is said to: %s', (said, expected) => {
  expect(said).toBe(expected);
});

it('can leave the account out', () => {
  expect(orderWords({ accountId: 'DU1234567', contract: NVDA, ticket: LIMIT })).toBe(
    'BUY 3 NVDA LMT limit 170 GTC',
  );
});
