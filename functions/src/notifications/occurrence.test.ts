import { expect, it } from 'vitest';
import { occurrenceOf } from './occurrence.ts';

it('says what IBKR wrote without markup, hidden characters and account numbers', () => {
  const { data } = occurrenceOf({
    id: 'a',
    type: 'order.refused',
    at: '2026-11-29T12:00:00.000Z',
    connectionId: 'c',
    intentId: 'i',
    order: 'BUY 10 <b>NVDA</b>',
    filledQuantity: null,
    averagePrice: null,
    reason: 'No\u202e money in DU1234567. ![x](https://evil.example/?q=1)',
  });
  expect(data).toMatchObject({ order: 'BUY 10 NVDA', reason: expect.stringMatching(/^No money in /) });
  expect(JSON.stringify(data)).not.toMatch(/DU1234567|\]\(|\u202e/);
});

it('is named by the news that it is', () => {
  const news = {
    id: 'a',
    type: 'trading.stopped',
    at: '2026-11-29T12:00:00.000Z',
    connectionId: 'c',
    remaining: 2,
  } as const;
  expect(occurrenceOf(news)).toEqual({ eventId: 'a', name: news.type, timestamp: news.at, data: news });
});
