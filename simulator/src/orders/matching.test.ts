import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccountBook } from '../accounts/account-book.ts';
import { instrumentOf } from '../contracts/catalog.ts';
import type { Instrument } from '../contracts/instruments.ts';
import { DEFAULT_SETTINGS, type Settings } from '../settings.ts';
import { Simulation } from '../simulation.ts';
import type { Order, OrderTerms } from './order.ts';

const AAPL = 265598;
const START = Date.UTC(2026, 10, 18, 15);
const MINUTE = 60_000;

/** A world whose real time stands still and whose price is set by hand. */
function world(settings: Partial<Settings> = {}) {
  const simulation = new Simulation({ ...DEFAULT_SETTINGS, now: () => START, ...settings });
  const account = simulation.accounts.get(simulation.session('sandbox/test').firstAccount) as AccountBook;
  const setPrice = (last: number, extra: object = {}) => {
    simulation.matching.advance();
    simulation.market.override(AAPL, simulation.clock.now(), {
      last,
      bid: last - 0.01,
      ask: last + 0.01,
      ...extra,
    });
    simulation.matching.lookAt(AAPL);
  };
  const advance = (ms: number) => {
    simulation.clock.advance(ms);
    simulation.matching.advance();
  };
  const place = (terms: Partial<OrderTerms>, links: { parentId?: number; ocaGroup?: string } = {}): Order =>
    simulation.matching.place({
      account,
      terms: { conid: AAPL, side: 'BUY', type: 'MKT', tif: 'DAY', quantity: 10, outsideRth: false, ...terms },
      ...links,
    });
  setPrice(100);
  return { simulation, account, setPrice, advance, place };
}

function priceOf(account: AccountBook, order: Order): number | undefined {
  return account.trades.find((trade) => trade.orderId === order.id)?.price;
}

describe('order types', () => {
  test('a market order fills at once, a buy at the ask and a sale at the bid', () => {
    const { account, place } = world();
    expect(priceOf(account, place({ side: 'BUY' }))).toBe(100.01);
    expect(priceOf(account, place({ side: 'SELL' }))).toBe(99.99);
  });

  test.each([
    ['LMT', { limitPrice: 95 }, 96, 94, 94.01],
    ['STP', { stopPrice: 105 }, 104, 106, 106.01],
    ['MIT', { stopPrice: 95 }, 96, 94, 94.01],
    ['LIT', { stopPrice: 95, limitPrice: 96 }, 96, 95, 95.01],
    ['STOP_LIMIT', { stopPrice: 105, limitPrice: 107 }, 104, 106, 106.01],
  ] as const)('a %s buy waits for its price', (type, prices, before, after, filledAt) => {
    const { account, place, setPrice } = world();
    const order = place({ type, ...prices });
    setPrice(before);
    expect(order.filled).toBe(0);
    setPrice(after);
    expect(order.status).toBe('Filled');
    expect(priceOf(account, order)).toBe(filledAt);
  });

  test('a triggered stop limit rests at its limit', () => {
    const { place, setPrice } = world();
    const order = place({ type: 'STOP_LIMIT', stopPrice: 105, limitPrice: 106 });
    setPrice(110);
    expect(order).toMatchObject({ triggered: true, filled: 0 });
    setPrice(105.5);
    expect(order.status).toBe('Filled');
  });

  test('a trailing stop follows the price up and not down', () => {
    const { account, place, setPrice } = world();
    const order = place({ side: 'SELL', type: 'TRAIL', trailing: { amount: 5, unit: '%' } });
    setPrice(120);
    setPrice(115);
    expect(order).toMatchObject({ trailStop: 114, filled: 0 });
    setPrice(113);
    expect(priceOf(account, order)).toBe(112.99);
  });

  test('a midprice order fills between bid and ask', () => {
    const { account, place } = world();
    expect(priceOf(account, place({ type: 'MIDPRICE' }))).toBe(100);
  });

  test('an immediate-or-cancel order ends with what it gets', () => {
    const { place, setPrice } = world();
    expect(place({ type: 'LMT', tif: 'IOC', limitPrice: 90 })).toMatchObject({
      status: 'Cancelled',
      filled: 0,
    });
    setPrice(100, { liquidity: 4 });
    expect(place({ type: 'MKT', tif: 'IOC' })).toMatchObject({ status: 'Cancelled', filled: 4 });
  });

  test('a fill-or-kill order fills as a whole or not at all', () => {
    const { place, setPrice } = world();
    setPrice(100, { liquidity: 4 });
    const limit = { type: 'LMT', tif: 'FOK', limitPrice: 110 } as const;
    expect(place({ ...limit, quantity: 5 })).toMatchObject({ status: 'Cancelled', filled: 0 });
    expect(place({ ...limit, quantity: 4 })).toMatchObject({ status: 'Filled', filled: 4 });
  });

  test('little liquidity fills in parts, one a second', () => {
    const { place, setPrice, advance, account } = world();
    setPrice(100, { liquidity: 4 });
    const order = place({});
    expect(order).toMatchObject({ status: 'Submitted', filled: 4 });
    advance(5_000);
    expect(order).toMatchObject({ status: 'Filled', filled: 10 });
    const own = account.trades.filter(({ orderId }) => orderId === order.id);
    expect(own.map(({ quantity }) => quantity)).toEqual([4, 4, 2]);
    expect(own.reduce((sum, { commission }) => sum + commission, 0)).toBe(1_000_000);
  });

  test('nothing fills while trading is halted', () => {
    const { place, setPrice } = world();
    setPrice(100, { halted: true });
    const order = place({});
    expect(order.filled).toBe(0);
    setPrice(100, { halted: false });
    expect(order.status).toBe('Filled');
  });
});

