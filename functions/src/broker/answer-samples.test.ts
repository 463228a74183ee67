/** Answers in the shapes of those recorded from a real paper account, parsed by the schemas that meet them in service. */
import { describe, expect, test } from 'vitest';
import { differences, RECORDED_SHAPES, readSources, shapeOf } from '../../../simulator/shapes/shape.ts';
import { answerSamples, RECORDED, recordedSample } from '../testing/samples/answer-samples.ts';
import { allPeriodsSchema } from './accounts/performance.ts';
import { orderAnswerSchema, outcomeOf } from './orders/order-outcome.ts';
import { sessionLoss } from './session/auth-status.ts';
import { errorText } from './wire/ibkr-error.ts';

function parsed(name: string): unknown {
  return RECORDED[name]?.parse(recordedSample(name));
}

test.each(answerSamples())('$name parses', ({ schema, body }) => {
  expect(() => schema.parse(body)).not.toThrow();
});

describe.each(Object.keys(RECORDED))('the sample of %s', (name) => {
  test('has the shape that was recorded', () => {
    expect(differences(RECORDED_SHAPES[name] ?? 'no shape', shapeOf(recordedSample(name), name))).toEqual([]);
  });

  test('is taken for neither a lost session nor a refusal', () => {
    const answer = { status: 200, body: JSON.stringify(recordedSample(name)) };
    expect(sessionLoss(answer)).toBeNull();
    expect(errorText(answer.body)).toBeNull();
  });
});

test('a market order that was filled', () => {
  expect(parsed('Orders__GET-live-orders')).toEqual({
    snapshot: false,
    unread: [],
    orders: [
      {
        orderId: '2200000002',
        clientOrderId: null,
        parentOrderId: null,
        accountId: 'DU1234567',
        conid: 756733,
        symbol: 'SPY',
        secType: 'STK',
        currency: 'USD',
        side: 'BUY',
        orderType: 'MKT',
        quantity: 1,
        filledQuantity: 1,
        remainingQuantity: 0,
        limitPrice: null,
        stopPrice: null,
        averagePrice: 690.58,
        tif: 'DAY',
        status: 'Filled',
        statusDescription: null,
        outsideRth: null,
        lastExecutionTime: '2026-03-11T15:00:01.000Z',
        description: 'Bought 1 SPY Market, Day',
      },
    ],
  });
});

test('a quote', () => {
  expect(parsed('MarketData__GET-snapshot')).toEqual([
    {
      conid: 756733,
      symbol: null,
      last: 690.55,
      bid: 690.53,
      ask: 690.57,
      bidSize: 1500,
      askSize: 1600,
      volume: 23_000_000,
      open: null,
      high: 690.55,
      low: 686.01,
      previousClose: null,
      priceNote: null,
      change: 3.31,
      changePercent: 0.48,
      halted: false,
      lastIsPreviousClose: false,
      greeks: null,
      availability: 'realtime',
      asOf: '2026-03-11T15:00:00.000Z',
    },
  ]);
});

test('a question and an acceptance', () => {
  const outcome = (name: string) => outcomeOf(orderAnswerSchema.parse(recordedSample(name)));
  expect(outcome('Orders__POST-place-order-confirmation')).toMatchObject({
    kind: 'question',
    replyId: '00000000-0000-4000-8000-000000000001',
    messageIds: ['o10151'],
  });
  expect(outcome('Orders__POST-reply-submitted')).toEqual({
    kind: 'accepted',
    orderId: '2200000004',
    status: 'PreSubmitted',
    others: [],
    refusals: [],
  });
});

const sources = readSources();
if (sources !== null) {
  describe.each([...sources.recordings])('%s, which lies beside the repository', (name, { status, body }) => {
    test('parses, and is taken for neither a lost session nor a refusal', () => {
      const account = JSON.stringify(body).match(/"(D?U\d{7})"/)?.[1] ?? '';
      const schema = name === 'Portfolio__POST-pa-allperiods' ? allPeriodsSchema(account) : RECORDED[name];
      expect(() => schema?.parse(body)).not.toThrow();
      const answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
      expect(sessionLoss(answer)).toBeNull();
      expect(errorText(answer.body)).toBeNull();
    });
  });
}
