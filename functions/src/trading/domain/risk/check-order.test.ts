import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApprovalMode } from '../../../contract/rules/approval.ts';
import type { Limits } from '../../../contract/rules/limits.ts';
import { GatewayError } from '../../../errors.ts';
import { riskInputsOf, saleOf } from '../../../testing/orders/risk-inputs.ts';
import { newIntent, type OrderIntent } from '../intent.ts';
import { addToDayTotals, subtractFromDayTotals, totalsToday } from '../ledger.ts';
import { centsOf } from '../money.ts';
import { applyReport } from '../reports.ts';
import { EMPTY_LEDGER, type TradingLedger } from '../trading-state.ts';
import { admit, release, startReply } from '../transitions.ts';
import { assertWithinLimits, totalOf } from './check-order.ts';
import type { RiskInputs } from './limit-checks.ts';

const NOON = new Date('2026-07-01T16:00:00Z');

function draft(id: string, now: Date, mode: ApprovalMode = 'none'): OrderIntent {
  return newIntent({
    id,
    connectionId: 'c',
    ownerUid: 'u',
    app: { id: 'a', label: 'a', name: 'a', source: 'api_key' },
    clientOrderId: null,
    order: '{}',
    orderHash: id,
    preview: null,
    // Each on a contract of its own, so that none waits for the outcome of another.
    conid: Number(id.slice(1)),
    mode,
    now,
  });
}

const judged = (inputs: Partial<RiskInputs>, connection: Limits = {}, app: Limits = {}) => ({
  inputs: [riskInputsOf(inputs)],
  limits: { connection, app },
});

function ask(ledger: TradingLedger, id: string, now: Date, connection: Limits, mode?: ApprovalMode) {
  const state = { ledger, intent: null, stopped: false };
  return admit(state, draft(id, now, mode), judged({}, connection), true);
}

const symbols = fc.subarray(
  [
    ...['VOD', 'VOD.L', 'VOD L', 'LSE:VOD', 'VOD.US', 'BRK.B', 'BRK B', 'NYSE:BRK.B', 'AAPL', 'AAPL.US'],
    ...['BTC', 'BTC-USD', 'BTC-EUR', 'EURUSD', 'EUR.USD', 'ES', '/ES', 'ESZ6', 'SPX', '^GSPC', 'MSFT'],
  ],
  { maxLength: 5 },
);
const contract = fc.constantFrom<[string, string, string | null, string]>(
  ['VOD', 'STK', 'LSE', 'GBP'],
  ['VOD', 'STK', 'NASDAQ', 'USD'],
  ['VOD', 'OPT', null, 'USD'],
  ['VOD L', 'STK', 'NYSE', 'USD'],
  ['VOD.L', 'STK', 'TSE', 'CAD'],
  ['BRK B', 'STK', 'NYSE', 'USD'],
  ['AAPL', 'STK', 'NASDAQ', 'USD'],
  ['BTC', 'CRYPTO', 'PAXOS', 'USD'],
  ['BTC', 'CRYPTO', 'PAXOS', 'EUR'],
  ['EUR.USD', 'CASH', 'IDEALPRO', 'USD'],
  ['ES', 'FUT', 'CME', 'USD'],
  ['SPX', 'IND', 'CBOE', 'USD'],
);

it('takes what the symbols of the connection and those of the app both name, in whatever spellings', () => {
  fc.assert(
    fc.property(
      symbols,
      symbols,
      contract,
      (ofConnection, ofApp, [symbol, assetClass, exchange, currency]) => {
        const inputs = { symbol, assetClasses: [assetClass], listing: { exchange, currency } };
        const isTaken = (connection: Limits, app: Limits) => {
          try {
            const state = { ledger: EMPTY_LEDGER, stopped: false };
            assertWithinLimits(state, draft('i1', NOON), judged(inputs, connection, app), NOON);
            return true;
          } catch (error) {
            expect(error).toMatchObject({ code: 'limit_exceeded', details: { limit: 'symbols' } });
            return false;
          }
        };
        const [connection, app] = [{ symbols: ofConnection }, { symbols: ofApp }];
        const eachAlone = isTaken(connection, {}) && isTaken({}, app);
        expect(isTaken(connection, app)).toBe(eachAlone);
      },
    ),
    { numRuns: 2_000 },
  );
});