describe('groups', () => {
  test('children of a bracket wait for their parent, and one cancels the other', () => {
    const { place, setPrice } = world();
    const parent = place({ type: 'LMT', limitPrice: 95, cOID: 'p' });
    const links = { parentId: parent.id, ocaGroup: String(parent.id) };
    const profit = place({ side: 'SELL', type: 'LMT', limitPrice: 99, tif: 'GTC' }, links);
    const stop = place({ side: 'SELL', type: 'STP', stopPrice: 90, tif: 'GTC' }, links);
    expect([profit.filled, stop.filled]).toEqual([0, 0]);
    setPrice(94);
    expect([parent.status, profit.status, stop.status]).toEqual(['Filled', 'Submitted', 'PreSubmitted']);
    setPrice(101);
    expect([profit.status, stop.status]).toEqual(['Filled', 'Cancelled']);
  });

  test('a cancelled parent takes its children along', () => {
    const { simulation, place, advance } = world();
    const parent = place({ type: 'LMT', limitPrice: 95 });
    const child = place({ side: 'SELL', type: 'LMT', limitPrice: 99 }, { parentId: parent.id });
    simulation.matching.cancel(parent);
    expect(parent.status).toBe('PendingCancel');
    advance(1_000);
    expect([parent.status, child.status]).toEqual(['Cancelled', 'Cancelled']);
  });

  test('a partial fill takes its quantity from the siblings', () => {
    const { place, setPrice } = world();
    const one = place({ type: 'LMT', limitPrice: 95 }, { ocaGroup: 'g' });
    const other = place({ type: 'STP', stopPrice: 105 }, { ocaGroup: 'g' });
    setPrice(94, { liquidity: 3 });
    expect([one.filled, other.quantity]).toEqual([3, 7]);
  });
});

