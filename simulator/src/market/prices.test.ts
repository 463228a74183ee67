import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INSTRUMENTS } from '../contracts/instruments.ts';
import { Market, tickSize } from './market.ts';
import { GRID_MS, PriceProcess } from './prices.ts';
import { TradingHours } from './trading-hours.ts';

const NOW = Date.UTC(2026, 10, 20, 18);
const YEAR_MS = 365.25 * 86_400_000;
const times = fc.integer({ min: NOW - YEAR_MS, max: NOW + YEAR_MS });
const instruments = fc.constantFrom(...INSTRUMENTS);

describe('a price process', () => {
  test('is a function of time: the order of reading does not matter', () => {
    const forward = new PriceProcess(1, 'AAPL', 0.3);
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 20 }), (moments) => {
        const fresh = moments.map((time) => new PriceProcess(1, 'AAPL', 0.3).logReturn(time));
        expect(moments.map((time) => forward.logReturn(time))).toEqual(fresh);
      }),
    );
  });

  test('differs by seed and by name', () => {
    const of = (seed: number, name: string) => new PriceProcess(seed, name, 0.3).logReturn(NOW);
    expect(new Set([of(1, 'AAPL'), of(2, 'AAPL'), of(1, 'MSFT')]).size).toBe(3);
  });

  test('moves in a straight line between grid points', () => {
    const process = new PriceProcess(7, 'SPY', 0.2);
    const start = Math.floor(NOW / GRID_MS) * GRID_MS;
    const [a, b] = [process.logReturn(start), process.logReturn(start + GRID_MS)];
    expect(process.logReturn(start + GRID_MS / 2)).toBeCloseTo((a + b) / 2, 12);
  });

  test('has daily returns of about the stated volatility', () => {
    const process = new PriceProcess(3, 'TSLA', 0.4);
    const days = 2_000;
    let squares = 0;
    for (let day = 0; day < days; day++) {
      const time = NOW - day * 86_400_000;
      squares += (process.logReturn(time) - process.logReturn(time - 86_400_000)) ** 2;
    }
    const yearly = Math.sqrt((squares / days) * 365.25);
    expect(yearly).toBeGreaterThan(0.28);
    expect(yearly).toBeLessThan(0.52);
  });
});

describe('a quote', () => {
  const market = new Market(1, new TradingHours('always'));

  test('has bid below last, last at most ask, all on the tick', () => {
    fc.assert(
      fc.property(instruments, times, (instrument, time) => {
        const { bid, last, ask } = market.quote(instrument, time);
        expect(bid).toBeGreaterThan(0);
        expect(bid).toBeLessThan(last);
        expect(last).toBeLessThanOrEqual(ask);
        expect(ask / last - 1).toBeLessThan(0.02);
        for (const price of [bid, last, ask]) {
          const ticks = price / tickSize(instrument);
          expect(Math.abs(ticks - Math.round(ticks))).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('of a second listing is the first one in another currency', () => {
    const [home, abroad] = [265598, 38708077].map((conid) =>
      INSTRUMENTS.find((each) => each.conid === conid),
    );
    if (!home || !abroad) throw new Error('listing missing');
    const converted = market.last(home, NOW) * market.rate('USD', 'MXN', NOW);
    expect(market.last(abroad, NOW) / converted).toBeCloseTo(1, 3);
  });

  test('of currencies has no arbitrage between three pairs', () => {
    fc.assert(
      fc.property(times, (time) => {
        const around =
          market.rate('EUR', 'USD', time) * market.rate('USD', 'JPY', time) * market.rate('JPY', 'EUR', time);
        expect(around).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('a day', () => {
  test('contains every price of it, and opens and closes as quoted', () => {
    fc.assert(
      fc.property(
        instruments,
        times,
        fc.constantFrom('always' as const, 'market' as const),
        (instrument, time, mode) => {
          const market = new Market(1, new TradingHours(mode));
          const session = market.hours.latestSession(instrument.exchange, time);
          const range = market.sessionRange(instrument, session, session.close);
          expect(range.open).toBe(market.last(instrument, session.open));
          expect(range.close).toBe(market.last(instrument, session.close));
          for (let share = 0; share <= 1; share += 0.0137) {
            const price = market.last(instrument, session.open + share * (session.close - session.open));
            expect(price).toBeLessThanOrEqual(range.high);
            expect(price).toBeGreaterThanOrEqual(range.low);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('grows: looking at it in steps gives what one look gives', () => {
    const [instrument] = INSTRUMENTS;
    if (!instrument) throw new Error('no instruments');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 7_200_000 }), { maxLength: 12 }), (steps) => {
        const stepped = new Market(5, new TradingHours('always'));
        const session = stepped.hours.latestSession(instrument.exchange, NOW);
        let time = session.open;
        for (const step of steps) {
          time = Math.min(session.close - 1, time + step);
          stepped.sessionRange(instrument, session, time);
        }
        const once = new Market(5, new TradingHours('always'));
        expect(stepped.sessionRange(instrument, session, time)).toEqual(
          once.sessionRange(instrument, session, time),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('shows forced prices from when they were forced', () => {
    const market = new Market(1, new TradingHours('always'));
    const [instrument] = INSTRUMENTS;
    if (!instrument) throw new Error('no instruments');
    const before = market.last(instrument, NOW - 1);
    market.override(instrument.conid, NOW, { last: 1_000 });
    expect(market.last(instrument, NOW - 1)).toBe(before);
    expect(market.last(instrument, NOW)).toBe(1_000);
    const session = market.hours.latestSession(instrument.exchange, NOW);
    expect(market.sessionRange(instrument, session, NOW + 60_000).high).toBe(1_000);
    market.override(instrument.conid, NOW + 60_000, {});
    expect(market.last(instrument, NOW + 60_000)).toBeLessThan(1_000);
  });

  test('keeps a halt while prices are forced anew', () => {
    const market = new Market(1, new TradingHours('always'));
    const [instrument] = INSTRUMENTS;
    if (!instrument) throw new Error('no instruments');
    market.override(instrument.conid, NOW, { bid: 99.9, ask: 100.1 });
    market.override(instrument.conid, NOW, { halted: true });
    expect(market.quote(instrument, NOW)).toMatchObject({ last: 100, bid: 99.9, ask: 100.1, halted: true });
    market.override(instrument.conid, NOW, { last: 50 });
    const quote = market.quote(instrument, NOW);
    expect(quote).toMatchObject({ last: 50, halted: true });
    expect(quote.ask).toBeLessThan(51);
  });
});
