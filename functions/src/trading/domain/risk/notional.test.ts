import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderedContract, ProposedOrder } from '../order.ts';
import { maxLossOf, notionalOf, obligationOf } from './notional.ts';

const price = fc.double({ min: 0.01, max: 10_000, noNaN: true });
const count = fc.integer({ min: 1, max: 1_000 });
const multiplier = fc.constantFrom(1, 5, 50, 100, 1_000);
const market = fc.record({ bid: price, ask: price, last: price, previousClose: fc.constant(null) });
type Ticket = ProposedOrder['ticket'];
const STOPPED: Ticket['orderType'][] = ['STP', 'STP_LIMIT', 'MIT', 'LIT', 'TRAIL_LIMIT'];
const LIMITED: Ticket['orderType'][] = ['LMT', 'LOC', 'STP_LIMIT', 'LIT', 'TRAIL_LIMIT'];
const PRICED_TYPES: Ticket['orderType'][] = [
  ...new Set([...STOPPED, ...LIMITED]),
  'MKT',
  'MOC',
  'TRAIL',
  'MIDPRICE',
];
const NO_MARKET = { bid: null, ask: null, last: null, previousClose: null };

function contract(secType: string, units: number | null, strike: number | null = null): OrderedContract {
  const right = strike === null ? null : ('call' as const);
  const derivative = { expiry: '2026-12-18', strike, right, multiplier: units, underlyingConid: 1 };
  return { conid: 2, symbol: 'ES', secType, currency: 'USD', derivative };
}

function ticket(more: Partial<ProposedOrder['ticket']> = {}): ProposedOrder['ticket'] {
  return { conid: 2, side: 'BUY', orderType: 'LMT', tif: 'DAY', quantity: 1, ...more };
}

/** Where an order may fill: set off at once, or by a market that has come to its stop, and no worse than its limit. */
function fillsOf(
  { side, orderType, stopPrice, limitPrice, trailingAmount = 0 }: Ticket,
  { bid, ask }: { bid: number; ask: number },
): number[] {
  const market = side === 'BUY' ? ask : bid;
  const trailed = orderType.startsWith('TRAIL') && side === 'BUY' ? [market + trailingAmount] : [];
  const reached = [market, ...trailed, ...(stopPrice === undefined ? [] : [stopPrice])];
  if (limitPrice === undefined) return reached;
  return reached.map((price) => (side === 'BUY' ? Math.min(price, limitPrice) : Math.max(price, limitPrice)));
}

