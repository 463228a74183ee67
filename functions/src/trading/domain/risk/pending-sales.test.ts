import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../broker/orders/order-answers.ts';
import { GatewayError } from '../../../errors.ts';
import { riskInputsOf, saleOf } from '../../../testing/orders/risk-inputs.ts';
import { newIntent, type OrderIntent } from '../intent.ts';
import { applyReport, type OrderReport } from '../reports.ts';
import { EMPTY_LEDGER, type TradingLedger } from '../trading-state.ts';
import { admit, startReply } from '../transitions.ts';
import { findShownSales, pendingSales } from './pending-sales.ts';

const NVDA = 4815747;

function order(orderId: string, more: Partial<Order> = {}): Order {
  return {
    orderId,
    clientOrderId: null,
    parentOrderId: null,
    accountId: 'DU1',
    conid: NVDA,
    symbol: 'NVDA',
    secType: 'STK',
    currency: 'USD',
    side: 'SELL',
    orderType: 'LMT',
    quantity: 100,
    filledQuantity: 0,
    remainingQuantity: 100,
    limitPrice: 101,
    stopPrice: null,
    averagePrice: null,
    tif: 'GTC',
    status: 'Submitted',
    lastExecutionTime: null,
    description: null,
    statusDescription: null,
    outsideRth: null,
    ...more,
  };
}

describe('what open orders are to sell', () => {
  const exits = (parentOrderId: string) => [
    order('2', { parentOrderId, status: 'PreSubmitted' }),
    order('3', { parentOrderId, status: 'PreSubmitted', orderType: 'STP' }),
  ];
  const entry = (filledQuantity: number) =>
    order('1', { side: 'BUY', filledQuantity, remainingQuantity: 100 - filledQuantity });

  it.each<[string, Order[], number]>([
    ['each of several sales', [order('1'), order('2', { remainingQuantity: 30 })], 130],
    ['no purchase', [order('1', { side: 'BUY' })], 0],
    ['nothing of another contract', [order('1', { conid: 1 })], 0],
    ['nothing that is over', [order('1', { status: 'Filled' }), order('2', { status: 'Cancelled' })], 0],
    ['what may fill before it is cancelled', [order('1', { status: 'PendingCancel' })], 100],
    ['one of a pair', [order('1', { clientOrderId: 'ig-a' }), order('2', { clientOrderId: 'ig-a-2' })], 100],
    ['no exits before their entry fills', [entry(0), ...exits('1')], 0],
    ['exits as far as their entry has filled', [entry(40), ...exits('1')], 40],
    ['one exit when the entry is over', exits('1'), 100],
    ['legs that a combo sells', [order('1', { side: 'BUY', legs: [{ conid: NVDA, ratio: -2 }] })], 200],
    ['legs of a combo that is sold', [order('1', { legs: [{ conid: NVDA, ratio: 1 }] })], 100],
    ['no legs that it buys', [order('1', { legs: [{ conid: NVDA, ratio: -1 }] })], 0],
  ])('counts %s', (_, orders, sold) => {
    expect(pendingSales(orders, NVDA, undefined)).toBe(sold);
  });

  it('leaves the order that is changed out, and what cancels it', () => {
    const pair = [order('1', { clientOrderId: 'ig-a' }), order('2', { clientOrderId: 'ig-a-2' })];
    expect(pendingSales([...pair, order('3')], NVDA, '2')).toBe(100);
    expect(pendingSales(exits('1'), NVDA, '3')).toBe(0);
    // What the entry has yet to buy, the exit may sell.
    expect(pendingSales([entry(40), ...exits('1')], NVDA, '3')).toBe(-60);
  });
});

/** A broker lists an order so long after it came. */
const LAG_MS = 4_500;

/**
 * A broker that holds shares, lists orders and fills them, and callers who look at it and later ask to sell, while
 * others do the same: the connection allows no short sales.
 */
const step = fc.record({
  act: fc.constantFrom('look', 'ask', 'arrive', 'answer', 'fill', 'refuse', 'question', 'reply', 'wait'),
  which: fc.nat(3),
  quantity: fc.integer({ min: 1, max: 100 }),
  ms: fc.integer({ min: 50, max: 2_000 }),
});

