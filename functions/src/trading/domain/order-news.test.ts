import fc from 'fast-check';
import { expect, it } from 'vitest';
import { INTENT_STATES } from '../../contract/orders/order-states.ts';
import { isRecordId } from '../../text/record-id.ts';
import { newIntent, type OrderIntent } from './intent.ts';
import { orderNews } from './order-news.ts';

const NOW = new Date('2026-11-20T15:00:00Z');

function intentIn(
  changes: Partial<OrderIntent>,
  mode: OrderIntent['approval']['mode'] = 'owner',
): OrderIntent {
  const asked = newIntent({
    id: 'one',
    connectionId: 'c',
    ownerUid: 'u',
    app: { id: 'bot', label: 'bot', name: 'bot', source: 'api_key' },
    clientOrderId: null,
    order: '{}',
    orderHash: 'hash',
    preview: null,
    conid: 1,
    mode,
    now: NOW,
  });
  return { ...asked, ...changes };
}

const told = (...[before, after]: Parameters<typeof orderNews>) =>
  orderNews(before, after).map(({ type }) => type);
const question = (replyId: string) => ({ replyId, warnings: [], expiresAt: NOW });

it('tells the owner of what waits for them, and of nothing that a model is asked', () => {
  const waits = { state: 'awaiting_approval' } as const;
  expect(told(null, intentIn(waits))).toEqual(['order.waiting']);
  expect(told(null, intentIn(waits, 'model'))).toEqual([]);
  expect(told(intentIn(waits), intentIn(waits))).toEqual([]);
});

it('tells of each question of IBKR about an order', () => {
  const first = intentIn({ state: 'needs_reply', question: question('1') });
  expect(told(intentIn({ state: 'sending' }), first)).toEqual(['order.waiting']);
  expect(told(first, intentIn({ state: 'needs_reply', question: question('2') }))).toEqual(['order.waiting']);
});

it.each([
  ['working', 'filled', ['order.filled']],
  ['sending', 'rejected', ['order.refused']],
  ['sending', 'unknown', ['order.unknown']],
  ['unknown', 'working', ['order.found']],
  ['unknown', 'cancelled', ['order.found']],
  ['unknown', 'filled', ['order.filled']],
  ['unknown', 'not_placed', []],
  ['working', 'cancelled', []],
  ['sending', 'working', []],
] as const)('tells of what goes from %s to %s', (from, to, news) => {
  expect(told(intentIn({ state: from }), intentIn({ state: to }))).toEqual(news);
});

it('tells of every further part that fills', () => {
  const filled = (filledQuantity: number | null) => intentIn({ state: 'working', filledQuantity });
  expect(told(filled(null), filled(2))).toEqual(['order.partly_filled']);
  expect(told(filled(2), filled(2))).toEqual([]);
  expect(told(filled(2), filled(2.5))).toEqual(['order.partly_filled']);
  const [two, more] = [orderNews(filled(null), filled(2)), orderNews(filled(2), filled(2.5))];
  expect(two[0]?.id).not.toBe(more[0]?.id);
});

const anyIntent = fc
  .record({
    state: fc.constantFrom(...INTENT_STATES),
    filledQuantity: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
    steps: fc.nat(5),
    mode: fc.constantFrom('none', 'model', 'owner'),
  })
  .map(({ steps, mode, ...changes }) =>
    intentIn(
      { ...changes, history: Array.from({ length: steps }, () => ({ at: NOW, state: 'sending', note: '' })) },
      mode,
    ),
  );

it('tells of no change nothing, and names each piece of news by an id that a record may have', () => {
  fc.assert(
    fc.property(anyIntent, anyIntent, (before, after) => {
      expect(orderNews(after, after)).toEqual([]);
      const news = orderNews(before, after);
      expect(orderNews(before, after)).toEqual(news);
      expect(new Set(news.map(({ id }) => id)).size).toBe(news.length);
      for (const { id } of news) expect(isRecordId(id)).toBe(true);
    }),
  );
});
