/** What holds of every limit, whatever the order: what an order is worth is reckoned here once more, from its prices. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exitsOf } from '../../../broker/orders/order-ticket.ts';
import type { Limits } from '../../../contract/rules/limits.ts';
import { GatewayError } from '../../../errors.ts';
import {
  type Asked,
  asked,
  contract,
  holding,
  limits,
  market,
  price,
  riskInputsFor,
  riskInputsOfAll,
  type Ticket,
} from '../../../testing/orders/drawn-orders.ts';
import { newIntent } from '../intent.ts';
import { addToDayTotals } from '../ledger.ts';
import type { OrderedContract } from '../order.ts';
import { EMPTY_LEDGER, type TradingLedger } from '../trading-state.ts';
import { assertWithinLimits } from './check-order.ts';
import type { RiskInputs } from './limit-checks.ts';
import type { MarketPrices } from './notional.ts';

const NOON = new Date('2026-07-01T16:00:00Z');
const APP = { id: 'a', label: 'a', name: 'a', source: 'api_key' } as const;

const draft = (id: string) =>
  newIntent({
    id,
    connectionId: 'c',
    ownerUid: 'u',
    app: APP,
    clientOrderId: null,
    order: '{}',
    orderHash: id,
    preview: null,
    conid: 4815747,
    mode: 'none',
    now: NOON,
  });

/** What an order counts with, or the limit that refuses it. */
function judge(inputs: readonly RiskInputs[], connection: Limits, ledger: TradingLedger = EMPTY_LEDGER) {
  const judged = { inputs, limits: { connection, app: {} } };
  try {
    return { counts: assertWithinLimits({ ledger, stopped: false }, draft('i'), judged, NOON), limit: null };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'limit_exceeded') throw error;
    return { counts: null, limit: error.details?.limit };
  }
}

const isIn = (inputs: readonly RiskInputs[], connection: Limits) => judge(inputs, connection).counts !== null;

/** Of one at a price of 1, in money; where IBKR does not say whether prices are in hundredths, the most it can be. */
function unitsOf({ derivative, priceMagnifier }: OrderedContract): number {
  return (derivative?.multiplier ?? 1) / (priceMagnifier ?? 1);
}

/** The most that is sure to change hands in one order; null where no price of it is known. */
function leastNotional(
  { contract: of, ticket: one }: Asked,
  { bid, ask, last }: MarketPrices,
): number | null {
  const { side, limitPrice, stopPrice, takeProfit, stopLoss, quantity = 0 } = one;
  const exits = [takeProfit?.limitPrice, stopLoss?.stopPrice, stopLoss?.limitPrice];
  const own =
    side === 'BUY' && limitPrice !== undefined ? [limitPrice] : [limitPrice, stopPrice, bid, ask, last];
  const known = (prices: readonly (number | null | undefined)[]) =>
    prices.filter((each) => each != null && each !== 0) as number[];
  if (known(own).length === 0) return null;
  return Math.max(...known(own), ...known(exits)) * quantity * unitsOf(of);
}

function notionalOfAll(one: Asked, prices: MarketPrices): (number | null)[] {
  const { oca, ...first } = one;
  const both = oca === undefined ? [first] : [first, { ...first, ticket: oca }];
  return both.map((each) => leastNotional(each, prices));
}

/** Half a cent of each order may be rounded away. */
const isOver = (worth: number, most: number) => worth > most + 0.011;

