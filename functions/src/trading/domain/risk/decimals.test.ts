/** Limits at the very figure: prices, quantities and limits are written in decimals, which binary fractions miss. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Limits } from '../../../contract/rules/limits.ts';
import { GatewayError } from '../../../errors.ts';
import { riskInputsOf, saleOf } from '../../../testing/orders/risk-inputs.ts';
import { centsOf } from '../money.ts';
import { checkLimits, type RiskInputs } from './limit-checks.ts';
import { notionalOf } from './notional.ts';

function isTaken(limits: Limits, inputs: Partial<RiskInputs>): boolean {
  try {
    checkLimits(limits, riskInputsOf(inputs));
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    return false;
  }
}

/** Hundredths of a cent, half a cent up. */
const inCents = (hundredths: bigint) => Number((hundredths + 50n) / 100n);

it('takes an order of exactly the most, and none of a cent more', () => {
  const order = fc.record({
    price: fc.integer({ min: 1, max: 50_000_000 }),
    quantity: fc.integer({ min: 1, max: 1_000_000 }),
    multiplier: fc.constantFrom(null, 10, 50, 100),
  });
  fc.assert(
    fc.property(order, ({ price, quantity, multiplier }) => {
      const cents = inCents(BigInt(price) * BigInt(quantity) * BigInt(multiplier ?? 1));
      const derivative =
        multiplier === null
          ? {}
          : {
              derivative: {
                ...{ expiry: null, strike: null, right: null, multiplier },
                underlyingConid: null,
                tradingClass: null,
              },
            };
      const contract = {
        conid: 1,
        symbol: 'X',
        currency: 'USD',
        secType: multiplier === null ? 'STK' : 'FUT',
      };
      const ticket = { conid: 1, side: 'BUY', orderType: 'LMT', tif: 'DAY', quantity } as const;
      const unknown = { bid: null, ask: null, last: null, previousClose: null };
      const notional = notionalOf(
        { contract: { ...contract, ...derivative }, ticket: { ...ticket, limitPrice: price / 10_000 } },
        unknown,
      );
      expect(centsOf(notional ?? 0)).toBe(cents);
      expect(isTaken({ maxOrderValue: cents / 100 }, { notional })).toBe(true);
      if (cents > 0) expect(isTaken({ maxOrderValue: (cents - 1) / 100 }, { notional })).toBe(false);
    }),
  );
});

it('takes a price exactly as far away as may be, and none a tick further', () => {
  const asked = fc.record({
    last: fc.integer({ min: 1, max: 1_000_000 }),
    percent: fc.integer({ min: 1, max: 200 }).map((halves) => halves / 2),
    way: fc.constantFrom(-1, 1),
  });
  fc.assert(
    fc.property(asked, ({ last, percent, way }) => {
      // In ten-thousandths: the last price in hundredths, and so many percent away from it.
      const away = last * percent;
      const priceAt = (ticks: number) => (last * 100 + way * ticks) / 10_000;
      const from = last / 100;
      expect(
        isTaken({ priceCollarPercent: percent }, { collaredPrices: [{ price: priceAt(away), from }] }),
      ).toBe(true);
      expect(
        isTaken({ priceCollarPercent: percent }, { collaredPrices: [{ price: priceAt(away + 1), from }] }),
      ).toBe(false);
    }),
  );
});

it('lets all be sold that nobody else sells, and nothing beyond', () => {
  const UNITS = 10_000;
  const part = fc.integer({ min: 0, max: 100 * UNITS });
  fc.assert(
    fc.property(part, part, part, fc.boolean(), (pending, quantity, filled, isChange) => {
      const held = (pending + quantity) / UNITS;
      const sale = (more: number) =>
        saleOf((quantity + more + filled) / UNITS - filled / UNITS, {
          held: isChange ? 0 : held,
          pending: pending / UNITS,
          quantityBefore: isChange ? quantity / UNITS : 0,
        });
      expect(isTaken({ shortSelling: false }, { sales: [sale(0)] })).toBe(true);
      expect(isTaken({ shortSelling: false }, { sales: [sale(1)] })).toBe(false);
    }),
  );
});