it('never lets more be sold than is held, whoever looked when', () => {
  const LIMITS = { connection: { shortSelling: false }, app: {} };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      let ledger: TradingLedger = EMPTY_LEDGER;
      let held = 100;
      let now = Date.parse('2026-11-20T15:00:00Z');
      const atBroker = new Map<string, Order>();
      const arrivedAt = new Map<string, number>();
      const intents: OrderIntent[] = [];
      const looks: (ReturnType<typeof look> | null)[] = [null, null, null, null];
      const look = () => {
        const listed = [...atBroker.values()].filter(
          ({ orderId }) => (arrivedAt.get(orderId) ?? 0) <= now - LAG_MS,
        );
        const pending = pendingSales(listed, NVDA, undefined);
        return { held, pending, seen: findShownSales(ledger, listed, new Date(now)) };
      };
      const judged = ({ seen, ...known }: ReturnType<typeof look>, quantity: number) => ({
        inputs: [riskInputsOf({ sales: [saleOf(quantity, known)], salesSeen: seen })],
        limits: LIMITS,
      });
      const update = (intent: OrderIntent, report: OrderReport) => {
        const settled = applyReport({ ledger, intent }, report, new Date(now));
        ledger = settled.ledger;
        intents[intents.indexOf(intent)] = settled.result;
      };
      const soldBy = (intent: OrderIntent) => intent.sales.sold[0]?.quantity ?? 0;

      for (const { act, which, quantity, ms } of steps) {
        now += ms;
        const sending = intents.filter(({ state }) => state === 'sending');
        const intent = sending[which % Math.max(1, sending.length)];
        const cOID = intent?.cOID ?? '';
        try {
          switch (act) {
            case 'look':
              looks[which] = look();
              break;
            case 'ask': {
              const seen = looks[which];
              if (seen == null) break;
              looks[which] = null;
              const draft = newIntent({
                id: `i${intents.length}`,
                connectionId: 'c',
                ownerUid: 'u',
                app: { id: 'a', label: 'a', name: 'a', source: 'api_key' },
                clientOrderId: null,
                order: '{}',
                orderHash: String(intents.length),
                preview: null,
                // Another contract's, so that no unknown outcome blocks it.
                conid: intents.length,
                mode: 'none',
                now: new Date(now),
              });
              const state = { ledger, intent: null, stopped: false };
              const admitted = admit(state, draft, judged(seen, quantity), true);
              ledger = admitted.ledger;
              if (admitted.intent !== null) intents.push(admitted.intent);
              break;
            }
            case 'arrive':
              if (intent === undefined || atBroker.has(cOID)) break;
              arrivedAt.set(cOID, now);
              atBroker.set(
                cOID,
                order(cOID, {
                  clientOrderId: cOID,
                  quantity: soldBy(intent),
                  remainingQuantity: soldBy(intent),
                }),
              );
              break;
            case 'answer':
              if (intent !== undefined && atBroker.has(cOID)) update(intent, { state: 'working', note: '' });
              break;
            case 'fill': {
              const open = [...atBroker.values()].filter(({ status }) => status === 'Submitted');
              const filled = open[which % Math.max(1, open.length)];
              if (filled === undefined) break;
              held -= filled.remainingQuantity;
              atBroker.set(filled.orderId, { ...filled, status: 'Filled', remainingQuantity: 0 });
              break;
            }
            case 'refuse':
              if (intent !== undefined && !atBroker.has(cOID))
                update(intent, { state: 'rejected', note: '' });
              break;
            case 'question': {
              if (intent === undefined || atBroker.has(cOID)) break;
              const question = { replyId: 'r', warnings: [] };
              update(intent, { state: 'needs_reply', note: '', question });
              break;
            }
            case 'reply': {
              const asked = intents.find(({ state }) => state === 'needs_reply');
              const seen = looks[which];
              if (asked === undefined || seen == null) break;
              looks[which] = null;
              const yes = judged(seen, soldBy(asked));
              const replying = startReply(
                { ledger, intent: asked, stopped: false },
                'r',
                'a',
                yes,
                new Date(now),
              );
              ledger = replying.ledger;
              intents[intents.indexOf(asked)] = replying.result;
              break;
            }
            case 'wait':
              now += 120_000;
              // No call lasts so long, and IBKR lists by then what it has.
              looks.fill(null);
              break;
          }
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
        }
        const toSell = intents
          .filter(({ state, cOID: name }) => state === 'sending' && !atBroker.has(name))
          .reduce((sum, one) => sum + soldBy(one), 0);
        expect(held - pendingSales([...atBroker.values()], NVDA, undefined) - toSell).toBeGreaterThanOrEqual(
          0,
        );
      }
    }),
    { numRuns: 4_000 },
  );
});