describe('a smaller order', () => {
  const quantityOf = (share: number, { quantity = 1 }: Ticket) => Math.max(1, Math.floor(quantity * share));

  it('passes every limit that the larger one passes', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(asked, market, holding, limits, share, (one, prices, own, connection, of) => {
        fc.pre(isIn(riskInputsOfAll(one, prices, own), connection));
        const fewer = (each: Ticket) => ({ ...each, quantity: quantityOf(of, each) });
        const smaller = {
          ...one,
          ticket: fewer(one.ticket),
          ...(one.oca === undefined ? {} : { oca: fewer(one.oca) }),
        };
        expect(judge(riskInputsOfAll(smaller, prices, own), connection).limit).toBeNull();
      }),
    );
  });

  it('passes without an exit, or without the other one of its pair', () => {
    fc.assert(
      fc.property(asked, market, holding, limits, (one, prices, own, connection) => {
        fc.pre(isIn(riskInputsOfAll(one, prices, own), connection));
        const { oca: _, ...alone } = one;
        const without = [
          alone,
          { ...one, ticket: { ...one.ticket, takeProfit: undefined } },
          { ...one, ticket: { ...one.ticket, stopLoss: undefined } },
        ];
        for (const less of without)
          expect(judge(riskInputsOfAll(less, prices, own), connection).limit).toBeNull();
      }),
    );
  });

  it('is a purchase with a lower limit, for all but the collar, which keeps prices near on both sides', () => {
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        asked,
        market,
        holding,
        limits,
        share,
        (one, prices, own, { priceCollarPercent: _, ...connection }, of) => {
          const { side, limitPrice } = one.ticket;
          fc.pre(
            side === 'BUY' && limitPrice !== undefined && isIn(riskInputsOfAll(one, prices, own), connection),
          );
          const cheaper = { ...one, ticket: { ...one.ticket, limitPrice: (limitPrice ?? 0) * of } };
          expect(judge(riskInputsOfAll(cheaper, prices, own), connection).limit).toBeNull();
        },
      ),
    );
  });

  it('has, for the collar, a limit that is nearer to the market', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        contract,
        fc.constantFrom<Ticket['side']>('BUY', 'SELL'),
        price,
        price,
        fc.integer({ min: 1, max: 50 }),
        share,
        (of, side, last, limitPrice, priceCollarPercent, nearer) => {
          const prices = { bid: last, ask: last, last, previousClose: null };
          const at = (limit: number): Asked => ({
            contract: of,
            ticket: { conid: of.conid, side, orderType: 'LMT', quantity: 1, tif: 'DAY', limitPrice: limit },
          });
          const own = { held: 1, pending: 0 };
          fc.pre(isIn([riskInputsFor(at(limitPrice), prices, own)], { priceCollarPercent }));
          const between = limitPrice + (last - limitPrice) * nearer;
          expect(judge([riskInputsFor(at(between), prices, own)], { priceCollarPercent }).limit).toBeNull();
        },
      ),
    );
  });
});

describe('a change that reduces an order', () => {
  it('is refused by no limit, however far the order is over it already', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        asked,
        market,
        holding,
        limits,
        share,
        share,
        (one, prices, own, connection, quantityShare, priceShare) => {
          const { takeProfit: _, stopLoss: __, ...before } = one.ticket;
          const { quantity = 1, limitPrice, side } = before;
          // A sale at a higher limit is worth more: what that adds counts, and is tested below.
          const safer = side === 'BUY' ? 1 - priceShare / 2 : 1;
          const after = {
            ...before,
            quantity: Math.max(1, Math.floor(quantity * quantityShare)),
            ...(limitPrice === undefined ? {} : { limitPrice: limitPrice * safer }),
          };
          const inputs = riskInputsFor({ contract: one.contract, ticket: after }, prices, own, before);
          expect(inputs.isReduction).toBe(true);
          // A stop that the market has passed meanwhile is judged as one that is placed now.
          const { priceCollarPercent, ...others } = connection;
          const held = before.stopPrice === undefined && priceCollarPercent !== undefined;
          const stale = { ...inputs, quoteAgeSeconds: null, withinRegularHours: false };
          const inForce = {
            ...others,
            ...(held ? { priceCollarPercent } : {}),
            maxQuoteAgeSeconds: 1,
            regularHoursOnly: true,
          };
          expect(judge([stale], inForce).limit).toBeNull();
        },
      ),
    );
  });
});

