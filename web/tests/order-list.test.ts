/** The page of orders lists an order once, whoever asked for it, and says how it stands. */
import { INTENT_STATES, ORDER_STATES } from '@ibkr-gateway/functions/contract/orders/order-states';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listOrders } from '../src/features/orders/order-list.ts';
import { standingOf } from '../src/features/orders/order-standing.ts';
import { askedOrder, liveOrder } from './example-orders.ts';

const NOW = Date.parse('2026-11-20T15:10:00Z');
const { order } = askedOrder();
const at = (time: string) => `2026-11-20T${time}:00Z`;
const waits = { expiresAt: at('15:20'), by: null, at: null };

describe('an order that was asked for here and that IBKR lists', () => {
  it('is one row, by its id at IBKR', () => {
    const story = askedOrder({ state: 'working', ibkrOrderId: '1' });
    const live = liveOrder({ intent_id: 'id' });
    expect(listOrders([story], [live], NOW)).toEqual([
      { id: '1', story, earlier: [], live, partOf: undefined },
    ]);
  });

  it('is one row by its name, when the answer to it was lost', () => {
    const story = askedOrder({ state: 'unknown' });
    const live = liveOrder({ intent_id: 'id' });
    expect(listOrders([story], [live], NOW)).toMatchObject([{ id: '1', story, live }]);
  });

  it('is one row with the changes that IBKR took, as the last of them has it', () => {
    const change = { order: { ...order, modifies: '1' }, ibkrOrderId: '1' };
    const placed = askedOrder({ state: 'working', ibkrOrderId: '1', createdAt: at('14:00') });
    const first = askedOrder({ ...change, id: 'first', state: 'working', createdAt: at('14:10') });
    const refused = askedOrder({ ...change, id: 'refused', state: 'not_placed', createdAt: at('14:20') });
    const last = askedOrder({ ...change, id: 'last', state: 'working', createdAt: at('14:30') });
    expect(listOrders([last, refused, first, placed], [liveOrder({ intent_id: 'id' })], NOW)).toMatchObject([
      { id: '1', story: { id: 'last' }, earlier: [{ id: 'first' }, { id: 'id' }] },
      { id: 'refused', story: { id: 'refused' }, live: undefined },
    ]);
  });

  it('has its exits as rows of their own, which say whose they are', () => {
    const story = askedOrder({ state: 'filled', ibkrOrderId: '1' });
    const exit = liveOrder({ order_id: '2', intent_id: 'id', exit: 'stop_loss' });
    expect(listOrders([story], [exit], NOW)).toMatchObject([
      { id: '2', story: undefined, live: exit, partOf: story },
      { id: '1', story },
    ]);
  });
});

it('what may still fill comes first, then the newest', () => {
  const stories = [
    askedOrder({ id: 'new', state: 'not_placed', createdAt: at('15:00') }),
    askedOrder({ id: 'working', state: 'working', ibkrOrderId: '1', createdAt: at('13:00') }),
    askedOrder({ id: 'old', createdAt: at('12:00') }),
  ];
  const live = [
    liveOrder(),
    liveOrder({ order_id: 'elsewhere', state: 'filled', last_execution_time: at('14:00') }),
    liveOrder({ order_id: 'open' }),
  ];
  expect(listOrders(stories, live, NOW).map(({ id }) => id)).toEqual([
    'open',
    '1',
    'new',
    'elsewhere',
    'old',
  ]);
});

it('what IBKR alone knows comes below what was read already, where its list comes late', () => {
  const stories = [
    askedOrder({ id: 'new', state: 'not_placed', createdAt: at('15:00') }),
    askedOrder({ id: 'working', state: 'working', ibkrOrderId: '1', createdAt: at('13:00') }),
    askedOrder({ id: 'old', createdAt: at('12:00') }),
  ];
  const live = [liveOrder({ state: 'filled' }), liveOrder({ order_id: 'open' })];
  const ids = (listed: typeof live) =>
    listOrders(stories, listed, NOW, { addsBelow: true }).map(({ id }) => id);
  expect(ids([])).toEqual(['1', 'new', 'old']);
  expect(ids(live)).toEqual(['1', 'new', 'old', 'open']);
});