describe('the worth of an order', () => {
  it('grows with the multiplier and the quantity, and is never below what is paid', () => {
    fc.assert(
      fc.property(price, count, multiplier, market, (limitPrice, quantity, units, prices) => {
        const one = notionalOf({ contract: contract('FUT', 1), ticket: ticket({ limitPrice }) }, prices);
        const all = notionalOf(
          { contract: contract('FUT', units), ticket: ticket({ limitPrice, quantity }) },
          prices,
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
        const worth = notionalOf({ contract: contract('FUT', 50), ticket: sale }, prices);
        expect(worth).toBeCloseTo(50 * Math.max(limitPrice, prices.bid, prices.ask, prices.last), 6);
      }),
    );
  });

  it('is never below what it fills at, at once or when the market comes to its prices', () => {
    const types = fc.constantFrom<Ticket['orderType']>(...PRICED_TYPES);
    fc.assert(
      fc.property(
        types,
        fc.constantFrom('BUY', 'SELL'),
        price,
        price,
        price,
        price,
        (orderType, side, stopPrice, limitPrice, trailingAmount, middle) => {
          const prices = { bid: middle * 0.999, ask: middle * 1.001, last: middle, previousClose: null };
          const order = ticket({
            orderType,
            side,
            ...(STOPPED.includes(orderType) && { stopPrice }),
            ...(LIMITED.includes(orderType) && { limitPrice }),
            ...(orderType.startsWith('TRAIL') && { trailingAmount }),
          });
          const worth = notionalOf({ contract: contract('FUT', 1), ticket: order }, prices) ?? 0;
          for (const fill of fillsOf(order, prices)) expect(worth).toBeGreaterThanOrEqual(fill);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, Partial<Ticket>, number]>([
    ['a stop below the market buys at the market', { orderType: 'STP', stopPrice: 1 }, 10_010],
    ['a stop above it at least at that', { orderType: 'STP', stopPrice: 120 }, 12_000],
    ['a trailing stop may rise by its amount', { orderType: 'TRAIL', trailingAmount: 50 }, 15_010],
    ['or by its percentage', { orderType: 'TRAIL', trailingPercent: 10 }, 11_011],
    ['a limit bounds it', { orderType: 'STP_LIMIT', stopPrice: 1, limitPrice: 50 }, 5_000],
    ['a low trigger keeps no sale small', { side: 'SELL', orderType: 'MIT', stopPrice: 1 }, 10_010],
    ['nor does a low limit', { side: 'SELL', orderType: 'LIT', stopPrice: 1, limitPrice: 1 }, 10_010],
    ['behind a high stop', { side: 'SELL', orderType: 'STP_LIMIT', stopPrice: 150, limitPrice: 1 }, 15_000],
    ['a stop that rests', { side: 'SELL', orderType: 'TRAIL', stopPrice: 1, trailingAmount: 0.05 }, 10_010],
    ['an exit above', { limitPrice: 90, takeProfit: { limitPrice: 95 } }, 9_500],
    ['an exit far off', { side: 'SELL', limitPrice: 100, stopLoss: { stopPrice: 100_000 } }, 10_000_000],
  ])('%s', (_, more, worth) => {
    const stock = { conid: 1, symbol: 'NVDA', secType: 'STK', currency: 'USD' };
    const order = { contract: stock, ticket: ticket({ limitPrice: undefined, quantity: 100, ...more }) };
    expect(notionalOf(order, { bid: 99.9, ask: 100.1, last: 100, previousClose: 99 })).toBeCloseTo(worth, 6);
  });

  it('is not known where the market is not, unless a limit bounds what is paid', () => {
    const worth = (more: Partial<Ticket>) =>
      notionalOf({ contract: contract('FUT', 1), ticket: ticket(more) }, NO_MARKET);
    expect(worth({ limitPrice: 5 })).toBe(5);
    expect(worth({ orderType: 'STP', stopPrice: 5 })).toBeNull();
    expect(worth({ side: 'SELL', limitPrice: 5 })).toBeNull();
  });

  it('of options counts what each obliges to that is written', () => {
    expect(obligationOf(contract('OPT', 100, 190))).toBe(19_000);
    expect(obligationOf(contract('FUT', 50))).toBe(0);
  });

  it('is not known without a price or a multiplier', () => {
    const market = ticket({ orderType: 'MKT' });
    expect(notionalOf({ contract: contract('FUT', 50), ticket: market }, NO_MARKET)).toBeNull();
    const limit = ticket({ limitPrice: 5 });
    expect(notionalOf({ contract: contract('FUT', null), ticket: limit }, NO_MARKET)).toBeNull();
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
    expect([notionalOf(debit, NO_MARKET), maxLossOf(debit, NO_MARKET)]).toEqual([800, 800]);
    const credit = combo([-1, 1], { limitPrice: -4 });
    expect([notionalOf(credit, NO_MARKET), maxLossOf(credit, NO_MARKET)]).toEqual([1200, 1200]);
    const wide = combo([-1, 1], { limitPrice: -9 });
    expect([notionalOf(wide, NO_MARKET), maxLossOf(wide, NO_MARKET)]).toEqual([1800, 200]);
    const bare = combo([1, -2], { limitPrice: 1 });
    expect([notionalOf(bare, NO_MARKET), maxLossOf(bare, NO_MARKET)]).toEqual([null, 'unlimited']);
  });

  it('sold is that of the opposite combo bought', () => {
    const sold = combo([1, -1], { side: 'SELL', limitPrice: 4 });
    expect(maxLossOf(sold, NO_MARKET)).toBe(1200);
  });

  it('without a price of its own goes by what its legs cost', () => {
    const order = combo([1, -1], { orderType: 'MKT' });
    expect(maxLossOf(order, { bid: 3, ask: 5, last: 4, previousClose: null })).toBe(1000);
    expect(maxLossOf(order, NO_MARKET)).toBeNull();
  });
});