describe('nothing above a limit passes', () => {
  it('of one order: each of a pair, with its exits, at every price that it names or the market is at', () => {
    fc.assert(
      fc.property(asked, market, holding, price, (one, prices, own, maxOrderValue) => {
        const worth = notionalOfAll(one, prices);
        fc.pre(worth.some((each) => each === null || isOver(each, maxOrderValue)));
        const isUnknown = worth.includes(null) && prices.previousClose !== null;
        // The close of yesterday is a price, too, though none that is sure.
        if (!isUnknown || worth.some((each) => each !== null && isOver(each, maxOrderValue)))
          expect(judge(riskInputsOfAll(one, prices, own), { maxOrderValue }).limit).toBe('maxOrderValue');
      }),
    );
  });

  it('of a day: all that passes is worth no more together, and is no more orders', () => {
    const orders = fc.array(fc.tuple(asked, market), { minLength: 1, maxLength: 12 });
    const most = fc.integer({ min: 1, max: 100_000_000 }).map((cents) => cents / 100);
    fc.assert(
      fc.property(orders, most, fc.integer({ min: 0, max: 12 }), (all, maxDailyValue, maxDailyOrders) => {
        let ledger: TradingLedger = EMPTY_LEDGER;
        const sent = { worth: 0, orders: 0 };
        for (const [index, [one, prices]] of all.entries()) {
          const inputs = riskInputsOfAll(one, prices, { held: 500, pending: 0 });
          const { counts } = judge(inputs, { maxDailyValue, maxDailyOrders }, ledger);
          if (counts === null) continue;
          ledger = addToDayTotals(ledger, { ...draft(`i${index}`), ...counts }, NOON).ledger;
          sent.worth += notionalOfAll(one, prices).reduce<number>((sum, each) => sum + (each ?? 0), 0);
          const { oca, ticket: first } = one;
          for (const each of [first, ...(oca === undefined ? [] : [oca])])
            sent.orders += 1 + exitsOf({ ...each, clientOrderId: '' }).length;
        }
        expect(sent.orders).toBeLessThanOrEqual(maxDailyOrders);
        expect(isOver(sent.worth, maxDailyValue + 0.01 * all.length)).toBe(false);
      }),
    );
  });

  it('of a change: what it adds counts, and no more than the order was worth before may stay', () => {
    fc.assert(
      fc.property(
        asked,
        market,
        price,
        price,
        fc.integer({ min: 1, max: 500 }),
        (one, prices, maxOrderValue, maxDailyValue, quantity) => {
          const { takeProfit: _, stopLoss: __, ...before } = one.ticket;
          const after = { ...before, quantity };
          const [worth, worthBefore] = [after, before].map((each) =>
            leastNotional({ contract: one.contract, ticket: each }, prices),
          );
          fc.pre(worth != null && worthBefore != null && isOver(worth, Math.max(worthBefore, maxOrderValue)));
          const inputs = riskInputsFor(
            { contract: one.contract, ticket: after },
            prices,
            { held: 600, pending: 0 },
            before,
          );
          expect(judge([inputs], { maxOrderValue }).limit).toBe('maxOrderValue');
          const added = (worth ?? 0) - (worthBefore ?? 0);
          if (isOver(added, maxDailyValue + 0.02) && before.trailingAmount === undefined)
            expect(judge([inputs], { maxDailyValue }).limit).toBe('maxDailyValue');
        },
      ),
    );
  });

  it('of what is held: a sale of more, beside what others are to sell', () => {
    fc.assert(
      fc.property(asked, market, holding, (one, prices, own) => {
        const { quantity = 0, side } = one.ticket;
        const free = Math.max(0, own.held - own.pending);
        fc.pre(side === 'SELL' && quantity > free);
        const isOption = one.contract.secType === 'OPT';
        const limit = isOption ? 'optionsWriting' : 'shortSelling';
        const { oca: _, ...alone } = one;
        expect(judge(riskInputsOfAll(alone, prices, own), { [limit]: false }).limit).toBe(limit);
      }),
    );
  });
});