it('what waits for its owner is listed elsewhere until its time is over', () => {
  const story = askedOrder({ state: 'awaiting_approval', approval: waits });
  expect(listOrders([story], [], NOW)).toEqual([]);
  const later = Date.parse(at('15:20'));
  expect(listOrders([story], [], later)).toMatchObject([{ id: 'id', story }]);
  expect(standingOf({ story, live: undefined }, later)).toEqual({ words: 'Expired', tone: 'quiet' });
});

it('nothing is lost, and nothing is listed twice', () => {
  const ids = fc.constantFrom('1', '2', '3');
  const stories = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      state: fc.constantFrom(...INTENT_STATES),
      ibkrOrderId: fc.option(ids),
      modifies: fc.option(ids, { nil: undefined }),
    }),
    { selector: ({ id }) => id },
  );
  const listed = fc.uniqueArray(
    fc.record({
      order_id: ids,
      intent_id: fc.option(fc.constantFrom('a', 'b', 'x')),
      state: fc.constantFrom(...ORDER_STATES),
      exit: fc.constantFrom(null, 'take_profit' as const),
    }),
    { selector: ({ order_id }) => order_id },
  );
  fc.assert(
    fc.property(stories, listed, (some, others) => {
      const asked = some.map(({ modifies, ...story }) =>
        askedOrder({ ...story, ...(modifies && { order: { ...order, modifies } }), approval: waits }),
      );
      const live = others.map(liveOrder);
      const rows = listOrders(asked, live, NOW);
      const told = rows.flatMap(({ story, earlier }) => [
        ...(story ? [story.id] : []),
        ...earlier.map(({ id }) => id),
      ]);
      const isWaiting = ({ state }: { state: string }) =>
        state === 'awaiting_approval' || state === 'needs_reply';
      expect(told.toSorted()).toEqual(
        asked
          .filter((story) => !isWaiting(story))
          .map(({ id }) => id)
          .toSorted(),
      );
      expect(rows.flatMap((row) => row.live?.order_id ?? []).toSorted()).toEqual(
        live.map(({ order_id }) => order_id).toSorted(),
      );
      expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    }),
  );
});

describe('how an order stands', () => {
  const working = askedOrder({ state: 'working', ibkrOrderId: '1' });
  const filled = askedOrder({ state: 'filled', ibkrOrderId: '1' });
  const pair = askedOrder({ ...working, order: { ...order, oca: order.ticket } });
  const halfFilled = liveOrder({ filled_quantity: 4 });
  const done = liveOrder({ state: 'filled', average_price: 173.5, price_unit: 'GBX' });
  const gone = liveOrder({ state: 'cancelled', status: 'Cancelled' });

  it.each([
    ['IBKR’s list says it of one that works', working, halfFilled, 'Working, 4 filled', 'under_way'],
    ['IBKR’s list has the last word on one that worked', working, done, 'Filled at 173.50\u00a0GBX', 'good'],
    ['the gateway knows of one that is over', filled, gone, 'Filled', 'good'],
    ['one that is open after all is open', filled, halfFilled, 'Working, 4 filled', 'under_way'],
    ['one of a pair does not say what became of both', pair, gone, 'Working', 'under_way'],
    ['one that IBKR does not list is as the gateway knows it', working, undefined, 'Working', 'under_way'],
    ['of one from elsewhere IBKR says it', undefined, gone, 'Cancelled', 'quiet'],
    [
      'one that is being cancelled',
      undefined,
      liveOrder({ status: 'PendingCancel' }),
      'Being cancelled',
      'under_way',
    ],
    ['one that IBKR holds', undefined, liveOrder({ state: 'inactive' }), 'Refused or held by IBKR', 'bad'],
  ])('%s', (_, story, live, words, tone) => {
    const known = story === undefined ? { story, live: live ?? done } : { story, live };
    expect(standingOf(known, NOW)).toEqual({ words, tone });
  });
});
