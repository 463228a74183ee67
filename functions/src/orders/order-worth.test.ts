import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxLossOf, worthOf } from './order-worth.ts';
import type { OrderedContract, ProposedOrder } from './proposed-order.ts';

const price = fc.double({ min: 0.01, max: 10_000, noNaN: true });
const count = fc.integer({ min: 1, max: 1_000 });
const multiplier = fc.constantFrom(1, 5, 50, 100, 1_000);
const market = fc.record({ bid: price, ask: price, last: price });
const NO_MARKET = { bid: null, ask: null, last: null };

function contract(secType: string, units: number | null, strike: number | null = null): OrderedContract {
  const right = strike === null ? null : ('call' as const);
  const derivative = { expiry: '2026-12-18', strike, right, multiplier: units, underlyingConid: 1 };
  return { conid: 2, symbol: 'ES', secType, currency: 'USD', derivative };
}

function ticket(more: Partial<ProposedOrder['ticket']> = {}): ProposedOrder['ticket'] {
  return { conid: 2, side: 'BUY', orderType: 'LMT', tif: 'DAY', quantity: 1, ...more };
}

describe('the worth of an order', () => {
  it('grows with the multiplier and the quantity, and is never below what is paid', () => {
    fc.assert(
      fc.property(price, count, multiplier, market, (limitPrice, quantity, units, prices) => {
        const one = worthOf({ contract: contract('FUT', 1), ticket: ticket({ limitPrice }) }, prices, 0);
        const all = worthOf(
          { contract: contract('FUT', units), ticket: ticket({ limitPrice, quantity }) },
          prices,
          0,
        );
        expect(all).toBeCloseTo((one ?? 0) * quantity * units, 3);
        expect(all).toBeGreaterThanOrEqual(limitPrice * quantity * units * (1 - 1e-9));
      }),
    );
  });

  it('of a sale is what the market pays, however low its limit', () => {
    fc.assert(
      fc.property(price, market, (limitPrice, prices) => {
        const sale = ticket({ side: 'SELL', limitPrice });
        const worth = worthOf({ contract: contract('FUT', 50), ticket: sale }, prices, 0);
        expect(worth).toBeCloseTo(50 * Math.max(limitPrice, prices.bid), 6);
      }),
    );
  });

  it('of options written counts what they oblige to, of options held what they bring', () => {
    const sale = ticket({ side: 'SELL', limitPrice: 2, quantity: 3 });
    const order = { contract: contract('OPT', 100, 190), ticket: sale };
    expect(worthOf(order, NO_MARKET, 0)).toBe(3 * 190 * 100);
    expect(worthOf(order, NO_MARKET, -5)).toBe(3 * 190 * 100);
    expect(worthOf(order, NO_MARKET, 1)).toBe(2 * 190 * 100);
    expect(worthOf(order, NO_MARKET, 3)).toBe(3 * 2 * 100);
  });

  it('is not known without a price or a multiplier', () => {
    const market = ticket({ orderType: 'MKT' });
    expect(worthOf({ contract: contract('FUT', 50), ticket: market }, NO_MARKET, 0)).toBeNull();
    const limit = ticket({ limitPrice: 5 });
    expect(worthOf({ contract: contract('FUT', null), ticket: limit }, NO_MARKET, 0)).toBeNull();
  });
});

describe('the worth of a combo', () => {
  const legs = [contract('OPT', 100, 190), contract('OPT', 100, 200)];
  const combo = (ratios: [number, number], more: Partial<ProposedOrder['ticket']>) => ({
    contract: { conid: 28812380, symbol: 'AAPL', secType: 'BAG', currency: 'USD', legs },
    ticket: ticket({
      legs: ratios.map((ratio, index) => ({ conid: index + 1, ratio })),
      quantity: 2,
      ...more,
    }),
  });

  it('is the most it may lose, or its premium if that is more', () => {
    const debit = combo([1, -1], { limitPrice: 4 });
    expect([worthOf(debit, NO_MARKET, 0), maxLossOf(debit, NO_MARKET)]).toEqual([800, 800]);
    const credit = combo([-1, 1], { limitPrice: -4 });
    expect([worthOf(credit, NO_MARKET, 0), maxLossOf(credit, NO_MARKET)]).toEqual([1200, 1200]);
    const wide = combo([-1, 1], { limitPrice: -9 });
    expect([worthOf(wide, NO_MARKET, 0), maxLossOf(wide, NO_MARKET)]).toEqual([1800, 200]);
    const bare = combo([1, -2], { limitPrice: 1 });
    expect([worthOf(bare, NO_MARKET, 0), maxLossOf(bare, NO_MARKET)]).toEqual([null, 'unlimited']);
  });

  it('sold is that of the opposite combo bought', () => {
    const sold = combo([1, -1], { side: 'SELL', limitPrice: 4 });
    expect(maxLossOf(sold, NO_MARKET)).toBe(1200);
  });

  it('without a price of its own goes by what its legs cost', () => {
    const order = combo([1, -1], { orderType: 'MKT' });
    expect(maxLossOf(order, { bid: 3, ask: 5, last: 4 })).toBe(1000);
    expect(maxLossOf(order, NO_MARKET)).toBeNull();
  });
});