describe('time in force', () => {
  test('an order good till a date ends at that time', () => {
    const { place, advance } = world();
    const order = place({ type: 'LMT', limitPrice: 1, tif: 'GTD', goodTill: START + 5 * MINUTE });
    advance(4 * MINUTE);
    expect(order.status).toBe('Submitted');
    advance(2 * MINUTE);
    expect(order.status).toBe('Cancelled');
  });

  test('a day order ends with the day, a GTC order does not', () => {
    const { place, advance } = world();
    const day = place({ type: 'LMT', limitPrice: 1 });
    const gtc = place({ type: 'LMT', limitPrice: 1, tif: 'GTC' });
    advance(24 * 60 * MINUTE);
    expect([day.status, gtc.status]).toEqual(['Cancelled', 'Submitted']);
  });

  test('after a long jump an order that ended does not fill', () => {
    const { simulation, place } = world();
    const order = place({ type: 'LMT', limitPrice: 90 });
    simulation.market.override(AAPL, START + 25 * 60 * MINUTE, { last: 80, bid: 79.99, ask: 80.01 });
    simulation.clock.advance(30 * 24 * 60 * MINUTE);
    simulation.matching.advance();
    expect(order).toMatchObject({ status: 'Cancelled', filled: 0 });
  });

  test('with market hours an order waits for the opening, OPG and MOC for their auctions', () => {
    const midnight = Date.UTC(2026, 10, 18, 5);
    const { place, advance } = world({ hours: 'market', now: () => midnight });
    const orders = [place({}), place({ tif: 'OPG' }), place({ type: 'MOC' }), place({ outsideRth: true })];
    expect(orders.map(({ filled }) => filled)).toEqual([0, 0, 0, 0]);
    advance(6 * 60 * MINUTE);
    expect(orders.map(({ filled }) => filled)).toEqual([0, 0, 0, 10]);
    advance(4 * 60 * MINUTE);
    expect(orders.map(({ filled }) => filled)).toEqual([10, 10, 0, 10]);
    advance(7 * 60 * MINUTE);
    expect(orders.map(({ status }) => status)).toEqual(['Filled', 'Filled', 'Filled', 'Filled']);
  });
});

describe('fills', () => {
  const tickets = fc.array(
    fc.record({
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      type: fc.constantFrom('LMT' as const, 'STP' as const, 'MIT' as const, 'TRAIL' as const),
      offset: fc.integer({ min: -150, max: 150 }),
    }),
    { minLength: 1, maxLength: 6 },
  );

  function outcome(
    orders: readonly { side: 'BUY' | 'SELL'; type: OrderTerms['type']; offset: number }[],
    steps: readonly number[],
  ) {
    const simulation = new Simulation({ ...DEFAULT_SETTINGS, now: () => START });
    const account = simulation.accounts.get(simulation.session('sandbox/test').firstAccount) as AccountBook;
    const instrument = instrumentOf(AAPL) as Instrument;
    const around = simulation.market.last(instrument, START);
    for (const { side, type, offset } of orders) {
      const price = Math.round(around * 100 + offset) / 100;
      const prices =
        type === 'LMT'
          ? { limitPrice: price }
          : type === 'TRAIL'
            ? { trailing: { amount: 0.5, unit: 'amt' as const } }
            : { stopPrice: price };
      simulation.matching.place({
        account,
        terms: { conid: AAPL, side, type, tif: 'GTC', quantity: 1, outsideRth: false, ...prices },
      });
    }
    for (const step of steps) {
      simulation.clock.advance(step);
      simulation.matching.advance();
    }
    return account.trades.map(({ orderId, price, quantity, time }) => ({ orderId, price, quantity, time }));
  }

  test('do not depend on who looks when', () => {
    const total = 30 * MINUTE;
    fc.assert(
      fc.property(
        tickets,
        fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 20 }),
        (orders, looks) => {
          let rest = total;
          const steps = looks.map((look) => {
            const step = Math.min(look, rest);
            rest -= step;
            return step;
          });
          expect(outcome(orders, [...steps, rest])).toEqual(outcome(orders, [total]));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('never exceed what was ordered, and every one is a trade exactly once', () => {
    fc.assert(
      fc.property(tickets, (orders) => {
        const trades = outcome(orders, [5 * MINUTE, 25 * MINUTE]);
        const ids = trades.map(({ orderId }) => orderId);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 20 },
    );
  });
});
