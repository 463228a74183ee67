import type { News } from '@ibkr-gateway/functions/contract/news';
import { expect, it } from 'vitest';
import { newsWords } from '../src/format/news-words.ts';

const NEWS: News = {
  id: 'one',
  type: 'order.filled',
  at: '2026-11-20T15:00:00.000Z',
  connectionId: 'c',
  intentId: 'i',
  order: 'BUY 10 NVDA MKT DAY',
  filledQuantity: 10,
  averagePrice: 173.14,
  reason: null,
};

it.each([
  [{}, 'Filled: 10 at 173.14'],
  [{ type: 'order.partly_filled', filledQuantity: 2.5, averagePrice: null }, 'Partly filled: 2.5'],
  [{ filledQuantity: null }, 'Filled'],
  [{ type: 'order.refused', reason: 'No permission' }, 'Refused by IBKR: No permission'],
  [{ type: 'order.refused' }, 'Refused by IBKR'],
] as const)('says of %j', (changes, words) => {
  expect(newsWords({ ...NEWS, ...changes })).toBe(words);
});
