/** Answers recorded from a real paper account, parsed by the schemas that meet them in service. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { answerSamples, RECORDED, RECORDINGS, recordedBody } from '../testing/answer-samples.ts';
import { orderAnswerSchema, outcomeOf } from './orders/order-outcome.ts';
import { sessionLoss } from './session/auth-status.ts';
import { errorText } from './wire/ibkr-error.ts';

function parsed(name: string): unknown {
  return RECORDED[name]?.parse(recordedBody(name));
}

test.each(answerSamples())('$name parses', ({ schema, body }) => {
  expect(() => schema.parse(body)).not.toThrow();
});

describe.skipIf(!existsSync(RECORDINGS))('recorded answers', () => {
  test('no schema waits for a recording that is not there', () => {
    const recordings = readdirSync(RECORDINGS).map((file) => file.replace('.json', ''));
    expect(recordings).toEqual(expect.arrayContaining(Object.keys(RECORDED)));
  });
  test('none, whoever asked for it, is taken for a lost session or a refusal unless it is one', () => {
    for (const file of readdirSync(RECORDINGS)) {
      const { status, body } = JSON.parse(readFileSync(join(RECORDINGS, file), 'utf8'));
      const answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
      expect(sessionLoss(answer), file).toBeNull();
      if (status === 200) expect(errorText(answer.body), file).toBeNull();
    }
  });

  test('a market order that was filled', () => {
    expect(parsed('Orders__GET-live-orders')).toEqual({
      snapshot: false,
      unread: [],
      orders: [
        {
          orderId: '473740665',
          clientOrderId: null,
          parentOrderId: null,
          accountId: 'U1234567',
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
          averagePrice: 647.09,
          tif: 'DAY',
          status: 'Filled',
          statusDescription: null,
          outsideRth: null,
          lastExecutionTime: '2026-04-01T23:40:47.000Z',
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
        last: 655.89,
        bid: 655.88,
        ask: 655.9,
        bidSize: 200,
        askSize: 100,
        volume: 50_000_000,
        open: null,
        high: 658.2,
        low: 645.11,
        previousClose: null,
        priceNote: null,
        change: 3.5,
        changePercent: 0.54,
        halted: false,
        lastIsPreviousClose: false,
        availability: 'realtime',
        asOf: '2026-04-02T22:40:00.000Z',
      },
    ]);
  });

  test('a question and an acceptance', () => {
    const outcome = (name: string) => outcomeOf(orderAnswerSchema.parse(recordedBody(name)));
    expect(outcome('Orders__POST-place-order-confirmation')).toMatchObject({
      kind: 'question',
      replyId: 'test-reply-id-001',
      messageIds: ['o354'],
    });
    expect(outcome('Orders__POST-reply-submitted')).toEqual({
      kind: 'accepted',
      orderId: '987654321',
      status: 'PreSubmitted',
      others: [],
      refusals: [],
    });
  });
});