describe('the limits of a day', () => {
  it('hold around midnight in New York, whatever order the clocks of instances put calls in', () => {
    const midnight = Date.parse('2026-07-02T04:00:00Z');
    const seconds = fc.array(fc.integer({ min: -60, max: 60 }), { maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(seconds, (times) => {
        let ledger: TradingLedger = EMPTY_LEDGER;
        const sent = { before: 0, after: 0 };
        for (const [index, time] of times.entries()) {
          try {
            const asked = ask(ledger, `i${index}`, new Date(midnight + time * 1_000), {
              maxDailyOrders: 1,
            });
            expect(asked.result.kind).toBe('send');
            ledger = asked.ledger;
            sent[ledger.day === '2026-07-02' ? 'after' : 'before'] += 1;
          } catch (error) {
            if (!(error instanceof GatewayError)) throw error;
          }
        }
        expect(sent.before).toBeLessThanOrEqual(1);
        expect(sent.after).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are counted to the cent: what is given back leaves nothing behind', () => {
    const worths = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { maxLength: 50, size: 'max' });
    fc.assert(
      fc.property(worths, (list) => {
        let ledger: TradingLedger = EMPTY_LEDGER;
        const intents = list.map((notional, index) => {
          const { value } = totalOf([riskInputsOf({ notional })]);
          const next = addToDayTotals(ledger, { ...draft(`i${index}`, NOON), value }, NOON);
          ledger = next.ledger;
          return next.intent;
        });
        const { all } = totalsToday(ledger, { id: 'a' }, NOON);
        const cents = list.reduce((sum, worth) => sum + centsOf(worth), 0);
        expect(all).toEqual({ orders: list.length, value: cents });
        for (const intent of intents) ({ ledger } = subtractFromDayTotals(ledger, intent));
        expect(totalsToday(ledger, { id: 'a' }, NOON).all).toEqual({ orders: 0, value: 0 });
      }),
    );
  });
});

it('counts an order with its exits, and both orders of a pair', () => {
  expect(totalOf([riskInputsOf({ orders: 3, notional: 500 })])).toEqual({ orders: 3, value: centsOf(500) });
  expect(totalOf([riskInputsOf({ notional: 0.1 }), riskInputsOf({ notional: 0.2 })])).toEqual({
    orders: 2,
    value: centsOf(0.3),
  });
  expect(totalOf([riskInputsOf(), riskInputsOf({ notional: null })])).toEqual({ orders: 2, value: null });
});

describe('a yes', () => {
  const CHANGED: [string, Limits, Partial<RiskInputs>][] = [
    ['maxOrderValue', { maxOrderValue: 150 }, { notional: 200 }],
    ['maxDailyValue', { maxDailyValue: 150 }, { notional: 200 }],
    ['maxDailyOrders', { maxDailyOrders: 0 }, {}],
    ['symbols', { symbols: ['AAPL'] }, {}],
    ['assetClasses', { assetClasses: ['OPT'] }, {}],
    ['shortSelling', { shortSelling: false }, { sales: [saleOf(1)] }],
    ['optionsWriting', { optionsWriting: false }, { sales: [saleOf(1, { assetClass: 'OPT' })] }],
    ['priceCollarPercent', { priceCollarPercent: 1 }, { collaredPrices: [{ price: 90, from: 100 }] }],
    ['maxQuoteAgeSeconds', { maxQuoteAgeSeconds: 5 }, { quoteAgeSeconds: 6 }],
    ['regularHoursOnly', { regularHoursOnly: true }, { withinRegularHours: false }],
    ['trading', { trading: false }, {}],
  ];

  it.each(CHANGED)(
    'sends nothing that %s forbids by then, for the connection or the app',
    (limit, limits, inputs) => {
      const { ledger, intent } = ask(EMPTY_LEDGER, 'i', NOON, {}, 'owner');
      const state = { ledger, intent, stopped: false };
      const refusal = expect.objectContaining({
        code: 'limit_exceeded',
        details: expect.objectContaining({ limit }),
      });
      for (const now of [judged(inputs, limits), judged(inputs, {}, limits)]) {
        expect(() => release(state, 'i', 'owner', now, NOON)).toThrow(refusal);
      }
      expect(release(state, 'i', 'owner', judged({}), NOON).result.state).toBe('sending');
    },
  );

  it.each(CHANGED)('answers no question about what %s forbids by then', (limit, limits, inputs) => {
    const sent = ask(EMPTY_LEDGER, 'i', NOON, {});
    const question = { replyId: 'r', warnings: [] };
    const asked = applyReport({ ...sent }, { state: 'needs_reply', note: '', question }, NOON);
    const refusal = expect.objectContaining({
      code: 'limit_exceeded',
      details: expect.objectContaining({ limit }),
    });
    const state = { ...asked, stopped: false };
    expect(() => startReply(state, 'r', 'owner', judged(inputs, limits), NOON)).toThrow(refusal);
  });

  it('counts the order at what it is worth by then', () => {
    const { ledger, intent } = ask(EMPTY_LEDGER, 'i', NOON, {}, 'owner');
    expect(intent?.value).toBe(centsOf(100));
    const sent = release({ ledger, intent, stopped: false }, 'i', 'owner', judged({ notional: 300 }), NOON);
    expect(totalsToday(sent.ledger, { id: 'a' }, NOON).all).toEqual({ orders: 1, value: centsOf(300) });
    const question = { replyId: 'r', warnings: [] };
    const asked = applyReport({ ...sent }, { state: 'needs_reply', note: '', question }, NOON);
    const within = judged({ notional: 400 }, { maxDailyValue: 400, maxDailyOrders: 1 });
    const replied = startReply({ ...asked, stopped: false }, 'r', 'owner', within, NOON);
    expect(totalsToday(replied.ledger, { id: 'a' }, NOON).all).toEqual({ orders: 1, value: centsOf(400) });
  });
});
